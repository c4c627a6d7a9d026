//! The adapter against a stand-in that somebody else wrote: the same steps, compared with ours, and a signature that is
//! not of our making.

use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use instainstru::base::money::Cents;
use instainstru::base::time::{Clock, Timestamp, plus_seconds};
use instainstru::outside::stripe::{Answered, Call, Intent, Stripe, WebhookRefused, Wire, WireCall};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{ask, bench, fetched};
use crate::kit::http;

/// Parameters that it refuses because it does not know them; they do not change how a payment goes.
const UNKNOWN_TO_IT: [&str; 3] = ["description", "return_url", "transfer_group"];
const SECRET: &str = "whsec_of_the_other";

/// The program, ended with the test.
struct Other {
    child: Child,
    base: String,
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Other {
    async fn start(program: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["--port", &port.to_string(), "--from-scratch"]).stdout(Stdio::null()).stderr(Stdio::null());
        let other = Self { child: command.spawn().unwrap(), base: format!("http://127.0.0.1:{port}") };
        for _ in 0..200 {
            if http().get(&other.base).send().await.is_ok() {
                return other;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the other stand-in did not come up");
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let request = http().post(format!("{}{path}", self.base)).bearer_auth("sk_test_1").form(form);
        request.send().await.unwrap().json().await.unwrap_or_default()
    }

    async fn json(&self, path: &str, body: Value) {
        let sent = http().post(format!("{}{path}", self.base)).bearer_auth("sk_test_1").json(&body).send().await;
        assert!(sent.unwrap().status().is_success());
    }
}

/// The line to it: what it does not know is left out of a call, what it leaves out of an answer is filled in.
struct Bridge {
    base: String,
}

impl Wire for Bridge {
    fn call(&self, call: WireCall) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        let url = format!("{}{}", self.base, call.path);
        Box::pin(async move {
            let pairs: Vec<(String, String)> = form_urlencoded::parse(call.form.as_bytes())
                .filter(|(name, _)| !UNKNOWN_TO_IT.contains(&name.as_ref()))
                .map(|(name, text)| (name.into_owned(), text.into_owned()))
                .collect();
            let request = match call.method {
                "GET" => http().get(url).query(&pairs),
                _ => http().post(url).form(&pairs),
            };
            let answer = request.bearer_auth("sk_test_1").send().await.ok()?;
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.ok()?;
            Some((status, completed(status, body).to_string()))
        })
    }
}

/// Fields that Stripe always sends and it does not; none of them says how a payment stands.
fn completed(status: u16, mut body: Value) -> Value {
    let charge = body["latest_charge"].clone();
    let filled = match body["object"].as_str() {
        Some("payment_intent") => {
            body["latest_charge"] = charge["id"].clone();
            let taken = if charge["captured"] == true { charge["amount"].clone() } else { json!(0) };
            json!({ "amount_received": taken, "amount_capturable": 0, "confirmation_method": "automatic",
                    "payment_method_types": ["card"], "livemode": false })
        }
        Some("payment_method") => json!({ "allow_redisplay": "unspecified", "livemode": false,
            "billing_details": { "address": null, "email": null, "name": null, "phone": null } }),
        Some("customer") => json!({ "livemode": false, "balance": 0 }),
        None if body["error"].is_object() => {
            if let Some(error) = body["error"].as_object_mut() {
                // The bank's word comes as 402, which Stripe calls an error of the card.
                let kind = if status == 402 { "card_error" } else { "invalid_request_error" };
                error.insert("type".into(), json!(kind));
                error.remove("payment_intent");
            }
            json!({})
        }
        _ => json!({}),
    };
    for (name, value) in filled.as_object().unwrap() {
        let known = body.get(name).is_some_and(|there| !there.is_null() && there != &json!({}));
        if !known {
            body[name] = value.clone();
        }
    }
    body
}

/// How a step ended, in a word.
fn word(step: &str, answer: &Call<Intent>) -> String {
    match answer {
        Ok(intent) => format!("{step}: {:?} {}", intent.status, intent.received.0),
        Err(fault) => format!("{step}: {}", format!("{fault:?}").split([' ', '(']).next().unwrap_or_default()),
    }
}

/// A payment's life, step by step; `proof` is a card whose owner has to prove themselves.
async fn life(stripe: &Stripe, proof: &str) -> Vec<String> {
    let customer = stripe.create_customer("01U", "emma@demo.example", "Emma", "customer").await.unwrap();
    let card = stripe.attach_card(&customer, "pm_card_visa", "attach").await.unwrap();
    let mut told = vec![format!(
        "card: {} {} of its customer: {}",
        card.brand,
        card.last4,
        card.customer == Some(customer.clone())
    )];
    let held = ask(stripe, &customer, &card.id, false, false, "hold").await;
    told.push(word("hold", &held));
    let id = held.unwrap().id;
    told.push(word("look", &stripe.intent(&id).await));
    told.push(word("capture", &stripe.capture(&id, Cents(8960), "capture").await));
    told.push(word("look", &stripe.intent(&id).await));
    told.push(word("cancel what is captured", &stripe.cancel(&id, "too late").await));
    let refund = stripe.refund(&id, Cents(960), "01B", "refund").await;
    told.push(format!("refund: {:?}", refund.map(|refund| refund.amount)));
    let held = ask(stripe, &customer, &card.id, true, false, "second").await.unwrap().id;
    told.push(word("release", &stripe.cancel(&held, "release").await));
    told.push(word("look", &stripe.intent(&held).await));
    told.push(word("release twice", &stripe.cancel(&held, "twice").await));
    told.push(word("take at once", &ask(stripe, &customer, &card.id, false, true, "tip").await));
    let empty = stripe.attach_card(&customer, "pm_card_chargeCustomerFail", "empty").await.unwrap();
    told.push(word("card that fails", &ask(stripe, &customer, &empty.id, false, false, "fails").await));
    let proof = stripe.attach_card(&customer, proof, "proof").await.unwrap();
    let asked = ask(stripe, &customer, &proof.id, true, false, "asked").await;
    told.push(word("card that asks", &asked));
    told.push(word("release what waits", &stripe.cancel(&asked.unwrap().id, "waits").await));
    told.push(word("unknown", &stripe.intent("pi_nobody").await));
    told
}

/// Hears one delivery of a webhook: its signature and its body.
async fn heard(listener: &TcpListener) -> (String, String) {
    let (mut line, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let n = line.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..n]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |wanted: &str| {
            let fits = |line: &&str| line.to_lowercase().starts_with(wanted);
            head.lines().find(fits).and_then(|line| line.split_once(": ")).map(|(_, value)| value.to_owned())
        };
        let length: usize = header("content-length").unwrap().parse().unwrap();
        if body.len() >= length {
            line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            return (header("stripe-signature").unwrap(), body.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_of_others_tells_the_same_of_a_payment() {
    let Some(program) = fetched("INSTAINSTRU_LOCALSTRIPE", "localstripe") else { return };
    let other = Other::start(&program).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    other.json("/_config/webhooks/ours", json!({ "url": url, "secret": SECRET })).await;
    let theirs = Stripe::inside(Arc::new(Bridge { base: other.base.clone() }), vec!["whsec_new".into(), SECRET.into()]);
    let number = [
        ("type", "card"),
        ("card[number]", "4000002500003155"),
        ("card[exp_month]", "12"),
        ("card[exp_year]", "2031"),
        ("card[cvc]", "123"),
    ];
    let proof = other.post("/v1/payment_methods", &number).await["id"].as_str().unwrap().to_owned();
    assert_eq!(life(&theirs, &proof).await, life(&bench().stripe, "pm_card_authenticationRequired").await);

    let (signature, body) = heard(&listener).await;
    let now: Timestamp = Clock::system().now();
    let event = theirs.webhook(&body, &signature, now).expect("signed by somebody else's hand");
    assert!(event.kind.contains('.') && event.object["id"].is_string(), "{event:?}");
    let stranger = Stripe::inside(Arc::new(Bridge { base: other.base.clone() }), vec!["whsec_wrong".into()]);
    let refused = Err(WebhookRefused::BadSignature);
    assert_eq!(stranger.webhook(&body, &signature, now), refused);
    assert_eq!(theirs.webhook(&body.replacen("evt_", "evt_f", 1), &signature, now), refused);
    assert_eq!(theirs.webhook(&body, &signature, plus_seconds(now, 3600)), refused, "too old");
}
