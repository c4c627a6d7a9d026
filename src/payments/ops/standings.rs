//! What a person owes, and whether they may buy.

use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::payments::ledger::{self, About, Account, EntryKind};
use crate::payments::model::{CreditLot, LotStatus, Standing};
use crate::payments::rules::credits as rules;
use crate::payments::tables::{LOTS, STANDINGS};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

fn of(tx: &Tx, user: UserId) -> Outcome<Standing> {
    Ok(tx.get(&STANDINGS, &user)?.unwrap_or_default())
}

/// The person owes us `amount` more.
pub(super) fn owe(tx: &mut Tx, user: UserId, about: About, amount: Cents) -> Outcome<()> {
    raise(tx, user, about, Account::Losses, amount)
}

/// Credit that a lesson is to be paid with was spent on something else: what is missing is owed instead.
pub(super) fn owe_for_lesson(tx: &mut Tx, user: UserId, about: About, amount: Cents) -> Outcome<()> {
    raise(tx, user, about, Account::Lessons, amount)
}

fn raise(tx: &mut Tx, user: UserId, about: About, from: Account, amount: Cents) -> Outcome<()> {
    if !amount.is_positive() {
        return Ok(());
    }
    let mut standing = of(tx, user)?;
    standing.balance -= amount;
    tx.put(&STANDINGS, &user, &standing)?;
    ledger::post(tx, EntryKind::DebtRaised, about, Account::StudentDebt, from, amount)
}

/// A debt was wrong after all. Answers what of it is still owed no more; the rest was paid meanwhile.
pub(super) fn forgive(tx: &mut Tx, user: UserId, about: About, amount: Cents) -> Outcome<Cents> {
    let mut standing = of(tx, user)?;
    let forgiven = rules::pays_debt(amount, standing.balance);
    standing.balance += forgiven;
    tx.put(&STANDINGS, &user, &standing)?;
    ledger::post(tx, EntryKind::DebtCleared, about, Account::Losses, Account::StudentDebt, forgiven)?;
    Ok(forgiven)
}

/// Credit that is given to somebody in debt pays the debt first; answers the lot that says most about the gift.
pub(super) fn pay_debt(tx: &mut Tx, lot: CreditLot) -> Outcome<CreditLot> {
    let mut standing = of(tx, lot.user_id)?;
    let paid = rules::pays_debt(lot.amount, standing.balance);
    if !paid.is_positive() {
        return Ok(lot);
    }
    standing.balance += paid;
    tx.put(&STANDINGS, &lot.user_id, &standing)?;
    let (used, rest) = rules::cut(&lot, paid, &mut || tx.new_id());
    let used = CreditLot { status: LotStatus::Consumed, used_at: Some(tx.now()), ..used };
    tx.put(&LOTS, &used.id, &used)?;
    if let Some(rest) = &rest {
        tx.put(&LOTS, &rest.id, rest)?;
    }
    let about = About { student: Some(lot.user_id), ..About::default() };
    ledger::post(tx, EntryKind::DebtPaid, about, Account::StudentCredit, Account::StudentDebt, paid)?;
    Ok(rest.unwrap_or(used))
}

pub(super) fn restrict(tx: &mut Tx, user: UserId) -> Outcome<()> {
    let standing = Standing { restricted: true, ..of(tx, user)? };
    tx.put(&STANDINGS, &user, &standing)
}

/// A person decides that somebody may book again: locks end, and what is owed is written off.
pub(super) fn lift(tx: &mut Tx, user: UserId) -> Outcome<(Standing, Standing)> {
    let before = of(tx, user)?;
    if !before.is_barred() {
        return Err(Refusal::unprocessable("NOT_BARRED", "Nothing keeps this person from booking."));
    }
    let about = About { student: Some(user), ..About::default() };
    forgive(tx, user, about, -before.balance)?;
    let after = Standing::default();
    tx.put(&STANDINGS, &user, &after)?;
    Ok((before, after))
}

/// Everybody who may not book for what happened to their payments.
pub fn barred(r: &dyn Read, limit: usize) -> Outcome<Vec<(UserId, Standing)>> {
    let rows = r.scan(&STANDINGS, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().filter(|(_, standing)| standing.is_barred()).collect())
}
