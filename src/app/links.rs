//! What an event of one room means to another that cannot see it.

use std::sync::Arc;

use crate::accounts::{self, Accounts, MeFacts};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::Clock;
use crate::instructors::{self, ops::identity, ops::revise::revise, parts::Pay};
use crate::jobs::Consumer;
use crate::payments::{self, IdentityDesk, events::PayoutAccountChanged};
use crate::site::Site;
use crate::store::{EventRecord, Read, Tx, journal};

const NAME: &str = "links";

/// An account at Stripe that became complete, or incomplete again, counts on the way to going live.
pub fn consumer() -> Consumer {
    Consumer::new(NAME, |site: Site, events: Vec<EventRecord>| async move {
        site.write(move |tx| {
            for event in &events {
                if let Some(changed) = event.decode::<PayoutAccountChanged>() {
                    payouts_changed(tx, &changed)?;
                }
            }
            match events.last() {
                Some(last) => journal::set_cursor(tx, NAME, last.seq),
                None => Ok(()),
            }
        })
        .await
    })
}

fn payouts_changed(tx: &mut Tx, changed: &PayoutAccountChanged) -> Outcome<()> {
    let id = changed.user_id;
    let Some(profile) = instructors::profile(tx, id)? else { return Ok(()) };
    let account = payments::tables::account(tx, id)?.map(|account| account.account_id);
    if profile.payouts.ready == changed.onboarded && profile.payouts.account_id == account {
        return Ok(());
    }
    revise(tx, id, "payouts", |profile| {
        profile.payouts.ready = changed.onboarded;
        profile.payouts.account_id.clone_from(&account);
        Ok(())
    })
    .map(drop)
}

/// How an instructor's account for payouts stands.
pub fn pay(r: &dyn Read, who: UserId) -> Outcome<Pay> {
    Ok(payments::tables::account(r, who)?.map_or_else(Pay::default, |account| Pay {
        has_account: true,
        details_submitted: account.details_submitted,
        charges_enabled: account.charges_enabled,
        payouts_enabled: account.payouts_enabled,
        ready: account.onboarded(),
    }))
}

/// News about an identity check, from Stripe's events to whoever asked for it: a profile on its way to be
/// shown, or somebody without their second factor.
pub fn identity_desk() -> IdentityDesk {
    IdentityDesk(Arc::new(|site, session| {
        Box::pin(async move {
            Ok(identity::hear(&site, &session).await? || accounts::ops::recovery::hear(&site, &session).await?)
        })
    }))
}

/// What money and profiles add to `GET /auth/me`.
pub fn on_me(people: Accounts, clock: Clock) -> Accounts {
    people.on_me(move |r, user, facts: &mut MeFacts| {
        facts.credit_available_cents = payments::ops::holdings(r, user.id, clock.now())?.available.0;
        facts.founding_instructor_granted = instructors::profile(r, user.id)?.is_some_and(|p| p.is_founding());
        Ok(())
    })
}
