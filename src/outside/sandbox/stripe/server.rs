//! The HTTP side: key, idempotency, ordered faults, then the operation.

use std::pin::Pin;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{Full, Limited};
use serde_json::Value;
use tokio::net::TcpListener;

use super::StandIn;
use super::answer::{Problem, as_stripe_shows_it};
use super::books::{Books, CallRecord, Change, Replay};
use super::cards::{Bank, GENERIC_DECLINE, INSUFFICIENT_FUNDS};
use super::control::FaultOrder;
use super::form::Form;
use super::routes::{self, Draft, Route};
use crate::base::secret::sha256_hex;
use crate::base::time::rfc3339;
use crate::outside::stripe::{Answered, Wire, WireCall};

pub(super) async fn serve(stand_in: StandIn, listener: TcpListener) {
    let router = Router::new().fallback(answer).with_state(stand_in);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "the Stripe stand-in stopped");
    }
}

/// What goes back over the wire.
enum Reply {
    Say { status: u16, body: Value, replayed: bool },
    HangUp,
}

async fn answer(
    State(stand_in): State<StandIn>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let call = Incoming {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        form: match method {
            Method::GET => uri.query().unwrap_or_default().to_owned(),
            _ => String::from_utf8_lossy(&body).into_owned(),
        },
        key: text("idempotency-key"),
        account: text("stripe-account"),
        authorized: text("authorization").is_some_and(|value| value.starts_with("Bearer sk_test_")),
    };
    // The log is fsynced while the books are locked: not on the threads that serve everybody else.
    let reply = tokio::task::spawn_blocking(move || stand_in.handle(&call)).await;
    match reply {
        Ok(Reply::Say { status, body, replayed }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let kind = [(header::CONTENT_TYPE, "application/json")];
            let mut response = (status, kind, body.to_string()).into_response();
            if replayed {
                response.headers_mut().insert("idempotent-replayed", header::HeaderValue::from_static("true"));
            }
            response
        }
        Ok(Reply::HangUp) | Err(_) => broken_off(),
    }
}

/// Parameters are compared, not bytes: a map of metadata may be written in another order the next time.
fn in_order(form: &str) -> String {
    let mut pairs: Vec<&str> = form.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// A response whose body fails before its first byte: the caller sees a lost connection.
fn broken_off() -> Response {
    let too_long = Full::new(Bytes::from_static(b"{}"));
    Response::new(Body::new(Limited::new(too_long, 1)))
}

struct Incoming {
    method: String,
    path: String,
    form: String,
    key: Option<String>,
    account: Option<String>,
    authorized: bool,
}

/// For a caller in the same process: no port, no HTTP, the same judgement.
impl Wire for StandIn {
    fn call(&self, call: WireCall) -> Pin<Box<dyn Future<Output = Answered> + Send>> {
        let WireCall { method, path, form, key, account } = call;
        let call = Incoming { method: method.to_owned(), path, form, key, account, authorized: true };
        let reply = match self.handle(&call) {
            Reply::Say { status, body, .. } => Some((status, body.to_string())),
            Reply::HangUp => None,
        };
        Box::pin(std::future::ready(reply))
    }
}

impl StandIn {
    /// One call from arrival to answer, alone with the books.
    fn handle(&self, call: &Incoming) -> Reply {
        match self.judge(call) {
            Ok(reply) => reply,
            Err(problem) => Reply::Say { status: problem.status, body: problem.body, replayed: false },
        }
    }

    fn judge(&self, call: &Incoming) -> Result<Reply, Problem> {
        if !call.authorized {
            return Err(Problem::unauthorized());
        }
        let unknown = || Problem::unknown_url(&call.method, &call.path);
        let path = call.path.strip_prefix("/v1/").ok_or_else(unknown)?;
        let (route, ids) = routes::find(&call.method, path).ok_or_else(unknown)?;
        let form = Form::parse(&call.form)?;
        let mut books = self.books();
        let now = self.inner.clock.now();
        let booking = booking_of(&books, &form, &ids);
        let mut record = CallRecord {
            at: rfc3339(now),
            operation: route.operation.to_owned(),
            object_id: ids.first().map(|id| (*id).to_owned()),
            idempotency_key: call.key.clone(),
            booking_id: booking.clone(),
        };
        let request = sha256_hex(format!("{} {} {}", call.method, call.path, in_order(&call.form)));
        if let Some(key) = &call.key
            && let Some(replay) = books.replayed(key, now.as_second()).cloned()
        {
            record.object_id = replay.body["id"].as_str().map(str::to_owned).or(record.object_id);
            note(&mut books, record, None)?;
            if replay.request != request {
                return Err(Problem::key_reused(key));
            }
            return Ok(Reply::Say { status: replay.status, body: replay.body, replayed: true });
        }
        let fault = take_fault(&mut books.faults, &route, &form, booking.as_deref());
        match fault.as_deref() {
            Some("timeout") => return note(&mut books, record, fault).map(|()| Reply::HangUp),
            Some("api_error") => {
                note(&mut books, record, fault)?;
                return Err(Problem::outage());
            }
            _ => {}
        }
        self.execute(&mut books, call, Task { route, ids, form, record, request, fault })
    }

    /// Runs the operation and makes its changes, its answer and its trace durable together.
    fn execute(&self, books: &mut Books, call: &Incoming, task: Task<'_>) -> Result<Reply, Problem> {
        let Task { route, ids, form, mut record, request, fault } = task;
        let forced = match fault.as_deref() {
            Some("card_declined") => Some(GENERIC_DECLINE),
            Some("insufficient_funds") => Some(INSUFFICIENT_FUNDS),
            Some("authentication_required") => Some(Bank::Authenticates),
            _ => None,
        };
        let mut draft = Draft::new(books, &self.inner, forced);
        draft.account.clone_from(&call.account);
        draft.kind = routes::kind_for(&route);
        let outcome = match (forced, route.bank_speaks(&form)) {
            (Some(Bank::Declines(code, decline, message)), false) => Err(Problem::card(code, decline, message, None)),
            _ => (route.handler)(&mut draft, &form, &ids),
        };
        let mut change = draft.change;
        let (status, mut body) = match outcome {
            Ok(body) => (200, body),
            Err(problem) => (problem.status, problem.body),
        };
        as_stripe_shows_it(&mut body);
        if let Some(id) = body["id"].as_str().or_else(|| body["error"]["payment_intent"]["id"].as_str()) {
            record.object_id = Some(id.to_owned());
        }
        if call.method == "POST"
            && let Some(key) = &call.key
        {
            let at = self.inner.clock.now().as_second();
            change.replay = Some(Replay { key: key.clone(), request, status, body: body.clone(), at });
        }
        change.call = Some(record);
        change.faults = fault.is_some().then(|| books.faults.clone());
        let news = !change.events.is_empty();
        books.commit(change).map_err(|_| Problem::outage())?;
        if news {
            self.inner.bell.notify_one();
        }
        match fault.as_deref() {
            Some("timeout_after_success") => Ok(Reply::HangUp),
            _ => Ok(Reply::Say { status, body, replayed: false }),
        }
    }
}

struct Task<'a> {
    route: Route,
    ids: Vec<&'a str>,
    form: Form,
    record: CallRecord,
    request: String,
    fault: Option<String>,
}

/// Remembers a call that changed nothing.
fn note(books: &mut Books, record: CallRecord, fault: Option<String>) -> Result<(), Problem> {
    let faults = fault.is_some().then(|| books.faults.clone());
    books.commit(Change { call: Some(record), faults, ..Change::default() }).map_err(|_| Problem::outage())
}

/// The booking a call is about: from its metadata, or from the object it names.
fn booking_of(books: &Books, form: &Form, ids: &[&str]) -> Option<String> {
    let named = ids.first().copied().or_else(|| form.text("payment_intent")).or_else(|| form.text("charge"));
    let own = form.metadata()["booking_id"].as_str().map(str::to_owned);
    own.or_else(|| named.and_then(|id| books.get(id))?["metadata"]["booking_id"].as_str().map(str::to_owned))
}

/// Uses up one of the ordered faults that fit this call.
fn take_fault(faults: &mut Vec<FaultOrder>, route: &Route, form: &Form, booking: Option<&str>) -> Option<String> {
    let at = faults.iter().position(|fault| {
        let operation = fault.operation == route.operation
            || (fault.operation == "payment_intents.confirm" && route.confirms(form));
        operation && fault.booking_id.as_deref().is_none_or(|id| booking == Some(id))
    })?;
    let error = faults[at].error.clone();
    faults[at].times -= 1;
    if faults[at].times == 0 {
        faults.remove(at);
    }
    Some(error)
}
