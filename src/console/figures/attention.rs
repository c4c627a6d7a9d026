//! What needs someone, the most pressing first.

use crate::accounts;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{Timestamp, plus_hours};
use crate::bookings::model::{Booking, NoShow, Status};
use crate::bookings::tables::{load, with_status};
use crate::console::words::{Moments, span};
use crate::jobs;
use crate::notify;
use crate::notify::model::MailStatus;
use crate::payments;
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::tables::stuck;
use crate::store::Read;

/// Of each kind at most; the pages behind show the rest.
const LISTED: usize = 50;
const COUNTED: usize = 10_000;
/// A missing card presses when the lesson is this near.
const NEAR_HOURS: i64 = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    Now,
    Today,
    Look,
}

#[derive(Clone, Debug)]
pub struct Matter {
    pub urgency: Urgency,
    pub title: String,
    pub detail: String,
    pub action: &'static str,
    pub href: String,
}

pub fn matters(r: &dyn Read, now: Timestamp, times: &Moments) -> Outcome<Vec<Matter>> {
    let mut list = Vec::new();
    for payment in stuck_promises(r)? {
        let booking = load(r, payment.booking_id)?;
        list.push(stuck_payment(r, &payment, &booking, now, times)?);
    }
    for booking in open_reports(r)? {
        if let Some(report) = &booking.no_show {
            list.push(no_show(r, &booking, report, times)?);
        }
    }
    list.extend(books_differ(r)?);
    list.extend(dead_jobs(r)?);
    list.extend(failed_mails(r, times)?);
    list.sort_by_key(|matter| matter.urgency);
    Ok(list)
}

/// Bookings that a person has to look at: what the list calls "needs action".
pub fn bookings_needing_action(r: &dyn Read) -> Outcome<Vec<crate::base::id::BookingId>> {
    let mut ids: Vec<_> = stuck_promises(r)?.into_iter().map(|payment| payment.booking_id).collect();
    ids.extend(open_reports(r)?.into_iter().map(|booking| booking.id));
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// An unpaid hold that lacks a card is the student's to mend; only promised lessons are ours.
fn stuck_promises(r: &dyn Read) -> Outcome<Vec<BookingPayment>> {
    Ok(stuck(r, COUNTED)?.into_iter().filter(|payment| payment.promised).take(LISTED * 10).collect())
}

fn open_reports(r: &dyn Read) -> Outcome<Vec<Booking>> {
    let all = with_status(r, Status::NoShow, Timestamp::MAX, LISTED * 10)?;
    Ok(all.into_iter().filter(|b| b.no_show.as_ref().is_some_and(|report| report.resolved_at.is_none())).collect())
}

fn name(r: &dyn Read, user: UserId) -> Outcome<String> {
    Ok(accounts::user(r, user)?.map_or_else(|| "somebody unknown".to_owned(), |user| user.full_name()))
}

fn stuck_payment(
    r: &dyn Read,
    payment: &BookingPayment,
    booking: &Booking,
    now: Timestamp,
    times: &Moments,
) -> Outcome<Matter> {
    let lesson = format!("{}, {}, {}", booking.service_name, name(r, booking.student_id)?, times.at(booking.start));
    let href = format!("/admin/bookings/{}", booking.id);
    if payment.status == PaymentStatus::ManualReview {
        let ended = payment.outcome.map_or("nothing is settled yet", |outcome| outcome.name());
        let detail = match payment.settling.is_some() || payment.correcting.is_some() {
            true => {
                format!("Stripe did not answer; it is asked again and again, and all goes on when it does: {ended}.")
            }
            false => format!("Automation stays away from this payment until somebody has looked: {ended}."),
        };
        let title = format!("Money to be reviewed: {lesson}");
        return Ok(Matter { urgency: Urgency::Today, title, detail, action: "Open booking", href });
    }
    let next = ["auth_retry", "capture_retry", "authorize"].into_iter().find_map(|kind| {
        let job = jobs::find(r, kind, &booking.id.to_string()).ok().flatten()?;
        Some(format!("Next try {}.", times.at(job.ready_at)))
    });
    let distance = if now < booking.start {
        format!("Starts in {}.", span(now, booking.start))
    } else {
        "It took place.".to_owned()
    };
    let refused = payment.auth_last_error.as_deref().map(|why| format!("The bank said {why}."));
    let detail = [Some(distance), refused, next].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let near = booking.start < plus_hours(now, NEAR_HOURS);
    let urgency = if near { Urgency::Now } else { Urgency::Today };
    Ok(Matter { urgency, title: format!("Card refused: {lesson}"), detail, action: "Open booking", href })
}

fn no_show(r: &dyn Read, booking: &Booking, report: &NoShow, times: &Moments) -> Outcome<Matter> {
    let title = format!(
        "No-show reported: {}, {}, {}",
        booking.service_name,
        name(r, booking.student_id)?,
        times.at(booking.start)
    );
    let detail = match report.disputed_at {
        Some(at) => format!("Disputed {}. Somebody has to decide.", times.at(at)),
        None => format!("Reported {}, not disputed so far.", times.at(report.reported_at)),
    };
    let urgency = if report.disputed_at.is_some() { Urgency::Now } else { Urgency::Today };
    Ok(Matter { urgency, title, detail, action: "Open booking", href: format!("/admin/bookings/{}", booking.id) })
}

fn books_differ(r: &dyn Read) -> Outcome<Option<Matter>> {
    let open = payments::ops::discrepancies(r)?;
    let Some(first) = open.first() else { return Ok(None) };
    let title = format!("Our books and Stripe’s differ: {}", count(open.len(), "place", "places"));
    let (ours, theirs) = (first.ours.dollars(), first.theirs.dollars());
    let detail = format!("{}: {ours} with us, {theirs} at Stripe.", first.what.name().replace('_', " "));
    let (action, href) = ("Open payment health", "/admin/payments".to_owned());
    Ok(Some(Matter { urgency: Urgency::Now, title, detail, action, href }))
}

fn dead_jobs(r: &dyn Read) -> Outcome<Option<Matter>> {
    let dead = jobs::dead(r, COUNTED)?;
    let Some(latest) = dead.first() else { return Ok(None) };
    let mut kinds: Vec<&str> = dead.iter().map(|job| job.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let title = format!("{}: {}", count(dead.len(), "dead job", "dead jobs"), kinds.join(", "));
    let detail = latest.last_error.clone().unwrap_or_else(|| "It gave no reason.".to_owned());
    let href = "/admin/jobs?show=dead".to_owned();
    Ok(Some(Matter { urgency: Urgency::Today, title, detail, action: "Open jobs", href }))
}

fn failed_mails(r: &dyn Read, times: &Moments) -> Outcome<Option<Matter>> {
    let failed = notify::unsent(r, MailStatus::Failed, COUNTED)?;
    let Some(latest) = failed.first() else { return Ok(None) };
    let title = format!("{} given up", count(failed.len(), "mail was", "mails were"));
    let why = latest.last_error.as_deref().unwrap_or("no reason was given");
    let detail = format!("The latest, “{}”, {}: {why}.", latest.subject, times.at(latest.created_at));
    let href = "/admin/outbox?status=FAILED".to_owned();
    Ok(Some(Matter { urgency: Urgency::Look, title, detail, action: "Open mails", href }))
}
