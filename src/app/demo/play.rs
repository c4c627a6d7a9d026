//! The play itself: who does what when, from the opening months ago until now.

use super::aftermath;
use super::cast::cast;
use super::lessons::{self, Act, Agenda, Company};
use super::log_book;
use super::people::{self, Hashes, day_of};
use super::searches;
use super::season::wishes;
use super::stage::Stage;
use super::teacher::plan;
use crate::app::config::Config;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, monday_of, plus_days, plus_hours, plus_minutes};
use crate::bookings::model::Status;
use crate::bookings::tables::with_status;
use crate::notify;

/// The marketplace opened so many days ago.
const PAST_DAYS: i64 = 98;
/// Hours are published so many weeks ahead.
const WEEKS_AHEAD: i64 = 9;
/// Lessons so near are what notification centres still tell of.
const TOLD_HOURS: i64 = 10 * 24;

/// Plays everything up to `now`.
pub async fn play(config: &Config, now: Timestamp) -> Outcome<Stage> {
    let opening = plus_hours(now, -PAST_DAYS * 24);
    let stage = Stage::open(config, opening).await?;
    let company = arrivals(&stage, opening, now).await?;
    let plans = (0..cast().teachers.len()).map(plan).collect::<Outcome<Vec<_>>>()?;
    let live: Vec<usize> = (0..plans.len()).filter(|at| plans[*at].is_live()).collect();
    let mut agenda = Agenda::default();
    for wish in wishes(opening, now, &live) {
        agenda.add(wish.at, Act::Book(wish));
    }
    searches::plan(now, company.students.len(), &mut agenda);
    lessons::days_off(&company, &live, now, day_of(&stage, now), &mut agenda);
    lessons::perform(&stage, &company, agenda, now).await?;
    aftermath::happen(&stage, &company.students, &company.teachers).await?;
    told(&stage, now).await?;
    log_book::write(&stage.site).await?;
    Ok(stage)
}

/// Everybody joins in the first days.
async fn arrivals(stage: &Stage, opening: Timestamp, now: Timestamp) -> Outcome<Company> {
    let hashes = Hashes::new()?;
    let mut company = Company::default();
    people::admin(stage, &hashes).await?;
    let last = plus_days(monday_of(day_of(stage, now)), WEEKS_AHEAD * 7 - 1);
    for at in 0..cast().teachers.len() {
        stage.wait_until(plus_minutes(opening, 30 + at as i64 * 20)).await?;
        company.teachers.push(people::instructor(stage, plan(at)?, last, &hashes).await?);
    }
    for at in 0..cast().students.len() {
        stage.wait_until(plus_hours(opening, 42 + at as i64 * 2)).await?;
        company.students.push(people::student(stage, at, &hashes).await?);
    }
    Ok(company)
}

/// What people find in their notification centres: the lessons of the last days and those ahead.
async fn told(stage: &Stage, now: Timestamp) -> Outcome<()> {
    let (from, until) = (plus_hours(now, -TOLD_HOURS), plus_hours(now, TOLD_HOURS));
    let lessons = stage.site.read(|r| {
        let mut lessons = with_status(r, Status::Confirmed, until, SCAN_ROWS)?;
        lessons.extend(with_status(r, Status::Completed, now, SCAN_ROWS)?.into_iter().filter(|b| b.start > from));
        Ok(lessons.into_iter().map(|b| b.id).collect())
    })?;
    notify::recall(&stage.site, lessons, plus_hours(now, -36)).await
}
