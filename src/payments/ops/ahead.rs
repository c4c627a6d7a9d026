//! A lesson moved early to a time less than a day away: the bank is asked before anything is moved, nothing is taken.
//! What a booking holds, its credit included, goes over to the one it is moved to (part 10 §2.8, Reschedule).

use super::actions::{begin, nothing_pending};
use super::checkout::{self, Planned};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::model::{ActionKind, BookingPayment, CreditLot, PaymentStatus, PriceQuote};
use crate::payments::rules::credits::cut;
use crate::payments::tables::{self, LOTS, PAYMENTS};
use crate::store::Tx;

/// Asks the bank to hold what the lesson costs under `quote`, if it holds nothing yet; answers how much that is.
pub fn plan_hold(tx: &mut Tx, payment: &BookingPayment, quote: &PriceQuote) -> Outcome<Cents> {
    nothing_pending(tx, payment.booking_id)?;
    let amount = quote.on_card(payment.credits_reserved.min(quote.lesson));
    if amount == Cents::ZERO || (payment.held && payment.status == PaymentStatus::Authorized) {
        return Ok(amount);
    }
    let payment = BookingPayment {
        locking: true,
        holds_only: true,
        held: false,
        version: payment.version + 1,
        ..payment.clone()
    };
    tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
    begin(tx, &payment, ActionKind::Authorize { on_session: false }, amount)?;
    Ok(amount)
}

/// The move did not come about: what was held for it is released, and the lesson stays as it was.
pub fn let_go(tx: &mut Tx, booking: BookingId) -> Outcome<()> {
    let payment = tables::payment(tx, booking)?;
    let idle = payment.settling.is_none() && !payment.locking && payment.status != PaymentStatus::Authorized;
    if !payment.held || !idle {
        return Ok(());
    }
    begin(tx, &payment, ActionKind::Release, Cents::ZERO)
}

/// Card, credit and, for a time less than a day away, the `held` money go over; the new booking is promised. The old one
/// is left with nothing but its end.
pub fn carry_over(tx: &mut Tx, from: BookingId, to: BookingId, held: Option<Cents>) -> Outcome<()> {
    let (mut old, mut new) = (tables::payment(tx, from)?, tables::payment(tx, to)?);
    let handed = hand_over(tx, &old, &new)?;
    old.credits_reserved -= handed;
    (new.credits_reserved, new.method_id) = (handed, old.method_id);
    match held.filter(|amount| amount.is_positive()) {
        Some(amount) if old.held && new.card_amount() == amount => {
            (new.intent, new.charge) = (old.intent.take(), old.charge.take());
            (new.held, old.held) = (true, false);
            (new.attempt, new.auth_attempted_at) = (old.attempt, old.auth_attempted_at);
            new.status = PaymentStatus::Authorized;
            checkout::promise(tx, &mut new)?;
        }
        Some(_) => return Err(changed()),
        None => {
            if checkout::go_on(tx, new)? == Planned::Calling {
                return Err(changed());
            }
        }
    }
    old.version += 1;
    tx.put(&PAYMENTS, &from, &old)
}

fn changed() -> Refusal {
    Refusal::conflict("BOOKING_CHANGED", "The lesson was changed meanwhile. Look at it again.")
}

/// rule: 10§2.5: reserved credit stays reserved, whatever its date; only what the new price has no room for goes back.
fn hand_over(tx: &mut Tx, from: &BookingPayment, to: &BookingPayment) -> Outcome<Cents> {
    let mut room = to.quote.lesson;
    for lot in tables::reserved_lots(tx, from.booking_id)? {
        if room == Cents::ZERO {
            break;
        }
        let (taken, rest) = cut(&lot, room, &mut || tx.new_id());
        room -= taken.amount;
        tx.put(&LOTS, &taken.id, &CreditLot { reserved_for: Some(to.booking_id), ..taken.clone() })?;
        if let Some(rest) = rest {
            tx.put(&LOTS, &rest.id, &rest)?;
        }
    }
    Ok(to.quote.lesson - room)
}
