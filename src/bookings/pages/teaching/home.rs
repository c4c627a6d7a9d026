//! `/instructor/dashboard`: the next lessons, the week's hours, what still keeps the page from being public.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::dashboard::{DashboardView, SetUp, dashboard};
use crate::accounts;
use crate::accounts::model::AccountStatus;
use crate::availability::ops::calendar_of;
use crate::availability::tables::{days, entries_of_instructor, instants_of};
use crate::base::access::Actor;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{fmt_clock, fmt_date, monday_of, plus_days, today_in};
use crate::bookings::model::{Booking, Side};
use crate::bookings::ops::read::{Stats, stats};
use crate::bookings::pages::lessons::rows::row;
use crate::bookings::rules::lists::{awaits_completion, is_upcoming};
use crate::bookings::tables::diary_of_instructor;
use crate::instructors::ops::read::facts;
use crate::instructors::pages::STEPS;
use crate::instructors::rules::live::{is_through, missing};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::Stat;
use crate::web::{Answer, Chrome, page, see_other};

const MOST: usize = 20_000;
const NEXT: usize = 5;

/// Panels of old are pages of their own now. // rule: 50§1c
const PANELS: [(&str, &str); 6] = [
    ("bookings", "/instructor/bookings"),
    ("earnings", "/instructor/earnings"),
    ("availability", "/instructor/availability"),
    ("reviews", "/instructor/reviews"),
    ("account", "/account"),
    ("profile", "/instructor/profile"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Panel {
    panel: String,
    /// What was just done: `live`.
    done: String,
}

pub async fn dashboard_page(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Query(wanted): Query<Panel>,
) -> Answer<Response> {
    if let Some((_, href)) = PANELS.iter().find(|(name, _)| *name == wanted.panel) {
        return Ok(see_other(href));
    }
    let totals = stats(&site, actor.user_id)?;
    let mut view = site.read(|r| load(&site, r, &actor, totals))?;
    view.just_live = wanted.done == "live" && view.is_live;
    Ok(page(&chrome, "Dashboard", dashboard(&view)).into_response())
}

fn load(site: &Site, r: &dyn Read, actor: &Actor, totals: Stats) -> Outcome<DashboardView> {
    let (now, id) = (site.now(), actor.user_id);
    let about = facts(site, r, id, None)?;
    let lacking = missing(&about.profile, &about.offerings, &about.areas, now);
    let all = diary_of_instructor(r, id, MOST)?;
    let rows = |lessons: Vec<&Booking>| lessons.into_iter().map(|b| row(r, b, Side::Instructor, now)).collect();
    let waiting: Outcome<_> = rows(all.iter().filter(|b| awaits_completion(b, now)).collect());
    let ahead: Vec<&Booking> = all.iter().filter(|b| is_upcoming(b, now)).collect();
    let lead = match ahead.first() {
        Some(next) => format!("Your next lesson: {}, {}.", fmt_date(next.date), fmt_clock(next.start_time)),
        None => "No lesson is booked at the moment.".to_owned(),
    };
    let next: Outcome<_> = rows(ahead.into_iter().take(NEXT).collect());
    let (offered, booked) = week_hours(site, r, actor)?;
    Ok(DashboardView {
        first_name: actor.first_name.clone(),
        lead,
        stats: vec![
            Stat::new(
                "Earned this month",
                totals.earned_this_month.dollars(),
                format!("{} in all", totals.earned.dollars()),
            )
            .lead(),
            Stat::new(
                "Lessons taught",
                totals.completed.to_string(),
                count(totals.upcoming as usize, "is booked", "are booked"),
            ),
            Stat::new("Hours this week", offered, format!("{booked} booked")),
        ],
        waiting: waiting?,
        next: next?,
        set_up: STEPS.iter().map(|(key, label, href)| SetUp { label, done: !lacking.contains(key), href }).collect(),
        is_live: is_through(&about.profile, now),
        just_live: false,
        is_paused: accounts::user(r, id)?.is_some_and(|user| user.status == AccountStatus::Suspended),
        public_href: format!("/instructors/{id}"),
    })
}

/// Hours offered and hours booked from Monday to Sunday, as people write them.
fn week_hours(site: &Site, r: &dyn Read, actor: &Actor) -> Outcome<(String, String)> {
    let calendar = calendar_of(r, actor.user_id)?;
    let monday = monday_of(today_in(site.now(), &calendar.zone));
    let sunday = plus_days(monday, 6);
    let offered: i64 = days(r, actor.user_id, monday, sunday)?
        .values()
        .flat_map(|day| day.windows())
        .map(|w| i64::from(w.end.minutes()) - i64::from(w.start.minutes()))
        .sum();
    let (from, to) = instants_of(&calendar, monday, sunday);
    let booked: i64 = entries_of_instructor(r, actor.user_id, from, to)?
        .iter()
        .filter(|entry| entry.busy.hold_expires_at.is_none())
        .map(|entry| entry.busy.end_utc.duration_since(entry.busy.start_utc).as_mins())
        .sum();
    Ok((hours(offered), hours(booked)))
}

fn hours(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => hours.to_string(),
        (hours, rest) => format!("{hours}:{rest:02}"),
    }
}
