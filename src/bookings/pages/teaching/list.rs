//! `/instructor/bookings`: lessons ahead and past.

use axum::extract::State;
use maud::Markup;

use crate::base::access::Actor;
use crate::base::paging::PageQuery;
use crate::base::refusal::Outcome;
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::pages::lessons::list::{Query, pager};
use crate::bookings::pages::lessons::rows::row;
use crate::bookings::pages::lessons::show::{LessonsView, lessons};
use crate::bookings::rules::lists::is_upcoming;
use crate::bookings::tables::diary_of_instructor;
use crate::site::Site;
use crate::store::Read;
use crate::web::components::Tab;
use crate::web::{Answer, Chrome, Params, page};

const MOST: usize = 20_000;
const PER_PAGE: u32 = 20;

pub async fn bookings_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(query): Params<Query>,
) -> Answer<Markup> {
    let view = site.read(|r| load(&site, r, &actor, &query))?;
    Ok(page(&chrome, "Lessons", lessons(&view)))
}

fn load(site: &Site, r: &dyn Read, actor: &Actor, query: &Query) -> Outcome<LessonsView> {
    let now = site.now();
    let mut all = diary_of_instructor(r, actor.user_id, MOST)?;
    // Holds that nobody paid for were never the instructor's business.
    all.retain(|b| !matches!(b.status, Status::Pending | Status::PaymentFailed));
    let (upcoming, mut past): (Vec<Booking>, Vec<Booking>) = all.into_iter().partition(|b| is_upcoming(b, now));
    past.reverse();
    let history = query.tab == "past";
    let tabs = vec![
        Tab::new(format!("Upcoming, {}", upcoming.len()), "/instructor/bookings", !history),
        Tab::new(format!("Past, {}", past.len()), "/instructor/bookings?tab=past", history),
    ];
    let shown = if history { past } else { upcoming };
    let cut = PageQuery { page: query.page, per_page: Some(PER_PAGE), ..PageQuery::default() }.cut(shown)?;
    let rows: Outcome<_> = cut.items.iter().map(|booking| row(r, booking, Side::Instructor, now)).collect();
    Ok(LessonsView {
        title: "Lessons",
        tabs,
        notices: Vec::new(),
        rows: rows?,
        empty: match history {
            true => ("Nothing yet", "Lessons that took place appear here.", "Your week", "/instructor/availability"),
            false => (
                "No lessons ahead",
                "Booked lessons appear here. Students book the free times of your week.",
                "Publish free times",
                "/instructor/availability",
            ),
        },
        again: Vec::new(),
        pager: pager(&cut, if history { "/instructor/bookings?tab=past&page=" } else { "/instructor/bookings?page=" }),
    })
}
