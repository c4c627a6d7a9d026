//! From an instructor's balance at Stripe to their bank: the balance, payouts, their schedule, Stripe's own dashboard.
//! Calls about money name the account in the `Stripe-Account` header.

use stripe_client_core::StripeRequest as _;
use stripe_connect::account::{
    UpdateAccount, UpdateAccountSettings, UpdateAccountSettingsPayouts, UpdateAccountSettingsPayoutsSchedule,
    UpdateAccountSettingsPayoutsScheduleInterval as Interval,
    UpdateAccountSettingsPayoutsScheduleWeeklyAnchor as Anchor,
};
use stripe_connect::login_link::CreateAccountLoginLink;
use stripe_core::balance::RetrieveForMyAccountBalance;
use stripe_core::payout::{CreatePayout, CreatePayoutMethod, ListPayout};
use stripe_shared::{AccountId, Payout};

use super::{Call, ConnectedAccount, Stripe, keyed};
use crate::base::money::Cents;
use crate::base::time::Timestamp;

/// One payout to a bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankPayout {
    pub id: String,
    pub amount: Cents,
    /// `pending`, `in_transit`, `paid`, `failed` or `canceled`.
    pub status: String,
    /// Asked for by hand, and at once.
    pub instant: bool,
    pub automatic: bool,
    pub created: Timestamp,
    pub arrives: Timestamp,
    pub failure: Option<String>,
}

/// The days Stripe pays out on.
pub const PAYOUT_DAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];

fn anchor(day: &str) -> Anchor {
    match day {
        "monday" => Anchor::Monday,
        "wednesday" => Anchor::Wednesday,
        "thursday" => Anchor::Thursday,
        "friday" => Anchor::Friday,
        _ => Anchor::Tuesday,
    }
}

impl Stripe {
    /// A one-time address of the instructor's own dashboard at Stripe.
    pub async fn dashboard_url(&self, account: &str, key: &str) -> Call<String> {
        Ok(keyed(CreateAccountLoginLink::new(account), key)?.send(&self.client).await?.url)
    }

    /// Has Stripe pay out once a week, on this day.
    pub async fn set_payout_day(&self, account: &str, day: &str, key: &str) -> Call<ConnectedAccount> {
        let mut schedule = UpdateAccountSettingsPayoutsSchedule::new();
        schedule.interval = Some(Interval::Weekly);
        schedule.weekly_anchor = Some(anchor(day));
        let mut payouts = UpdateAccountSettingsPayouts::new();
        payouts.schedule = Some(schedule);
        let mut settings = UpdateAccountSettings::new();
        settings.payouts = Some(payouts);
        Ok(keyed(UpdateAccount::new(account).settings(settings), key)?.send(&self.client).await?.into())
    }

    /// What the account could be paid this minute.
    pub async fn available(&self, account: &str) -> Call<Cents> {
        let request = RetrieveForMyAccountBalance::new().customize().account_id(AccountId::from(account));
        let balance = request.send(&self.client).await?;
        let own = balance.available.iter().filter(|amount| amount.currency == self.currency);
        Ok(Cents(own.map(|amount| amount.amount).sum()))
    }

    /// Pays out at once, whatever the schedule says.
    pub async fn instant_payout(&self, account: &str, amount: Cents, key: &str) -> Call<BankPayout> {
        let request = CreatePayout::new(amount.0, self.currency.clone()).method(CreatePayoutMethod::Instant);
        Ok(keyed(request, key)?.account_id(AccountId::from(account)).send(&self.client).await?.into())
    }

    /// The latest payouts of an account, newest first.
    pub async fn payouts(&self, account: &str) -> Call<Vec<BankPayout>> {
        let request = ListPayout::new().limit(100).customize().account_id(AccountId::from(account));
        Ok(request.send(&self.client).await?.data.into_iter().map(BankPayout::from).collect())
    }
}

impl BankPayout {
    /// A payout as an event carries it, heard of `now`; `None` where what matters is missing.
    pub fn read(object: &serde_json::Value, now: Timestamp) -> Option<Self> {
        let text = |field: &str| object[field].as_str().map(str::to_owned);
        let at = |field: &str| Timestamp::from_second(object[field].as_i64()?).ok();
        let created = at("created").unwrap_or(now);
        Some(Self {
            id: text("id")?,
            amount: Cents(object["amount"].as_i64()?),
            status: text("status")?,
            instant: object["method"] == "instant",
            automatic: object["automatic"].as_bool().unwrap_or(false),
            created,
            arrives: at("arrival_date").unwrap_or(created),
            failure: text("failure_code"),
        })
    }
}

impl From<Payout> for BankPayout {
    fn from(payout: Payout) -> Self {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default();
        Self {
            id: payout.id.to_string(),
            amount: Cents(payout.amount),
            status: payout.status,
            instant: payout.method == "instant",
            automatic: payout.automatic,
            created: at(payout.created),
            arrives: at(payout.arrival_date),
            failure: payout.failure_code,
        }
    }
}
