//! Milestone credit: earned by the n-th completed lesson, taken back with the lesson it came from (rule: 10§2.5).

use super::credits::{self, NewLot};
use super::standings;
use crate::base::id::{BookingId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::payments::ledger::{self, About, Account, EntryKind};
use crate::payments::model::{CreditLot, LotStatus, Milestone, SettlementOutcome};
use crate::payments::rules::credits::{MILESTONE, expiry, milestone, milestone_source};
use crate::payments::rules::pricing::PRICING;
use crate::payments::tables::{self, LOTS, MILESTONES, PAYMENTS};
use crate::store::{Dir, ReadExt, Span, Tx};

/// The student's `completed`-th lesson took place. Each number is rewarded once in a lifetime, whatever happens to the
/// lessons later; a lesson the bank already gave the money back for earns nothing.
pub fn grant_milestone(tx: &mut Tx, student: UserId, booking: BookingId, completed: u32) -> Outcome<Option<Cents>> {
    let config = PRICING.read(tx)?;
    let Some(amount) = milestone(completed, config.credit_cycle, &config.credit_steps) else { return Ok(None) };
    if !amount.is_positive() || tx.has(&MILESTONES, &(student, completed))? {
        return Ok(None);
    }
    let lost = Some(SettlementOutcome::StudentWinsDisputeFullRefund);
    if tx.get(&PAYMENTS, &booking)?.is_some_and(|payment| payment.outcome == lost) {
        return Ok(None);
    }
    let at = tx.now();
    let source = milestone_source(completed, config.credit_cycle);
    let about = About { student: Some(student), booking: Some(booking), ..About::default() };
    ledger::post(tx, EntryKind::CreditIssued, about, Account::CreditCost, Account::StudentCredit, amount)?;
    let lot = NewLot {
        user: student,
        amount,
        source_type: &source,
        reason: None,
        source_booking: Some(booking),
        at,
        expires_at: Some(expiry(at)),
    };
    let lot = credits::write_lot(tx, lot)?;
    tx.put(
        &MILESTONES,
        &(student, completed),
        &Milestone { booking_id: booking, lot_id: lot.id, amount, at, undone: false },
    )?;
    Ok(Some(amount))
}

/// The lesson was paid back in full: what is left of its milestone is taken away, what was used is owed. Once, however
/// often money is given back for the same lesson.
pub(super) fn undo(tx: &mut Tx, student: UserId, booking: BookingId) -> Outcome<()> {
    let all = tx.scan(&MILESTONES, Span::prefix(&(student,)), SCAN_ROWS, Dir::Up)?;
    let Some((number, earned)) = all.into_iter().find(|(_, one)| one.booking_id == booking && !one.undone) else {
        return Ok(());
    };
    tx.put(&MILESTONES, &number, &Milestone { undone: true, ..earned })?;
    let about = About { student: Some(student), booking: Some(booking), ..About::default() };
    let earned = |lot: &CreditLot| lot.source_booking_id == Some(booking) && lot.source_type.starts_with(MILESTONE);
    for lot in tables::lots(tx, student)?.into_iter().filter(earned) {
        match (lot.status, lot.reserved_for) {
            (LotStatus::Available | LotStatus::Frozen, None) => {
                tx.delete(&LOTS, &lot.id)?;
                let (from, to) = (Account::StudentCredit, Account::CreditCost);
                ledger::post(tx, EntryKind::CreditRevoked, about, from, to, lot.amount)?;
            }
            (LotStatus::Consumed, _) | (LotStatus::Reserved | LotStatus::Frozen, Some(_)) => {
                standings::owe(tx, student, about, lot.amount)?;
            }
            _ => {}
        }
    }
    Ok(())
}
