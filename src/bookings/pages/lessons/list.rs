//! `/student/lessons`: what is ahead, what is past, and whom to book again.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::rows::{accused_of, needs_card, row};
use super::show::{Again, LessonsView, lessons};
use crate::availability::ops::next_openings;
use crate::base::access::Actor;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Outcome;
use crate::base::text::first_last_initial;
use crate::base::time::{Timestamp, fmt_clock, fmt_date, plus_hours, today_in, utc_to_local};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::facts;
use crate::bookings::pages::additions::Additions;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::offer;
use crate::bookings::pages::words::{moment, zone_of};
use crate::bookings::rules::lists::is_upcoming;
use crate::bookings::tables::diary_of_student;
use crate::payments;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Pager, SlotState, SlotView, Tab, Tone, notice};
use crate::web::{Answer, Chrome, Params, page};

const MOST: usize = 5000;
const PER_PAGE: u32 = 20;
const AGAIN: usize = 3;
/// How long a lesson that is over can still need its student's hand.
const LATELY_HOURS: i64 = 24 * 6;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    pub tab: String,
    pub page: Option<u32>,
}

pub async fn lessons_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    let view = site.read(|r| load(&site, r, &actor, &query))?;
    Ok(page(&chrome, "Your lessons", lessons(&view)))
}

fn load(site: &Site, r: &dyn Read, actor: &Actor, query: &Query) -> Outcome<LessonsView> {
    let now = site.now();
    let all = diary_of_student(r, actor.user_id, MOST)?;
    let ahead = |b: &Booking| is_upcoming(b, now) || (b.status == Status::Pending && b.blocks_at(now));
    let again = again(r, &all, now)?;
    let (upcoming, mut past): (Vec<Booking>, Vec<Booking>) = all.into_iter().partition(ahead);
    past.reverse();
    let history = query.tab == "history";
    let tabs = vec![
        Tab::new(format!("Upcoming, {}", upcoming.len()), "/student/lessons", !history),
        Tab::new(format!("Past, {}", past.len()), "/student/lessons?tab=history", history),
    ];
    let lately = past.iter().take_while(|b| b.start > plus_hours(now, -LATELY_HOURS));
    let notices = notices(r, upcoming.iter().chain(lately), now)?;
    let additions = Additions::of(site);
    let shown = if history { past } else { upcoming };
    let cut = PageQuery { page: query.page, per_page: Some(PER_PAGE), ..PageQuery::default() }.cut(shown)?;
    let rows: Outcome<_> = cut
        .items
        .iter()
        .map(|booking| {
            let mut row = row(r, booking, Side::Student, now)?;
            row.links.extend(additions.past(r, booking)?);
            Ok(row)
        })
        .collect();
    Ok(LessonsView {
        title: "Your lessons",
        tabs,
        notices,
        rows: rows?,
        empty: match history {
            true => (
                "No lessons yet",
                "Lessons you have taken appear here with their receipts.",
                "Find a lesson",
                "/search",
            ),
            false => ("Nothing booked", "Your next lessons appear here.", "Find a lesson", "/search"),
        },
        again,
        pager: pager(&cut, if history { "/student/lessons?tab=history&page=" } else { "/student/lessons?page=" }),
    })
}

/// Links to the neighbouring pages, if there are any.
pub fn pager<T>(cut: &Page<T>, href: &str) -> Option<Pager> {
    let (number, total) = (cut.numbers.page?, cut.numbers.total?);
    let (back, next) = (cut.numbers.has_prev == Some(true), cut.numbers.has_next == Some(true));
    let link = |label: &str, page: u32| (label.to_owned(), format!("{href}{page}"));
    (back || next).then(|| Pager {
        summary: format!("Page {number}, {total} in all"),
        back: back.then(|| link("Back", number.saturating_sub(1))),
        next: next.then(|| link("More", number + 1)),
    })
}

/// What needs the reader's hand first.
fn notices<'a>(r: &dyn Read, lessons: impl Iterator<Item = &'a Booking>, now: Timestamp) -> Outcome<Vec<Markup>> {
    let mut list = Vec::new();
    for booking in lessons {
        let (tz, what) = (zone_of(&booking.zone), format!("{} on {}", booking.service_name, fmt_date(booking.date)));
        let href = format!("/student/lessons/{}", booking.id);
        if let Some(until) = booking.hold_expires_at.filter(|end| booking.status == Status::Pending && now < *end) {
            let until = fmt_clock(utc_to_local(until, &tz).1);
            let href = format!("/student/booking/confirm?booking={}", booking.id);
            let stands = if booking.holds_slot { "is held for you until" } else { "waits for another card until" };
            list.push(notice(
                Tone::Info,
                html! {
                    b { (what) " " (stands) " " (until) "." } " " a href=(href) { "Finish paying" } " to keep it."
                },
            ));
        } else if needs_card(booking, &payments::ops::payment(r, booking.id)?) {
            let choose = html! { a href={ (href) "/card" } { "Choose another card" } };
            list.push(notice(
                Tone::Warn,
                html! {
                    @if booking.status == Status::Completed {
                        b { (what) " is not paid yet." } " Your card was refused, nothing was charged. " (choose) " to pay it."
                    } @else {
                        @let until = moment(plus_hours(booking.start, -12), &tz);
                        b { (what) " needs a card." } " The last one was refused, nothing was charged. "
                        (choose) " by " (until) " to keep the lesson."
                    }
                },
            ));
        } else if accused_of(booking, Side::Student, now) {
            list.push(notice(
                Tone::Warn,
                html! { b { (what) ": you are said not to have come." } " " a href=(href) { "Answer the report" } },
            ));
        }
    }
    Ok(list)
}

/// The last instructors of lessons that took place, with their next free times.
fn again(r: &dyn Read, all: &[Booking], now: Timestamp) -> Outcome<Vec<Again>> {
    let mut list: Vec<Again> = Vec::new();
    let mut seen = Vec::new();
    for booking in all.iter().rev().filter(|b| b.status == Status::Completed) {
        if list.len() == AGAIN || seen.contains(&booking.instructor_id) {
            continue;
        }
        seen.push(booking.instructor_id);
        let (Ok(teacher), Ok(offering)) = (
            offer::teacher(r, booking.instructor_id, None, now),
            offer::offering(r, booking.instructor_id, booking.offering_id),
        ) else {
            continue;
        };
        let calendar = facts::calendar(r, teacher.id)?;
        let today = today_in(now, &calendar.zone);
        let next = next_openings(r, calendar, now, teacher.id, (Some(booking.place), booking.minutes), 30, 3)?;
        let choosing = Choosing::of(booking);
        let price = offer::all_in(offering.terms.rate_at(booking.place), booking.minutes, facts::student_fee(r)?);
        let tile = |date, start| SlotView {
            state: if date == today { SlotState::Now } else { SlotState::Free },
            ..SlotView::free(date, start, choosing.slot(date, start))
        };
        list.push(Again {
            face: offer::face(&teacher),
            name: first_last_initial(&teacher.first_name, &teacher.last_name),
            what: format!("{}, {} min, {}", booking.service_name, booking.minutes, price.dollars()),
            slots: next.iter().map(|o| tile(o.date, o.start)).collect(),
            more_href: choosing.plain(),
        });
    }
    Ok(list)
}
