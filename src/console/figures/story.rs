//! One booking's story: what happened to the lesson and to its money, and what is still to come by itself.

use crate::accounts;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::{Accused, Booking, Status};
use crate::console::words::{Moments, action_words};
use crate::jobs::{self, JobState};
use crate::payments::later::DisputeState;
use crate::payments::model::{ActionKind, ActionState, BookingPayment, MoneyAction};
use crate::payments::tables::actions;
use crate::store::Read;

/// Timers a booking may have, and what each will do.
const TIMERS: [(&str, &str); 7] = [
    ("hold_sweep", "The hold ends unless it is paid"),
    ("authorize", "The card is asked for the money"),
    ("auth_retry", "The card is asked again"),
    ("capture", "The card is charged, the instructor is paid"),
    ("capture_retry", "The charge is tried again"),
    ("no_show", "The report counts unless somebody objects"),
    ("payment_health", "An unanswered call is repeated"),
];

#[derive(Clone, Debug)]
pub struct Station {
    pub at: Timestamp,
    pub title: String,
    pub text: String,
    pub done: bool,
}

/// Past stations first, in order of time, then those to come.
pub fn story(r: &dyn Read, booking: &Booking, payment: &BookingPayment, times: &Moments) -> Outcome<Vec<Station>> {
    let mut stations = of_lesson(r, booking)?;
    let mut calls = actions(r, booking.id)?;
    calls.sort_by_key(|action| (action.done_at.unwrap_or(action.created_at), place_in_order(action.kind)));
    stations.extend(calls.iter().map(of_action));
    if let Some(at) = payment.settled_at {
        let outcome = payment.outcome.map_or("", |outcome| outcome.name());
        stations.push(past(at, "Money settled", outcome.replace('_', " ")));
    }
    if let Some(at) = payment.locked_at.filter(|_| booking.rescheduled_from.is_some()) {
        let kept = format!("{}, kept for this time.", payment.locked_amount.dollars());
        stations.push(past(at, "Paid when it was moved", kept));
    }
    if let Some(dispute) = &payment.dispute {
        stations.push(past(dispute.opened_at, "Disputed by the bank", dispute.amount.dollars()));
        if let Some(at) = dispute.closed_at {
            let how = if dispute.state == DisputeState::Won { "won" } else { "lost" };
            stations.push(past(at, &format!("Dispute {how}"), ""));
        }
    }
    stations.sort_by_key(|station| station.at);
    let mut ahead = ahead(r, payment, times)?;
    if booking.status == Status::Confirmed && times.now < booking.start {
        ahead.push(to_come(booking.start, "The lesson begins", String::new()));
    }
    ahead.sort_by_key(|station| station.at);
    stations.extend(ahead);
    Ok(stations)
}

/// Calls of one instant in the order they follow from each other.
pub fn place_in_order(kind: ActionKind) -> u8 {
    match kind {
        ActionKind::Authorize { .. } => 0,
        ActionKind::Capture | ActionKind::Release => 1,
        ActionKind::Refund => 2,
        ActionKind::Transfer | ActionKind::TopUp => 3,
        ActionKind::Reverse | ActionKind::Restore => 4,
        ActionKind::Tip => 5,
        ActionKind::TipTransfer => 6,
    }
}

fn past(at: Timestamp, title: &str, text: impl Into<String>) -> Station {
    Station { at, title: title.to_owned(), text: text.into(), done: true }
}

fn to_come(at: Timestamp, title: &str, text: String) -> Station {
    Station { at, title: title.to_owned(), text, done: false }
}

fn of_lesson(r: &dyn Read, booking: &Booking) -> Outcome<Vec<Station>> {
    let name = |user: UserId| -> Outcome<String> {
        Ok(accounts::user(r, user)?.map_or_else(|| "somebody unknown".to_owned(), |user| user.full_name()))
    };
    let mut stations = vec![past(booking.created_at, "Booked", format!("by {}", name(booking.student_id)?))];
    if let Some(at) = booking.confirmed_at {
        stations.push(past(at, "Confirmed", "Both were told."));
    }
    if let Some(at) = booking.completed_at {
        stations.push(past(at, "Completed", ""));
    }
    if let Some(at) = booking.cancelled_at {
        let who = match booking.cancelled_by {
            Some(user) => format!("by {}", name(user)?),
            None => "by the program".to_owned(),
        };
        let why = booking.cancellation_reason.as_deref().map(|why| format!(": “{why}”")).unwrap_or_default();
        stations.push(past(at, "Cancelled", format!("{who}{why}")));
    }
    if let Some(contested) = &booking.contested {
        stations.push(past(contested.at, "Completion contested", contested.reason.clone()));
    }
    if let Some(report) = &booking.no_show {
        let accused = match report.accused {
            Accused::Student => "the student",
            Accused::Instructor => "the instructor",
        };
        let text = format!("by {}: {accused} did not come", name(report.reported_by)?);
        stations.push(past(report.reported_at, "No-show reported", text));
        if let Some(at) = report.disputed_at {
            stations.push(past(at, "Report disputed", report.dispute_reason.clone().unwrap_or_default()));
        }
        if let Some(at) = report.resolved_at {
            stations.push(past(at, "Report decided", report.resolution.clone().unwrap_or_default().replace('_', " ")));
        }
    }
    Ok(stations)
}

fn of_action(action: &MoneyAction) -> Station {
    let amount = if action.amount.is_positive() { format!(" of {}", action.amount.dollars()) } else { String::new() };
    let words = action_words(action.kind);
    let error = action.error.clone().unwrap_or_default();
    match action.state {
        ActionState::Done => {
            let text = action.provider_id.clone().unwrap_or_default();
            past(action.done_at.unwrap_or(action.created_at), &format!("{words}{amount}"), text)
        }
        ActionState::Failed => {
            past(action.done_at.unwrap_or(action.created_at), &format!("{words}{amount} refused"), error)
        }
        ActionState::Pending => past(action.created_at, &format!("{words}{amount} asked for"), "No answer yet."),
    }
}

fn ahead(r: &dyn Read, payment: &BookingPayment, times: &Moments) -> Outcome<Vec<Station>> {
    let mut stations = Vec::new();
    for (kind, words) in TIMERS {
        let Some(job) = jobs::find(r, kind, &payment.booking_id.to_string())? else { continue };
        let words = match kind {
            "capture" if payment.captured.is_positive() => "The instructor is paid",
            _ => words,
        };
        let error = job.last_error.unwrap_or_default();
        match job.state {
            JobState::Dead => stations.push(past(job.due, &format!("Gave up: {kind}"), error)),
            JobState::Failed => stations.push(to_come(job.ready_at, words, format!("Failed before: {error}"))),
            JobState::Waiting | JobState::Running | JobState::Done => {
                stations.push(to_come(job.ready_at, words, times.distance(job.ready_at)));
            }
        }
    }
    Ok(stations)
}
