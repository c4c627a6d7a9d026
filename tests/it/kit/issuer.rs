//! A certificate issuer (RFC 8555) that asks on "port 80" before it signs, as a real one does.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, head, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use instainstru::base::secret::Entropy;
use instainstru::base::time::{Clock, SignedDuration, TimeZone, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, IsCa, KeyPair};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::app::http;

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub struct Issuer(Arc<Office>);

struct Office {
    base: String,
    root: CertifiedIssuer<'static, KeyPair>,
    /// Where the names that it is asked for lead to.
    leads_to: watch::Sender<Option<SocketAddr>>,
    away: AtomicBool,
    signed: AtomicUsize,
    nonces: Mutex<HashSet<String>>,
    /// Thumbprints of keys, by the account's address.
    accounts: Mutex<HashMap<String, String>>,
    orders: Mutex<Vec<Order>>,
}

#[derive(Clone, Default)]
struct Order {
    name: String,
    status: &'static str,
    /// What it saw when it asked and did not like.
    seen: Option<String>,
    certificate: String,
}

impl Issuer {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut root = CertificateParams::new(Vec::new()).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let office = Arc::new(Office {
            base: format!("http://{}", listener.local_addr().unwrap()),
            root: CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap(),
            leads_to: watch::channel(None).0,
            away: AtomicBool::default(),
            signed: AtomicUsize::default(),
            nonces: Mutex::default(),
            accounts: Mutex::default(),
            orders: Mutex::default(),
        });
        let router = Router::new()
            .route("/directory", get(directory))
            .route("/nonce", head(async || ()))
            .route("/account", post(account))
            .route("/order", post(order))
            .route("/order/{n}", post(order_state))
            .route("/authorization/{n}", post(authorization))
            .route("/challenge/{n}", post(challenge))
            .route("/finalize/{n}", post(finalize))
            .route("/certificate/{n}", post(certificate))
            .layer(from_fn_with_state(office.clone(), desk))
            .with_state(office.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self(office)
    }

    pub fn directory(&self) -> String {
        format!("{}/directory", self.0.base)
    }

    /// The certificate that clients trust.
    pub fn root(&self) -> String {
        self.0.root.pem()
    }

    /// From now on names lead there; an order waits until they lead anywhere.
    pub fn leads_to(&self, there: SocketAddr) {
        self.0.leads_to.send_replace(Some(there));
    }

    pub fn is_away(&self, away: bool) {
        self.0.away.store(away, Ordering::SeqCst);
    }

    /// How many certificates it signed.
    pub fn signed(&self) -> usize {
        self.0.signed.load(Ordering::SeqCst)
    }

    /// Key and chain for a name, as if issued `age` days ago for ninety.
    pub fn chain(&self, name: &str, age: i32) -> String {
        let key = KeyPair::generate().unwrap();
        let leaf = dated(CertificateParams::new([name.to_owned()]).unwrap(), age);
        format!("{}{}", key.serialize_pem(), leaf.signed_by(&key, &*self.0.root).unwrap().pem())
    }
}

fn dated(mut params: CertificateParams, age: i32) -> CertificateParams {
    let from = today() - DAY * age;
    let at = |when: Timestamp| {
        let date = when.to_zoned(TimeZone::UTC).date();
        rcgen::date_time_ymd(date.year().into(), date.month().cast_unsigned(), date.day().cast_unsigned())
    };
    (params.not_before, params.not_after) = (at(from), at(from + DAY * 90));
    params
}

fn today() -> Timestamp {
    Clock::system().now()
}

/// A fresh nonce for every answer; nothing is answered while the office is away.
async fn desk(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    if office.away.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut response = next.run(request).await;
    let mut nonces = office.nonces.lock().unwrap();
    let nonce = format!("nonce{}", Entropy::system().token());
    response.headers_mut().insert("replay-nonce", nonce.parse().unwrap());
    nonces.insert(nonce);
    response
}

async fn directory(State(office): State<Arc<Office>>) -> axum::Json<Value> {
    let at = |path: &str| format!("{}/{path}", office.base);
    axum::Json(json!({ "newNonce": at("nonce"), "newAccount": at("account"), "newOrder": at("order") }))
}

fn problem(kind: &str, detail: &str) -> Response {
    let body = json!({ "type": format!("urn:ietf:params:acme:error:{kind}"), "detail": detail });
    (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// What a signed request says of itself, and what it says.
struct Letter {
    head: Value,
    body: Value,
}

impl Office {
    fn read(&self, path: &str, bytes: &Bytes) -> Result<Letter, Response> {
        let part = |text: &Value| URL_SAFE_NO_PAD.decode(text.as_str().unwrap_or_default()).unwrap_or_default();
        let all: Value = serde_json::from_slice(bytes).map_err(|_| problem("malformed", "not a JWS"))?;
        let head: Value =
            serde_json::from_slice(&part(&all["protected"])).map_err(|_| problem("malformed", "no head"))?;
        if !self.nonces.lock().unwrap().remove(head["nonce"].as_str().unwrap_or_default()) {
            return Err(problem("badNonce", "a nonce of somebody else"));
        }
        if head["url"] != format!("{}{path}", self.base)
            || head["alg"] != "ES256"
            || part(&all["signature"]).len() != 64
        {
            return Err(problem("unauthorized", "signed for something else"));
        }
        let known = head["kid"].as_str().is_some_and(|kid| self.accounts.lock().unwrap().contains_key(kid));
        if path != "/account" && !known {
            return Err(problem("accountDoesNotExist", "who are you?"));
        }
        let body = part(&all["payload"]);
        Ok(Letter { head, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    fn shown(&self, n: usize) -> Value {
        let order = self.orders.lock().unwrap()[n].clone();
        let mut shown = json!({
            "status": order.status, "identifiers": [{ "type": "dns", "value": order.name }],
            "authorizations": [format!("{}/authorization/{n}", self.base)],
            "finalize": format!("{}/finalize/{n}", self.base),
        });
        if order.status == "valid" {
            shown["certificate"] = json!(format!("{}/certificate/{n}", self.base));
        }
        shown
    }

    fn challenge(&self, n: usize) -> Value {
        let order = self.orders.lock().unwrap()[n].clone();
        let status = if order.status == "ready" { "valid" } else { order.status };
        let mut shown = json!({
            "type": "http-01", "status": status, "token": format!("token-{n}"),
            "url": format!("{}/challenge/{n}", self.base),
        });
        if let Some(seen) = order.seen {
            shown["error"] = json!({ "type": "urn:ietf:params:acme:error:connection", "detail": seen });
        }
        shown
    }

    /// Goes to the name's port 80, wherever that is, and compares.
    async fn ask(&self, n: usize, kid: &str) -> Result<(), String> {
        let there = *self.leads_to.subscribe().wait_for(Option::is_some).await.unwrap();
        let name = self.orders.lock().unwrap()[n].name.clone();
        let url = format!("http://{}/.well-known/acme-challenge/token-{n}", there.unwrap());
        let answer = http().get(url).header(header::HOST, name).send().await.map_err(|e| format!("connection: {e}"))?;
        let said = answer.text().await.map_err(|e| e.to_string())?;
        let want = format!("token-{n}.{}", self.accounts.lock().unwrap()[kid]);
        if said == want { Ok(()) } else { Err(format!("it said {said:?} instead of {want:?}")) }
    }
}

/// A handler's answer; what is wrong is told at once.
type Answer = Result<Response, Response>;

async fn account(State(office): State<Arc<Office>>, bytes: Bytes) -> Answer {
    let letter = office.read("/account", &bytes)?;
    if letter.body["termsOfServiceAgreed"] != true {
        return Err(problem("userActionRequired", "agree to the terms"));
    }
    let key = |part: &str| letter.head["jwk"][part].as_str().unwrap_or_default().to_owned();
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, key("x"), key("y"));
    let thumb = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
    let mut accounts = office.accounts.lock().unwrap();
    let kid = format!("{}/account/{}", office.base, accounts.len());
    accounts.insert(kid.clone(), thumb);
    Ok((StatusCode::CREATED, [(header::LOCATION, kid)], json!({ "status": "valid" }).to_string()).into_response())
}

async fn order(State(office): State<Arc<Office>>, bytes: Bytes) -> Answer {
    let letter = office.read("/order", &bytes)?;
    let name = letter.body["identifiers"][0]["value"].as_str().unwrap_or_default().to_owned();
    let n = {
        let mut orders = office.orders.lock().unwrap();
        orders.push(Order { name, status: "pending", ..Order::default() });
        orders.len() - 1
    };
    let place = format!("{}/order/{n}", office.base);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], office.shown(n).to_string()).into_response())
}

async fn order_state(State(office): State<Arc<Office>>, Path(n): Path<usize>, bytes: Bytes) -> Answer {
    office.read(&format!("/order/{n}"), &bytes)?;
    Ok(office.shown(n).to_string().into_response())
}

async fn authorization(State(office): State<Arc<Office>>, Path(n): Path<usize>, bytes: Bytes) -> Answer {
    office.read(&format!("/authorization/{n}"), &bytes)?;
    let challenge = office.challenge(n);
    let name = office.orders.lock().unwrap()[n].name.clone();
    let identifier = json!({ "type": "dns", "value": name });
    let shown = json!({ "status": challenge["status"], "identifier": identifier, "challenges": [challenge] });
    Ok(shown.to_string().into_response())
}

async fn challenge(State(office): State<Arc<Office>>, Path(n): Path<usize>, bytes: Bytes) -> Answer {
    let letter = office.read(&format!("/challenge/{n}"), &bytes)?;
    let shown = office.challenge(n);
    // It asks in its own time; the client has to come back for what became of it.
    tokio::spawn(async move {
        let saw = office.ask(n, letter.head["kid"].as_str().unwrap()).await;
        let mut orders = office.orders.lock().unwrap();
        orders[n].status = if saw.is_ok() { "ready" } else { "invalid" };
        orders[n].seen = saw.err();
    });
    Ok(shown.to_string().into_response())
}

async fn finalize(State(office): State<Arc<Office>>, Path(n): Path<usize>, bytes: Bytes) -> Answer {
    let letter = office.read(&format!("/finalize/{n}"), &bytes)?;
    if office.orders.lock().unwrap()[n].status != "ready" {
        return Err(problem("orderNotReady", "prove it first"));
    }
    let der = URL_SAFE_NO_PAD.decode(letter.body["csr"].as_str().unwrap_or_default()).unwrap_or_default();
    let Ok(mut request) = CertificateSigningRequestParams::from_der(&der.into()) else {
        return Err(problem("badCSR", "not a request that its key signed"));
    };
    let name = office.orders.lock().unwrap()[n].name.clone();
    if request.params.subject_alt_names != [rcgen::SanType::DnsName(name.try_into().unwrap())] {
        return Err(problem("badCSR", "for another name"));
    }
    request.params = dated(request.params, 1);
    {
        let mut orders = office.orders.lock().unwrap();
        orders[n].certificate = format!("{}{}", request.signed_by(&office.root).unwrap().pem(), office.root.pem());
        orders[n].status = "valid";
    }
    office.signed.fetch_add(1, Ordering::SeqCst);
    Ok(office.shown(n).to_string().into_response())
}

async fn certificate(
    State(office): State<Arc<Office>>,
    Path(n): Path<usize>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answer {
    assert_eq!(headers[header::CONTENT_TYPE], "application/jose+json");
    office.read(&format!("/certificate/{n}"), &bytes)?;
    Ok(office.orders.lock().unwrap()[n].certificate.clone().into_response())
}
