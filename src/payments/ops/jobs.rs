//! What time brings: the bank is asked 24 hours ahead and again, lessons are captured, lost calls are repeated.

use super::actions::{BUSY, REPEAT_MINUTES, begin, nothing_pending, repeat_later};
use super::{run, settle, unanswered};
use crate::base::id::BookingId;
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{plus_hours, plus_minutes};
use crate::jobs::{self, Job};
use crate::payments::desk::{LessonDesk, News, Stand, desk};
use crate::payments::events::AuthorizationWarning;
use crate::payments::ledger::{self, About, Account, EntryKind};
use crate::payments::model::{ActionKind, BookingPayment, LotStatus, PaymentStatus};
use crate::payments::rules::authorize::{Due, Failed};
use crate::payments::rules::settle::Cause;
use crate::payments::tables::{self, LOTS, PAYMENTS};
use crate::site::Site;
use crate::store::{ReadExt, Tx};

/// T−24 h: asks the bank for the first time.
pub async fn authorize_due(site: &Site, booking: BookingId) -> Outcome<()> {
    let desk = desk(site)?;
    site.write(move |tx| {
        let payment = tables::payment(tx, booking)?;
        let due = payment.status == PaymentStatus::Scheduled && payment.promised && payment.settling.is_none();
        if !due || tx.now() >= payment.start {
            return Ok(());
        }
        match tables::pending(tx, booking)?.map(|action| action.kind) {
            None => {}
            // The bank is being asked already.
            Some(ActionKind::Authorize { .. }) => return Ok(()),
            Some(_) => {
                return jobs::enqueue(tx, Job::new("authorize", booking).due(plus_minutes(tx.now(), REPEAT_MINUTES)));
            }
        }
        ask_the_bank(tx, desk.as_ref(), payment)
    })
    .await?;
    run::run(site, booking).await.map(drop)
}

fn ask_the_bank(tx: &mut Tx, desk: &dyn LessonDesk, mut payment: BookingPayment) -> Outcome<()> {
    let amount = payment.card_amount();
    if amount == Cents::ZERO {
        payment.status = PaymentStatus::Authorized;
        payment.version += 1;
        tx.put(&PAYMENTS, &payment.booking_id, &payment)?;
        return desk.hear(tx, &payment, &News::Authorized).map(drop);
    }
    begin(tx, &payment, ActionKind::Authorize { on_session: false }, amount)
}

/// The card of a promised lesson was refused: another try, the warning, or the end (rule: 10§2.6).
pub async fn retry_authorization(site: &Site, booking: BookingId) -> Outcome<()> {
    let desk = desk(site)?;
    site.write(move |tx| retry(tx, desk.as_ref(), booking)).await?;
    run::run(site, booking).await.map(drop)
}

fn retry(tx: &mut Tx, desk: &dyn LessonDesk, booking: BookingId) -> Outcome<()> {
    let mut payment = tables::payment(tx, booking)?;
    let waits = payment.status == PaymentStatus::PaymentMethodRequired && payment.settling.is_none();
    let (Some(first_failed), true) = (payment.auth_first_failed_at, waits && payment.promised) else {
        return Ok(());
    };
    // The bank's answer came when the lesson had begun: too late to call it off, its capture asks again.
    if tx.now() >= payment.start {
        return Ok(());
    }
    if tables::pending(tx, booking)?.is_some() {
        return jobs::enqueue(tx, Job::new("auth_retry", booking).due(plus_minutes(tx.now(), REPEAT_MINUTES)));
    }
    let last_attempt = payment.auth_attempted_at.unwrap_or(first_failed);
    let mut failed = Failed { start: payment.start, first_failed, last_attempt, warned: payment.auth_warned };
    let due = failed.due(tx.now());
    if due == Due::GiveUp {
        desk.hear(tx, &payment, &News::GaveUp)?;
        return settle::settle(tx, booking, Cause::PaymentFailed);
    }
    if matches!(due, Due::Warn { .. }) {
        payment.auth_warned = true;
        failed.warned = true;
        payment.version += 1;
        tx.put(&PAYMENTS, &booking, &payment)?;
        tx.emit(&AuthorizationWarning::of(&payment, failed.give_up_at()))?;
    }
    if matches!(due, Due::Retry | Due::Warn { retry: true }) {
        return ask_the_bank(tx, desk, payment);
    }
    jobs::enqueue(tx, Job::new("auth_retry", booking).due(failed.next()))
}

/// End + 24 h: the lesson counts as held unless the desk says otherwise; its money is taken and passed on.
pub async fn capture_due(site: &Site, booking: BookingId) -> Outcome<()> {
    let desk = desk(site)?;
    let begun = site.write(move |tx| {
        let payment = tables::payment(tx, booking)?;
        if payment.settling.is_some() {
            return Ok(());
        }
        // One that is looked at because a call was not answered goes on after the answer.
        nothing_pending(tx, booking)?;
        if payment.in_review() {
            return Ok(());
        }
        match desk.hear(tx, &payment, &News::CaptureDue)? {
            Stand::Stands if !payment.is_settled() => settle::settle(tx, booking, Cause::LessonCompleted),
            // A bank that judged first left nothing to capture.
            Stand::Stands | Stand::Gone => Ok(()),
        }
    });
    unless_busy(site, "capture", booking, begun.await).await?;
    run::run(site, booking).await.map(drop)
}

/// The same for whoever decided after that hour: the money moves before they are answered, not by the timer a moment later.
pub async fn capture_if_overdue(site: &Site, booking: BookingId) -> Outcome<()> {
    let payment = site.read(|r| tables::payment(r, booking))?;
    if payment.is_settled() || site.now() < plus_hours(payment.end, 24) {
        return Ok(());
    }
    capture_due(site, booking).await
}

/// A timer that found another call of its booking under way comes round again, as often as it takes: Stripe may be gone
/// for a week.
pub async fn unless_busy<T>(site: &Site, job: &'static str, booking: BookingId, done: Outcome<T>) -> Outcome<()> {
    match done {
        Err(refusal) if refusal.code == BUSY => {
            site.write(move |tx| {
                let due = plus_minutes(tx.now(), REPEAT_MINUTES);
                jobs::enqueue(tx, Job::new(job, booking).due(due))
            })
            .await
        }
        done => done.map(drop),
    }
}

/// Four hours after a failed capture.
pub async fn retry_capture(site: &Site, booking: BookingId) -> Outcome<()> {
    site.write(move |tx| {
        let payment = tables::payment(tx, booking)?;
        if payment.settling.is_none() || payment.in_review() {
            return Ok(());
        }
        if tables::pending(tx, booking)?.is_some() {
            // Perhaps a tip: whatever it is, the lesson's money is asked for after it.
            return jobs::enqueue(tx, Job::new("capture_retry", booking).due(plus_minutes(tx.now(), REPEAT_MINUTES)));
        }
        settle::advance(tx, payment)
    })
    .await?;
    run::run(site, booking).await.map(drop)
}

/// Repeats a call whose outcome is unknown, with its own key.
pub async fn repeat_pending(site: &Site, booking: BookingId) -> Outcome<()> {
    // An unreachable provider is no failure of this job: it comes round again.
    let _ = run::run(site, booking).await;
    unanswered::escalate(site, booking).await?;
    site.write(move |tx| match tables::pending(tx, booking)? {
        Some(_) => repeat_later(tx, booking),
        None => Ok(()),
    })
    .await
}

/// Lots past their end expire; reserved ones cannot (rule: 10§2.5).
pub async fn expire_credits(site: &Site, dry_run: bool) -> Outcome<usize> {
    const BATCH: usize = 500;
    if dry_run {
        return Ok(site.read(|r| tables::ended_lots(r, site.now(), SCAN_ROWS))?.len());
    }
    let mut expired = 0;
    loop {
        let some = site.write(|tx| expire(tx, BATCH)).await?;
        expired += some;
        if some < BATCH {
            return Ok(expired);
        }
    }
}

fn expire(tx: &mut Tx, limit: usize) -> Outcome<usize> {
    let ids = tables::ended_lots(tx, tx.now(), limit)?;
    for id in &ids {
        let Some(mut lot) = tx.get(&LOTS, id)? else { continue };
        lot.status = LotStatus::Expired;
        tx.put(&LOTS, id, &lot)?;
        let about = About { student: Some(lot.user_id), ..About::default() };
        let (from, to) = (Account::StudentCredit, Account::CreditCost);
        ledger::post(tx, EntryKind::CreditExpired, about, from, to, lot.amount)?;
    }
    Ok(ids.len())
}
