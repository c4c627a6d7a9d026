//! The books: double entry in integer cents. An entry's lines sum to zero, so all lines ever written do.
//!
//! Signs: what we have or have spent is positive, what we owe or have earned is negative.

use serde::{Deserialize, Serialize};

use super::model::LotStatus;
use super::tables::{ENTRIES, ENTRIES_BY_BOOKING, LOTS, STANDINGS};
use crate::base::id::{AnyId as _, BookingId, PostingId, UserId, bits_of_draw};
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Our balance at Stripe.
    Cash,
    /// Money of a booking that is not distributed yet; zero once the booking is settled.
    Lessons,
    /// Tips charged and not passed on yet.
    Tips,
    /// Credit that students hold.
    StudentCredit,
    /// What giving credit away costs us.
    CreditCost,
    /// The platform's earnings: service fee and share, less what it waived or gave back.
    Fees,
    /// Money a bank holds while it judges a dispute.
    Disputes,
    /// What disputes that were lost cost us.
    Losses,
    /// What students owe us.
    StudentDebt,
}

impl Account {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Lessons => "lessons",
            Self::Tips => "tips",
            Self::StudentCredit => "student_credit",
            Self::CreditCost => "credit_cost",
            Self::Fees => "fees",
            Self::Disputes => "disputes",
            Self::Losses => "losses",
            Self::StudentDebt => "student_debt",
        }
    }
}

/// Why an entry was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Capture,
    Refund,
    Payout,
    /// The card's side of a tip.
    TipCharged,
    /// The instructor's side of it.
    Tip,
    CreditIssued,
    CreditUsed,
    CreditForfeited,
    CreditExpired,
    FeesEarned,
    /// A later refund that the platform bears.
    FeesReturned,
    PayoutReversed,
    DisputeOpened,
    DisputeWon,
    DisputeLost,
    /// Credit taken away with the payment it came from.
    CreditRevoked,
    DebtRaised,
    DebtCleared,
    /// Paid with credit given since.
    DebtPaid,
    /// Carried over to the booking a lesson was moved to.
    Rebooked,
}

impl EntryKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Refund => "refund",
            Self::Payout => "payout",
            Self::TipCharged => "tip_charged",
            Self::Tip => "tip",
            Self::CreditIssued => "credit_issued",
            Self::CreditUsed => "credit_used",
            Self::CreditForfeited => "credit_forfeited",
            Self::CreditExpired => "credit_expired",
            Self::FeesEarned => "fees_earned",
            Self::FeesReturned => "fees_returned",
            Self::PayoutReversed => "payout_reversed",
            Self::DisputeOpened => "dispute_opened",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
            Self::CreditRevoked => "credit_revoked",
            Self::DebtRaised => "debt_raised",
            Self::DebtCleared => "debt_cleared",
            Self::DebtPaid => "debt_paid",
            Self::Rebooked => "rebooked",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub account: Account,
    pub amount: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: PostingId,
    pub at: Timestamp,
    pub kind: EntryKind,
    pub booking_id: Option<BookingId>,
    pub student_id: Option<UserId>,
    pub instructor_id: Option<UserId>,
    pub lines: Vec<Line>,
}

/// Whom an entry is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    pub booking: Option<BookingId>,
    pub student: Option<UserId>,
    pub instructor: Option<UserId>,
}

/// Moves `amount` to one account from another; nothing is written for nothing.
pub fn post(tx: &mut Tx, kind: EntryKind, about: About, to: Account, from: Account, amount: Cents) -> Outcome<()> {
    let at = tx.now();
    post_at(tx, at, kind, about, to, from, amount)
}

/// The same for money that moved at another time.
pub fn post_at(
    tx: &mut Tx,
    at: Timestamp,
    kind: EntryKind,
    about: About,
    to: Account,
    from: Account,
    amount: Cents,
) -> Outcome<()> {
    if amount == Cents::ZERO {
        return Ok(());
    }
    let id: PostingId = tx.new_id();
    let entry = Entry {
        id,
        at,
        kind,
        booking_id: about.booking,
        student_id: about.student,
        instructor_id: about.instructor,
        lines: vec![Line { account: to, amount }, Line { account: from, amount: -amount }],
    };
    tx.put(&ENTRIES, &id, &entry)
}

/// The entries of one booking, oldest first.
pub fn of_booking(r: &dyn Read, booking: BookingId) -> Outcome<Vec<Entry>> {
    let rows = r.by_index(&ENTRIES, &ENTRIES_BY_BOOKING, Span::prefix(&(booking,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

/// The entries written in `[from, to)`, oldest first; ids begin with their time.
pub fn between(r: &dyn Read, from: Timestamp, to: Timestamp) -> Outcome<Vec<Entry>> {
    let first = |at: Timestamp| PostingId::from_bits(bits_of_draw(at.as_millisecond(), [0; 10]));
    let rows = r.scan(&ENTRIES, Span::from_to(&first(from), &first(to)), SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, entry)| entry).collect())
}

/// What an account holds for one booking.
pub fn balance_of_booking(r: &dyn Read, booking: BookingId, account: Account) -> Outcome<Cents> {
    let entries = of_booking(r, booking)?;
    let lines = entries.iter().flat_map(|entry| &entry.lines);
    Ok(lines.filter(|line| line.account == account).map(|line| line.amount).sum())
}

/// The room's own promises, for `verify` (architecture, invariant 5).
pub fn check(r: &dyn Read) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    let (mut total, mut credit, mut debt) = (Cents::ZERO, Cents::ZERO, Cents::ZERO);
    r.each(&ENTRIES, |id, entry| {
        let sum: Cents = entry.lines.iter().map(|line| line.amount).sum();
        if sum != Cents::ZERO {
            wrong.push(format!("ledger entry {id} does not sum to zero but to {}", sum.dollars()));
        }
        total += sum;
        let of = |account| entry.lines.iter().filter(move |line| line.account == account).map(|line| line.amount);
        credit += of(Account::StudentCredit).sum();
        debt += of(Account::StudentDebt).sum();
        Ok(())
    })?;
    if total != Cents::ZERO {
        wrong.push(format!("the ledger as a whole does not sum to zero but to {}", total.dollars()));
    }
    let mut held = Cents::ZERO;
    r.each(&LOTS, |id, lot| {
        if lot.status.is_live() {
            held += lot.amount;
        }
        let astray = match lot.status {
            LotStatus::Reserved => lot.reserved_for.is_none(),
            LotStatus::Frozen => false,
            _ => lot.reserved_for.is_some(),
        };
        if astray {
            wrong.push(format!("credit lot {id} is reserved for nothing, or for something while not"));
        }
        Ok(())
    })?;
    if held != -credit {
        wrong.push(format!("students hold {} of credit, the ledger says {}", held.dollars(), (-credit).dollars()));
    }
    let mut owed = Cents::ZERO;
    r.each(&STANDINGS, |_, standing| {
        owed += standing.balance;
        Ok(())
    })?;
    if debt != -owed {
        wrong.push(format!("students owe {}, the ledger says {}", (-owed).dollars(), debt.dollars()));
    }
    Ok(wrong)
}
