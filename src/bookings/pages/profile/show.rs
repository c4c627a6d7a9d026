//! The public page of an instructor: facts beside the name, free times always in reach.

use maud::{Markup, html};

use crate::base::money::Cents;
use crate::base::time::Date;
use crate::web::components::{
    Board, Button, Col, DayRow, Face, Fact, Row, Table, Tone, avatar, badge, board, days, dock, fact, facts,
    link_button, section_one, table, tick,
};

/// One lesson on offer with the price of each length, booking protection included.
pub struct OfferRow {
    pub name: String,
    pub href: String,
    pub prices: Vec<(u16, Cents)>,
    pub about: Option<String>,
}

/// The lesson whose free times the board shows.
pub struct BoardView {
    pub service: String,
    pub minutes: u16,
    pub all_in: Cents,
    pub book_href: String,
    pub today: Date,
    pub days: Vec<DayRow>,
    /// "today, 4:00 pm"
    pub next: Option<String>,
    /// Other lessons and lengths: label, address.
    pub others: Vec<(String, String)>,
}

pub struct ProfileView {
    pub name: String,
    pub first_name: String,
    pub headline: String,
    pub face: Face,
    pub facts: Vec<Fact>,
    pub founding: bool,
    pub bio: String,
    pub rows: Vec<(&'static str, Markup)>,
    pub offers: Vec<OfferRow>,
    pub board: Option<BoardView>,
    pub places: Vec<(String, String)>,
    pub reviews: Markup,
    pub zone: String,
    pub fee: String,
    /// Others like this one; empty where nobody is.
    pub similar: Markup,
}

pub fn profile(view: &ProfileView) -> Markup {
    html! {
        div.wrap.prof {
            (top(view))
            @match &view.board {
                Some(times) => div.prof__board { (board_part(view, times)) },
                None => div.prof__board { p.muted { (view.first_name) " offers no lessons at the moment." } },
            }
            div.prof__main {
                (section_one("about", "About", about(view)))
                @if !view.offers.is_empty() { (section_one("prices", "Lessons and prices", prices(view))) }
                @if !view.places.is_empty() { (section_one("where", "Where", places(view))) }
                (section_one("reviews", "Reviews", view.reviews.clone()))
                @if !view.similar.0.is_empty() { (section_one("similar", "Similar instructors", view.similar.clone())) }
            }
        }
        @if let Some(times) = &view.board {
            (dock(dock_words(times), link_button(&times.book_href, &Button::primary("Choose a time"))))
        }
    }
}

fn top(view: &ProfileView) -> Markup {
    html! {
        header.prof__top {
            (avatar(&view.face))
            div {
                h1.h0 { (view.name) }
                p.prof__sub { (view.headline) }
                ul.row {
                    @for one in &view.facts { li { (fact(one)) } }
                    @if view.founding { li { (badge(Tone::Plain, "Founding instructor")) } }
                }
            }
        }
    }
}

fn board_part(view: &ProfileView, times: &BoardView) -> Markup {
    let head = Board {
        id: "free",
        title: html! { "Free times, " (times.service.to_lowercase()) ", " (times.minutes) " min" },
        aside: html! { (times.all_in.dollars()) " all in" },
        foot: Some(html! {
            span { (tick()) "bookable now. " (view.zone) "." } " "
            a href=(times.book_href) { "Month, every quarter hour" }
        }),
    };
    html! {
        (board(&head, days(times.today, &times.days)))
        @if times.others.len() > 1 {
            p.small.row { @for (label, href) in &times.others { a href=(href) { (label) } } }
        }
    }
}

fn about(view: &ProfileView) -> Markup {
    html! {
        @for part in view.bio.split('\n').filter(|part| !part.trim().is_empty()) { p { (part) } }
        (facts(&view.rows))
    }
}

fn prices(view: &ProfileView) -> Markup {
    let mut lengths: Vec<u16> = view.offers.iter().flat_map(|offer| offer.prices.iter().map(|(m, _)| *m)).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let cols =
        std::iter::once(Col::new("Lesson")).chain(lengths.iter().map(|m| Col::end(format!("{m} min")))).collect();
    let rows = view.offers.iter().map(|offer| Row::new(price_row(offer, &lengths))).collect();
    html! {
        div.services { (table(&Table { caption: "Prices with booking protection".into(), caption_hidden: true, cols, rows, foot: None })) }
        p.small.muted { "What you pay, booking protection of " (view.fee) " included." }
    }
}

fn price_row(offer: &OfferRow, lengths: &[u16]) -> Vec<Markup> {
    let name = html! {
        a href=(offer.href) { b { (offer.name) } }
        @if let Some(about) = &offer.about { br; span.small.muted { (about) } }
    };
    let sums = lengths.iter().map(|m| match offer.prices.iter().find(|(minutes, _)| minutes == m) {
        Some((_, sum)) => html! { (sum.dollars()) },
        None => html! {},
    });
    std::iter::once(name).chain(sums).collect()
}

fn places(view: &ProfileView) -> Markup {
    html! {
        ul.stack.stack--s { @for (label, words) in &view.places { li { b { (label) } br; (words) } } }
    }
}

fn dock_words(times: &BoardView) -> Markup {
    html! {
        b { (times.all_in.dollars()) } " " span.muted.small { (times.minutes) " min, all in" }
        @if let Some(next) = &times.next { br; span.small { (tick()) "Next: " (next) } }
    }
}
