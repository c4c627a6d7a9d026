//! What Stripe has in its books, to compare with ours.

use stripe_connect::transfer::ListTransfer;
use stripe_core::payment_intent::ListPaymentIntent;
use stripe_core::refund::ListRefund;

use super::{Call, Stripe};
use crate::base::money::Cents;
use crate::base::time::Timestamp;

/// One movement of money as Stripe has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: String,
    /// Taken from a card, given back, or sent to an account.
    pub amount: Cents,
    /// Of a transfer: taken back since.
    pub reversed: Cents,
    /// The booking it was made for, as we told Stripe.
    pub booking: Option<String>,
    pub created: Timestamp,
}

/// Pages of one kind that a comparison reads at most.
const PAGES: usize = 1000;

macro_rules! pages {
    ($self:ident, $since:ident, $list:expr, $held:expr) => {{
        let mut all: Vec<Held> = Vec::new();
        for _ in 0..PAGES {
            let mut request = $list.limit(100);
            if let Some(last) = all.last() {
                request = request.starting_after(last.id.clone());
            }
            let page = request.send(&$self.client).await?;
            all.extend(page.data.into_iter().map($held));
            // The newest come first, so the rest is older still.
            if !page.has_more || all.last().is_some_and(|held| held.created < $since) {
                break;
            }
        }
        all.retain(|held| held.created >= $since);
        Ok(all)
    }};
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

impl Stripe {
    /// What cards gave, by when their money was first asked for.
    pub async fn charges_since(&self, since: Timestamp) -> Call<Vec<Held>> {
        pages!(self, since, ListPaymentIntent::new(), |intent: stripe_shared::PaymentIntent| Held {
            id: intent.id.to_string(),
            amount: Cents(intent.amount_received),
            reversed: Cents::ZERO,
            booking: intent.metadata.get("booking_id").cloned(),
            created: at(intent.created),
        })
    }

    pub async fn refunds_since(&self, since: Timestamp) -> Call<Vec<Held>> {
        pages!(self, since, ListRefund::new(), |refund: stripe_shared::Refund| Held {
            id: refund.id.to_string(),
            amount: Cents(refund.amount),
            reversed: Cents::ZERO,
            booking: refund.metadata.and_then(|metadata| metadata.get("booking_id").cloned()),
            created: at(refund.created),
        })
    }

    pub async fn transfers_since(&self, since: Timestamp) -> Call<Vec<Held>> {
        pages!(self, since, ListTransfer::new(), |transfer: stripe_shared::Transfer| Held {
            id: transfer.id.to_string(),
            amount: Cents(transfer.amount),
            reversed: Cents(transfer.amount_reversed),
            booking: transfer.metadata.get("booking_id").cloned(),
            created: at(transfer.created),
        })
    }
}
