//! Credit: which lots are spent, how they split, what comes back when a lesson is cancelled (part 10 §2.5).
//!
//! Every function answers the lots to write; nothing is changed in place, so a re-run gives the same.

use crate::base::id::{BookingId, LotId};
use crate::base::money::Cents;
use crate::base::time::{SignedDuration, Timestamp};
use crate::payments::model::{CreditLot, Gone, LotStatus};

/// Days a newly issued lot is good for.
pub const LIFE_DAYS: i64 = 365;

pub fn expiry(issued: Timestamp) -> Timestamp {
    issued.saturating_add(SignedDuration::from_hours(24 * LIFE_DAYS)).unwrap_or(issued)
}

/// Spend order: earliest expiry, never-expiring last, then oldest, then id.
fn in_spend_order(lots: &[CreditLot]) -> Vec<&CreditLot> {
    let mut order: Vec<&CreditLot> = lots.iter().collect();
    order.sort_by_key(|lot| (lot.expires_at.is_none(), lot.expires_at, lot.created_at, lot.id));
    order
}

fn is_usable(lot: &CreditLot, now: Timestamp) -> bool {
    lot.status == LotStatus::Available && lot.expires_at.is_none_or(|end| now < end)
}

/// What could be spent now.
pub fn available(lots: &[CreditLot], now: Timestamp) -> Cents {
    lots.iter().filter(|lot| is_usable(lot, now)).map(|lot| lot.amount).sum()
}

/// Reserves `amount` for a booking, as far as there is credit; a lot that is needed in part is split.
pub fn reserve(
    lots: &[CreditLot],
    amount: Cents,
    booking: BookingId,
    now: Timestamp,
    mut new_id: impl FnMut() -> LotId,
) -> Vec<CreditLot> {
    let (mut left, mut out) = (amount, Vec::new());
    for lot in in_spend_order(lots).into_iter().filter(|lot| is_usable(lot, now)) {
        if left <= Cents::ZERO {
            break;
        }
        let (mut taken, rest) = cut(lot, left, &mut new_id);
        left -= taken.amount;
        taken.status = LotStatus::Reserved;
        taken.reserved_for = Some(booking);
        out.push(taken);
        out.extend(rest);
    }
    out
}

/// Reserves anew, for a lesson whose settlement goes on, what went back to its student while it stood still.
pub fn reserve_again(
    lots: &[CreditLot],
    returned: &[LotId],
    amount: Cents,
    booking: BookingId,
    now: Timestamp,
    new_id: impl FnMut() -> LotId,
) -> (Vec<CreditLot>, Gone) {
    let over = |lot: &&CreditLot| match lot.status {
        LotStatus::Available => !is_usable(lot, now),
        status => status == LotStatus::Expired,
    };
    let back = lots.iter().filter(|lot| returned.contains(&lot.id));
    let expired = back.filter(over).map(|lot| lot.amount).sum::<Cents>().min(amount);
    let changed = reserve(lots, amount - expired, booking, now, new_id);
    let had: Cents = changed.iter().filter(|lot| lot.status == LotStatus::Reserved).map(|lot| lot.amount).sum();
    (changed, Gone { spent: amount - expired - had, expired })
}

/// At most `amount` of a lot under its own id, and what is left of it under a new one.
pub fn cut(lot: &CreditLot, amount: Cents, new_id: &mut impl FnMut() -> LotId) -> (CreditLot, Option<CreditLot>) {
    if lot.amount <= amount {
        return (lot.clone(), None);
    }
    let taken = CreditLot { amount, ..lot.clone() };
    let rest = CreditLot { id: new_id(), amount: lot.amount - amount, ..lot.clone() };
    (taken, Some(rest))
}

/// A reserved lot goes back to its owner; past its expiry it becomes expired. A frozen one stays frozen.
fn released(lot: &CreditLot, now: Timestamp) -> CreditLot {
    if lot.status == LotStatus::Frozen {
        return CreditLot { reserved_for: None, frozen_from: Some(LotStatus::Available), ..lot.clone() };
    }
    let status = match lot.expires_at {
        Some(end) if end <= now => LotStatus::Expired,
        _ => LotStatus::Available,
    };
    CreditLot { status, reserved_for: None, ..lot.clone() }
}

/// What becomes of the credit of a booking whose payment a bank disputes (rule: 10§2.9).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    pub lots: Vec<CreditLot>,
    /// Spent already: the student's debt.
    pub debt: Cents,
    /// No longer the student's.
    pub revoked: Cents,
}

/// Opened: what is left is frozen, what was spent is owed.
pub fn freeze(issued: &[CreditLot]) -> Judged {
    let mut judged = Judged::default();
    for lot in issued {
        match lot.status {
            LotStatus::Available | LotStatus::Reserved => {
                let frozen_from = Some(lot.status);
                judged.lots.push(CreditLot { status: LotStatus::Frozen, frozen_from, ..lot.clone() });
            }
            LotStatus::Consumed => judged.debt += lot.amount,
            LotStatus::Expired | LotStatus::Frozen | LotStatus::Revoked | LotStatus::Forfeited => {}
        }
    }
    judged
}

/// Won: every lot is what it was.
pub fn thaw(issued: &[CreditLot], now: Timestamp) -> Judged {
    let frozen = issued.iter().filter(|lot| lot.status == LotStatus::Frozen);
    let lots = frozen.map(|lot| thawed(lot, now)).collect();
    Judged { lots, ..Judged::default() }
}

fn thawed(lot: &CreditLot, now: Timestamp) -> CreditLot {
    let lot = CreditLot { frozen_from: None, ..lot.clone() };
    match lot.reserved_for {
        Some(_) => CreditLot { status: LotStatus::Reserved, ..lot },
        None => released(&CreditLot { status: LotStatus::Available, ..lot }, now),
    }
}

/// Lost: what is left is revoked. A lot that another lesson already counts on stays with that lesson, whose price does
/// not change; it is owed instead, like one that was spent.
pub fn revoke(issued: &[CreditLot], owed_before: Cents) -> Judged {
    let mut judged = Judged::default();
    let mut spent = Cents::ZERO;
    for lot in issued {
        match (lot.status, lot.reserved_for) {
            (LotStatus::Consumed, _) => spent += lot.amount,
            (LotStatus::Frozen | LotStatus::Reserved, Some(_)) => {
                spent += lot.amount;
                judged.lots.push(CreditLot { status: LotStatus::Reserved, frozen_from: None, ..lot.clone() });
            }
            (LotStatus::Frozen | LotStatus::Available | LotStatus::Reserved, None) => {
                judged.revoked += lot.amount;
                judged.lots.push(CreditLot { status: LotStatus::Revoked, frozen_from: None, ..lot.clone() });
            }
            _ => {}
        }
    }
    judged.debt = (spent - owed_before).max_zero();
    judged
}

/// How much of newly given credit goes into what its owner owes.
pub fn pays_debt(amount: Cents, balance: Cents) -> Cents {
    amount.min((-balance).max_zero())
}

pub fn release(reserved: &[CreditLot], now: Timestamp) -> Vec<CreditLot> {
    reserved.iter().map(|lot| released(lot, now)).collect()
}

pub fn consume(reserved: &[CreditLot], booking: BookingId, now: Timestamp) -> Vec<CreditLot> {
    let used = |lot: &CreditLot| CreditLot {
        status: LotStatus::Consumed,
        reserved_for: None,
        used_booking_id: Some(booking),
        used_at: Some(now),
        frozen_from: None,
        ..lot.clone()
    };
    reserved.iter().map(used).collect()
}

/// What a cancelled lesson gives back (rule: 10§2.5, return on cancel).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Return {
    pub lots: Vec<CreditLot>,
    pub released: Cents,
    /// To be issued as a new lot.
    pub issued: Cents,
    pub forfeited: Cents,
}

/// Brings the student to the target X: releases what was reserved up to it, issues what is missing, forfeits what is
/// over, earliest-expiring first.
pub fn return_on_cancel(
    reserved: &[CreditLot],
    target: Cents,
    now: Timestamp,
    mut new_id: impl FnMut() -> LotId,
) -> Return {
    let held: Cents = reserved.iter().map(|lot| lot.amount).sum();
    let mut back = Return {
        released: held.min(target),
        issued: (target - held).max_zero(),
        forfeited: (held - target).max_zero(),
        lots: Vec::new(),
    };
    let mut to_forfeit = back.forfeited;
    for lot in in_spend_order(reserved) {
        if to_forfeit <= Cents::ZERO {
            back.lots.push(released(lot, now));
            continue;
        }
        let (lost, rest) = cut(lot, to_forfeit, &mut new_id);
        to_forfeit -= lost.amount;
        back.lots.push(CreditLot {
            status: LotStatus::Forfeited,
            reserved_for: None,
            used_at: Some(now),
            frozen_from: None,
            ..lost
        });
        back.lots.extend(rest.map(|lot| released(&lot, now)));
    }
    back
}

/// The milestone credit that the n-th completed lesson earns (rule: 10§2.5, milestones).
pub fn milestone(completed: u32, cycle: u32, steps: &[super::pricing::CreditStep]) -> Option<Cents> {
    if completed == 0 || cycle == 0 {
        return None;
    }
    steps.iter().find(|step| step.position == completed % cycle).map(|step| step.cents)
}

/// How a milestone credit is named on its lot: `milestone_s5`, `milestone_s11`.
pub fn milestone_source(completed: u32, cycle: u32) -> String {
    let position = completed % cycle.max(1);
    format!("{MILESTONE}{}", if position == 0 { cycle } else { position })
}

/// What the source of every milestone credit begins with.
pub const MILESTONE: &str = "milestone_s";
