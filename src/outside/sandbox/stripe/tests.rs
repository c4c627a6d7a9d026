//! The adapter against the stand-in, over real HTTP: `async-stripe` itself judges whether our objects are Stripe's.

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::base::money::Cents;
use crate::base::time::{Timestamp, plus_hours};
use crate::outside::stripe::{Authorization, IntentStatus, Stripe, StripeFault, StripeSettings, WebhookRefused};

struct Bench {
    stand_in: StandIn,
    stripe: Stripe,
    clock: Clock,
    dir: tempfile::TempDir,
}

async fn bench_at(webhook_url: &str) -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::starting_at("2026-03-07T14:00:00Z".parse().unwrap());
    let stand_in = open(&dir, &clock, webhook_url).await;
    let stripe = adapter(&stand_in);
    Bench { stand_in, stripe, clock, dir }
}

async fn bench() -> Bench {
    bench_at("http://127.0.0.1:9/none").await
}

async fn open(dir: &tempfile::TempDir, clock: &Clock, webhook_url: &str) -> StandIn {
    let settings = StandInSettings {
        public_url: "http://localhost:8080".into(),
        webhook_url: webhook_url.into(),
        webhook_secret: "whsec_test".into(),
    };
    StandIn::start(dir.path(), clock.clone(), Entropy::system(), settings).await.unwrap()
}

fn adapter(stand_in: &StandIn) -> Stripe {
    Stripe::new(StripeSettings {
        secret_key: SECRET_KEY.into(),
        base_url: Some(stand_in.base_url().into()),
        webhook_secrets: vec!["whsec_old".into(), "whsec_test".into()],
        currency: "usd".into(),
    })
    .unwrap()
}

fn wish<'a>(customer: &'a str, method: &'a str) -> Authorization<'a> {
    Authorization {
        amount: Cents(8960),
        customer,
        method,
        return_url: None,
        capture_now: false,
        description: "Piano with Sarah C.",
        booking: "01JGZZZZZZZZZZZZZZZZZZZZZZ",
    }
}

impl Bench {
    async fn customer(&self) -> String {
        self.stripe.create_customer("01J", "emma@demo.example", "Emma", "cus_emma").await.unwrap()
    }

    async fn instructor(&self) -> String {
        let account = self.stripe.create_account("01S", "sarah@demo.example", "acct_sarah").await.unwrap();
        assert!(!account.charges_enabled && !account.requirements.is_empty());
        self.stand_in.onboard(&account.id).unwrap();
        account.id
    }
}

#[tokio::test]
async fn a_lesson_from_card_to_refund() {
    let b = bench().await;
    let customer = b.customer().await;
    let card = b.stripe.attach_card(&customer, "pm_card_visa", "attach").await.unwrap();
    assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));
    assert_eq!(b.stripe.cards(&customer).await.unwrap(), vec![card.clone()]);

    let held = b.stripe.authorize(&wish(&customer, &card.id), "pi_1_1").await.unwrap();
    assert_eq!((held.status, held.amount, held.received), (IntentStatus::RequiresCapture, Cents(8960), Cents(0)));
    let taken = b.stripe.capture(&held.id, Cents(8960), "capture_1").await.unwrap();
    assert_eq!((taken.status, taken.received), (IntentStatus::Succeeded, Cents(8960)));

    let account = b.instructor().await;
    let charge = taken.charge.as_deref();
    let paid = b.stripe.transfer(&account, Cents(6800), charge, "01J", "transfer_1").await.unwrap();
    let back = b.stripe.reverse_transfer(&paid.id, Cents(3400), "01J", "reverse_1").await.unwrap();
    assert_eq!(back.amount, Cents(3400));
    let too_much = b.stripe.transfer(&account, Cents(9000), charge, "01J", "transfer_2").await;
    assert!(matches!(too_much, Err(StripeFault::Permanent { .. })));

    let refund = b.stripe.refund(&held.id, Cents(960), "01J", "refund_1").await.unwrap();
    assert_eq!(refund.amount, Cents(960));
    b.stripe.refund(&held.id, Cents(8000), "01J", "refund_2").await.unwrap();
    let again = b.stripe.refund(&held.id, Cents(1), "01J", "refund_3").await.unwrap_err();
    assert!(again.says("charge_already_refunded"), "{again}");
    b.stripe.detach_card(&card.id, "detach").await.unwrap();
    assert!(b.stripe.cards(&customer).await.unwrap().is_empty());
}

#[tokio::test]
async fn banks_say_no_in_their_own_words() {
    let b = bench().await;
    let customer = b.customer().await;
    for (token, want) in [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ] {
        let card = b.stripe.attach_card(&customer, token, token).await.unwrap();
        let fault = b.stripe.authorize(&wish(&customer, &card.id), &format!("pi_{token}")).await.unwrap_err();
        assert_eq!(fault.word(), want);
        let StripeFault::Declined { intent: Some(intent), .. } = fault else { panic!("{fault}") };
        let left = b.stripe.intent(&intent).await.unwrap();
        assert_eq!(left.status, IntentStatus::RequiresPaymentMethod);
        let retried = b.stripe.confirm(&intent, "pm_card_visa", "http://localhost/", &format!("again_{token}")).await;
        assert_eq!(retried.unwrap().status, IntentStatus::RequiresCapture);
    }
    let tiny = Authorization { amount: Cents(49), ..wish(&customer, "pm_card_visa") };
    assert!(b.stripe.authorize(&tiny, "tiny").await.unwrap_err().says("amount_too_small"));
}

#[tokio::test]
async fn three_d_secure_waits_for_the_card_holder() {
    let b = bench().await;
    let customer = b.customer().await;
    let card = b.stripe.attach_card(&customer, "pm_card_authenticationRequired", "attach").await.unwrap();
    let absent = b.stripe.authorize(&wish(&customer, &card.id), "absent").await.unwrap_err();
    assert!(matches!(absent, StripeFault::RequiresAction { intent: Some(_) }), "{absent}");

    let here = Authorization { return_url: Some("http://localhost/back"), ..wish(&customer, &card.id) };
    let waiting = b.stripe.authorize(&here, "here").await.unwrap();
    assert_eq!(waiting.status, IntentStatus::RequiresAction);
    assert_eq!(waiting.action_url, Some(format!("http://localhost:8080/sandbox/authentication/{}", waiting.id)));
    assert!(b.stand_in.authentication_page(&waiting.id).unwrap().waiting);
    assert_eq!(b.stand_in.finish_authentication(&waiting.id, true).unwrap(), "http://localhost/back");
    assert_eq!(b.stripe.intent(&waiting.id).await.unwrap().status, IntentStatus::RequiresCapture);

    let second = b.stripe.authorize(&here, "here_2").await.unwrap();
    b.stand_in.finish_authentication(&second.id, false).unwrap();
    let failed = b.stripe.intent(&second.id).await.unwrap();
    assert_eq!(failed.status, IntentStatus::RequiresPaymentMethod);
    assert_eq!(b.stripe.cancel(&second.id, "cancel").await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn a_key_does_its_work_once() {
    let b = bench().await;
    let customer = b.customer().await;
    let first = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "same").await.unwrap();
    let again = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "same").await.unwrap();
    assert_eq!(first, again);
    let other = Authorization { amount: Cents(1000), ..wish(&customer, "pm_card_visa") };
    let refused = b.stripe.authorize(&other, "same").await.unwrap_err();
    assert!(matches!(refused, StripeFault::Permanent { status: 400, .. }), "{refused}");
    b.clock.advance_to(plus_hours(b.clock.now(), 25));
    b.stripe.authorize(&other, "same").await.unwrap();
    let seen = b.stand_in.objects(Some("payment_intent"), Some("01JGZZZZZZZZZZZZZZZZZZZZZZ")).unwrap();
    assert_eq!(seen["items"].as_array().unwrap().len(), 2);
    assert_eq!(seen["calls"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn ordered_faults_hit_what_they_name() {
    let b = bench().await;
    let customer = b.customer().await;
    let order = |operation: &str, error: &str| FaultOrder {
        operation: operation.into(),
        error: error.into(),
        times: 1,
        booking_id: None,
    };
    b.stand_in.order_fault(order("payment_intents.confirm", "timeout_after_success")).unwrap();
    let lost = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "once").await.unwrap_err();
    assert!(lost.is_transient(), "{lost}");
    let found = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "once").await.unwrap();
    assert_eq!(b.stand_in.objects(Some("payment_intent"), None).unwrap()["items"].as_array().unwrap().len(), 1);

    b.stand_in.order_fault(order("payment_intents.capture", "api_error")).unwrap();
    assert!(b.stripe.capture(&found.id, Cents(8960), "capture").await.unwrap_err().is_transient());
    b.stand_in.order_fault(order("payment_intents.capture", "timeout")).unwrap();
    assert!(b.stripe.capture(&found.id, Cents(8960), "capture").await.unwrap_err().is_transient());
    b.stripe.capture(&found.id, Cents(8960), "capture").await.unwrap();
    b.stand_in.order_fault(order("payment_intents.confirm", "insufficient_funds")).unwrap();
    let poor = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "poor").await.unwrap_err();
    assert_eq!(poor.word(), "insufficient_funds");
    assert!(b.stand_in.order_fault(order("payment_intents.explode", "timeout")).is_err());
}

#[tokio::test]
async fn holds_expire_after_seven_days() {
    let b = bench().await;
    let customer = b.customer().await;
    let held = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "pi").await.unwrap();
    b.clock.advance_to(plus_hours(b.clock.now(), 8 * 24));
    let late = b.stripe.capture(&held.id, Cents(8960), "capture").await.unwrap_err();
    assert!(late.says("charge_expired_for_capture"), "{late}");
    assert_eq!(b.stripe.intent(&held.id).await.unwrap().status, IntentStatus::Canceled);
}

#[tokio::test]
async fn the_card_page_saves_a_card() {
    let b = bench().await;
    let customer = b.customer().await;
    let back = "http://localhost:8080/account/cards/return?session={CHECKOUT_SESSION_ID}";
    let visit = b.stripe.open_card_page(&customer, back, "http://localhost:8080/account/cards", "visit").await.unwrap();
    assert_eq!(visit.url, Some(format!("http://localhost:8080/sandbox/checkout/{}", visit.id)));
    assert_eq!(b.stand_in.card_page(&visit.id).unwrap().status, "open");
    let to = b.stand_in.complete_card_page(&visit.id, "pm_card_mastercard").unwrap();
    assert_eq!(to, back.replace("{CHECKOUT_SESSION_ID}", &visit.id));
    let done = b.stripe.card_page(&visit.id).await.unwrap();
    assert!(done.complete);
    let setup = b.stripe.setup(&done.setup_intent.unwrap()).await.unwrap();
    assert!(setup.succeeded);
    let card = b.stripe.card(&setup.method.unwrap()).await.unwrap();
    assert_eq!((card.last4.as_str(), card.customer), ("4444", Some(customer)));
}

#[tokio::test]
async fn books_survive_a_crash_in_the_middle_of_a_line() {
    let b = bench().await;
    let customer = b.customer().await;
    let held = b.stripe.authorize(&wish(&customer, "pm_card_visa"), "pi").await.unwrap();
    let log = b.dir.path().join("stripe.jsonl");
    let mut bytes = std::fs::read(&log).unwrap();
    bytes.extend_from_slice(b"{\"put\":[{\"id\":\"pi_half");
    std::fs::write(&log, bytes).unwrap();
    let reopened = open(&b.dir, &b.clock, "http://127.0.0.1:9/none").await;
    let stripe = adapter(&reopened);
    assert_eq!(stripe.authorize(&wish(&customer, "pm_card_visa"), "pi").await.unwrap(), held);
    stripe.capture(&held.id, Cents(8960), "capture").await.unwrap();
    let third = open(&b.dir, &b.clock, "http://127.0.0.1:9/none").await;
    assert_eq!(adapter(&third).intent(&held.id).await.unwrap().status, IntentStatus::Succeeded);
}

/// Takes one HTTP request and answers `status`; hands back head and body.
async fn take_one(listener: &TcpListener, status: &str) -> (String, String) {
    let (mut wire, _) = listener.accept().await.unwrap();
    let (mut text, mut chunk) = (String::new(), [0u8; 4096]);
    loop {
        let n = wire.read(&mut chunk).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&chunk[..n]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|l| l.strip_prefix("Content-Length: ")).unwrap();
            if body.len() >= length.parse().unwrap() {
                break;
            }
        }
    }
    wire.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn events_are_signed_by_our_clock_and_sent_until_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let b = bench_at(&format!("http://{}/hook", listener.local_addr().unwrap())).await;
    let customer = b.customer().await;
    b.stripe.authorize(&wish(&customer, "pm_card_visa"), "pi").await.unwrap();
    take_one(&listener, "503 Service Unavailable").await;
    let (head, body) = take_one(&listener, "200 OK").await;
    let signature = head.lines().find_map(|l| l.strip_prefix("Stripe-Signature: ")).unwrap();
    let event = b.stripe.webhook(&body, signature, b.clock.now()).unwrap();
    assert_eq!(event.kind, "payment_intent.created");
    assert_eq!(event.object["metadata"]["booking_id"], Value::from("01JGZZZZZZZZZZZZZZZZZZZZZZ"));
    let far: Timestamp = plus_hours(b.clock.now(), 1);
    assert_eq!(b.stripe.webhook(&body, signature, far), Err(WebhookRefused::BadSignature));
    assert_eq!(b.stripe.webhook(&format!("{body} "), signature, b.clock.now()), Err(WebhookRefused::BadSignature));
    let (_, next) = take_one(&listener, "200 OK").await;
    assert!(next.contains("payment_intent.amount_capturable_updated"));
}
