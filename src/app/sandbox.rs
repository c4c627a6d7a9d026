//! Sandbox control (contract §2): the clock, the jobs, the stand-ins, the outbox, for whoever sits at this machine.
//!
//! Loopback peers only, no session; in live mode none of it exists.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::routes;

use super::metrics::Scraper;
use super::{demo, sandbox_clock};
use crate::accounts::Accounts;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_seconds};
use crate::console::ReloadSecret;
use crate::jobs::{self, Runner};
use crate::notify::MailFaults;
use crate::outside::sandbox::stripe::{FaultOrder, StandIn};
use crate::search;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, ClientIp, Fault, Limiter, Params, WindowRule};

/// What the control calls steer.
pub struct SandboxPart {
    pub runner: Runner,
    pub stand_in: Option<StandIn>,
    /// Held by whoever moves the clock: it knows how the clock went before.
    pub moving: tokio::sync::Mutex<()>,
}

/// Secrets of the stand-ins, told to whoever may ask.
pub struct SandboxSecrets {
    pub stripe_webhook: String,
}

/// Adds the control calls in sandbox mode; leaves live mode without them.
pub fn routes(api: Api, site: &Site) -> Api {
    if !site.is_sandbox() {
        return api;
    }
    let api = crate::search::api::sandbox_routes(api);
    crate::notify::sandbox_routes(api, site)
        .route(Access::Loopback, routes!(read_clock, move_clock))
        .route(Access::Loopback, routes!(run_jobs))
        .route(Access::Loopback, routes!(hold_jobs))
        .route(Access::Loopback, routes!(list_runs))
        .route(Access::Loopback, routes!(read_secrets))
        .route(Access::Loopback, routes!(demo_accounts))
        .route(Access::Loopback, routes!(order_stripe_fault))
        .route(Access::Loopback, routes!(stripe_objects))
        .route(Access::Loopback, routes!(dispute))
        .route(Access::Loopback, routes!(onboard))
        .route(Access::Loopback, routes!(verify_identity))
        .route(Access::Loopback, routes!(switch))
        .route(Access::Loopback, routes!(order_faults))
}

/// The peer is this machine, else 404.
pub fn at_this_machine(ip: ClientIp) -> Outcome<()> {
    if ip.0.to_canonical().is_loopback() {
        return Ok(());
    }
    Err(Refusal::not_found("NOT_FOUND", "There is nothing at this address."))
}

fn clock_json(site: &Site) -> Value {
    json!({ "now": site.now(), "frozen": site.clock.is_frozen() })
}

#[utoipa::path(get, path = "/sandbox/v1/clock", tag = "sandbox", operation_id = "read_clock", responses((status = 200, body = Value)))]
async fn read_clock(State(site): State<Site>, ip: ClientIp) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    Ok(Json(clock_json(&site)))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct ClockMove {
    #[schema(value_type = Option<String>, format = DateTime)]
    set: Option<Timestamp>,
    advance_seconds: Option<i64>,
    frozen: Option<bool>,
}

/// Moves, freezes or releases the clock. Everything due up to the new time runs first, each job at its own instant.
#[utoipa::path(post, path = "/sandbox/v1/clock", tag = "sandbox", operation_id = "move_clock", request_body = ClockMove, responses((status = 200, body = Value)))]
async fn move_clock(State(site): State<Site>, ip: ClientIp, Body(wish): Body<ClockMove>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let part = site.part::<SandboxPart>()?;
    let _moving = part.moving.lock().await;
    let before = site.now();
    let target = match (wish.set, wish.advance_seconds) {
        (Some(_), Some(_)) => return Err(Refusal::invalid("set", "Either set or advance_seconds, not both.").into()),
        (Some(at), None) => Some(at),
        (None, Some(seconds)) => Some(plus_seconds(before, seconds)),
        (None, None) => None,
    };
    let mut jobs_run = 0;
    if let Some(target) = target {
        if target < before {
            return Err(backwards().into());
        }
        if target.as_second() > LAST_SECOND {
            let words =
                "The sandbox's clock ends with the year 2199: what is kept for years after now needs dates too.";
            return Err(Refusal::unprocessable("TIME_ENDS_HERE", words).into());
        }
        let was_frozen = site.clock.is_frozen();
        // Time stands still between the jobs, so that each sees exactly its own instant.
        site.clock.freeze(true);
        let ran = part.runner.run_until(target, true).await;
        site.clock.advance_to(target);
        site.clock.freeze(was_frozen);
        jobs_run = ran?;
    }
    if let Some(frozen) = wish.frozen {
        site.clock.freeze(frozen);
    }
    sandbox_clock::keep(&site).await?;
    let mut answer = clock_json(&site);
    answer["jobs_run"] = json!(jobs_run);
    Ok(Json(answer))
}

/// The end of 2199, in Unix seconds.
const LAST_SECOND: i64 = 7_258_118_399;

fn backwards() -> Refusal {
    Refusal::unprocessable("TIME_GOES_FORWARD", "The clock only goes forward. Start a fresh directory to go back.")
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RunWish {
    job: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

#[utoipa::path(post, path = "/sandbox/v1/jobs/run", tag = "sandbox", operation_id = "run_jobs", request_body = RunWish, responses((status = 200, body = Value)))]
async fn run_jobs(State(site): State<Site>, ip: ClientIp, Body(wish): Body<RunWish>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let runner = site.part::<SandboxPart>()?.runner.clone();
    let (jobs_run, report) = match wish.job {
        Some(name) => {
            let (ran, report) = runner.run_named(&name, wish.dry_run).await?;
            (ran, report.0)
        }
        None => {
            stand_in(&site, ip)?.told().await;
            (runner.run_until(site.now(), false).await?, json!({}))
        }
    };
    Ok(Json(json!({ "jobs_run": jobs_run, "report": report })))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldWish {
    /// Names, or "all".
    jobs: Value,
    held: bool,
}

#[utoipa::path(post, path = "/sandbox/v1/jobs/hold", tag = "sandbox", operation_id = "hold_jobs", request_body = HoldWish, responses((status = 200, body = Value)))]
async fn hold_jobs(State(site): State<Site>, ip: ClientIp, Body(wish): Body<HoldWish>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let known = site.part::<SandboxPart>()?.runner.names();
    let wrong = || Refusal::invalid("jobs", format!("\"all\", or a list of: {}.", known.join(", ")));
    let names: Vec<String> = match &wish.jobs {
        Value::String(all) if all == "all" => known.iter().map(ToString::to_string).collect(),
        Value::Array(names) => {
            names.iter().map(|n| n.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>()?
        }
        _ => return Err(wrong().into()),
    };
    if names.iter().any(|name| !known.contains(&name.as_str())) {
        return Err(wrong().into());
    }
    let (held, answer) = (wish.held, names.clone());
    site.write(move |tx| names.iter().try_for_each(|name| jobs::set_held(tx, name, held))).await?;
    Ok(Json(json!({ "jobs": answer, "held": held })))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsQuery {
    job: Option<String>,
    #[param(value_type = Option<String>)]
    since: Option<Timestamp>,
    limit: Option<usize>,
}

#[utoipa::path(get, path = "/sandbox/v1/jobs", tag = "sandbox", operation_id = "list_runs", params(RunsQuery), responses((status = 200, body = Value)))]
async fn list_runs(State(site): State<Site>, ip: ClientIp, Params(query): Params<RunsQuery>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let limit = query.limit.unwrap_or(100).min(1000);
    let runs = site.part::<SandboxPart>()?.runner.runs(query.job.as_deref(), query.since, limit)?;
    Ok(Json(json!({ "items": runs, "next_cursor": null })))
}

#[utoipa::path(get, path = "/sandbox/v1/secrets", tag = "sandbox", operation_id = "read_secrets", responses((status = 200, body = Value)))]
async fn read_secrets(State(site): State<Site>, ip: ClientIp) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let (secrets, scraper) = (site.part::<SandboxSecrets>()?, site.part::<Scraper>()?);
    Ok(Json(json!({
        "stripe_webhook_secret": secrets.stripe_webhook,
        // No background checks are made here, so their provider has no stand-in to sign for.
        "checkr_user": null,
        "checkr_password": null,
        "checkr_api_key": null,
        "reload_secret": site.part::<ReloadSecret>()?.0,
        "metrics_user": scraper.user,
        "metrics_password": scraper.password,
    })))
}

/// The people of a demo marketplace and how they sign in; none elsewhere.
#[utoipa::path(get, path = "/sandbox/v1/demo/accounts", tag = "sandbox", operation_id = "demo_accounts", responses((status = 200, body = Value)))]
async fn demo_accounts(State(site): State<Site>, ip: ClientIp) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    Ok(Json(json!({ "items": demo::accounts(&site)?, "next_cursor": null })))
}

fn stand_in(site: &Site, ip: ClientIp) -> Result<StandIn, Fault> {
    at_this_machine(ip)?;
    let missing = || Refusal::not_found("NOT_FOUND", "No stand-in runs here.");
    Ok(site.part::<SandboxPart>()?.stand_in.clone().ok_or_else(missing)?)
}

#[utoipa::path(post, path = "/sandbox/v1/stripe/faults", tag = "sandbox", operation_id = "order_stripe_fault", request_body = FaultOrder, responses((status = 200, body = Value)))]
async fn order_stripe_fault(
    State(site): State<Site>,
    ip: ClientIp,
    Body(order): Body<FaultOrder>,
) -> Answer<Json<Value>> {
    stand_in(&site, ip)?.order_fault(order)?;
    Ok(Json(json!({ "ok": true })))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ObjectsQuery {
    r#type: Option<String>,
    booking_id: Option<String>,
}

#[utoipa::path(get, path = "/sandbox/v1/stripe/objects", tag = "sandbox", operation_id = "stripe_objects", params(ObjectsQuery), responses((status = 200, body = Value)))]
async fn stripe_objects(
    State(site): State<Site>,
    ip: ClientIp,
    Params(query): Params<ObjectsQuery>,
) -> Answer<Json<Value>> {
    Ok(Json(stand_in(&site, ip)?.objects(query.r#type.as_deref(), query.booking_id.as_deref())?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct DisputeWish {
    payment_intent: String,
    status: String,
}

#[utoipa::path(post, path = "/sandbox/v1/stripe/disputes", tag = "sandbox", operation_id = "dispute", request_body = DisputeWish, responses((status = 200, body = Value)))]
async fn dispute(State(site): State<Site>, ip: ClientIp, Body(wish): Body<DisputeWish>) -> Answer<Json<Value>> {
    let stripe = stand_in(&site, ip)?;
    // One step after another: the marketplace hears of the last one before the next is taken.
    stripe.told().await;
    stripe.dispute(&wish.payment_intent, &wish.status)?;
    stripe.told().await;
    Ok(Json(json!({ "ok": true })))
}

#[utoipa::path(post, path = "/sandbox/v1/stripe/accounts/{id}/onboard", tag = "sandbox", operation_id = "onboard", params(("id" = String, Path)), responses((status = 200, body = Value)))]
async fn onboard(State(site): State<Site>, ip: ClientIp, Path(id): Path<String>) -> Answer<Json<Value>> {
    let stripe = stand_in(&site, ip)?;
    stripe.onboard(&id)?;
    stripe.told().await;
    Ok(Json(json!({ "ok": true })))
}

/// The name on the document that is shown; Stripe read none where it is left out.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Document {
    first_name: Option<String>,
    last_name: Option<String>,
}

#[utoipa::path(post, path = "/sandbox/v1/stripe/identity/{session}/verify", tag = "sandbox", operation_id = "verify_identity", request_body = Document, params(("session" = String, Path)), responses((status = 200, body = Value)))]
async fn verify_identity(
    State(site): State<Site>,
    ip: ClientIp,
    Path(session): Path<String>,
    Body(shown): Body<Document>,
) -> Answer<Json<Value>> {
    let name = shown.first_name.as_deref().zip(shown.last_name.as_deref());
    let stripe = stand_in(&site, ip)?;
    stripe.verify_identity(&session, name)?;
    stripe.told().await;
    Ok(Json(json!({ "ok": true })))
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Switches {
    /// enforce, shadow or off.
    rate_limits: Option<String>,
    login_challenge: Option<bool>,
}

/// What blocks in this sandbox: rate limits and the door's challenge. Account locks always hold.
#[utoipa::path(post, path = "/sandbox/v1/switches", tag = "sandbox", operation_id = "switch", request_body = Switches, responses((status = 200, body = Value)))]
async fn switch(State(site): State<Site>, ip: ClientIp, Body(wish): Body<Switches>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    let door = site.part::<Accounts>()?.switches.clone();
    let limiter = site.part::<Limiter>()?;
    if let Some(name) = &wish.rate_limits {
        let unknown = || Refusal::invalid("rate_limits", "enforce, shadow or off.");
        limiter.set_rule(WindowRule::named(name).ok_or_else(unknown)?);
    }
    if let Some(wanted) = wish.login_challenge {
        door.set_challenge(wanted);
    }
    Ok(Json(json!({ "rate_limits": limiter.rule().name(), "login_challenge": door.challenge() })))
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Faults {
    mail: Option<MailFault>,
    search_index: Option<SearchIndex>,
}

/// Out of order, or working again.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum SearchIndex {
    Up,
    Down,
}

#[derive(Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MailFault {
    /// An address, or `*`.
    to: String,
    times: u32,
}

/// Has the next mails to an address fail, or takes the search index out of order.
#[utoipa::path(post, path = "/sandbox/v1/faults", tag = "sandbox", operation_id = "order_faults", request_body = Faults, responses((status = 200, body = Value)))]
async fn order_faults(State(site): State<Site>, ip: ClientIp, Body(wish): Body<Faults>) -> Answer<Json<Value>> {
    at_this_machine(ip)?;
    if let Some(fault) = &wish.mail {
        site.part::<MailFaults>()?.set(&fault.to, fault.times);
    }
    if let Some(state) = wish.search_index {
        site.part::<search::Search>()?.set_down(state == SearchIndex::Down);
    }
    Ok(Json(json!({ "ok": true })))
}
