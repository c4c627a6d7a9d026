//! Automatic payouts: on its day an account's balance leaves for its bank without being asked.
//!
//! Guarantees: each payout bears the instant of its own payday, whenever anybody looks; money is paid out once, and only
//! what has lain there for the account's `delay_days`; a payout is on its way for [`TRANSIT_DAYS`] before it is paid.
//! There is no clock of its own in here: whoever reads a balance, an account or its payouts first brings them up to now.

use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::form::Form;
use super::routes::{Draft, page_of};

const DAY: i64 = 24 * 3600;
const TRANSIT_DAYS: i64 = 2;
/// The first of January 1970 was a Thursday.
const WEEK: [&str; 7] = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];

/// What a payout is made of.
struct New<'a> {
    account: &'a str,
    amount: i64,
    currency: &'a str,
    at: i64,
    arrives: i64,
    automatic: bool,
    method: &'a str,
    metadata: Value,
}

impl New<'_> {
    fn object(&self, draft: &Draft<'_>) -> Value {
        let status = if self.arrives <= self.at { "paid" } else { "in_transit" };
        json!({
            "id": draft.new_id("po"), "object": "payout", "amount": self.amount, "arrival_date": self.arrives,
            "automatic": self.automatic, "created": self.at, "currency": self.currency, "livemode": false,
            "metadata": self.metadata, "method": self.method,
            "reconciliation_status": if self.automatic { "completed" } else { "not_applicable" },
            "source_type": "card", "status": status, "type": "bank_account", "stand_in_account": self.account,
        })
    }
}

/// Makes what has come due since anybody looked last, and lets arrive what was on its way. Answers all the account's
/// payouts, oldest first.
pub(super) fn catch_up(draft: &mut Draft<'_>, id: &str) -> Vec<Value> {
    let mut own: Vec<Value> =
        draft.all("payout").filter(|payout| payout["stand_in_account"].as_str() == Some(id)).cloned().collect();
    own.reverse();
    let Ok(mut account) = draft.of_kind("account", id) else { return own };
    if account["payouts_enabled"] == true {
        let schedule = account["settings"]["payouts"]["schedule"].clone();
        let since = account["stand_in_paid_until"].as_i64().unwrap_or(draft.now);
        let delay = number(&schedule["delay_days"]) * DAY;
        for at in paydays(&schedule, since, draft.now) {
            let amount = balance(draft, id, at - delay, &own);
            if amount > 0 {
                let (arrives, metadata) = (at + TRANSIT_DAYS * DAY, json!({}));
                let currency = account["default_currency"].as_str().unwrap_or("usd");
                let (automatic, method) = (true, "standard");
                let new = New { account: id, amount, currency, at, arrives, automatic, method, metadata };
                let payout = new.object(draft);
                draft.put(&payout);
                draft.event("payout.created", &payout);
                own.push(payout);
            }
            account["stand_in_paid_until"] = at.into();
            draft.put(&account);
        }
    }
    for payout in own.iter_mut().filter(|payout| payout["status"] == "in_transit") {
        if payout["arrival_date"].as_i64().is_some_and(|at| at <= draft.now) {
            payout["status"] = "paid".into();
            draft.put(payout);
            draft.event("payout.paid", payout);
        }
    }
    own
}

/// Numbers arrive as text when a form set them.
fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

/// The midnights on which a schedule pays out, after `since` and up to `now`.
fn paydays(schedule: &Value, since: i64, now: i64) -> Vec<i64> {
    let days = (since.div_euclid(DAY) + 1)..=now.div_euclid(DAY);
    let pays = |day: &i64| match schedule["interval"].as_str() {
        Some("daily") => true,
        Some("weekly") => schedule["weekly_anchor"].as_str() == WEEK.get(day.rem_euclid(7) as usize).copied(),
        _ => false,
    };
    days.filter(pays).map(|day| day * DAY).collect()
}

/// What an account had been sent by `until`, less what was taken back and paid out.
fn balance(draft: &Draft<'_>, account: &str, until: i64, payouts: &[Value]) -> i64 {
    let cents = |value: &Value| value.as_i64().unwrap_or_default();
    let sent: i64 = draft
        .all("transfer")
        .filter(|o| o["destination"].as_str() == Some(account) && cents(&o["created"]) <= until)
        .map(|o| cents(&o["amount"]) - cents(&o["amount_reversed"]))
        .sum();
    sent - payouts.iter().map(|payout| cents(&payout["amount"])).sum::<i64>()
}

/// What could be paid out by hand now.
fn available(draft: &mut Draft<'_>, account: &str) -> i64 {
    let own = catch_up(draft, account);
    balance(draft, account, draft.now, &own)
}

pub(super) fn retrieve_balance(draft: &mut Draft<'_>, _: &Form, _: &[&str]) -> Answer {
    let amount = draft.account.clone().map_or(0, |account| available(draft, &account));
    let entry = json!([{"amount": amount, "currency": "usd", "source_types": {"card": amount}}]);
    Ok(json!({"object": "balance", "available": entry, "instant_available": entry,
              "pending": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}], "livemode": false}))
}

pub(super) fn list(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let account = draft.account.clone().unwrap_or_default();
    let mut own = catch_up(draft, &account);
    own.reverse();
    Ok(page_of(own, form, "/v1/payouts"))
}

/// A payout asked for by hand.
pub(super) fn create(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    let amount = form.amount("amount")?.ok_or_else(|| Problem::missing("amount"))?;
    let account = draft.account.clone().unwrap_or_default();
    draft.of_kind("account", &account)?;
    if amount > available(draft, &account) {
        return Err(Problem::coded("balance_insufficient", "You have insufficient funds in your account."));
    }
    let method = form.text("method").unwrap_or("standard");
    let at = draft.now;
    let arrives = if method == "instant" { at } else { at + TRANSIT_DAYS * DAY };
    let (currency, metadata) = (form.needed("currency")?, form.metadata());
    let new = New { account: &account, amount, currency, at, arrives, automatic: false, method, metadata };
    let payout = new.object(draft);
    draft.put(&payout);
    let kind = if arrives <= at { "payout.paid" } else { "payout.created" };
    draft.event(kind, &payout);
    Ok(payout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekly_schedule_pays_on_its_day_only() {
        // Monday, 9 November 2026, 15:00 UTC.
        let monday = 1_794_236_400;
        let schedule = json!({"interval": "weekly", "weekly_anchor": "tuesday", "delay_days": 2});
        let days = paydays(&schedule, monday, monday + 15 * DAY);
        assert_eq!(days, [1_794_268_800, 1_794_268_800 + 7 * DAY, 1_794_268_800 + 14 * DAY]);
        assert!(paydays(&schedule, days[0], days[0] + 7 * DAY - 1).is_empty(), "a day that was seen is over");
        assert_eq!(paydays(&json!({"interval": "daily"}), monday, monday + 3 * DAY).len(), 3);
        assert!(paydays(&json!({"interval": "manual"}), monday, monday + 30 * DAY).is_empty());
    }
}
