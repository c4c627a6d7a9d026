//! Payments: authorise with manual capture, capture, cancel, refund.

use stripe_core::payment_intent::{
    CancelPaymentIntent, CapturePaymentIntent, ConfirmPaymentIntent, CreatePaymentIntent,
    CreatePaymentIntentOffSession, ListPaymentIntent, RetrievePaymentIntent,
};
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_shared::{PaymentIntent, PaymentIntentCaptureMethod, PaymentIntentStatus, Refund};

use super::{ACTION, Call, Moved, Stripe, keyed, metadata};
use crate::base::money::Cents;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    /// Authorised: the bank holds the money for us.
    RequiresCapture,
    Canceled,
    Succeeded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub id: String,
    pub status: IntentStatus,
    pub amount: Cents,
    pub received: Cents,
    pub charge: Option<String>,
    pub method: Option<String>,
    pub client_secret: Option<String>,
    /// Where the card holder authenticates, when that is what is missing.
    pub action_url: Option<String>,
    /// Why the last attempt failed, when it did.
    pub last_error: Option<String>,
}

/// One authorisation: money is held on the card, not taken.
#[derive(Clone, Debug)]
pub struct Authorization<'a> {
    pub amount: Cents,
    pub customer: &'a str,
    pub method: &'a str,
    /// `Some` when the card holder is here and may be sent to authenticate; they come back to this address.
    pub return_url: Option<&'a str>,
    /// Take the money at once instead of holding it (tips).
    pub capture_now: bool,
    pub description: &'a str,
    pub booking: &'a str,
}

impl Stripe {
    /// Creates and confirms an intent in one call.
    pub async fn authorize(&self, wanted: &Authorization<'_>, key: &str) -> Call<Intent> {
        let capture = match wanted.capture_now {
            true => PaymentIntentCaptureMethod::Automatic,
            false => PaymentIntentCaptureMethod::Manual,
        };
        let mut request = CreatePaymentIntent::new(wanted.amount.0, self.currency.clone())
            .capture_method(capture)
            .customer(wanted.customer)
            .payment_method(wanted.method)
            .description(wanted.description)
            .transfer_group(wanted.booking)
            .metadata(metadata(&[("booking_id", wanted.booking.to_owned()), (ACTION, key.to_owned())]))
            .confirm(true);
        request = match wanted.return_url {
            Some(url) => request.return_url(url),
            None => request.off_session(CreatePaymentIntentOffSession::Bool(true)),
        };
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    /// What an authorisation of this customer under this key came to, when the key itself is long forgotten.
    pub async fn find_intent(&self, customer: &str, key: &str) -> Call<Option<Intent>> {
        let list = ListPaymentIntent::new().customer(customer).limit(100).send(&self.client).await?;
        let mut all = list.data.into_iter();
        Ok(all.find(|intent| intent.metadata.get(ACTION).is_some_and(|of| of == key)).map(Intent::from))
    }

    pub async fn intent(&self, id: &str) -> Call<Intent> {
        Ok(RetrievePaymentIntent::new(id).send(&self.client).await?.into())
    }

    /// Confirms again with another card.
    pub async fn confirm(&self, id: &str, method: &str, return_url: &str, key: &str) -> Call<Intent> {
        let request = ConfirmPaymentIntent::new(id).payment_method(method).return_url(return_url);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    /// Takes `amount` of what is held; the rest is released.
    pub async fn capture(&self, id: &str, amount: Cents, key: &str) -> Call<Intent> {
        let request = CapturePaymentIntent::new(id).amount_to_capture(amount.0);
        Ok(keyed(request, key)?.send(&self.client).await?.into())
    }

    /// Releases what is held.
    pub async fn cancel(&self, id: &str, key: &str) -> Call<Intent> {
        Ok(keyed(CancelPaymentIntent::new(id), key)?.send(&self.client).await?.into())
    }

    /// The refund that was made of a payment under this key, when the key itself is long forgotten.
    pub async fn find_refund(&self, intent: &str, key: &str) -> Call<Option<Moved>> {
        let list = ListRefund::new().payment_intent(intent).limit(100).send(&self.client).await?;
        let made = |of: &Refund| of.metadata.as_ref().and_then(|all| all.get(ACTION)).is_some_and(|of| of == key);
        let found = list.data.into_iter().find(made);
        Ok(found.map(|refund| Moved { id: refund.id.to_string(), amount: Cents(refund.amount) }))
    }

    /// Gives `amount` of a captured payment back to the card.
    pub async fn refund(&self, intent: &str, amount: Cents, booking: &str, key: &str) -> Call<Moved> {
        let request = CreateRefund::new()
            .payment_intent(intent)
            .amount(amount.0)
            .metadata(metadata(&[("booking_id", booking.to_owned()), (ACTION, key.to_owned())]));
        let refund = keyed(request, key)?.send(&self.client).await?;
        Ok(Moved { id: refund.id.to_string(), amount: Cents(refund.amount) })
    }
}

impl From<PaymentIntent> for Intent {
    fn from(intent: PaymentIntent) -> Self {
        let action_url = intent.next_action.and_then(|next| next.redirect_to_url).and_then(|redirect| redirect.url);
        let last_error = intent.last_payment_error.and_then(|e| {
            let code = e.code.as_ref().map(|code| code.as_str().to_owned());
            e.decline_code.or(code)
        });
        Self {
            status: (&intent.status).into(),
            amount: Cents(intent.amount),
            received: Cents(intent.amount_received),
            charge: intent.latest_charge.map(|c| c.into_id().to_string()),
            method: intent.payment_method.map(|m| m.into_id().to_string()),
            client_secret: intent.client_secret,
            id: intent.id.to_string(),
            action_url,
            last_error,
        }
    }
}

impl From<&PaymentIntentStatus> for IntentStatus {
    fn from(status: &PaymentIntentStatus) -> Self {
        match status {
            PaymentIntentStatus::RequiresPaymentMethod => Self::RequiresPaymentMethod,
            PaymentIntentStatus::RequiresConfirmation => Self::RequiresConfirmation,
            PaymentIntentStatus::RequiresAction => Self::RequiresAction,
            PaymentIntentStatus::RequiresCapture => Self::RequiresCapture,
            PaymentIntentStatus::Canceled => Self::Canceled,
            PaymentIntentStatus::Succeeded => Self::Succeeded,
            // A status newer than this program: nothing is decided yet.
            PaymentIntentStatus::Processing | _ => Self::Processing,
        }
    }
}
