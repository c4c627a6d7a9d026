//! Money in sentences: what cancelling costs in each band, when the card is asked, why it was refused.

use crate::base::money::Cents;
use crate::base::time::{TimeZone, Timestamp, plus_hours};
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::pages::words::moment;
use crate::bookings::rules::cancel::{credit_until, free_until};
use crate::bookings::rules::complete::settles_at;
use crate::payments::model::{BookingPayment, PaymentStatus, SettlementOutcome, TipStatus};
use crate::payments::rules::settle::Cause;
use crate::web::components::{Band, Moment, PriceLine};

/// The student's bands with dates and exact sums; the one that holds now is marked.
pub fn bands(
    booking: &Booking,
    payment: &BookingPayment,
    now: Timestamp,
    tz: &TimeZone,
    instructor: &str,
) -> Vec<Band> {
    let (free, credit) = (free_until(booking.start), credit_until(booking.start));
    let (pays, lesson, fee) = (payment.card_amount().dollars(), booking.quote.lesson, booking.quote.student_fee);
    let band = |name: &str, text: String, here: bool| Band { name: name.to_owned(), text, here };
    vec![
        band("Free", format!("until {}. The card is never charged.", moment(free, tz)), now <= free),
        band(
            "Credit",
            format!(
                "until {}. You pay {pays} and get {} as credit. Protection of {} is kept.",
                moment(credit, tz),
                lesson.dollars(),
                fee.dollars()
            ),
            free < now && now <= credit,
        ),
        band(
            "Half",
            format!(
                "after that. You pay {pays} and get {} as credit. {instructor} is paid half.",
                lesson.half().dollars()
            ),
            credit < now,
        ),
    ]
}

/// What cancelling means for the one who does it, in one sentence.
pub fn consequence(cause: Cause, booking: &Booking, payment: &BookingPayment, side: Side) -> String {
    let (pays, lesson) = (payment.card_amount().dollars(), booking.quote.lesson);
    let credit_back = match payment.credits_reserved.is_positive() {
        true => format!(" Your credit of {} comes back.", payment.credits_reserved.dollars()),
        false => String::new(),
    };
    if side == Side::Instructor {
        return "The student pays nothing and gets everything back, the service fee included. You are not paid."
            .to_owned();
    }
    match cause {
        Cause::Unpaid | Cause::StudentFree => format!("You pay nothing.{credit_back}"),
        Cause::StudentCredit => format!("You pay {pays} and get {} as credit for another lesson.", lesson.dollars()),
        Cause::StudentHalf => {
            format!("You pay {pays} and get {} as credit. The instructor is paid half.", lesson.half().dollars())
        }
        Cause::LockedCredit => format!("You get {} as credit for another lesson.", lesson.dollars()),
        Cause::LockedHalf => format!("You get {} as credit. The instructor is paid half.", lesson.half().dollars()),
        _ => "Everything paid comes back.".to_owned(),
    }
}

/// What happens to the card, before it is used.
pub fn charge_plan(start: Timestamp, end: Timestamp, now: Timestamp, tz: &TimeZone) -> String {
    let charged = moment(settles_at(end), tz);
    let asked = plus_hours(start, -24);
    if now <= asked {
        let asked = moment(asked, tz);
        return format!("Nothing is charged today. The card is authorised on {asked} and charged on {charged}.");
    }
    format!("The card is authorised now and charged on {charged}.")
}

/// The stations of a booking's money: what has happened filled, what will hollow.
pub fn stations(booking: &Booking, payment: &BookingPayment, tz: &TimeZone, card: Option<&str>) -> Vec<Moment> {
    let card = card.unwrap_or("Your card");
    let sum = payment.card_amount().dollars();
    let mut list = vec![Moment::past(
        format!("{}. Held", moment(booking.created_at, tz)),
        "Nothing is charged for holding a time.",
    )];
    if let Some(at) = booking.confirmed_at {
        list.push(Moment::past(format!("{}. Booked", moment(at, tz)), format!("{card} is kept with Stripe.")));
    }
    if let Some(at) = payment.auth_attempted_at.filter(|_| payment.held || payment.captured.is_positive()) {
        list.push(Moment::past(format!("{}. Authorised", moment(at, tz)), format!("The bank sets {sum} aside.")));
    }
    if let Some(at) = booking.cancelled_at {
        list.push(Moment::past(format!("{}. Cancelled", moment(at, tz)), outcome(payment)));
        return list;
    }
    if let Some(at) = payment.settled_at {
        list.push(Moment::past(format!("{}. Settled", moment(at, tz)), outcome(payment)));
        return list;
    }
    if matches!(booking.status, Status::Confirmed | Status::Completed) {
        if let Some(at) = payment.auth_scheduled_for.filter(|_| payment.status == PaymentStatus::Scheduled) {
            list.push(Moment::ahead(
                moment(at, tz),
                format!("The bank is asked to set {sum} aside. Free cancelling ends."),
            ));
        }
        let over = booking.status == Status::Completed;
        let ended = "You have 24 hours to report a problem.";
        let title = format!("{}. Lesson ends", moment(booking.end, tz));
        list.push(if over { Moment::past(title, ended) } else { Moment::ahead(title, ended) });
        list.push(Moment::ahead(moment(settles_at(booking.end), tz), format!("{sum} leaves {}.", card.to_owned())));
    }
    list
}

/// How it ended, in a sentence.
fn outcome(payment: &BookingPayment) -> String {
    let (paid, back, credit) = (payment.captured, payment.refunded_to_card, payment.student_credit);
    let charged = match paid.is_positive() {
        true => format!("{} was charged", paid.dollars()),
        false => "Nothing was charged".to_owned(),
    };
    let refunded =
        if back.is_positive() { format!(", {} went back to the card", back.dollars()) } else { String::new() };
    let given =
        if credit.is_positive() { format!(", {} came back as credit", credit.dollars()) } else { String::new() };
    match payment.outcome {
        Some(SettlementOutcome::LessonCompletedFullPayout) => format!("{charged}."),
        _ => format!("{charged}{refunded}{given}."),
    }
}

/// The receipt's lines: lesson, protection, credit.
pub fn receipt(booking: &Booking, payment: &BookingPayment) -> (Vec<PriceLine>, PriceLine) {
    let quote = &booking.quote;
    let mut lines =
        crate::bookings::pages::offer::lines(&booking.service_name, booking.hourly_rate, booking.minutes, quote);
    if payment.credits_reserved.is_positive() {
        lines.push(PriceLine::new("Credit", -payment.credits_reserved));
    }
    let given = payment.tip.as_ref().filter(|tip| tip.status == TipStatus::Succeeded);
    lines.extend(given.map(|tip| PriceLine::new("Tip", tip.amount)));
    (lines, PriceLine::new("Total", payment.card_amount() + given.map_or(Cents::ZERO, |tip| tip.amount)))
}

/// Why a card was refused, and what to do (part 50 §2 A6).
pub fn refusal(code: Option<&str>) -> String {
    match code.unwrap_or_default() {
        "insufficient_funds" => "The bank says there is not enough money on this card. Use another card.",
        "expired_card" => "This card has expired. Use another card.",
        "incorrect_cvc" | "incorrect_number" | "invalid_cvc" => {
            "The card’s numbers were not right. Add the card again."
        }
        "authentication_required" => "The bank wants to be sure it is you. Try again and follow the bank’s page.",
        "authentication_failed" | "payment_intent_authentication_failure" => {
            "The bank could not confirm that it is you. Try again or use another card."
        }
        "processing_error" => "The bank could not work on it just now. Try again in a minute.",
        _ => "The bank declined this card. Use another card, or ask your bank why.",
    }
    .to_owned()
}
