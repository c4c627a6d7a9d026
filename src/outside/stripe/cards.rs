//! Customers and their cards: saving, listing, removing, and Stripe's hosted page where a card is typed in.

use stripe_checkout::checkout_session::{CreateCheckoutSession, RetrieveCheckoutSession};
use stripe_core::customer::CreateCustomer;
use stripe_core::setup_intent::{CreateSetupIntent, CreateSetupIntentUsage, RetrieveSetupIntent};
use stripe_payment::payment_method::{
    AttachPaymentMethod, DetachPaymentMethod, ListPaymentMethod, RetrievePaymentMethod,
};
use stripe_shared::{CheckoutSession, CheckoutSessionMode, CheckoutSessionStatus, PaymentMethod, SetupIntentStatus};

use super::{Call, Stripe, keyed, metadata};

/// A saved card, as much of it as people are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub id: String,
    pub brand: String,
    pub last4: String,
    pub exp_month: u8,
    pub exp_year: u16,
    /// The same for the same card number, whoever saved it.
    pub fingerprint: Option<String>,
    pub customer: Option<String>,
}

/// A card being set up for later, off-session use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub id: String,
    pub client_secret: Option<String>,
    pub succeeded: bool,
    pub method: Option<String>,
}

/// A visit to the hosted page that takes a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSession {
    pub id: String,
    pub url: Option<String>,
    pub complete: bool,
    pub expired: bool,
    pub customer: Option<String>,
    pub setup_intent: Option<String>,
}

impl Stripe {
    pub async fn create_customer(&self, user: &str, email: &str, name: &str, key: &str) -> Call<String> {
        let request = CreateCustomer::new().email(email).name(name).metadata(metadata(&[("user_id", user.to_owned())]));
        Ok(keyed(request, key)?.send(&self.client).await?.id.to_string())
    }

    /// Attaches a card (an id or one of Stripe's test tokens) to a customer; the answer names the saved card.
    pub async fn attach_card(&self, customer: &str, method: &str, key: &str) -> Call<Card> {
        let request = AttachPaymentMethod::new(method).customer(customer);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    pub async fn detach_card(&self, method: &str, key: &str) -> Call<Card> {
        Ok(keyed(DetachPaymentMethod::new(method), key)?.send(&self.client).await?.into())
    }

    pub async fn card(&self, method: &str) -> Call<Card> {
        Ok(RetrievePaymentMethod::new(method).send(&self.client).await?.into())
    }

    pub async fn cards(&self, customer: &str) -> Call<Vec<Card>> {
        let list = ListPaymentMethod::new().customer(customer).limit(100).send(&self.client).await?;
        Ok(list.data.into_iter().map(Card::from).collect())
    }

    pub async fn create_setup(&self, customer: &str, key: &str) -> Call<Setup> {
        let request = CreateSetupIntent::new().customer(customer).usage(CreateSetupIntentUsage::OffSession);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    pub async fn setup(&self, id: &str) -> Call<Setup> {
        Ok(RetrieveSetupIntent::new(id).send(&self.client).await?.into())
    }

    /// Opens a visit to the hosted card page. `{CHECKOUT_SESSION_ID}` in `success_url` becomes the session's id.
    pub async fn open_card_page(
        &self,
        customer: &str,
        success_url: &str,
        cancel_url: &str,
        key: &str,
    ) -> Call<CardSession> {
        let request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Setup)
            .currency(self.currency.clone())
            .customer(customer)
            .success_url(success_url)
            .cancel_url(cancel_url);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    pub async fn card_page(&self, session: &str) -> Call<CardSession> {
        Ok(RetrieveCheckoutSession::new(session).send(&self.client).await?.into())
    }
}

impl From<PaymentMethod> for Card {
    fn from(method: PaymentMethod) -> Self {
        let customer = method.customer.map(|c| c.into_id().to_string());
        let id = method.id.to_string();
        match method.card {
            Some(card) => Self {
                id,
                brand: card.brand,
                last4: card.last4,
                exp_month: u8::try_from(card.exp_month).unwrap_or_default(),
                exp_year: u16::try_from(card.exp_year).unwrap_or_default(),
                fingerprint: card.fingerprint,
                customer,
            },
            None => Self {
                id,
                brand: method.type_.to_string(),
                last4: String::new(),
                exp_month: 0,
                exp_year: 0,
                fingerprint: None,
                customer,
            },
        }
    }
}

impl From<stripe_shared::SetupIntent> for Setup {
    fn from(setup: stripe_shared::SetupIntent) -> Self {
        Self {
            id: setup.id.to_string(),
            client_secret: setup.client_secret,
            succeeded: setup.status == SetupIntentStatus::Succeeded,
            method: setup.payment_method.map(|m| m.into_id().to_string()),
        }
    }
}

impl From<CheckoutSession> for CardSession {
    fn from(session: CheckoutSession) -> Self {
        Self {
            id: session.id.to_string(),
            url: session.url,
            complete: session.status == Some(CheckoutSessionStatus::Complete),
            expired: session.status == Some(CheckoutSessionStatus::Expired),
            customer: session.customer.map(|c| c.into_id().to_string()),
            setup_intent: session.setup_intent.map(|s| s.into_id().to_string()),
        }
    }
}
