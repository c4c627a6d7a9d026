//! Requests sent twice, events that are forged or about nothing, and a Stripe that is gone for an hour or a week.

use instainstru::base::id::BookingId;
use instainstru::base::secret::hmac_sha256_hex;
use instainstru::outside::sandbox::stripe::StandIn;
use instainstru::payments::ops as money;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::kit::{Answered, Person, Stage, answered};

impl Stage {
    async fn keyed(&self, who: &Person, key: &str, path: &str, body: &Value) -> Answered {
        let request = self.app.http.post(format!("{}{path}", self.app.base)).bearer_auth(&who.token);
        answered(request.header("Idempotency-Key", key).json(body)).await
    }

    async fn stripe_down(&self, down: bool) {
        for operation in [
            "payment_intents.create",
            "payment_intents.confirm",
            "payment_intents.capture",
            "payment_intents.cancel",
            "payment_intents.retrieve",
            "transfers.create",
            "refunds.create",
        ] {
            let times = if down { 1_000_000 } else { 0 };
            let order = json!({ "operation": operation, "error": "timeout", "times": times });
            self.app.post("/sandbox/v1/stripe/faults", order).await.expect(200);
        }
    }

    /// Sends an event as Stripe would sign it; answers its status and what became of it.
    async fn event(&self, event: &Value, forge: bool) -> Answered {
        let secret = self.app.get("/sandbox/v1/secrets").await.expect(200)["stripe_webhook_secret"].clone();
        let (body, at) = (event.to_string(), self.app.site().now().as_second());
        let signed = hmac_sha256_hex(secret.as_str().unwrap().as_bytes(), format!("{at}.{body}").as_bytes());
        let body = if forge { body.replacen("evt_", "evt_x", 1) } else { body };
        let url = format!("{}/api/v1/payments/webhooks/stripe", self.app.base);
        let signature = format!("t={at},v1={signed}");
        answered(self.app.http.post(url).header("Stripe-Signature", signature).body(body)).await
    }

    fn stand_in(&self) -> std::sync::Arc<StandIn> {
        self.app.site().part::<StandIn>().unwrap()
    }
}

fn no_replay(headers: &HeaderMap) -> bool {
    !headers.contains_key("idempotent-replayed")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_sent_twice_is_made_once() {
    let stage = Stage::set().await;
    let (path, wish) = ("/api/v1/bookings", stage.piano("2026-11-12", "10:00"));
    let first = stage.keyed(&stage.emma, "k1", path, &wish).await;
    assert!(no_replay(&first.headers));
    let first = first.expect(201);
    let again = stage.keyed(&stage.emma, "k1", path, &wish).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    // Another body under the same key, and the same key of somebody else.
    let other = stage.piano("2026-11-12", "14:00");
    assert_eq!(stage.keyed(&stage.emma, "k1", path, &other).await.status, 422);
    let johns = stage.keyed(&stage.john, "k1", path, &other).await.expect(201);
    assert_ne!(johns["id"], first["id"]);
    // In parallel: one booking, whoever is answered.
    let wish = stage.piano("2026-11-13", "10:00");
    let tries = (0..8).map(|_| stage.keyed(&stage.emma, "k2", path, &wish));
    let answers = futures_util::future::join_all(tries).await;
    let made: Vec<Value> = answers.iter().filter(|a| a.status == 201).map(|a| a.json()["id"].clone()).collect();
    assert!(!made.is_empty() && made.iter().all(|id| *id == made[0]), "{made:?}");
    assert!(answers.iter().all(|a| matches!(a.status.as_u16(), 201 | 409 | 429)), "{answers:#?}");
    let list = stage.get(&stage.emma, "/api/v1/bookings").await.expect(200);
    assert_eq!(list["total"], 2, "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_sent_twice_charges_once() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-10", "19:00").await;
    let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
    let path = "/api/v1/payments/checkout";
    let first = stage.keyed(&stage.emma, "pay", path, &body).await.expect(200);
    let again = stage.keyed(&stage.emma, "pay", path, &body).await.expect(200);
    assert_eq!((&first["success"], &first["payment_intent_id"]), (&json!(true), &again["payment_intent_id"]));
    let other = json!({ "booking_id": id, "payment_method_id": "pm_card_amex" });
    assert_eq!(stage.keyed(&stage.emma, "pay", path, &other).await.status, 422);
    assert_eq!(stage.stand_in().position(&id).held, 1);
    // A declined card frees the key: the next try under it is a new one.
    let second = stage.hold(&stage.emma, "2026-11-10", "21:00").await;
    let poor = json!({ "booking_id": second, "payment_method_id": "pm_card_chargeDeclined" });
    assert_eq!(stage.keyed(&stage.emma, "poor", path, &poor).await.expect(200)["success"], false);
    let rich = json!({ "booking_id": second, "payment_method_id": "pm_card_visa" });
    assert_eq!(stage.keyed(&stage.emma, "poor", path, &rich).await.expect(200)["success"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_believed_when_signed_and_looked_up_before_they_count() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-10", "19:00").await;
    let asked = stage.checkout(&stage.emma, &id, "pm_card_threeDSecure2Required").await;
    assert_eq!((&asked["success"], &asked["status"]), (&json!(false), &json!("requires_action")), "{asked}");
    let event = |event: &str, intent: &Value| {
        json!({ "id": event, "object": "event", "type": "payment_intent.amount_capturable_updated", "created": 0,
                "livemode": false, "pending_webhooks": 1,
                "data": { "object": { "id": intent, "object": "payment_intent", "status": "requires_capture",
                                      "metadata": { "booking_id": id } } } })
    };
    let intent = asked["payment_intent_id"].clone();
    stage.event(&event("evt_forged", &intent), true).await.refused(400, "INVALID_SIGNATURE");
    // Signed, and still only a reason to look: the holder has not proved anything, so nothing is confirmed.
    stage.event(&event("evt_early", &intent), false).await.expect(200);
    assert_eq!(stage.booking(&stage.emma, &id).await["status"], "PENDING");
    let unknown = stage.event(&event("evt_unknown", &json!("pi_unknown")), false).await.expect(200);
    assert_eq!(unknown["status"], "ignored");
    // The stand-in's own event of the proof arrives by itself; a replay of ours changes nothing.
    stage.stand_in().finish_authentication(intent.as_str().unwrap(), true).unwrap();
    stage.event(&event("evt_proof", &intent), false).await.expect(200);
    assert_eq!(stage.booking(&stage.emma, &id).await["status"], "CONFIRMED");
    assert_eq!(stage.event(&event("evt_proof", &intent), false).await.expect(200)["status"], "ignored");
    stage.post(&stage.sarah, &format!("/api/v1/bookings/{id}/cancel"), json!({ "reason": "Ill." })).await.expect(200);
    stage.event(&event("evt_late", &intent), false).await.expect(200);
    let seen = stage.booking(&stage.emma, &id).await;
    assert_eq!((&seen["status"], &seen["payment"]["payment_status"]), (&json!("CANCELLED"), &json!("settled")));
    assert_eq!(stage.stand_in().position(&id).held, 0);
}

/// An event that comes while Stripe cannot be asked is not taken: Stripe sends it again.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_looked_up_is_sent_again() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-10", "19:00").await;
    let asked = stage.checkout(&stage.emma, &id, "pm_card_threeDSecure2Required").await;
    let event = json!({ "id": "evt_lost", "object": "event", "type": "payment_intent.amount_capturable_updated",
        "created": 0, "livemode": false, "pending_webhooks": 1,
        "data": { "object": { "id": asked["payment_intent_id"], "object": "payment_intent" } } });
    stage.stripe_down(true).await;
    stage.event(&event, false).await.refused(503, "WEBHOOK_RETRY");
    stage.stripe_down(false).await;
    assert_eq!(stage.event(&event, false).await.expect(200)["status"], "processed");
}

/// Nobody learns whether the card was asked; when Stripe is back the hold is over, and the card holds nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_hour_without_stripe_costs_a_checkout_nothing() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-10", "19:00").await;
    stage.stripe_down(true).await;
    let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
    let told = stage.post(&stage.emma, "/api/v1/payments/checkout", body).await;
    told.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    // rule: 10§1: the hold ends at its time, whether or not anybody answers.
    stage.app.advance(30 * 60).await;
    let seen = stage.booking(&stage.emma, &id).await;
    assert_eq!(seen["status"], "PAYMENT_FAILED", "{seen}");
    let late = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
    stage.post(&stage.emma, "/api/v1/payments/checkout", late).await.refused(422, "HOLD_EXPIRED");
    stage.app.advance(30 * 60).await;
    stage.stripe_down(false).await;
    stage.app.advance(900).await;
    let seen = stage.booking(&stage.emma, &id).await;
    assert_eq!(seen["status"], "PAYMENT_FAILED", "{seen}");
    let held = stage.stand_in().position(&id);
    assert_eq!((held.held, held.captured), (0, 0));
    // The time is free again, for anybody.
    stage.book(&stage.john, "2026-11-10", "19:00").await;
}

/// A week without Stripe: the lesson took place, its money is taken and passed on once Stripe is back, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_week_without_stripe_loses_no_cent() {
    let mut stage = Stage::set().await;
    let asked = stage.book(&stage.emma, "2026-11-10", "19:00").await;
    let unasked = stage.book(&stage.emma, "2026-11-12", "18:00").await;
    stage.stripe_down(true).await;
    stage.at("2026-11-18T20:00:00Z").await;
    for id in [&asked, &unasked] {
        let held = stage.stand_in().position(id);
        assert_eq!((held.captured, held.transferred), (0, 0));
    }
    stage.stripe_down(false).await;
    stage.at("2026-11-19T04:00:00Z").await;
    for id in [&asked, &unasked] {
        let payment = stage.app.site().read(|r| money::payment(r, id.parse::<BookingId>().unwrap())).unwrap();
        assert_eq!((payment.status.name(), payment.instructor_payout.0), ("settled", 6800), "{payment:#?}");
        let held = stage.stand_in().position(id);
        assert_eq!((held.captured, held.transferred, held.held), (8960, 6800, 0));
    }
}

/// rule: 10§2.11: nobody waits for a job when the bank can be reached again: the lost answer is heard at the next try.
#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_whose_answer_was_lost_is_heard_at_the_next_try() {
    let stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-10", "21:00").await;
    stage.stripe_down(true).await;
    let body = json!({ "booking_id": id, "payment_method_id": "pm_card_visa" });
    for _ in 0..2 {
        let lost = stage.post(&stage.emma, "/api/v1/payments/checkout", body.clone()).await;
        lost.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    }
    stage.stripe_down(false).await;
    let paid = stage.post(&stage.emma, "/api/v1/payments/checkout", body).await.expect(200);
    assert_eq!((&paid["success"], &paid["status"]), (&json!(true), &json!("authorized")), "{paid}");
    assert_eq!(stage.stand_in().position(&id).held, 1);
}

/// rule: 10§7: another card is asked at once, also at the very instant its authorization was due.
#[tokio::test(flavor = "multi_thread")]
async fn another_card_is_asked_at_the_instant_the_first_was_refused() {
    let mut stage = Stage::set().await;
    let id = stage.hold(&stage.emma, "2026-11-12", "12:00").await;
    stage.checkout(&stage.emma, &id, "pm_card_chargeCustomerFail").await;
    stage.at("2026-11-11T17:00:00Z").await;
    let refused = stage.booking(&stage.emma, &id).await;
    assert_eq!(refused["payment"]["payment_status"], "payment_method_required", "{refused}");
    let request = stage.app.http.patch(format!("{}/api/v1/bookings/{id}/payment-method", stage.app.base));
    let card = json!({ "payment_method_id": "pm_card_mastercard" });
    let paid = answered(request.bearer_auth(&stage.emma.token).json(&card)).await.expect(200);
    assert_eq!(paid["payment"]["payment_status"], "authorized", "{paid}");
}
