//! What a test or an operator may do to the stand-in: order faults, look at its books, act for the bank.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::StandIn;
use super::books::{Books, Change};
use super::routes::{self, Draft};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, rfc3339};

const ERRORS: [&str; 6] =
    ["card_declined", "insufficient_funds", "authentication_required", "api_error", "timeout", "timeout_after_success"];

/// The next `times` calls of an operation fail this way; only those of one booking, if it is named.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultOrder {
    pub operation: String,
    pub error: String,
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub booking_id: Option<String>,
}

fn once() -> u32 {
    1
}

/// What the books say of one booking: money taken from its cards and given back, money sent on and taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub captured: i64,
    pub refunded: i64,
    pub transferred: i64,
    pub reversed: i64,
    /// What banks took back, or hold until they have judged.
    pub disputed: i64,
    /// Payments whose money the bank still holds.
    pub held: u32,
}

impl StandIn {
    pub fn position(&self, booking: &str) -> Position {
        let books = self.books();
        let mine =
            |kind: &'static str| books.all(kind).filter(|o| o["metadata"]["booking_id"].as_str() == Some(booking));
        let sum = |kind: &'static str, field: &str| mine(kind).filter_map(|o| o[field].as_i64()).sum();
        let held = mine("payment_intent").filter(|o| o["status"] == "requires_capture").count();
        Position {
            captured: sum("payment_intent", "amount_received"),
            refunded: sum("refund", "amount"),
            transferred: sum("transfer", "amount"),
            reversed: sum("transfer", "amount_reversed"),
            disputed: mine("dispute").filter(|o| o["status"] != "won").filter_map(|o| o["amount"].as_i64()).sum(),
            held: u32::try_from(held).unwrap_or(u32::MAX),
        }
    }

    /// What an account was sent, less what was taken back.
    pub fn sent_to(&self, account: &str) -> i64 {
        let books = self.books();
        let mine = books.all("transfer").filter(|o| o["destination"].as_str() == Some(account));
        mine.map(|o| o["amount"].as_i64().unwrap_or_default() - o["amount_reversed"].as_i64().unwrap_or_default()).sum()
    }

    /// The faults still to come.
    pub fn faults(&self) -> Vec<FaultOrder> {
        self.books().faults.clone()
    }

    /// Adds a fault; `times: 0` takes back those ordered for the operation.
    pub fn order_fault(&self, order: FaultOrder) -> Outcome<()> {
        if !routes::is_operation(&order.operation) {
            return Err(Refusal::invalid("operation", format!("One of: {}.", routes::operation_names().join(", "))));
        }
        if !ERRORS.contains(&order.error.as_str()) {
            return Err(Refusal::invalid("error", format!("One of: {}.", ERRORS.join(", "))));
        }
        let mut books = self.books();
        let mut faults = books.faults.clone();
        match order.times {
            0 => faults.retain(|fault| fault.operation != order.operation),
            _ => faults.push(order),
        }
        books.commit(Change { faults: Some(faults), ..Change::default() }).map_err(Refusal::internal)
    }

    /// The books, newest first, and the calls that arrived, oldest first.
    pub fn objects(&self, kind: Option<&str>, booking: Option<&str>) -> Outcome<Value> {
        const KINDS: [&str; 5] = ["payment_intent", "transfer", "refund", "charge", "payout"];
        if kind.is_some_and(|kind| !KINDS.contains(&kind)) {
            return Err(Refusal::invalid("type", format!("One of: {}.", KINDS.join(", "))));
        }
        let books = self.books();
        let belongs = |object: &&Value| booking.is_none_or(|id| object["metadata"]["booking_id"].as_str() == Some(id));
        let wanted = KINDS.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one));
        let mut found: Vec<&Value> = wanted.flat_map(|kind| books.all(kind)).filter(belongs).collect();
        found.sort_by_key(|object| std::cmp::Reverse(object["created"].as_i64()));
        let items: Vec<Value> = found.into_iter().map(|object| summary(&books, object)).collect();
        let calls: Vec<Value> = books
            .calls
            .iter()
            .filter(|call| booking.is_none_or(|id| call.booking_id.as_deref() == Some(id)))
            .map(|call| {
                json!({"at": call.at, "operation": call.operation, "object_id": call.object_id,
                       "idempotency_key": call.idempotency_key})
            })
            .collect();
        Ok(json!({"items": items, "calls": calls}))
    }

    /// A bank's dispute of a captured payment, or its end.
    /// Answers the dispute's id.
    pub fn dispute(&self, intent: &str, status: &str) -> Outcome<String> {
        self.act(|draft| {
            let intent = draft.of_kind("payment_intent", intent)?;
            match status {
                "opened" => super::moves::open_dispute(draft, &intent),
                "won" | "lost" => super::moves::close_dispute(draft, &intent, status == "won"),
                _ => Err(super::answer::Problem::invalid("status is one of opened, won, lost", Some("status"))),
            }
        })
        .map(|dispute| dispute["id"].as_str().unwrap_or_default().to_owned())
    }

    /// The instructor has filled in everything Stripe asked for.
    pub fn onboard(&self, account: &str) -> Outcome<()> {
        self.act(|draft| super::accounts::finish(draft, account)).map(drop)
    }

    /// Where the instructor came from, to be sent back to.
    pub fn account_return_url(&self, account: &str) -> Outcome<String> {
        let found = self.act(|draft| draft.of_kind("account", account))?;
        Ok(found["stand_in_return_url"].as_str().unwrap_or("/").to_owned())
    }

    /// The person has shown their document, and this name stands on it.
    pub fn verify_identity(&self, session: &str, name: Option<(&str, &str)>) -> Outcome<()> {
        self.act(|draft| super::accounts::verify_identity(draft, session, name)).map(drop)
    }

    /// Where the person came from; `None` once the document was shown.
    pub fn identity_return_url(&self, session: &str) -> Outcome<Option<String>> {
        let found = self.act(|draft| draft.of_kind("identity.verification_session", session))?;
        let open = found["status"] == "requires_input";
        Ok(open.then(|| found["stand_in_return_url"].as_str().unwrap_or("/").to_owned()))
    }

    /// Runs something a person does on Stripe's own pages, with its events.
    pub(super) fn act(
        &self,
        deed: impl FnOnce(&mut Draft<'_>) -> Result<Value, super::answer::Problem>,
    ) -> Outcome<Value> {
        let mut books = self.books();
        let mut draft = Draft::new(&books, &self.inner, None);
        let answer = deed(&mut draft);
        let change = draft.change;
        if !change.put.is_empty() {
            books.commit(change).map_err(Refusal::internal)?;
            self.inner.bell.notify_one();
        }
        drop(books);
        answer.map_err(|problem| {
            let message = problem.body["error"]["message"].as_str().unwrap_or("The stand-in refused this.").to_owned();
            match problem.status {
                404 => Refusal::not_found("SANDBOX_OBJECT_NOT_FOUND", message),
                _ => Refusal::unprocessable("SANDBOX_REFUSED", message),
            }
        })
    }
}

/// One object as tests see it. Money that was only held and released counts neither as captured nor as refunded.
fn summary(books: &Books, object: &Value) -> Value {
    let id = &object["id"];
    let refunds = |field: &str| -> i64 {
        books.all("refund").filter(|r| &r[field] == id).filter_map(|r| r["amount"].as_i64()).sum()
    };
    let (captured, refunded) = match object["object"].as_str() {
        Some("payment_intent") => (object["amount_received"].as_i64(), refunds("payment_intent")),
        Some("charge") => (object["amount_captured"].as_i64(), refunds("charge")),
        Some("transfer") => (object["amount"].as_i64(), object["amount_reversed"].as_i64().unwrap_or_default()),
        _ => (object["amount"].as_i64(), 0),
    };
    let status = match (object["status"].as_str(), &object["reversed"]) {
        (Some(status), _) => status,
        (None, Value::Bool(true)) => "reversed",
        (None, _) => "paid",
    };
    let created = object["created"].as_i64().and_then(|s| Timestamp::from_second(s).ok()).map(rfc3339);
    json!({
        "id": id, "type": object["object"], "status": status, "amount": object["amount"],
        "amount_captured": captured, "amount_refunded": refunded, "metadata": object["metadata"], "created": created,
    })
}
