//! What the list and the file of a booking share.

use crate::accounts::{self, model::User};
use crate::base::refusal::Outcome;
use crate::bookings::model::Booking;
use crate::payments::model::BookingPayment;
use crate::payments::tables::payment;
use crate::store::Read;

/// A booking with the people in it and its money.
pub struct Case {
    pub booking: Booking,
    pub student: Option<User>,
    pub instructor: Option<User>,
    pub payment: BookingPayment,
}

impl Case {
    pub fn load(r: &dyn Read, booking: Booking) -> Outcome<Self> {
        Ok(Self {
            student: accounts::user(r, booking.student_id)?,
            instructor: accounts::user(r, booking.instructor_id)?,
            payment: payment(r, booking.id)?,
            booking,
        })
    }
}

pub fn full_name(user: Option<&User>) -> String {
    user.map_or_else(|| "Nobody known".to_owned(), User::full_name)
}
