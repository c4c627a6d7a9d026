//! One booking as a line of somebody's diary.

use maud::Markup;

use super::show::LessonRow;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::facts::person;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::checkout::load::place_words;
use crate::bookings::pages::words::status_badge;
use crate::bookings::rules::lists::{awaits_completion, is_upcoming};
use crate::payments;
use crate::payments::model::{BookingPayment, PaymentStatus};
use crate::payments::view::has_ended;
use crate::store::Read;

/// The card of a promised lesson was refused and another one is wanted.
pub fn needs_card(booking: &Booking, payment: &BookingPayment) -> bool {
    booking.status == Status::Confirmed && payment.status == PaymentStatus::PaymentMethodRequired
}

pub fn row(r: &dyn Read, booking: &Booking, side: Side, now: Timestamp) -> Outcome<LessonRow> {
    let payment = payments::ops::payment(r, booking.id)?;
    let other = if side == Side::Instructor { booking.student_id } else { booking.instructor_id };
    let root = if side == Side::Instructor { "/instructor/bookings" } else { "/student/lessons" };
    let href = format!("{root}/{}", booking.id);
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
        badge: badge(booking, &payment, side, now),
        links: links(booking, &payment, side, &href, now),
        href,
    })
}

pub fn badge(booking: &Booking, payment: &BookingPayment, side: Side, now: Timestamp) -> Markup {
    status_badge(booking, side == Side::Student && needs_card(booking, payment), now)
}

fn links(booking: &Booking, payment: &BookingPayment, side: Side, href: &str, now: Timestamp) -> Vec<(String, String)> {
    let mut links = Vec::new();
    let mut add = |label: &str, href: String| links.push((label.to_owned(), href));
    let upcoming = is_upcoming(booking, now) && now < booking.start;
    match side {
        Side::Student if booking.status == Status::Pending => {
            add("Pay for it", format!("/student/booking/confirm?booking={}", booking.id));
        }
        Side::Student if needs_card(booking, payment) => add("Choose another card", format!("{href}/card")),
        Side::Instructor if awaits_completion(booking, now) => add("Say it took place", href.to_owned()),
        _ if upcoming => add("Change or cancel", href.to_owned()),
        Side::Student => add("Book again", Choosing::of(booking).plain()),
        _ => {}
    }
    links
}
