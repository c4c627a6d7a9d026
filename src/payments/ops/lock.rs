//! Money taken early because a lesson is moved late, and carried over to its new time (part 10 §2.8, Reschedule).

use super::actions::{begin, nothing_pending};
use super::settle::about;
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_hours;
use crate::jobs::{self, Job};
use crate::payments::ledger::{self, Account, EntryKind};
use crate::payments::model::{ActionKind, BookingMoney, BookingPayment, CreditLot, PaymentStatus};
use crate::payments::tables::{self, LOTS, PAYMENTS};
use crate::store::Tx;

/// Takes the money, asking the bank first where it does not hold it yet; the instructor is paid only when the lesson
/// has taken place.
pub fn plan_lock(tx: &mut Tx, payment: &BookingPayment) -> Outcome<()> {
    nothing_pending(tx, payment.booking_id)?;
    let amount = payment.card_amount();
    if amount == Cents::ZERO {
        return locked(tx, payment.clone());
    }
    let payment = BookingPayment { locking: true, version: payment.version + 1, ..payment.clone() };
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    let first = if payment.held { ActionKind::Capture } else { ActionKind::Authorize { on_session: false } };
    begin(tx, &payment, first, amount)
}

/// The bank holds the money of a lock: it is taken.
pub fn held(tx: &mut Tx, payment: BookingPayment) -> Outcome<()> {
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    begin(tx, &payment, ActionKind::Capture, payment.card_amount())
}

/// The bank refused the card of a lock: the lesson stays where it was, with its money as it was.
pub fn refused(tx: &mut Tx, mut payment: BookingPayment, reason: &str) -> Outcome<()> {
    payment.locking = false;
    payment.auth_last_error = Some(reason.to_owned());
    if payment.held {
        // The bank accepted the card and then refused the charge: held, as for any lesson of tomorrow.
        payment.status = PaymentStatus::Authorized;
        jobs::cancel(tx, "auth_retry", payment.booking_id)?;
    } else if payment.status == PaymentStatus::Scheduled {
        ask_when_due(tx, &payment)?;
    }
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// A lesson's own authorization may have been due while the one for its move was under way: it is asked for after it.
fn ask_when_due(tx: &mut Tx, payment: &BookingPayment) -> Outcome<()> {
    let due = payment.auth_scheduled_for.map_or(tx.now(), |at| at.max(tx.now()));
    jobs::enqueue(tx, Job::new("authorize", payment.booking_id).due(due))
}

/// The capture of a lock went through.
pub fn locked(tx: &mut Tx, mut payment: BookingPayment) -> Outcome<()> {
    payment.locking = false;
    payment.status = PaymentStatus::Locked;
    payment.locked_at = Some(tx.now());
    payment.locked_amount = payment.captured;
    tx.put(&PAYMENTS, &payment.booking_id, &payment)
}

/// Hands everything a locked booking holds, credit included, to the booking it was moved to.
pub fn carry_locked(tx: &mut Tx, from: BookingId, sale: &BookingMoney) -> Outcome<()> {
    let old = tables::payment(tx, from)?;
    if old.status != PaymentStatus::Locked {
        return Err(Refusal::conflict(
            "OPERATION_IN_PROGRESS",
            "The payment changed meanwhile. Look at the lesson again.",
        ));
    }
    let new = BookingPayment {
        booking_id: sale.booking_id,
        start: sale.start,
        end: sale.end,
        description: sale.description.clone(),
        version: 1,
        ..old.clone()
    };
    ledger::post(tx, EntryKind::Rebooked, about(&old), Account::Lessons, Account::Cash, old.captured)?;
    ledger::post(tx, EntryKind::Rebooked, about(&new), Account::Cash, Account::Lessons, old.captured)?;
    for lot in tables::reserved_lots(tx, from)? {
        tx.put(&LOTS, &lot.id, &CreditLot { reserved_for: Some(new.booking_id), ..lot.clone() })?;
    }
    let mut closed = BookingPayment::open(&BookingMoney {
        booking_id: from,
        student_id: old.student_id,
        instructor_id: old.instructor_id,
        quote: old.quote,
        start: old.start,
        end: old.end,
        description: old.description.clone(),
    });
    closed.status = PaymentStatus::Settled;
    closed.settled_at = Some(tx.now());
    closed.method_id = old.method_id;
    closed.version = old.version + 1;
    tx.put(&PAYMENTS, &from, &closed)?;
    tx.put(&PAYMENTS, &new.booking_id, &new)?;
    for job in ["authorize", "auth_retry", "capture"] {
        jobs::cancel(tx, job, from)?;
    }
    jobs::enqueue(tx, Job::new("capture", new.booking_id).due(plus_hours(new.end, 24)))
}
