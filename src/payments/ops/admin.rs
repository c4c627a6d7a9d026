//! What an admin gives to, and lifts from, a person.

use serde_json::json;

use super::{credits, standings};
use crate::accounts;
use crate::base::id::UserId;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::payments::model::{CreditLot, Standing};
use crate::payments::rules::credits::expiry;
use crate::payments::tables::LOTS_BY_USER;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, Read, ReadExt as _, Span, Tx};

/// The most one gift can be.
const MOST: Cents = Cents(100_000);

/// Credit as a gesture.
#[derive(Clone, Debug, Default)]
pub struct Gift {
    pub amount: Cents,
    /// A year from now unless told otherwise.
    pub expires_at: Option<Timestamp>,
    /// [`newest_lot`] as the giver saw it: judged in the write, so that of two clicks one counts.
    pub seen: Option<String>,
}

impl Gift {
    pub fn of(amount: Cents) -> Self {
        Self { amount, ..Self::default() }
    }
}

/// What names the newest credit somebody ever got; empty before any.
pub fn newest_lot(r: &dyn Read, user: UserId) -> Outcome<String> {
    let newest = r.index_keys(&LOTS_BY_USER, Span::prefix(&(user,)), 1, Dir::Down)?;
    Ok(newest.first().map(|(_, lot)| lot.to_string()).unwrap_or_default())
}

/// Gives it at the platform's cost.
pub async fn give_credit(site: &Site, user: UserId, by: By, gift: Gift) -> Outcome<CreditLot> {
    let Gift { amount, expires_at, seen } = gift;
    if !amount.is_positive() || amount > MOST {
        return Err(Refusal::invalid("amount_cents", format!("Between $0.01 and {}.", MOST.dollars_short())));
    }
    let asker = by.clone();
    let work = site.write(move |tx| {
        must_exist(tx, user)?;
        let now = tx.now();
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Refusal::invalid("expires_at", "In the future."));
        }
        let newest = newest_lot(tx, user)?;
        if seen.as_ref().is_some_and(|seen| *seen != newest) {
            return Err(Refusal::conflict("CREDIT_CHANGED", "The person’s credit changed meanwhile. Look again."));
        }
        let until = Some(expires_at.unwrap_or_else(|| expiry(now)));
        let lot = credits::issue(tx, user, amount, "admin", by.reason.clone(), until)?;
        let after = json!({ "amount_cents": amount, "expires_at": until, "lot": lot.id });
        audit::record(tx, &by, Deed::on("user.give_credit", "user", user).change(json!(null), after))?;
        Ok(lot)
    });
    audit::watched(site, &asker, Deed::on("user.give_credit", "user", user), work).await
}

/// Lets somebody book again whom a failed payment or a dispute had barred.
pub async fn lift_bar(site: &Site, user: UserId, by: By) -> Outcome<Standing> {
    let asker = by.clone();
    let work = site.write(move |tx| {
        must_exist(tx, user)?;
        let (before, after) = standings::lift(tx, user)?;
        let deed = Deed::on("user.lift_bar", "user", user).change(json!(before), json!(after));
        audit::record(tx, &by, deed)?;
        Ok(after)
    });
    audit::watched(site, &asker, Deed::on("user.lift_bar", "user", user), work).await
}

fn must_exist(tx: &Tx, user: UserId) -> Outcome<()> {
    accounts::user(tx, user)?.map(drop).ok_or_else(|| Refusal::not_found("USER_NOT_FOUND", "There is no such person."))
}
