//! Instructors' accounts and the transfers to them (separate charges and transfers, contract §4).

use stripe_connect::account::{CreateAccount, CreateAccountType, RetrieveAccount};
use stripe_connect::account_link::{CreateAccountLink, CreateAccountLinkType};
use stripe_connect::transfer::{CreateTransfer, ListTransfer};
use stripe_connect::transfer_reversal::{CreateIdTransferReversal, ListIdTransferReversal};
use stripe_shared::{Account, TransferReversal};

use super::{ACTION, Call, Stripe, keyed, metadata};
use crate::base::money::Cents;

/// Money that moved: a transfer, a reversal or a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub id: String,
    pub amount: Cents,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedAccount {
    pub id: String,
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    /// What Stripe still wants to know, in its words.
    pub requirements: Vec<String>,
    /// The day of the week Stripe pays out on, if it does so weekly.
    pub payout_day: Option<String>,
}

impl Stripe {
    pub async fn create_account(&self, user: &str, email: &str, key: &str) -> Call<ConnectedAccount> {
        let request = CreateAccount::new()
            .type_(CreateAccountType::Express)
            .email(email)
            .metadata(metadata(&[("user_id", user.to_owned())]));
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    pub async fn account(&self, id: &str) -> Call<ConnectedAccount> {
        Ok(RetrieveAccount::new(id).send(&self.client).await?.into())
    }

    /// A one-time address where the instructor fills in what Stripe needs.
    pub async fn onboarding_url(&self, account: &str, return_url: &str, refresh_url: &str, key: &str) -> Call<String> {
        let request = CreateAccountLink::new(account, CreateAccountLinkType::AccountOnboarding)
            .return_url(return_url)
            .refresh_url(refresh_url);
        Ok(keyed(request, key)?.send(&self.client).await?.url)
    }

    /// Moves `amount` from the platform to an account; `charge` ties it to the payment it comes from.
    pub async fn transfer(
        &self,
        account: &str,
        amount: Cents,
        charge: Option<&str>,
        booking: &str,
        key: &str,
    ) -> Call<Moved> {
        let mut request = CreateTransfer::new(self.currency.clone(), account)
            .amount(amount.0)
            .transfer_group(booking)
            .metadata(metadata(&[("booking_id", booking.to_owned()), (ACTION, key.to_owned())]));
        if let Some(charge) = charge {
            request = request.source_transaction(charge);
        }
        let transfer = keyed(request, key)?.send(&self.client).await?;
        Ok(Moved { id: transfer.id.to_string(), amount: Cents(transfer.amount) })
    }

    /// The transfer that was made for a booking under this key, when the key itself is long forgotten.
    pub async fn find_transfer(&self, booking: &str, key: &str) -> Call<Option<Moved>> {
        let list = ListTransfer::new().transfer_group(booking).limit(100).send(&self.client).await?;
        let found = list.data.into_iter().find(|transfer| transfer.metadata.get(ACTION).is_some_and(|of| of == key));
        Ok(found.map(|transfer| Moved { id: transfer.id.to_string(), amount: Cents(transfer.amount) }))
    }

    /// What was taken back of a transfer under this key, when the key itself is long forgotten.
    pub async fn find_reversal(&self, transfer: &str, key: &str) -> Call<Option<Moved>> {
        let list = ListIdTransferReversal::new(transfer).limit(100).send(&self.client).await?;
        let made =
            |of: &TransferReversal| of.metadata.as_ref().and_then(|all| all.get(ACTION)).is_some_and(|of| of == key);
        let found = list.data.into_iter().find(made);
        Ok(found.map(|reversal| Moved { id: reversal.id.to_string(), amount: Cents(reversal.amount) }))
    }

    /// Takes `amount` of a transfer back.
    pub async fn reverse_transfer(&self, transfer: &str, amount: Cents, booking: &str, key: &str) -> Call<Moved> {
        let request = CreateIdTransferReversal::new(transfer)
            .amount(amount.0)
            .metadata(metadata(&[("booking_id", booking.to_owned()), (ACTION, key.to_owned())]));
        let reversal = keyed(request, key)?.send(&self.client).await?;
        Ok(Moved { id: reversal.id.to_string(), amount: Cents(reversal.amount) })
    }
}

impl From<Account> for ConnectedAccount {
    fn from(account: Account) -> Self {
        let schedule = account.settings.and_then(|settings| settings.payouts).map(|payouts| payouts.schedule);
        let payout_day = schedule.filter(|schedule| schedule.interval == "weekly").and_then(|s| s.weekly_anchor);
        Self {
            payout_day,
            id: account.id.to_string(),
            charges_enabled: account.charges_enabled.unwrap_or(false),
            payouts_enabled: account.payouts_enabled.unwrap_or(false),
            details_submitted: account.details_submitted.unwrap_or(false),
            requirements: account.requirements.and_then(|r| r.currently_due).unwrap_or_default(),
        }
    }
}
