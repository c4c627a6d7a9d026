//! Prices before and after a booking exists. Previews read, never write (rule: 10§2.1).

use crate::base::price::Split;
use crate::base::refusal::Outcome;
use crate::bookings::model::Booking;
use crate::bookings::ops::create::{self, Ask};
use crate::payments;
use crate::payments::model::PriceQuote;
use crate::payments::rules::pricing::not_negative;
use crate::site::Site;

/// A quote with the credit that would be used.
pub struct Priced {
    pub quote: PriceQuote,
    pub split: Split,
}

/// The price of a choice, whether or not its time is free.
pub fn preview(site: &Site, ask: &Ask, credit_cents: i64) -> Outcome<Priced> {
    let credit = not_negative(credit_cents)?;
    let now = site.now();
    site.read(|r| {
        let quote = create::quote(r, now, ask)?;
        let balance = payments::ops::holdings(r, ask.student, now)?.available;
        Ok(Priced { split: quote.split(credit, balance), quote })
    })
}

/// The price a booking was sold at, with as much credit as asked for; what is reserved for it counts.
pub fn of_booking(site: &Site, booking: &Booking, credit_cents: i64) -> Outcome<Priced> {
    let credit = not_negative(credit_cents)?;
    let now = site.now();
    site.read(|r| {
        let reserved = payments::ops::payment(r, booking.id)?.credits_reserved;
        let balance = payments::ops::holdings(r, booking.student_id, now)?.available + reserved;
        Ok(Priced { split: booking.quote.split(credit.max(reserved), balance), quote: booking.quote })
    })
}
