//! What the home page shows of the person's own past: recent searches, whom to book again, what to learn next; and what
//! more and more people look for.

use maud::{Markup, html};

use super::own::{recent, recent_row};
use super::params::SearchParams;
use crate::base::refusal::Outcome;
use crate::base::text;
use crate::base::time::{Date, fmt_clock, fmt_date};
use crate::search::history::Recent;
use crate::search::recommend::{self, Again, Next};
use crate::search::visitor::Visitor;
use crate::site::Site;
use crate::web::components::{Button, Face, link_button, section, tick, who};

const AGAIN: usize = 3;
const NEXT: usize = 4;
const RISING: usize = 5;

/// Everything of it, looked up once.
pub struct Mine {
    recent: Vec<Recent>,
    again: Vec<Again>,
    next: Vec<Next>,
    rising: Vec<(String, u32)>,
}

impl Mine {
    pub fn load(site: &Site, visitor: &Visitor) -> Outcome<Self> {
        let read = site.store.snapshot()?;
        let now = site.now();
        let recent = match visitor.owner() {
            Some(owner) => recent(&read, &owner, "")?,
            None => Vec::new(),
        };
        let (again, next) = match visitor.user {
            Some(user) => (recommend::again(site, &read, user, AGAIN)?, recommend::next(site, &read, user, NEXT)?),
            None => (Vec::new(), Vec::new()),
        };
        Ok(Self { recent, again, next, rising: recommend::rising(site, &read, now, RISING)? })
    }

    /// Who had lessons knows how this works.
    pub fn has_history(&self) -> bool {
        !self.again.is_empty()
    }

    pub fn lately(&self) -> Markup {
        recent_row(&self.recent, "/")
    }

    pub fn sections(&self, today: Date) -> Markup {
        html! {
            @if !self.again.is_empty() {
                (section("again", "Book again", "Those you had lessons with, and their next free time.", again(&self.again, today)))
            }
            @if !self.next.is_empty() {
                (section("next", "What to learn next", "From your own lessons. Switch it off under “Your searches”.", next(&self.next)))
            }
            @if !self.rising.is_empty() {
                (section("rising", "Asked for more and more", "Searched a fifth more this week than in the last month.", rising(&self.rising)))
            }
        }
    }
}

fn again(list: &[Again], today: Date) -> Markup {
    html! {
        ul.rebook.plain { @for one in list { (card(one, today)) } }
    }
}

fn card(one: &Again, today: Date) -> Markup {
    let row = &one.row;
    let profile = format!("/instructors/{}", row.id);
    let face = Face { photo: row.picture_url.clone(), ..Face::new(row.initials(), &row.id.to_string()) };
    let (href, label) = match &one.opening {
        Some(slot) => {
            let query = [
                ("date", slot.date.to_string()),
                ("time", slot.start.to_string()),
                ("minutes", one.minutes.to_string()),
                ("place", one.place.name().to_owned()),
            ];
            let query = serde_urlencoded::to_string(query).unwrap_or_default();
            let day = if slot.date == today { "Today".to_owned() } else { fmt_date(slot.date) };
            (format!("/book/{}/{}?{query}", row.id, one.offering), format!("{day}, {}", fmt_clock(slot.start)))
        }
        None => (profile.clone(), "See the calendar".to_owned()),
    };
    let now = one.opening.as_ref().is_some_and(|slot| slot.date == today);
    let about = format!("{} with {}", label, row.name());
    html! {
        li {
            (who(&face, html! { a href=(profile) { (row.name()) } }, &format!("{}, {} so far", one.service, text::count(one.lessons, "lesson", "lessons"))))
            div.row.row--split {
                span.small { b.fig { (one.pay.dollars()) } " " span.muted { (one.minutes) " min, all in" } }
                span.row { @if now { (tick()) } (link_button(&href, &Button::line(&label).small().says(&about))) }
            }
        }
    }
}

fn next(list: &[Next]) -> Markup {
    html! {
        ul.blocks.plain {
            @for one in list {
                li { a href=(SearchParams::of(&one.service)) {
                    b { (one.service) }
                    span { (one.because) "." }
                    small { (text::count(one.teachers as usize, "person teaches it", "people teach it")) }
                } }
            }
        }
    }
}

fn rising(list: &[(String, u32)]) -> Markup {
    html! {
        ul.row.plain {
            @for (name, teachers) in list {
                li { span.recall { a href=(SearchParams::of(name)) { (name) " " span.muted { (teachers) } } } }
            }
        }
    }
}
