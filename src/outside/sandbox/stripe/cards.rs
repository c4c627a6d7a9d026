//! Stripe's test cards: what each token stands for and how its bank behaves.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bank {
    Approves,
    /// Error code, decline code, what the customer is told.
    Declines(&'static str, &'static str, &'static str),
    /// Wants the holder to authenticate, every time or only when the card is set up.
    Authenticates,
    AuthenticatesOnSetup,
}

pub(super) struct TestCard {
    /// After `pm_card_`.
    pub token: &'static str,
    pub brand: &'static str,
    pub last4: &'static str,
    pub funding: &'static str,
    pub bank: Bank,
}

const DECLINED: &str = "Your card was declined.";

pub(super) const GENERIC_DECLINE: Bank = Bank::Declines("card_declined", "generic_decline", DECLINED);
pub(super) const INSUFFICIENT_FUNDS: Bank =
    Bank::Declines("card_declined", "insufficient_funds", "Your card has insufficient funds.");

const fn card(
    token: &'static str,
    brand: &'static str,
    last4: &'static str,
    funding: &'static str,
    bank: Bank,
) -> TestCard {
    TestCard { token, brand, last4, funding, bank }
}

pub(super) const TEST_CARDS: &[TestCard] = &[
    card("visa", "visa", "4242", "credit", Bank::Approves),
    card("visa_debit", "visa", "5556", "debit", Bank::Approves),
    card("mastercard", "mastercard", "4444", "credit", Bank::Approves),
    card("mastercard_debit", "mastercard", "8210", "debit", Bank::Approves),
    card("mastercard_prepaid", "mastercard", "5100", "prepaid", Bank::Approves),
    card("amex", "amex", "8431", "credit", Bank::Approves),
    card("discover", "discover", "9424", "credit", Bank::Approves),
    card("diners", "diners", "0004", "credit", Bank::Approves),
    card("jcb", "jcb", "0505", "credit", Bank::Approves),
    card("unionpay", "unionpay", "0005", "credit", Bank::Approves),
    card("us", "visa", "4242", "credit", Bank::Approves),
    card("chargeDeclined", "visa", "0002", "credit", GENERIC_DECLINE),
    card("visa_chargeDeclined", "visa", "0002", "credit", GENERIC_DECLINE),
    card("chargeCustomerFail", "visa", "0341", "credit", GENERIC_DECLINE),
    card("chargeDeclinedInsufficientFunds", "visa", "9995", "credit", INSUFFICIENT_FUNDS),
    card("visa_chargeDeclinedInsufficientFunds", "visa", "9995", "credit", INSUFFICIENT_FUNDS),
    card("chargeDeclinedLostCard", "visa", "9987", "credit", Bank::Declines("card_declined", "lost_card", DECLINED)),
    card(
        "visa_chargeDeclinedLostCard",
        "visa",
        "9987",
        "credit",
        Bank::Declines("card_declined", "lost_card", DECLINED),
    ),
    card(
        "chargeDeclinedStolenCard",
        "visa",
        "9979",
        "credit",
        Bank::Declines("card_declined", "stolen_card", DECLINED),
    ),
    card(
        "visa_chargeDeclinedStolenCard",
        "visa",
        "9979",
        "credit",
        Bank::Declines("card_declined", "stolen_card", DECLINED),
    ),
    card("chargeDeclinedFraudulent", "visa", "0019", "credit", Bank::Declines("card_declined", "fraudulent", DECLINED)),
    card(
        "chargeDeclinedExpiredCard",
        "visa",
        "0069",
        "credit",
        Bank::Declines("expired_card", "expired_card", "Your card has expired."),
    ),
    card(
        "chargeDeclinedIncorrectCvc",
        "visa",
        "0127",
        "credit",
        Bank::Declines("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    card(
        "chargeDeclinedProcessingError",
        "visa",
        "0119",
        "credit",
        Bank::Declines(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    card("authenticationRequired", "visa", "3184", "credit", Bank::Authenticates),
    card("threeDSecure2Required", "visa", "3220", "credit", Bank::Authenticates),
    card("authenticationRequiredOnSetup", "visa", "3155", "credit", Bank::AuthenticatesOnSetup),
];

/// The test card a token names, if it names one.
pub(super) fn by_token(token: &str) -> Option<&'static TestCard> {
    let name = token.strip_prefix("pm_card_")?;
    TEST_CARDS.iter().find(|card| card.token == name)
}

/// How the bank behind a saved card behaves.
pub(super) fn bank_of(method: &Value) -> Bank {
    let token = method["stand_in_card"].as_str().unwrap_or_default();
    TEST_CARDS.iter().find(|card| card.token == token).map_or(GENERIC_DECLINE, |card| card.bank)
}

/// A payment method made from a test card.
pub(super) fn method_object(id: &str, card: &TestCard, now: i64, year: i16) -> Value {
    json!({
        "id": id, "object": "payment_method", "type": "card", "created": now, "livemode": false,
        "allow_redisplay": "unspecified", "customer": null, "metadata": {},
        "billing_details": {"address": null, "email": null, "name": null, "phone": null},
        "card": {
            "brand": card.brand, "display_brand": card.brand, "last4": card.last4, "funding": card.funding,
            "country": "US", "exp_month": 12, "exp_year": year + 3, "fingerprint": format!("sandbox{}", card.last4),
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "generated_from": null, "wallet": null,
            "three_d_secure_usage": {"supported": true},
            "networks": {"available": [card.brand], "preferred": null}
        },
        "stand_in_card": card.token,
    })
}
