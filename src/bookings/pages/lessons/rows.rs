//! One booking as a line of somebody's diary.

use maud::Markup;

use super::show::LessonRow;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::facts::person;
use crate::bookings::ops::holds::is_over;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::checkout::load::place_words;
use crate::bookings::pages::words::status_badge;
use crate::bookings::rules::lists::{awaits_completion, is_upcoming};
use crate::bookings::rules::no_show::may_dispute;
use crate::payments;
use crate::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome, TipStatus};
use crate::payments::view::has_ended;
use crate::store::Read;

/// The card of a promised lesson was refused and another one is wanted, also after the lesson (rule: 10§7,
/// payment-method).
pub fn needs_card(booking: &Booking, payment: &BookingPayment) -> bool {
    let promised = matches!(booking.status, Status::Confirmed | Status::Completed);
    promised && payment.status == PaymentStatus::PaymentMethodRequired
}

/// Where somebody's lessons are.
fn root(side: Side) -> &'static str {
    if side == Side::Instructor { "/instructor/bookings" } else { "/student/lessons" }
}

pub fn row(r: &dyn Read, booking: &Booking, side: Side, now: Timestamp) -> Outcome<LessonRow> {
    let payment = payments::ops::payment(r, booking.id)?;
    let other = if side == Side::Instructor { booking.student_id } else { booking.instructor_id };
    let href = format!("{}/{}", root(side), booking.id);
    let sum = match side {
        Side::Instructor if has_ended(&payment) => payment.instructor_payout,
        Side::Instructor => booking.quote.payout,
        _ if has_ended(&payment) => payment.captured - payment.refunded_to_card,
        _ => payment.card_amount(),
    };
    Ok(LessonRow {
        date: booking.date,
        start: booking.start_time,
        what: format!("{}, {} min", booking.service_name, booking.minutes),
        who: person(r, other)?.short(),
        place: place_words(booking),
        sum: sum.dollars(),
        beside: beside(&payment, side),
        badge: badge(booking, &payment, side, now),
        links: links(booking, &payment, side, &href, now),
        href,
    })
}

/// What the sum alone does not say: credit, what came back, a tip.
fn beside(payment: &BookingPayment, side: Side) -> String {
    let tip = payment.tip.as_ref().filter(|tip| tip.status == TipStatus::Succeeded);
    let tip = tip.map(|tip| format!("and {} tip", tip.amount.dollars()));
    if side == Side::Instructor {
        let half = matches!(
            payment.outcome,
            Some(SettlementOutcome::StudentCancelLt12Split | SettlementOutcome::LockedCancelLt12Split)
        );
        return tip.or(half.then(|| "half, cancelled late".to_owned())).unwrap_or_default();
    }
    let (back, used) = (payment.student_credit, payment.credits_reserved);
    let credit = match (back.is_positive(), used.is_positive() && !payment.outcome.is_some_and(gives_back)) {
        (true, _) => Some(format!("{} back as credit", back.dollars())),
        (false, true) => Some(format!("and {} credit", used.dollars())),
        _ => None,
    };
    let parts: Vec<String> = credit.into_iter().chain(tip).collect();
    parts.join(", ")
}

/// Ends after which nothing of the student's is used up.
fn gives_back(outcome: SettlementOutcome) -> bool {
    use SettlementOutcome as End;
    matches!(
        outcome,
        End::StudentCancelGt24NoCharge
            | End::InstructorCancelFullRefund
            | End::InstructorNoShowFullRefund
            | End::MutualNoShowFullRefund
            | End::PaymentFailedNoCharge
            | End::AdminRefund
    )
}

pub fn badge(booking: &Booking, payment: &BookingPayment, side: Side, now: Timestamp) -> Markup {
    status_badge(booking, side == Side::Student && needs_card(booking, payment), now)
}

/// A report against this side that can still be objected to.
pub fn accused_of(booking: &Booking, side: Side, now: Timestamp) -> bool {
    booking.status == Status::NoShow && may_dispute(booking.no_show.as_ref(), side, now).is_ok()
}

fn links(booking: &Booking, payment: &BookingPayment, side: Side, href: &str, now: Timestamp) -> Vec<(String, String)> {
    if let Some(new) = booking.rescheduled_to {
        return vec![("To its new time".to_owned(), format!("{}/{new}", root(side)))];
    }
    let mut links = Vec::new();
    let mut add = |label: &str, href: String| links.push((label.to_owned(), href));
    let upcoming = is_upcoming(booking, now) && now < booking.start;
    match side {
        Side::Student if booking.status == Status::Pending && !is_over(booking, now) => {
            add("Pay for it", format!("/student/booking/confirm?booking={}", booking.id));
        }
        Side::Student if needs_card(booking, payment) => add("Choose another card", format!("{href}/card")),
        Side::Student | Side::Instructor if accused_of(booking, side, now) => {
            add("Answer the report", href.to_owned());
        }
        Side::Instructor if awaits_completion(booking, now) => add("Say it took place", href.to_owned()),
        _ if upcoming => add("Change or cancel", href.to_owned()),
        Side::Student => add("Book again", Choosing::of(booking).plain()),
        _ => {}
    }
    links
}
