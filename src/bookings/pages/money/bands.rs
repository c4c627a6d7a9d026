//! What cancelling costs: the bands of the policy with dates and exact sums, and what it comes to now.

use crate::base::money::Cents;
use crate::base::time::{TimeZone, Timestamp};
use crate::bookings::model::{Booking, Side};
use crate::bookings::pages::words::moment;
use crate::bookings::rules::cancel::{credit_until, free_until};
use crate::payments::model::BookingPayment;
use crate::payments::rules::settle::Cause;
use crate::web::components::Band;

/// What comes back of `target`, where the student's own `used` credit paid for a part of the lesson.
fn as_credit(target: Cents, used: Cents) -> String {
    let (all, own) = (target.dollars(), used.dollars());
    match used {
        Cents::ZERO => format!("{all} as credit"),
        used if used == target => format!("your {own} of credit back"),
        used if used > target => format!("{all} of your {own} of credit back"),
        used => format!("{all} as credit, your own {own} and {} more", (target - used).dollars()),
    }
}

/// The student's bands with dates and exact sums, with `credit` of their own in it; the one that holds now is marked.
pub fn bands(
    booking: &Booking,
    (payment, credit): (&BookingPayment, Cents),
    now: Timestamp,
    tz: &TimeZone,
    instructor: &str,
) -> Vec<Band> {
    let (free, late) = (free_until(booking.start), credit_until(booking.start));
    let (lesson, fee) = (booking.quote.lesson, booking.quote.student_fee.dollars());
    let band = |name: &str, text: String, here: bool| Band { name: name.to_owned(), text, here };
    let (all, half) = (as_credit(lesson, credit), as_credit(lesson.half(), credit));
    if payment.captured.is_positive() {
        let paid = payment.captured.dollars();
        return vec![
            band(
                "Credit",
                format!("until {}. Of the {paid} paid you get {all}. Protection of {fee} is kept.", moment(late, tz)),
                now <= late,
            ),
            band("Half", format!("after that. You get {half}. {instructor} is paid half."), late < now),
        ];
    }
    let pays = booking.quote.on_card(credit).dollars();
    let own =
        if credit.is_positive() { format!(" Your {} of credit comes back.", credit.dollars()) } else { String::new() };
    vec![
        band("Free", format!("until {}. The card is never charged.{own}", moment(free, tz)), now <= free),
        band(
            "Credit",
            format!("until {}. You pay {pays} and get {all}. Protection of {fee} is kept.", moment(late, tz)),
            free < now && now <= late,
        ),
        band("Half", format!("after that. You pay {pays} and get {half}. {instructor} is paid half."), late < now),
    ]
}

/// What cancelling means for the one who does it, in a sentence or two.
pub fn consequence(cause: Cause, booking: &Booking, payment: &BookingPayment, side: Side) -> String {
    let (lesson, own) = (booking.quote.lesson, payment.credits_reserved);
    if side == Side::Instructor {
        return format!(
            "The student pays nothing: everything goes back, booking protection included. You are not paid the {}.",
            booking.quote.payout.dollars()
        );
    }
    match cause {
        Cause::Unpaid | Cause::StudentFree if own.is_positive() => {
            format!("You pay nothing. Your credit of {} comes back.", own.dollars())
        }
        Cause::Unpaid | Cause::StudentFree => "You pay nothing.".to_owned(),
        Cause::StudentCredit => late(payment, &as_credit(lesson, own), "for another lesson"),
        Cause::StudentHalf => late(payment, &as_credit(lesson.half(), own), "and the instructor is paid half"),
        Cause::LockedCredit => format!("You get {}, for another lesson.", as_credit(lesson, own)),
        Cause::LockedHalf => format!("You get {}. The instructor is paid half.", as_credit(lesson.half(), own)),
        _ => "Everything paid comes back.".to_owned(),
    }
}

/// A late cancellation takes the card's money, if the card gives it.
fn late(payment: &BookingPayment, gets: &str, end: &str) -> String {
    let pays = payment.card_amount();
    if payment.held || pays == Cents::ZERO {
        return format!("You pay {} and get {gets}, {end}.", pays.dollars());
    }
    let own = match payment.credits_reserved {
        Cents::ZERO => String::new(),
        own => format!(" and your credit of {} comes back", own.dollars()),
    };
    format!(
        "Your card is asked once more. If it is accepted you pay {} and get {gets}, {end}; if not, nothing is \
         charged{own}.",
        pays.dollars()
    )
}
