//! Money in sentences: what cancelling costs in each band, when the card is asked, why it was refused.

mod bands;
mod story;

pub use bands::{bands, consequence};
pub use story::{Told, stations};

use crate::base::time::{TimeZone, Timestamp, plus_hours};
use crate::bookings::model::Booking;
use crate::bookings::pages::offer::lines;
use crate::bookings::pages::words::moment;
use crate::bookings::rules::complete::settles_at;
use crate::payments::model::BookingPayment;
use crate::payments::rules::bill::of_student;
use crate::web::components::PriceLine;

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

/// The receipt's lines: lesson, protection, credit, whatever moved since; they add up to the total.
pub fn receipt(booking: &Booking, payment: &BookingPayment) -> (Vec<PriceLine>, PriceLine) {
    let quote = &booking.quote;
    let bill = of_student(payment);
    let mut list = lines(&booking.service_name, booking.hourly_rate, booking.minutes, quote);
    let sold = list.len();
    list.extend(bill.lines.iter().skip(sold).map(|line| PriceLine::new(&line.label, line.amount)));
    (list, PriceLine::new(if bill.is_final { "You paid" } else { "Total" }, bill.total))
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
