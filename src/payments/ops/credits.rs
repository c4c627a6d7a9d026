//! Credit as it is held, issued, reserved and expired.

use super::standings;
use crate::base::id::{BookingId, LotId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::payments::events::CreditIssued;
use crate::payments::ledger::{self, About, Account, EntryKind};
use crate::payments::model::{BookingPayment, CreditLot, LotStatus};
use crate::payments::rules::credits as rules;
use crate::payments::tables::{self, LOTS};
use crate::store::{Read, Tx};

/// What a person holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    pub available: Cents,
    pub reserved: Cents,
    pub frozen: Cents,
    /// The next lot to expire.
    pub expires_at: Option<Timestamp>,
    pub lots: Vec<CreditLot>,
}

pub fn holdings(r: &dyn Read, user: UserId, now: Timestamp) -> Outcome<Holdings> {
    let lots = tables::lots(r, user)?;
    let sum = |status| lots.iter().filter(|lot| lot.status == status).map(|lot| lot.amount).sum();
    let usable = lots.iter().filter(|lot| lot.status == LotStatus::Available);
    Ok(Holdings {
        available: rules::available(&lots, now),
        reserved: sum(LotStatus::Reserved),
        frozen: sum(LotStatus::Frozen),
        expires_at: usable.filter_map(|lot| lot.expires_at).filter(|at| *at > now).min(),
        lots,
    })
}

/// Gives credit away at the platform's cost (milestones, referrals, an admin's gesture).
pub fn issue(
    tx: &mut Tx,
    user: UserId,
    amount: Cents,
    source_type: &str,
    reason: Option<String>,
    expires_at: Option<Timestamp>,
) -> Outcome<CreditLot> {
    let at = tx.now();
    let about = About { student: Some(user), ..About::default() };
    ledger::post(tx, EntryKind::CreditIssued, about, Account::CreditCost, Account::StudentCredit, amount)?;
    write_lot(tx, NewLot { user, amount, source_type, reason, source_booking: None, at, expires_at })
}

/// A new lot, told to the others; the caller posts where its value comes from. What its owner owes is paid with it.
pub fn write_lot(tx: &mut Tx, lot: NewLot<'_>) -> Outcome<CreditLot> {
    let lot = write_lot_quietly(tx, lot)?;
    let lot = standings::pay_debt(tx, lot)?;
    let source_type = lot.source_type.clone();
    tx.emit(&CreditIssued {
        lot_id: lot.id,
        user_id: lot.user_id,
        amount_cents: lot.amount,
        source_type,
        expires_at: lot.expires_at,
    })?;
    Ok(lot)
}

/// A lot to be written.
pub struct NewLot<'a> {
    pub user: UserId,
    pub amount: Cents,
    pub source_type: &'a str,
    pub reason: Option<String>,
    pub source_booking: Option<BookingId>,
    pub at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

impl NewLot<'_> {
    /// What a cancelled lesson gives back; good for a year (rule: 10§2.5).
    pub fn of_cancellation(user: UserId, booking: BookingId, amount: Cents, at: Timestamp) -> NewLot<'static> {
        NewLot {
            user,
            amount,
            source_type: "cancellation",
            reason: None,
            source_booking: Some(booking),
            at,
            expires_at: Some(rules::expiry(at)),
        }
    }
}

pub fn write_lot_quietly(tx: &mut Tx, new: NewLot<'_>) -> Outcome<CreditLot> {
    let lot = CreditLot {
        id: tx.new_id::<LotId>(),
        user_id: new.user,
        amount: new.amount,
        source_type: new.source_type.into(),
        reason: new.reason,
        source_booking_id: new.source_booking,
        status: LotStatus::Available,
        reserved_for: None,
        used_booking_id: None,
        created_at: new.at,
        expires_at: new.expires_at,
        used_at: None,
        frozen_from: None,
    };
    tx.put(&LOTS, &lot.id, &lot)?;
    Ok(lot)
}

/// Reserves credit for a booking, once: a repeat answers what is reserved (rule: 10§2.5).
pub fn reserve_once(tx: &mut Tx, payment: &BookingPayment, requested: Cents) -> Outcome<Cents> {
    if payment.credits_reserved.is_positive() {
        return Ok(payment.credits_reserved);
    }
    let (now, lots) = (tx.now(), tables::lots(tx, payment.student_id)?);
    let amount = payment.quote.split(requested, rules::available(&lots, now)).credit;
    let changed = rules::reserve(&lots, amount, payment.booking_id, now, || tx.new_id());
    put_all(tx, &changed)?;
    Ok(amount)
}

pub fn put_all(tx: &mut Tx, lots: &[CreditLot]) -> Outcome<()> {
    lots.iter().try_for_each(|lot| tx.put(&LOTS, &lot.id, lot))
}

/// Writes released lots; what expired while it was reserved is gone, and booked so.
pub fn put_released(tx: &mut Tx, user: UserId, booking: Option<BookingId>, lots: &[CreditLot]) -> Outcome<()> {
    put_all(tx, lots)?;
    let expired = lots.iter().filter(|lot| lot.status == LotStatus::Expired).map(|lot| lot.amount).sum();
    let about = About { student: Some(user), booking, ..About::default() };
    ledger::post(tx, EntryKind::CreditExpired, about, Account::StudentCredit, Account::CreditCost, expired)
}
