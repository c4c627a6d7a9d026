//! Reports that somebody did not come: made, objected to, decided by a person or by time (part 10 §2.9).

use serde_json::{Value, json};

use crate::base::access::Role;
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{clean, clean_optional};
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::events::{BookingCancelled, BookingNoShow, Lesson};
use crate::bookings::model::{Accused, Booking, Contested, NoShow, Side, Status};
use crate::bookings::ops::complete::complete;
use crate::bookings::ops::desk::moment;
use crate::bookings::ops::read::participant;
use crate::bookings::ops::{noted, save};
use crate::bookings::rules::complete::How;
use crate::bookings::rules::lifecycle::{Cause, Step, step};
use crate::bookings::rules::lists::awaits_completion;
use crate::bookings::rules::no_show::{DISPUTE_HOURS, is_confirmed, may_dispute, may_report, money};
use crate::bookings::tables::{load, with_status};
use crate::jobs::{self, Every, Job, JobCall, JobKind};
use crate::payments;
use crate::payments::rules::settle::Cause as MoneyCause;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

/// The hourly sweep, and the timer of each report.
const JOB: &str = "no_show";
const SWEPT: usize = 1000;
/// What the trail calls a report that an admin makes.
const REPORT: &str = "booking.report_no_show";

/// How a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// The report is true.
    ConfirmedAfterReview,
    /// The lesson took place.
    DisputeUpheld,
    /// The report is taken back; the lesson stands as before.
    Cancelled,
    /// Neither came.
    Mutual,
}

/// A participant, or an admin for either side, says that somebody did not come.
pub async fn report(
    site: &Site,
    id: BookingId,
    (by, is_admin): (UserId, bool),
    accused: Accused,
    reason: Option<String>,
) -> Outcome<Booking> {
    let reason = clean_optional("reason", reason.as_deref(), 500)?;
    let admin = By { reason: reason.clone(), ..By::person(by, Some(Role::Admin)) };
    let asker = admin.clone();
    let work = site.write(move |tx| {
        let (mut booking, side) = match participant(tx, id, by) {
            Err(_) if is_admin => (load(tx, id)?, Side::Admin),
            found => found?,
        };
        may_report(side, accused, booking.no_show.as_ref())?;
        let before = booking.status;
        let cause = if side == Side::Admin { Cause::Admin } else { Cause::Student };
        booking.status = step(booking.status, Step::ReportNoShow, cause, &moment(tx, &booking, false))?;
        let now = tx.now();
        booking.no_show = Some(NoShow {
            accused,
            reported_by: by,
            reported_at: now,
            reason: reason.clone(),
            disputed_at: None,
            dispute_reason: None,
            resolved_at: None,
            resolution: None,
        });
        save(tx, &mut booking)?;
        payments::ops::freeze(tx, id, "no_show_reported")?;
        jobs::enqueue(tx, Job::new(JOB, id).due(plus_hours(now, DISPUTE_HOURS)))?;
        tx.emit(&BookingNoShow { lesson: Lesson::of(&booking), accused, reported_by: by })?;
        if side == Side::Admin {
            let (before, after) =
                (json!({ "status": before }), json!({ "status": booking.status, "accused": accused }));
            audit::record(tx, &admin, Deed::on(REPORT, "booking", id).change(before, after))?;
        } else {
            noted(tx, REPORT, &booking, Some(before))?;
        }
        Ok(booking)
    });
    match is_admin {
        true => audit::watched(site, &asker, Deed::on(REPORT, "booking", id), work).await,
        false => work.await,
    }
}

/// The accused objects: from here on a person decides.
pub async fn dispute(site: &Site, id: BookingId, by: UserId, reason: &str) -> Outcome<Booking> {
    let reason = clean("reason", reason, 1, 500)?;
    site.write(move |tx| {
        let (mut booking, side) = participant(tx, id, by)?;
        let now = tx.now();
        may_dispute(booking.no_show.as_ref(), side, now)?;
        if let Some(report) = booking.no_show.as_mut() {
            report.disputed_at = Some(now);
            report.dispute_reason = Some(reason.clone());
        }
        save(tx, &mut booking)?;
        jobs::cancel(tx, JOB, id)?;
        noted(tx, "booking.dispute_no_show", &booking, None)?;
        Ok(booking)
    })
    .await
}

/// An instructor contests that a lesson counts as complete: its money waits for a person, if it has not moved yet.
pub async fn dispute_completion(site: &Site, id: BookingId, instructor: UserId, reason: &str) -> Outcome<Booking> {
    let reason = clean("reason", reason, 1, 500)?;
    site.write(move |tx| {
        let (mut booking, side) = participant(tx, id, instructor)?;
        if side != Side::Instructor {
            return Err(Refusal::forbidden("FORBIDDEN", "Only the instructor can contest a completion."));
        }
        if booking.status != Status::Completed && !awaits_completion(&booking, tx.now()) {
            return Err(Refusal::unprocessable("INVALID_STATUS", "Only a lesson that is over can be contested."));
        }
        payments::ops::freeze(tx, id, &reason)?;
        booking.contested = Some(Contested { at: tx.now(), reason: reason.clone() });
        save(tx, &mut booking)?;
        noted(tx, "booking.dispute_completion", &booking, None)?;
        Ok(booking)
    })
    .await
}

/// A person decided about an open report.
pub async fn resolve(site: &Site, id: BookingId, by: By, how: Resolution) -> Outcome<Booking> {
    let admin = by.user()?;
    let reason = clean("reason", by.reason.as_deref().unwrap_or_default(), 10, 500)?;
    let asker = by.clone();
    let work = site.write(move |tx| {
        let before = load(tx, id)?.status;
        decide(tx, id, Some(admin), how, &reason)?;
        let after = json!({ "status": load(tx, id)?.status, "resolution": how });
        let deed = Deed::on("booking.resolve_no_show", "booking", id).change(json!({ "status": before }), after);
        audit::record(tx, &by, deed)
    });
    audit::watched(site, &asker, Deed::on("booking.resolve_no_show", "booking", id), work).await?;
    let moved = match how {
        Resolution::DisputeUpheld | Resolution::Cancelled => payments::ops::capture_if_overdue(site, id).await,
        Resolution::ConfirmedAfterReview | Resolution::Mutual => payments::ops::run(site, id).await.map(drop),
    };
    if let Err(fault) = moved {
        tracing::warn!(booking = %id, %fault, "money of a decided report is still on its way; the jobs go on with it");
    }
    site.read(|r| load(r, id))
}

fn decide(tx: &mut Tx, id: BookingId, admin: Option<UserId>, how: Resolution, reason: &str) -> Outcome<()> {
    let mut booking = load(tx, id)?;
    let now = tx.now();
    let open = booking.no_show.as_mut().filter(|report| report.resolved_at.is_none());
    let (Status::NoShow, Some(report)) = (booking.status, open) else {
        return Err(Refusal::unprocessable("NO_SHOW_NOT_REPORTED", "There is no open report to decide about."));
    };
    let accused = report.accused;
    report.resolved_at = Some(now);
    report.resolution = serde_json::to_value(how).ok().and_then(|word| word.as_str().map(str::to_owned));
    jobs::cancel(tx, JOB, id)?;
    let at = moment(tx, &booking, true);
    let cause = if admin.is_some() { Cause::Admin } else { Cause::System };
    match how {
        Resolution::ConfirmedAfterReview => {
            save(tx, &mut booking)?;
            settle_what_is_left(tx, id, money(accused))
        }
        Resolution::Cancelled => {
            booking.status = step(booking.status, Step::ReinstateLesson, cause, &at)?;
            save(tx, &mut booking)?;
            payments::ops::thaw(tx, id)
        }
        Resolution::DisputeUpheld => {
            complete(tx, booking, How::Marked, cause, true)?;
            payments::ops::thaw(tx, id)
        }
        Resolution::Mutual => {
            booking.status = step(booking.status, Step::Cancel, cause, &at)?;
            booking.cancelled_at = Some(now);
            booking.cancelled_by = admin;
            booking.cancellation_reason = Some(reason.to_owned());
            booking.holds_slot = false;
            save(tx, &mut booking)?;
            settle_what_is_left(tx, id, MoneyCause::MutualNoShow)?;
            tx.emit(&BookingCancelled {
                lesson: Lesson::of(&booking),
                by: "admin".to_owned(),
                cancelled_by_id: admin,
                reason: reason.to_owned(),
                was_confirmed: true,
                rescheduled_to_id: None,
            })
        }
    }
}

/// The bank may have given all back while the report stood open: then a word about the lesson moves no money.
fn settle_what_is_left(tx: &mut Tx, id: BookingId, cause: MoneyCause) -> Outcome<()> {
    if payments::ops::payment(tx, id)?.is_settled() {
        return Ok(());
    }
    payments::ops::settle(tx, id, cause)
}

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::timer(JOB, one), JobKind::sweep(JOB, Every::hours(1), all)]
}

async fn one(site: Site, call: JobCall) -> Outcome<()> {
    let id = call.id()?;
    let confirmed = confirm(&site, id).await;
    payments::ops::unless_busy(&site, JOB, id, confirmed).await
}

async fn all(site: Site, call: JobCall) -> Outcome<Value> {
    let now = site.now();
    let reported = site.read(|r| with_status(r, Status::NoShow, Timestamp::MAX, SWEPT * 20))?;
    let counts = |booking: &Booking| booking.no_show.as_ref().is_some_and(|report| is_confirmed(report, now));
    let due: Vec<BookingId> = reported.iter().filter(|b| counts(b)).map(|b| b.id).take(SWEPT).collect();
    if call.dry_run {
        return Ok(json!({ "due": due.len() }));
    }
    // One that is being worked on, or fails, does not stand in the way of the others.
    let (mut confirmed, mut failed) = (0, None);
    for id in due {
        match confirm(&site, id).await {
            Ok(done) => confirmed += u32::from(done),
            Err(refusal) if refusal.code == payments::ops::BUSY => {}
            Err(refusal) => failed = Some(refusal),
        }
    }
    failed.map_or_else(|| Ok(json!({ "confirmed": confirmed })), Err)
}

/// Nobody objected within 24 hours: the report counts.
async fn confirm(site: &Site, id: BookingId) -> Outcome<bool> {
    let counts = site
        .write(move |tx| {
            let booking = load(tx, id)?;
            let counts = booking.no_show.as_ref().is_some_and(|report| is_confirmed(report, tx.now()));
            if counts && booking.status == Status::NoShow {
                decide(tx, id, None, Resolution::ConfirmedAfterReview, "")?;
            }
            Ok(counts)
        })
        .await?;
    if counts {
        payments::ops::run(site, id).await?;
    }
    Ok(counts)
}
