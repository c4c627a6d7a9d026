//! Where money rests.

use super::ledger::Entry;
use super::model::{
    ActionState, BookingPayment, CreditLot, Discrepancy, LotStatus, Milestone, MoneyAction, PaymentMethod,
    PaymentStatus, PayoutAccount, PayoutRow, PricingVersion, Standing, WebhookRow,
};
use crate::base::id::{BookingId, LotId, MethodId, MoneyActionId, PostingId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static PAYMENTS: Table<BookingId, BookingPayment> = Table::new(0x1401, "bookingid_payment").indexed(&[
    &PAYMENTS_BY_STUDENT,
    &PAYMENTS_BY_INTENT,
    &PAYMENTS_STUCK,
    &PAYMENTS_OPEN,
    &PAYMENTS_OPEN_BY_INSTRUCTOR,
]);
pub static PAYMENTS_BY_STUDENT: Index<BookingId, BookingPayment, (UserId, Timestamp)> =
    Index::new(0x1402, "studentid_startutc_bookingid", |_, p| vec![(p.student_id, p.start)]);
pub static PAYMENTS_BY_INTENT: Index<BookingId, BookingPayment, (String,)> =
    Index::new(0x1403, "intent_bookingid", |_, p| {
        let tip = p.tip.as_ref().and_then(|tip| tip.intent.as_ref());
        p.intent.iter().chain(tip).map(|intent| (intent.clone(),)).collect()
    });

/// What automation cannot bring to an end alone: a card is missing, or a person has to look.
pub static PAYMENTS_STUCK: Index<BookingId, BookingPayment, (Timestamp,)> =
    Index::new(0x1416, "startutc_bookingid", |_, p| match p.status {
        PaymentStatus::PaymentMethodRequired | PaymentStatus::ManualReview => vec![(p.start,)],
        PaymentStatus::Scheduled | PaymentStatus::Authorized | PaymentStatus::Locked | PaymentStatus::Settled => {
            Vec::new()
        }
    });

/// Promised lessons whose money has not ended.
pub static PAYMENTS_OPEN: Index<BookingId, BookingPayment, (Timestamp,)> =
    Index::new(0x141D, "open_startutc_bookingid", |_, p| match p.promised && !p.is_settled() {
        true => vec![(p.start,)],
        false => Vec::new(),
    });

/// The same of one instructor: what is still to reach them.
pub static PAYMENTS_OPEN_BY_INSTRUCTOR: Index<BookingId, BookingPayment, (UserId, Timestamp)> =
    Index::new(0x1420, "open_instructorid_startutc_bookingid", |_, p| match p.promised && !p.is_settled() {
        true => vec![(p.instructor_id, p.start)],
        false => Vec::new(),
    });

pub static ACTIONS: Table<MoneyActionId, MoneyAction> =
    Table::new(0x1404, "actionid_action").indexed(&[&ACTIONS_BY_BOOKING, &ACTIONS_PENDING]);
pub static ACTIONS_BY_BOOKING: Index<MoneyActionId, MoneyAction, (BookingId,)> =
    Index::new(0x1405, "bookingid_actionid", |_, a| vec![(a.booking_id,)]);
pub static ACTIONS_PENDING: Index<MoneyActionId, MoneyAction, (BookingId,)> =
    Index::new(0x1406, "pending_bookingid_actionid", |_, a| match a.state {
        ActionState::Pending => vec![(a.booking_id,)],
        ActionState::Done | ActionState::Failed => Vec::new(),
    });

/// A person's customer id at Stripe.
pub static CUSTOMERS: Table<UserId, String> = Table::new(0x1407, "userid_customer");

pub static METHODS: Table<MethodId, PaymentMethod> =
    Table::new(0x1408, "methodid_method").indexed(&[&METHODS_BY_USER, &METHODS_BY_PROVIDER]);
pub static METHODS_BY_USER: Index<MethodId, PaymentMethod, (UserId,)> =
    Index::new(0x1409, "userid_methodid", |_, m| vec![(m.user_id,)]);
pub static METHODS_BY_PROVIDER: Index<MethodId, PaymentMethod, (String,)> =
    Index::new(0x140A, "providerid_methodid", |_, m| vec![(m.provider_id.clone(),)]);

pub static LOTS: Table<LotId, CreditLot> =
    Table::new(0x140B, "lotid_lot").indexed(&[&LOTS_BY_USER, &LOTS_BY_BOOKING, &LOTS_ENDING]);
pub static LOTS_BY_USER: Index<LotId, CreditLot, (UserId,)> =
    Index::new(0x140C, "userid_lotid", |_, lot| vec![(lot.user_id,)]);
pub static LOTS_BY_BOOKING: Index<LotId, CreditLot, (BookingId,)> =
    Index::new(0x140D, "reservedfor_lotid", |_, lot| lot.reserved_for.iter().map(|id| (*id,)).collect());

/// Credit that can be used and will expire, by when.
pub static LOTS_ENDING: Index<LotId, CreditLot, (Timestamp,)> =
    Index::new(0x141E, "expiresat_lotid", |_, lot| match lot.status {
        LotStatus::Available => lot.expires_at.iter().map(|at| (*at,)).collect(),
        _ => Vec::new(),
    });

pub static ACCOUNTS: Table<UserId, PayoutAccount> =
    Table::new(0x140E, "userid_payoutaccount").indexed(&[&ACCOUNTS_BY_PROVIDER]);
pub static ACCOUNTS_BY_PROVIDER: Index<UserId, PayoutAccount, (String,)> =
    Index::new(0x140F, "accountid_userid", |_, a| vec![(a.account_id.clone(),)]);

pub static STANDINGS: Table<UserId, Standing> = Table::new(0x1410, "userid_standing");
/// Key: the provider's event id.
pub static WEBHOOKS: Table<String, WebhookRow> =
    Table::new(0x1411, "eventid_webhook").indexed(&[&WEBHOOKS_BY_RECEIVED]);
pub static WEBHOOKS_BY_RECEIVED: Index<String, WebhookRow, (Timestamp,)> =
    Index::new(0x141F, "receivedat_eventid", |_, w| vec![(w.received_at,)]);

pub static ENTRIES: Table<PostingId, Entry> =
    Table::new(0x1412, "entryid_entry").indexed(&[&ENTRIES_BY_BOOKING, &ENTRIES_BY_INSTRUCTOR, &ENTRIES_BY_STUDENT]);
pub static ENTRIES_BY_BOOKING: Index<PostingId, Entry, (BookingId,)> =
    Index::new(0x1413, "bookingid_entryid", |_, e| e.booking_id.iter().map(|id| (*id,)).collect());
pub static ENTRIES_BY_INSTRUCTOR: Index<PostingId, Entry, (UserId,)> =
    Index::new(0x1414, "instructorid_entryid", |_, e| e.instructor_id.iter().map(|id| (*id,)).collect());
pub static ENTRIES_BY_STUDENT: Index<PostingId, Entry, (UserId,)> =
    Index::new(0x1415, "studentid_entryid", |_, e| e.student_id.iter().map(|id| (*id,)).collect());

/// Milestones that were reached: a student's n-th completed lesson is rewarded once (rule: 10§2.5).
pub static MILESTONES: Table<(UserId, u32), Milestone> = Table::new(0x1417, "studentid_number_milestone");

/// Key: Stripe's id.
pub static PAYOUTS: Table<String, PayoutRow> = Table::new(0x1418, "payoutid_payout").indexed(&[&PAYOUTS_BY_USER]);
pub static PAYOUTS_BY_USER: Index<String, PayoutRow, (UserId, Timestamp)> =
    Index::new(0x1419, "userid_createdat_payoutid", |_, p| vec![(p.user_id, p.created_at)]);

/// Every version of the price settings, by its number.
pub static PRICING_HISTORY: Table<u64, PricingVersion> = Table::new(0x141C, "version_pricing");

/// Key: Stripe's id of what differs.
pub static DISCREPANCIES: Table<String, Discrepancy> = Table::new(0x141A, "objectid_discrepancy");

/// When the admins were last told that something is wrong, by what told them.
pub static ALERTED: Table<String, Timestamp> = Table::new(0x141B, "check_toldat");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![
        &PAYMENTS,
        &ACTIONS,
        &CUSTOMERS,
        &METHODS,
        &LOTS,
        &ACCOUNTS,
        &STANDINGS,
        &WEBHOOKS,
        &ENTRIES,
        &MILESTONES,
        &PAYOUTS,
        &DISCREPANCIES,
        &ALERTED,
        &PRICING_HISTORY,
    ]
}

/// The money of a booking that must have some.
pub fn payment(r: &dyn Read, booking: BookingId) -> Outcome<BookingPayment> {
    r.get(&PAYMENTS, &booking)?
        .ok_or_else(|| Refusal::not_found("PAYMENT_NOT_FOUND", "There is no payment for this booking."))
}

/// Payments that wait for a card or for a person, the earliest lesson first.
pub fn stuck(r: &dyn Read, limit: usize) -> Outcome<Vec<BookingPayment>> {
    let rows = r.by_index(&PAYMENTS, &PAYMENTS_STUCK, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, payment)| payment).collect())
}

/// Every call that was made or is to be made for a booking, oldest first.
pub fn actions(r: &dyn Read, booking: BookingId) -> Outcome<Vec<MoneyAction>> {
    let rows = r.by_index(&ACTIONS, &ACTIONS_BY_BOOKING, Span::prefix(&(booking,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, action)| action).collect())
}

/// Calls whose outcome is not known yet, at most `limit`.
pub fn unanswered(r: &dyn Read, limit: usize) -> Outcome<usize> {
    Ok(r.index_keys(&ACTIONS_PENDING, Span::all(), limit, Dir::Up)?.len())
}

/// Calls begun before `at` whose outcome is not known yet.
pub fn unanswered_since(r: &dyn Read, at: Timestamp, limit: usize) -> Outcome<usize> {
    let rows = r.by_index(&ACTIONS, &ACTIONS_PENDING, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().filter(|(_, action)| action.created_at < at).count())
}

/// The one call under way or waiting for a booking.
pub fn pending(r: &dyn Read, booking: BookingId) -> Outcome<Option<MoneyAction>> {
    let mut rows = r.by_index(&ACTIONS, &ACTIONS_PENDING, Span::prefix(&(booking,)), 1, Dir::Up)?;
    Ok(rows.pop().map(|(_, action)| action))
}

/// The events of the provider that arrived last, newest first.
pub fn latest_events(r: &dyn Read, limit: usize) -> Outcome<Vec<(String, WebhookRow)>> {
    r.by_index(&WEBHOOKS, &WEBHOOKS_BY_RECEIVED, Span::all(), limit, Dir::Down)
}

/// Events that came before an instant, the oldest first.
pub fn events_before(r: &dyn Read, before: Timestamp, limit: usize) -> Outcome<Vec<String>> {
    let keys =
        r.index_keys(&WEBHOOKS_BY_RECEIVED, Span::from_to(&(Timestamp::UNIX_EPOCH,), &(before,)), limit, Dir::Up)?;
    Ok(keys.into_iter().map(|(_, id)| id).collect())
}

/// Credit whose end has come, the earliest first.
pub fn ended_lots(r: &dyn Read, now: Timestamp, limit: usize) -> Outcome<Vec<LotId>> {
    let keys = r.index_keys(&LOTS_ENDING, Span::all(), limit, Dir::Up)?;
    Ok(keys.into_iter().take_while(|((end,), _)| *end <= now).map(|(_, id)| id).collect())
}

/// All cards of a person, oldest first.
pub fn methods(r: &dyn Read, user: UserId) -> Outcome<Vec<PaymentMethod>> {
    let rows = r.by_index(&METHODS, &METHODS_BY_USER, Span::prefix(&(user,)), 1000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, method)| method).collect())
}

pub fn lots(r: &dyn Read, user: UserId) -> Outcome<Vec<CreditLot>> {
    let rows = r.by_index(&LOTS, &LOTS_BY_USER, Span::prefix(&(user,)), 10_000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, lot)| lot).collect())
}

pub fn reserved_lots(r: &dyn Read, booking: BookingId) -> Outcome<Vec<CreditLot>> {
    let rows = r.by_index(&LOTS, &LOTS_BY_BOOKING, Span::prefix(&(booking,)), 10_000, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, lot)| lot).collect())
}

pub fn account(r: &dyn Read, user: UserId) -> Outcome<Option<PayoutAccount>> {
    r.get(&ACCOUNTS, &user)
}
