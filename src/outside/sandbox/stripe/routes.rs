//! Which URL is which operation, and the draft of changes an operation writes into.

use serde_json::{Value, json};

use super::answer::{Answer, Problem, as_stripe_shows_it};
use super::books::{Books, Change};
use super::cards::Bank;
use super::form::Form;
use super::{Inner, accounts, card_page, customers, intents, moves, paydays};

type Handler = fn(&mut Draft<'_>, &Form, &[&str]) -> Answer;

/// Method, path pattern (`*` is an id), operation, handler.
const ROUTES: &[(&str, &str, &str, Handler)] = &[
    ("POST", "payment_intents", "payment_intents.create", intents::create),
    ("GET", "payment_intents/*", "payment_intents.retrieve", retrieve),
    ("GET", "payment_intents", "payment_intents.list", list),
    ("POST", "payment_intents/*/confirm", "payment_intents.confirm", intents::confirm),
    ("POST", "payment_intents/*/capture", "payment_intents.capture", intents::capture),
    ("POST", "payment_intents/*/cancel", "payment_intents.cancel", intents::cancel),
    ("GET", "charges/*", "charges.retrieve", retrieve),
    ("GET", "charges", "charges.list", list),
    ("POST", "refunds", "refunds.create", moves::refund),
    ("GET", "refunds/*", "refunds.retrieve", retrieve),
    ("GET", "refunds", "refunds.list", list),
    ("POST", "transfers", "transfers.create", moves::transfer),
    ("GET", "transfers/*", "transfers.retrieve", retrieve),
    ("GET", "transfers", "transfers.list", list),
    ("POST", "transfers/*/reversals", "transfers.reverse", moves::reverse),
    ("GET", "transfers/*/reversals", "transfers.list_reversals", moves::reversals),
    ("POST", "payouts", "payouts.create", paydays::create),
    ("GET", "payouts", "payouts.list", paydays::list),
    ("GET", "balance", "balance.retrieve", paydays::retrieve_balance),
    ("POST", "customers", "customers.create", customers::create),
    ("GET", "customers/*", "customers.retrieve", retrieve),
    ("GET", "customers/*/payment_methods", "payment_methods.list", customers::list_methods),
    ("GET", "payment_methods", "payment_methods.list", customers::list_methods),
    ("GET", "payment_methods/*", "payment_methods.retrieve", retrieve),
    ("POST", "payment_methods/*/attach", "payment_methods.attach", customers::attach),
    ("POST", "payment_methods/*/detach", "payment_methods.detach", customers::detach),
    ("POST", "setup_intents", "setup_intents.create", customers::create_setup),
    ("GET", "setup_intents/*", "setup_intents.retrieve", retrieve),
    ("POST", "setup_intents/*/confirm", "setup_intents.confirm", customers::confirm_setup),
    ("POST", "checkout/sessions", "checkout.sessions.create", card_page::create),
    ("GET", "checkout/sessions/*", "checkout.sessions.retrieve", retrieve),
    ("POST", "accounts", "accounts.create", accounts::create),
    ("GET", "accounts/*", "accounts.retrieve", retrieve),
    ("POST", "accounts/*", "accounts.update", accounts::update),
    ("POST", "accounts/*/login_links", "login_links.create", accounts::login_link),
    ("POST", "account_links", "account_links.create", accounts::link),
    ("POST", "identity/verification_sessions", "identity.verification_sessions.create", accounts::create_identity),
    ("GET", "identity/verification_sessions/*", "identity.verification_sessions.retrieve", retrieve),
];

pub(super) struct Route {
    pub operation: &'static str,
    pub handler: Handler,
}

impl Route {
    /// Whether this call also confirms a payment.
    pub fn confirms(&self, form: &Form) -> bool {
        self.operation == "payment_intents.create" && form.flag("confirm")
    }

    /// Whether the bank is asked in it: only then a decline belongs to a payment.
    pub fn bank_speaks(&self, form: &Form) -> bool {
        self.operation == "payment_intents.confirm" || self.confirms(form)
    }
}

/// The operation behind a call and the ids in its path.
pub(super) fn find<'p>(method: &str, path: &'p str) -> Option<(Route, Vec<&'p str>)> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    ROUTES.iter().find_map(|(verb, pattern, operation, handler)| {
        let wanted: Vec<&str> = pattern.split('/').collect();
        let fits = *verb == method
            && wanted.len() == parts.len()
            && wanted.iter().zip(&parts).all(|(want, part)| *want == "*" || want == part);
        let ids = || wanted.iter().zip(&parts).filter(|(want, _)| **want == "*").map(|(_, part)| *part).collect();
        fits.then(|| (Route { operation, handler: *handler }, ids()))
    })
}

pub(super) fn is_operation(name: &str) -> bool {
    ROUTES.iter().any(|(_, _, operation, _)| *operation == name)
}

pub(super) fn operation_names() -> Vec<&'static str> {
    let mut names: Vec<_> = ROUTES.iter().map(|(_, _, operation, _)| *operation).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The changes of one operation: it reads the books and its own changes, and nothing is true before the commit.
pub(super) struct Draft<'a> {
    books: &'a Books,
    inner: &'a Inner,
    pub change: Change,
    pub now: i64,
    /// An ordered fault speaks in place of the bank.
    pub forced: Option<Bank>,
    /// The `Stripe-Account` header.
    pub account: Option<String>,
    /// Which kind a generic route reads.
    pub kind: &'static str,
}

impl<'a> Draft<'a> {
    pub fn new(books: &'a Books, inner: &'a Inner, forced: Option<Bank>) -> Self {
        let now = inner.clock.now().as_second();
        Self { books, inner, change: Change::default(), now, forced, account: None, kind: "" }
    }

    pub fn find(&self, id: &str) -> Option<&Value> {
        self.change.put.iter().rev().find(|o| o["id"].as_str() == Some(id)).or_else(|| self.books.get(id))
    }

    pub fn of_kind(&self, kind: &str, id: &str) -> Answer {
        let found = self.find(id).filter(|o| o["object"].as_str() == Some(kind));
        found.cloned().ok_or_else(|| Problem::absent(kind, id))
    }

    pub fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.books.all(kind)
    }

    pub fn put(&mut self, object: &Value) {
        self.change.put.push(object.clone());
    }

    pub fn new_id(&self, prefix: &str) -> String {
        format!("{prefix}_{}", hex::encode(self.inner.entropy.bytes::<12>()))
    }

    pub fn year(&self) -> i16 {
        crate::base::time::utc_to_local(self.inner.clock.now(), &crate::base::time::TimeZone::UTC).0.year()
    }

    /// An address on the marketplace's own sandbox pages.
    pub fn page(&self, path: &str) -> String {
        format!("{}/sandbox/{path}", self.inner.settings.public_url.trim_end_matches('/'))
    }

    /// Tells the marketplace that something happened to `object`.
    pub fn event(&mut self, kind: &str, object: &Value) {
        let account = match object["object"].as_str() {
            Some("account") => object["id"].clone(),
            Some("payout") => object["stand_in_account"].clone(),
            _ => Value::Null,
        };
        let mut event = json!({
            "id": self.new_id("evt"), "object": "event", "type": kind, "created": self.now, "livemode": false,
            "api_version": stripe_shared::version::VERSION.as_str(), "pending_webhooks": 1,
            "request": {"id": null, "idempotency_key": null},
            "data": {"object": object},
        });
        as_stripe_shows_it(&mut event["data"]);
        if !account.is_null() {
            event["account"] = account;
        }
        self.change.events.push(event);
    }
}

fn kind_of(operation: &str) -> &'static str {
    match operation.rsplit_once('.').map_or(operation, |(group, _)| group) {
        "payment_intents" => "payment_intent",
        "charges" => "charge",
        "refunds" => "refund",
        "transfers" => "transfer",
        "payouts" => "payout",
        "customers" => "customer",
        "payment_methods" => "payment_method",
        "setup_intents" => "setup_intent",
        "checkout.sessions" => "checkout.session",
        "accounts" => "account",
        "identity.verification_sessions" => "identity.verification_session",
        _ => "",
    }
}

pub(super) fn kind_for(route: &Route) -> &'static str {
    kind_of(route.operation)
}

fn retrieve(draft: &mut Draft<'_>, _: &Form, ids: &[&str]) -> Answer {
    let id = ids.first().copied().unwrap_or_default();
    if draft.kind == "payment_method"
        && let Some(card) = super::cards::by_token(id)
    {
        return Ok(super::cards::method_object(id, card, draft.now, draft.year()));
    }
    draft.of_kind(draft.kind, id)
}

fn list(draft: &mut Draft<'_>, form: &Form, _: &[&str]) -> Answer {
    const FILTERS: [&str; 5] = ["customer", "payment_intent", "charge", "destination", "transfer_group"];
    let chosen: Vec<Value> = draft
        .all(draft.kind)
        .filter(|o| FILTERS.iter().all(|f| form.text(f).is_none_or(|want| o[*f].as_str() == Some(want))))
        .cloned()
        .collect();
    Ok(page_of(chosen, form, &format!("/v1/{}s", draft.kind)))
}

/// A page of a list, newest first, as Stripe pages it.
pub(super) fn page_of(all: Vec<Value>, form: &Form, url: &str) -> Value {
    let limit = form.text("limit").and_then(|l| l.parse().ok()).unwrap_or(10usize).clamp(1, 100);
    let start = form
        .text("starting_after")
        .and_then(|id| all.iter().position(|o| o["id"].as_str() == Some(id)))
        .map_or(0, |at| at + 1);
    let data: Vec<&Value> = all.iter().skip(start).take(limit).collect();
    json!({"object": "list", "url": url, "has_more": all.len() > start + limit, "data": data})
}
