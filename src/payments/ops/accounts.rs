//! Instructors' accounts at Stripe: opened once, onboarded on Stripe's pages, read back.

use super::run::stripe_refusal;
use crate::accounts;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::outside::stripe::{ConnectedAccount, Stripe};
use crate::payments::events::PayoutAccountChanged;
use crate::payments::model::PayoutAccount;
use crate::payments::tables::{self, ACCOUNTS};
use crate::site::Site;
use crate::store::{ReadExt, Tx};

/// Opens the account if there is none, and answers it with the address where it is filled in.
pub async fn begin_onboarding(site: &Site, user: UserId, back: &str) -> Outcome<(PayoutAccount, Option<String>)> {
    let account = match site.read(|r| tables::account(r, user))? {
        Some(account) => account,
        None => create(site, user).await?,
    };
    if account.onboarded() {
        return Ok((account, None));
    }
    let url = site.url(back);
    let key = format!("link_{}", site.entropy.token());
    let link = site
        .part::<Stripe>()?
        .onboarding_url(&account.account_id, &url, &url, &key)
        .await
        .map_err(|fault| stripe_refusal(&fault))?;
    Ok((account, Some(link)))
}

async fn create(site: &Site, user: UserId) -> Outcome<PayoutAccount> {
    let person = site.read(|r| accounts::must_user(r, user))?;
    let made = site
        .part::<Stripe>()?
        .create_account(&user.to_string(), &person.email, &format!("account_{user}"))
        .await
        .map_err(|fault| stripe_refusal(&fault))?;
    site.write(move |tx| store_account(tx, user, &made)).await
}

/// Asks Stripe how the account stands. What we know is better than nothing while Stripe cannot be reached.
pub async fn refresh_account(site: &Site, user: UserId) -> Outcome<Option<PayoutAccount>> {
    match reload_account(site, user).await {
        Err(refusal) if refusal.is_transient() => site.read(|r| tables::account(r, user)),
        answer => answer,
    }
}

/// The same for whoever must know that Stripe was asked.
pub async fn reload_account(site: &Site, user: UserId) -> Outcome<Option<PayoutAccount>> {
    let Some(known) = site.read(|r| tables::account(r, user))? else { return Ok(None) };
    let found = site.part::<Stripe>()?.account(&known.account_id).await.map_err(|fault| stripe_refusal(&fault))?;
    let account = site.write(move |tx| store_account(tx, user, &found)).await?;
    // What Stripe does not hear now is repeated by the nightly audit.
    match super::payouts::keep_schedule(site, account.clone()).await {
        Ok(account) => Ok(Some(account)),
        Err(refusal) => {
            tracing::warn!(%refusal, "a payout schedule is not set yet");
            Ok(Some(account))
        }
    }
}

/// Writes what Stripe said about an account; tells the others only of a change.
pub fn store_account(tx: &mut Tx, user: UserId, found: &ConnectedAccount) -> Outcome<PayoutAccount> {
    let now = tx.now();
    let before = tx.get(&ACCOUNTS, &user)?;
    let account = PayoutAccount {
        user_id: user,
        account_id: found.id.clone(),
        charges_enabled: found.charges_enabled,
        payouts_enabled: found.payouts_enabled,
        details_submitted: found.details_submitted,
        requirements: found.requirements.clone(),
        payout_day: found.payout_day.clone(),
        wished_day: before.as_ref().and_then(|account| account.wished_day.clone()),
        instant_refused: before.as_ref().map_or(0, |account| account.instant_refused),
        created_at: before.as_ref().map_or(now, |account| account.created_at),
        updated_at: now,
    };
    let same = before.is_some_and(|old| PayoutAccount { updated_at: now, ..old } == account);
    if !same {
        tx.put(&ACCOUNTS, &user, &account)?;
        let (onboarded, payouts_enabled) = (account.onboarded(), account.payouts_enabled);
        tx.emit(&PayoutAccountChanged { user_id: user, onboarded, payouts_enabled })?;
    }
    Ok(account)
}
