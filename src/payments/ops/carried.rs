//! A lesson moved early: what a booking has, its credit included, goes over to the one it is moved to (part 10 §2.8,
//! Reschedule). To a time less than a day away the bank is asked first; until it agrees the old booking keeps all it has.

use super::checkout::{self, Planned};
use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::model::{BookingPayment, CreditLot};
use crate::payments::rules::credits::cut;
use crate::payments::tables::{self, LOTS, PAYMENTS};
use crate::store::{Read, Tx};

/// Card and credit go over; the new booking is promised. The old one is left with nothing but its end.
pub fn carry_over(tx: &mut Tx, from: BookingId, to: BookingId) -> Outcome<()> {
    let (mut old, mut new) = (tables::payment(tx, from)?, tables::payment(tx, to)?);
    let handed = hand_over(tx, &old, &new)?;
    old.credits_reserved -= handed;
    (new.credits_reserved, new.method_id) = (handed, old.method_id);
    if checkout::go_on(tx, new)? == Planned::Calling {
        return Err(changed());
    }
    old.version += 1;
    tx.put(&PAYMENTS, &from, &old)
}

/// Card and, on paper, credit of the booking it is moved from: what the bank is asked for.
pub fn borrow(tx: &mut Tx, from: BookingId, to: BookingId) -> Outcome<Planned> {
    let (old, mut new) = (tables::payment(tx, from)?, tables::payment(tx, to)?);
    (new.credits_reserved, new.method_id) = (lent(tx, &old, &new)?, old.method_id);
    new.borrowed = new.credits_reserved.is_positive();
    checkout::go_on(tx, new)
}

/// Whether what the bank was asked for is still what the lesson costs: the credit is there as it was.
pub fn is_lent(r: &dyn Read, from: BookingId, to: BookingId) -> Outcome<bool> {
    let (old, new) = (tables::payment(r, from)?, tables::payment(r, to)?);
    Ok(!new.borrowed || lent(r, &old, &new)? == new.credits_reserved)
}

fn lent(r: &dyn Read, from: &BookingPayment, to: &BookingPayment) -> Outcome<Cents> {
    let reserved: Cents = tables::reserved_lots(r, from.booking_id)?.iter().map(|lot| lot.amount).sum();
    Ok(reserved.min(to.quote.lesson))
}

/// The bank agreed: the credit goes over. The old booking is left with nothing but its end.
pub fn take_over(tx: &mut Tx, from: BookingId, to: BookingId) -> Outcome<()> {
    let (mut old, mut new) = (tables::payment(tx, from)?, tables::payment(tx, to)?);
    let handed = hand_over(tx, &old, &new)?;
    old.credits_reserved -= handed;
    old.version += 1;
    (new.borrowed, new.version) = (false, new.version + 1);
    tx.put(&PAYMENTS, &from, &old)?;
    tx.put(&PAYMENTS, &to, &new)
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
