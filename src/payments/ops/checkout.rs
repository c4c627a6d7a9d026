//! Checkout: which card, how much credit, and whether the bank is asked now or 24 hours before the lesson.

use super::actions::{self, begin};
use super::credits;
use crate::base::id::{BookingId, MethodId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_hours;
use crate::jobs::{self, Job};
use crate::payments::model::{ActionKind, BookingPayment, PaymentStatus};
use crate::payments::rules::authorize;
use crate::payments::tables::{self, METHODS, PAYMENTS};
use crate::store::{ReadExt, Tx};

#[derive(Clone, Copy, Debug)]
pub struct Checkout {
    pub method: MethodId,
    /// Credit to use, at most; `None` leaves a reservation as it is (confirm-payment reserves none).
    pub credit: Option<Cents>,
}

/// What a checkout comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// The card is kept and asked 24 hours before the lesson: confirm the booking in this write.
    Scheduled(BookingPayment),
    /// Credit pays for all of it: confirm the booking in this write.
    Covered(BookingPayment),
    /// The bank has to be asked: `ops::run` does, and tells the desk.
    Calling,
}

/// Judges and records; the caller's write also judges the booking.
pub fn plan_checkout(tx: &mut Tx, booking: BookingId, ask: &Checkout) -> Outcome<Planned> {
    let mut payment = tables::payment(tx, booking)?;
    payable(tx, &payment)?;
    let method = tx.get(&METHODS, &ask.method)?.filter(|method| method.user_id == payment.student_id);
    let method = method.ok_or_else(super::cards::absent)?.id;
    if payment.method_id.replace(method) != Some(method) && payment.settling.is_some() {
        // rule: 10§7: another card is the one that is asked; asking it lets go what the bank of the old one holds.
        payment.held = false;
    }
    if let Some(credit) = ask.credit {
        payment.credits_reserved = credits::reserve_once(tx, &payment, credit)?;
    }
    go_on(tx, payment)
}

/// The same card again: after a refusal, or once the bank was reached.
pub fn plan_retry(tx: &mut Tx, booking: BookingId) -> Outcome<Planned> {
    let payment = tables::payment(tx, booking)?;
    payable(tx, &payment)?;
    if payment.method_id.is_none() {
        return Err(Refusal::bad_request("PAYMENT_METHOD_REQUIRED", "Choose a card to pay with."));
    }
    go_on(tx, payment)
}

fn payable(tx: &Tx, payment: &BookingPayment) -> Outcome<()> {
    actions::nothing_pending(tx, payment.booking_id)?;
    match payment.status {
        PaymentStatus::Scheduled | PaymentStatus::PaymentMethodRequired => Ok(()),
        status => Err(Refusal::unprocessable(
            "PAYMENT_NOT_DUE",
            format!("This booking's payment is {}, so nothing is left to pay now.", status.name().replace('_', " ")),
        )),
    }
}

pub(super) fn go_on(tx: &mut Tx, mut payment: BookingPayment) -> Outcome<Planned> {
    payment.version += 1;
    // A completed lesson whose capture failed: the new card is asked at once.
    if let Some(settling) = payment.settling.as_mut() {
        settling.reauthorized = false;
        super::settle::advance(tx, payment)?;
        return Ok(Planned::Calling);
    }
    // Once the bank was due to be asked, another card or another try asks it at once, also in that very instant.
    let due = payment.auth_scheduled_for.is_some_and(|due| due <= tx.now());
    if let Some(at) = authorize::scheduled_for(payment.start, tx.now()).filter(|_| !due) {
        payment.status = PaymentStatus::Scheduled;
        payment.auth_scheduled_for = Some(at);
        promise(tx, &mut payment)?;
        jobs::enqueue(tx, Job::new("authorize", payment.booking_id).due(at))?;
        return Ok(Planned::Scheduled(payment));
    }
    if payment.card_amount() == Cents::ZERO {
        payment.status = PaymentStatus::Authorized;
        promise(tx, &mut payment)?;
        return Ok(Planned::Covered(payment));
    }
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    begin(tx, &payment, ActionKind::Authorize { on_session: true }, payment.card_amount())?;
    Ok(Planned::Calling)
}

/// From here on the lesson is promised; its money is due 24 hours after its end (rule: 10§2.7).
pub fn promise(tx: &mut Tx, payment: &mut BookingPayment) -> Outcome<()> {
    payment.promised = true;
    payment.awaiting = None;
    tx.put(&PAYMENTS, &payment.booking_id, payment)?;
    jobs::enqueue(tx, Job::new("capture", payment.booking_id).due(plus_hours(payment.end, 24)))
}
