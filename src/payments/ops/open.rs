//! A booking's money begins.

use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::payments::model::{BookingMoney, BookingPayment, Standing};
use crate::payments::tables::{self, PAYMENTS, STANDINGS};
use crate::store::{Read, ReadExt, Tx};

/// Opens the payment of a new booking, in the write that makes the booking.
pub fn open(tx: &mut Tx, sale: &BookingMoney) -> Outcome<()> {
    tx.put(&PAYMENTS, &sale.booking_id, &BookingPayment::open(sale))
}

pub fn payment(r: &dyn Read, booking: BookingId) -> Outcome<BookingPayment> {
    tables::payment(r, booking)
}

pub fn standing(r: &dyn Read, user: UserId) -> Outcome<Standing> {
    Ok(r.get(&STANDINGS, &user)?.unwrap_or_default())
}
