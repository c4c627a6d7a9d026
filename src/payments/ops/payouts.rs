//! From an instructor's balance at Stripe to their bank: what Stripe paid out, on which day, and at once when asked.
//!
//! Stripe moves this money by itself; we keep a copy of its list, one row per payout, and never move any of it but for
//! an instant payout.

use serde_json::{Value, json};

use super::accounts::{refresh_account, store_account};
use super::run::stripe_refusal;
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::outside::stripe::{BankPayout, PAYOUT_DAYS, Stripe};
use crate::payments::events::{BankPayoutFailed, BankPayoutSent};
use crate::payments::model::{PayoutAccount, PayoutRow};
use crate::payments::tables::{self, ACCOUNTS, PAYOUTS, PAYOUTS_BY_USER};
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// The day payouts are made on unless the instructor chooses another (rule: 10§2.10).
pub const USUAL_DAY: &str = "tuesday";

/// What Stripe paid out, the latest first.
pub fn payouts(r: &dyn Read, user: UserId) -> Outcome<Vec<PayoutRow>> {
    let rows = r.by_index(&PAYOUTS, &PAYOUTS_BY_USER, Span::prefix(&(user,)), SCAN_ROWS, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// The account an instructor is paid through; without one nothing about payouts can be asked.
fn must_account(r: &dyn Read, user: UserId) -> Outcome<PayoutAccount> {
    tables::account(r, user)?.filter(|account| account.onboarded()).ok_or_else(|| {
        Refusal::bad_request("PAYOUTS_NOT_SET_UP", "Set up payouts first: tell Stripe where your money should go.")
    })
}

/// The address of the instructor's own dashboard at Stripe.
pub async fn dashboard(site: &Site, user: UserId) -> Outcome<String> {
    let account = site.read(|r| must_account(r, user))?;
    let key = format!("dashboard_{}", site.entropy.token());
    site.part::<Stripe>()?.dashboard_url(&account.account_id, &key).await.map_err(|fault| stripe_refusal(&fault))
}

/// The weekly day of payouts.
pub async fn set_payout_day(site: &Site, user: UserId, day: &str) -> Outcome<PayoutAccount> {
    if !PAYOUT_DAYS.contains(&day) {
        return Err(Refusal::invalid("weekly_anchor", format!("One of {}.", PAYOUT_DAYS.join(", "))));
    }
    let account = site.read(|r| must_account(r, user))?;
    schedule(site, &account, day.to_owned()).await
}

async fn schedule(site: &Site, account: &PayoutAccount, day: String) -> Outcome<PayoutAccount> {
    let key = format!("schedule_{}", site.entropy.token());
    let stripe = site.part::<Stripe>()?;
    let found = stripe.set_payout_day(&account.account_id, &day, &key).await.map_err(|fault| stripe_refusal(&fault))?;
    let user = account.user_id;
    site.write(move |tx| {
        let account = PayoutAccount { wished_day: Some(day.clone()), ..store_account(tx, user, &found)? };
        tx.put(&ACCOUNTS, &user, &account)?;
        Ok(account)
    })
    .await
}

/// Pays the whole available balance to the bank at once; nothing there is 400 (rule: 10§2.10).
pub async fn instant_payout(site: &Site, user: UserId) -> Outcome<PayoutRow> {
    let account = site.read(|r| must_account(r, user))?;
    sync_payouts(site, &account).await?;
    let stripe = site.part::<Stripe>()?;
    let amount = stripe.available(&account.account_id).await.map_err(|fault| stripe_refusal(&fault))?;
    if !amount.is_positive() {
        let words = "There is nothing to pay out. A lesson's money arrives 24 hours after it ended.";
        return Err(Refusal::bad_request("NOTHING_TO_PAY_OUT", words));
    }
    // Known payouts, refusals and amount name this very wish: asked again after a lost answer, Stripe says the same again.
    let known = site.read(|r| payouts(r, user))?.len();
    let (id, refused) = (&account.account_id, account.instant_refused);
    let key = format!("instant_{id}_{known}_{amount}_{refused}", amount = amount.0);
    let paid = match stripe.instant_payout(id, amount, &key).await {
        Ok(paid) => paid,
        Err(fault) => {
            if !fault.is_transient() {
                site.write(move |tx| count_refusal(tx, user)).await?;
            }
            return Err(stripe_refusal(&fault));
        }
    };
    site.write(move |tx| store_payout(tx, &account, &paid)).await
}

/// Under its key a refusal is only repeated, also when its cause is gone.
fn count_refusal(tx: &mut Tx, user: UserId) -> Outcome<()> {
    let Some(mut account) = tx.get(&ACCOUNTS, &user)? else { return Ok(()) };
    account.instant_refused += 1;
    tx.put(&ACCOUNTS, &user, &account)
}

/// Copies Stripe's list of an account's payouts. Answers how many rows changed.
pub async fn sync_payouts(site: &Site, account: &PayoutAccount) -> Outcome<usize> {
    let found = site.part::<Stripe>()?.payouts(&account.account_id).await.map_err(|fault| stripe_refusal(&fault))?;
    let account = account.clone();
    site.write(move |tx| {
        let mut changed = 0;
        for payout in &found {
            let before = tx.get(&PAYOUTS, &payout.id)?;
            let now = store_payout(tx, &account, payout)?;
            changed += usize::from(before.is_none_or(|row| row.status != now.status));
        }
        Ok(changed)
    })
    .await
}

/// An event about one payout. Events come in any order: one that has ended is not on its way again.
pub(super) fn hear(tx: &mut Tx, account: &PayoutAccount, told: &BankPayout) -> Outcome<()> {
    const UNDER_WAY: [&str; 2] = ["pending", "in_transit"];
    let known = tx.get(&PAYOUTS, &told.id)?;
    let ended = known.is_some_and(|row| !UNDER_WAY.contains(&row.status.as_str()));
    if ended && UNDER_WAY.contains(&told.status.as_str()) {
        return Ok(());
    }
    store_payout(tx, account, told).map(drop)
}

/// One row per payout, whatever order its events arrive in (rule: 10§1 PayoutEvent).
fn store_payout(tx: &mut Tx, account: &PayoutAccount, found: &BankPayout) -> Outcome<PayoutRow> {
    let before = tx.get(&PAYOUTS, &found.id)?;
    let row = PayoutRow {
        id: found.id.clone(),
        user_id: account.user_id,
        account_id: account.account_id.clone(),
        amount: found.amount,
        status: found.status.clone(),
        instant: found.instant,
        automatic: found.automatic,
        created_at: found.created,
        arrives_at: found.arrives,
        failure: found.failure.clone(),
    };
    if before.as_ref() == Some(&row) {
        return Ok(row);
    }
    tx.put(&PAYOUTS, &row.id, &row)?;
    let was = before.map(|row| row.status);
    let became = |status: &str| row.status == status && was.as_deref() != Some(status);
    let (user_id, amount_cents, payout_id) = (row.user_id, row.amount, row.id.clone());
    if became("paid") {
        tx.emit(&BankPayoutSent { user_id, amount_cents, payout_id, instant: row.instant })?;
    } else if became("failed") {
        let reason = row.failure.clone().unwrap_or_default();
        tx.emit(&BankPayoutFailed { user_id, amount_cents, payout_id, reason })?;
    }
    Ok(row)
}

/// An account is paid out weekly from the moment it is complete.
pub async fn keep_schedule(site: &Site, account: PayoutAccount) -> Outcome<PayoutAccount> {
    let wished = account.wished_day.clone().unwrap_or_else(|| USUAL_DAY.to_owned());
    if !account.onboarded() || account.payout_day.as_deref() == Some(wished.as_str()) {
        return Ok(account);
    }
    schedule(site, &account, wished).await
}

/// Every night: each account as Stripe has it, its schedule as it should be, its payouts copied (rule: 10§2.10).
pub async fn audit_payouts(site: &Site, dry_run: bool) -> Outcome<Value> {
    let accounts = site.read(|r| r.scan(&ACCOUNTS, Span::all(), SCAN_ROWS, Dir::Up))?;
    let (mut repaired, mut payouts, mut unreachable) = (0usize, 0usize, 0usize);
    for (user, known) in accounts.iter().filter(|_| !dry_run) {
        let wished = known.wished_day.clone().unwrap_or_else(|| USUAL_DAY.to_owned());
        match refresh_account(site, *user).await {
            Ok(Some(account)) if account.onboarded() => {
                repaired += usize::from(known.payout_day.as_deref() != Some(wished.as_str()));
                match sync_payouts(site, &account).await {
                    Ok(changed) => payouts += changed,
                    Err(_) => unreachable += 1,
                }
            }
            Ok(_) => {}
            Err(_) => unreachable += 1,
        }
    }
    Ok(json!({
        "accounts": accounts.len(), "schedules_repaired": repaired, "payouts_changed": payouts,
        "unreachable": unreachable,
    }))
}
