//! Every cent of a booking: the entry, the rule behind it, the call to Stripe it came with, and who was told when.

use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts;
use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::console::figures::story::place_in_order;
use crate::notify;
use crate::payments::ledger;
use crate::payments::ops;
use crate::payments::rules::explain::explain;
use crate::payments::tables::actions;
use crate::store::Read;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedLine {
    pub account: &'static str,
    pub amount_cents: Cents,
}

/// One entry of the books.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedEntry {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub kind: &'static str,
    pub sentence: String,
    pub rule: &'static str,
    pub lines: Vec<ExplainedLine>,
}

/// One call to Stripe.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedCall {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub what: &'static str,
    pub amount_cents: Cents,
    /// pending, done or failed.
    pub state: &'static str,
    /// Stripe's id of what came of it.
    pub object_id: Option<String>,
    pub idempotency_key: String,
    pub error: Option<String>,
}

/// One mail about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplainedMail {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub template: String,
    pub subject: String,
    pub user_id: Option<UserId>,
    pub status: &'static str,
}

/// Every cent of a booking, explained.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Explained {
    pub booking_id: BookingId,
    pub entries: Vec<ExplainedEntry>,
    /// What all entries come to; always nothing.
    pub sum_cents: Cents,
    pub calls: Vec<ExplainedCall>,
    pub told: Vec<ExplainedMail>,
}

/// Within one instant: what came in, what went out, what was left.
pub fn place_in_books(kind: ledger::EntryKind) -> u8 {
    use ledger::EntryKind as Kind;
    match kind {
        Kind::Capture | Kind::CreditUsed | Kind::TipCharged => 0,
        Kind::FeesEarned | Kind::FeesReturned => 2,
        _ => 1,
    }
}

pub fn explained(r: &dyn Read, booking: BookingId) -> Outcome<Explained> {
    use crate::payments::model::ActionState as State;
    let payment = ops::payment(r, booking)?;
    let mut entries = ledger::of_booking(r, booking)?;
    entries.sort_by_key(|entry| (entry.at, place_in_books(entry.kind)));
    let sum_cents = entries.iter().flat_map(|entry| &entry.lines).map(|line| line.amount).sum();
    let entry = |entry: &ledger::Entry| {
        let reason = explain(entry, &payment);
        let lines = entry.lines.iter().map(|l| ExplainedLine { account: l.account.name(), amount_cents: l.amount });
        ExplainedEntry {
            at: entry.at,
            kind: entry.kind.name(),
            sentence: reason.sentence,
            rule: reason.rule,
            lines: lines.collect(),
        }
    };
    let mut calls = actions(r, booking)?;
    calls.sort_by_key(|action| (action.done_at.unwrap_or(action.created_at), place_in_order(action.kind)));
    let calls = calls.into_iter().map(|action| ExplainedCall {
        at: action.done_at.unwrap_or(action.created_at),
        what: crate::console::words::action_words(action.kind),
        amount_cents: action.amount,
        state: match action.state {
            State::Pending => "pending",
            State::Done => "done",
            State::Failed => "failed",
        },
        object_id: action.provider_id.filter(|id| !id.is_empty()),
        idempotency_key: action.idempotency_key,
        error: action.error,
    });
    let mut readers = Vec::new();
    for person in [payment.student_id, payment.instructor_id] {
        readers.extend(accounts::user(r, person)?.map(|user| user.email));
    }
    let told = notify::about_booking(r, booking, &readers)?.into_iter().map(|mail| ExplainedMail {
        at: mail.sent_at.unwrap_or(mail.created_at),
        template: mail.template,
        subject: mail.subject,
        user_id: mail.user_id,
        status: mail.status.name(),
    });
    Ok(Explained {
        booking_id: booking,
        sum_cents,
        calls: calls.collect(),
        told: told.collect(),
        entries: entries.iter().map(entry).collect(),
    })
}
