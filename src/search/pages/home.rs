//! `/`: the promise, one box, the board of the next true departures, the shelves.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::mine::Mine;
use super::params::SearchParams;
use super::structured;
use crate::base::price::Place;
use crate::base::time::{fmt_clock, fmt_date, today_in, utc_to_local};
use crate::search::departures::{Departures, Next, Shelf, departures, student_fee};
use crate::search::knowledge;
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::components::{
    Board, Button, Departure, Icon, board, departures as board_rows, empty, facts, icon, link_button, search_box,
    section, stops, tick,
};
use crate::web::{Answer, Chrome, Head, Params, page};

/// Services shown of a chosen category (rule: 50§1a).
const PILLS: usize = 7;

/// What the address of the home page may say.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct HomeParams {
    /// The category whose services are shown.
    category: String,
}

pub async fn home_page(
    State(site): State<Site>,
    chrome: Chrome,
    visitor: Visitor,
    Params(params): Params<HomeParams>,
) -> Answer<Markup> {
    let inside = site.clone();
    let live = tokio::task::spawn_blocking(move || departures(&inside))
        .await
        .map_err(crate::base::refusal::Refusal::internal)??;
    let (inside, looker) = (site.clone(), visitor.clone());
    let mine = tokio::task::spawn_blocking(move || Mine::load(&inside, &looker))
        .await
        .map_err(crate::base::refusal::Refusal::internal)??;
    let fee = site.read(student_fee)?;
    let head = Head {
        description: "Instructors publish their free hours. Take one, see the whole price, and the lesson is yours."
            .to_owned(),
        canonical: Some(site.url("/")),
        extra: structured::website(&site),
        ..Head::from("Pick a time and you are booked")
    };
    let body = html! {
        (hero(&chrome, &mine))
        div.wrap { (now_board(&site, &chrome, &live)) }
        div.wrap.after-board {
            (section("start", "Seven places to start", "The next free time, and how many teach within seven days.", shelves(&site, &live, &params.category)))
            (mine.sections(today_in(site.now(), &site.zone)))
            @if !mine.has_history() { (section("how", "Three stops", "", stops(&[
                ("Take a time", "Times on a card are free right now. Choosing one holds it for 30 minutes while you pay."),
                ("See the whole price", &format!("Lesson plus {} booking protection, itemised before any card field. Tips are yours to decide, afterwards.", percent(fee.0))),
                ("Go", "The address and a calendar file at once. Your card is charged a day after the lesson, not before."),
            ]))) }
            (section("trust", "Before anyone teaches here", "What we check, and what we do not.", checks()))
            (section("teach", "You teach?", "", teach()))
        }
    };
    Ok(page(&chrome, head, body))
}

/// 1200 basis points are "12%".
fn percent(bp: u32) -> String {
    match bp % 100 {
        0 => format!("{}%", bp / 100),
        rest => format!("{}.{rest:02}%", bp / 100),
    }
}

fn hero(chrome: &Chrome, mine: &Mine) -> Markup {
    let example = |query: &str| html! { a href=(SearchParams::of(query)) { (query) } };
    html! {
        div.wrap.hero {
            div.hero__say {
                h1.h0 { "Pick a time." br; "You’re booked." }
                p.hero__lead { (chrome.city) " instructors publish their free hours. Take one, see the whole price, and the lesson is yours. No request, no waiting for an answer." }
            }
            form.hero__ask action="/search" role="search" {
                (search_box("", "piano, Upper West Side, Thursday after 4", Some("What, where, when?")))
                p.small.muted { "Try " (example("piano under $90 on Thursday")) ", " (example("SAT math online tonight")) " or " (example("guitar for a beginner, aged 9")) "." }
            }
            (mine.lately())
        }
    }
}

fn now_board(site: &Site, chrome: &Chrome, live: &Departures) -> Markup {
    let now = site.now();
    let (date, clock) = utc_to_local(now, &site.zone);
    let any_now = live.board.iter().any(|next| next.today);
    let head = Board {
        id: "now",
        title: html! { @if any_now { (tick()) "Bookable now" } @else { "Next free times" } },
        aside: html! { (chrome.city) ", " (fmt_date(date)) ", " time datetime=(now.to_zoned(site.zone.clone()).strftime("%Y-%m-%dT%H:%M%:z")) { (fmt_clock(clock)) } },
        foot: Some(
            html! { "Price for the whole lesson with booking protection. Nothing is added later. " a href="/search" { "All free times" } },
        ),
    };
    if live.board.is_empty() {
        return board(
            &head,
            empty(
                "No free times yet",
                "Times appear here as soon as somebody publishes them.",
                Some(link_button("/services", &Button::line("See what is taught"))),
            ),
        );
    }
    let rows: Vec<Departure> = live.board.iter().map(row).collect();
    board(&head, board_rows(today_in(now, &site.zone), &rows, "All in"))
}

fn row(next: &Next) -> Departure {
    let query = [
        ("date", next.opening.date.to_string()),
        ("time", next.opening.start.to_string()),
        ("minutes", next.minutes.to_string()),
        ("place", next.place.name().to_owned()),
    ];
    Departure {
        date: next.opening.date,
        start: next.opening.start,
        now: next.today,
        what: if next.minutes == 60 { next.what.clone() } else { format!("{}, {} min", next.what, next.minutes) },
        who: next.who.clone(),
        place: if next.place == Place::Remote {
            "Online".to_owned()
        } else {
            next.area.clone().unwrap_or_else(|| next.place.label().to_owned())
        },
        pay: next.pay,
        href: format!(
            "/book/{}/{}?{}",
            next.instructor,
            next.offering,
            serde_urlencoded::to_string(query).unwrap_or_default()
        ),
    }
}

fn shelves(site: &Site, live: &Departures, chosen: &str) -> Markup {
    let today = today_in(site.now(), &site.zone);
    let catalogue = knowledge().catalogue;
    html! {
        ul.blocks.plain {
            @for category in catalogue.categories() {
                li { a href={ "/?category=" (category.slug) "#start" } aria-current=[(category.slug == chosen).then_some("true")] {
                    b { (category.name) }
                    span { (category.subtitle) }
                    (shelf(live.shelves.get(&category.id), today))
                } }
            }
            li { a href="/search?for=kids" { b { "For kids " (icon(Icon::Right)) } span { "Everybody who teaches children" } } }
        }
        @if let Some(category) = catalogue.category_by_slug(chosen) {
            div.row.chips role="group" aria-label={ "Lessons in " (category.name) } {
                span.small.muted { (category.name) ":" }
                @for service in catalogue.services_of(category.id).take(PILLS) { a.chip href=(SearchParams::of(&service.name)) { (service.name) } }
                a.small href=(SearchParams::of(&category.name)) { "All of " (category.name) }
            }
        }
        p.small { a href="/services" { "All services" } ", A to Z, with who teaches them" }
    }
}

fn shelf(shelf: Option<&Shelf>, today: crate::base::time::Date) -> Markup {
    let Some(shelf) = shelf else { return html! { small { "Nobody free this week" } } };
    html! {
        small {
            @if let Some((first, now)) = &shelf.first {
                @if *now { (tick()) }
                b.fig { @if first.date != today { (first.date.strftime("%a")) " " } (fmt_clock(first.start)) }
            }
            " " (shelf.people) (if shelf.people == 1 { " teaches" } else { " teach" })
        }
    }
}

fn checks() -> Markup {
    let row = |label: &'static str, words: &str| (label, html! { (words) });
    facts(&[
        row("Identity", "Government ID matched to a live photo by Stripe."),
        row(
            "Background",
            "Nobody is listed without a background check that is on file and not a year old. Profiles say so.",
        ),
        row("Reviews", "Only from lessons that took place. No average is shown before the third."),
        row("Your card", "Typed into Stripe’s own form. It never reaches us."),
        row("Changed plans", "Cancel free until 24 hours before. If the instructor cancels, you get everything back."),
        row("Not checked", "We do not test teaching skill. Reviews do that."),
    ])
}

fn teach() -> Markup {
    html! {
        div.teach {
            p.h3 { "Publish your free hours once. Students take them, and you are paid after every lesson." }
            (link_button("/signup?role=instructor", &Button::line("Start teaching")))
        }
    }
}
