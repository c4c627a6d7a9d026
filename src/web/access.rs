//! Who may call a route. Judged before anything of the request is read; deny is the default because a route cannot
//! be registered without an answer.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::extract::ClientIp;
use super::launch::{self, Opening};
use super::limits::{Asking, Gate};
use super::rule::Rule;
use super::session::Seen;
use super::{Fault, see_other};
use crate::base::access::{Actor, Permission, Role};
use crate::base::refusal::Refusal;
use crate::site::Site;
use crate::site::audit::{self, Deed};
use crate::site::settings;

/// The code of a permission or role that is missing.
const FORBIDDEN: &str = "FORBIDDEN";
/// The code of a step-up that is missing, which only the op itself can tell. A page that asks for the password instead
/// of refusing denies nothing.
const UNPROVEN: &str = "REAUTH_REQUIRED";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a session is used if there is one.
    Public,
    SignedIn,
    Role(Role),
    Can(Permission),
    /// Both: what one side does with its own, and only while nobody has taken it away.
    As(Role, Permission),
    /// Where each side has a permission of its own for the same thing.
    Either(Permission, Permission),
    /// Only from this machine, and only in sandbox mode (checked where it is served).
    Loopback,
}

impl Access {
    pub fn can(permission: Permission) -> Self {
        Self::Can(permission)
    }

    /// In words, for the API document.
    pub fn words(self) -> String {
        match self {
            Self::Public => "anyone".into(),
            Self::SignedIn => "anyone signed in".into(),
            Self::Role(role) => format!("role `{}`", role.name()),
            Self::Can(permission) => format!("permission `{}`", permission.name()),
            Self::As(role, permission) => format!("role `{}` with permission `{}`", role.name(), permission.name()),
            Self::Either(one, other) => format!("permission `{}` or `{}`", one.name(), other.name()),
            Self::Loopback => "this machine".into(),
        }
    }

    /// Refuses whom it is not for.
    pub fn judge(self, actor: Option<&Actor>) -> Result<(), Refusal> {
        if matches!(self, Self::Public | Self::Loopback) {
            return Ok(());
        }
        match actor {
            None => Err(Refusal::signed_out()),
            Some(actor) if self.admits(actor) => Ok(()),
            Some(_) => Err(Refusal::forbidden(FORBIDDEN, format!("This is for {} only.", self.words()))),
        }
    }

    fn admits(self, actor: &Actor) -> bool {
        match self {
            Self::Public | Self::Loopback | Self::SignedIn => true,
            Self::Role(role) => actor.is(role),
            Self::Can(permission) => actor.can(permission),
            Self::As(role, permission) => actor.is(role) && actor.can(permission),
            Self::Either(one, other) => actor.can(one) || actor.can(other),
        }
    }
}

/// What a guard knows about the request before it.
struct Stopped {
    refusal: Refusal,
    actor: Option<Arc<Actor>>,
}

/// Limits, then sign-in and role, then the handler; whatever comes of it says how the limit stands.
async fn judged(
    rule: Rule,
    mut request: Request,
    next: Next,
    api: bool,
    turn_away: fn(Stopped, &Place) -> Response,
) -> Response {
    let Some(site) = request.extensions().get::<Site>().cloned() else {
        return Fault(Refusal::internal("the request passed no door")).into_response();
    };
    let actor = actor_of(&request);
    let place = Place::of(&request);
    let (gate, met) = {
        let ip = request.extensions().get::<ClientIp>().copied().unwrap_or_default();
        let (path, route, actor) = (request.uri().path(), place.route.as_str(), actor.as_ref());
        let asking = Asking { method: request.method(), path, route, ip, actor, api };
        Gate::meet(&site, &rule, &asking).await
    };
    let opened = || rule.opening.judge(&site.read(settings::launch)?, actor.as_deref(), &place.method);
    let entitled = || rule.access.judge(actor.as_deref());
    let judged = met.and_then(|()| match rule.opening {
        Opening::Always => entitled(),
        // A guest is told what there is before being sent to the door for it.
        _ if !api && actor.is_none() => opened().and_then(|()| entitled()),
        _ => entitled().and_then(|()| opened()),
    });
    let judged = judged.and_then(|()| {
        let steps = actor.as_deref().filter(|_| rule.access != Access::Public);
        steps.map_or(Ok(()), |actor| second_factor(&site, actor, &place.method, &place.path))
    });
    let response = match judged {
        Ok(()) => {
            if let Some(toll) = gate.deferred() {
                request.extensions_mut().insert(toll);
            }
            let response = next.run(request).await;
            let unproven = response.extensions().get::<Refusal>().filter(|refusal| refusal.code == UNPROVEN);
            if let (Some(actor), Some(refusal)) = (&actor, unproven) {
                denied(&site, actor, "a fresh proof".to_owned(), &place, refusal);
            }
            response
        }
        Err(refusal) => {
            if let Some(actor) = actor.as_ref().filter(|_| refusal.status == 403) {
                denied(&site, actor, rule.access.words(), &place, &refusal);
            }
            let refusal = match rule.hidden && refusal.code == FORBIDDEN {
                true => Refusal::not_found("NOT_FOUND", "There is nothing at this address."),
                false => refusal,
            };
            turn_away(Stopped { refusal, actor }, &place)
        }
    };
    gate.dress(response)
}

/// Where a request wanted to go.
struct Place {
    method: Method,
    path: String,
    /// As the route is written.
    route: String,
    /// Path and query, to come back to.
    back: String,
}

impl Place {
    fn of(request: &Request) -> Self {
        let path = request.uri().path().to_owned();
        let route = request.extensions().get::<MatchedPath>().map_or_else(|| path.clone(), |m| m.as_str().to_owned());
        let back = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self { method: request.method().clone(), path, route, back }
    }
}

/// What an admin without a second factor may still reach: signing in and out, and getting one. // rule: 00§4
const BEFORE_SECOND_FACTOR: [&str; 12] = [
    "/api/v1/auth/reauth",
    "/api/v1/auth/change-password",
    "/api/v1/2fa/",
    "/api/v1/passkeys",
    "/login",
    "/logout",
    "/dashboard",
    "/account/two-factor",
    "/account/passkeys",
    "/account/password",
    "/account/prove",
    "/account/security",
];

fn second_factor(site: &Site, actor: &Actor, method: &Method, path: &str) -> Result<(), Refusal> {
    // Who one is may be asked, not changed.
    let asks = method == Method::GET && path == "/api/v1/auth/me";
    let waived = site.is_sandbox() || !actor.is(Role::Admin) || actor.has_second_factor;
    if waived || asks || BEFORE_SECOND_FACTOR.iter().any(|start| path.starts_with(start)) {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "SECOND_FACTOR_REQUIRED",
        "Admins sign in with a second factor. Set one up under your account first; everything else opens then.",
    ))
}

/// Writes down who was turned away, beside the answer, which need not wait for it. // rule: 20§12 denials
fn denied(site: &Site, actor: &Actor, needed: String, place: &Place, refusal: &Refusal) {
    let by = audit::By::of(actor);
    let (site, code) = (site.clone(), refusal.code);
    let route = format!("{} {}", place.method, place.route);
    tokio::spawn(async move {
        let noted = site.write(move |tx| {
            let facts = serde_json::json!({ "code": code, "needed": needed });
            let deed = Deed::on("access.denied", "route", &route).change(serde_json::Value::Null, facts);
            audit::record(tx, &by, deed.denied())
        });
        if let Err(refusal) = noted.await {
            tracing::warn!(error = %refusal, "a denial was not written down");
        }
    });
}

/// API routes: a refusal is a problem.
pub(super) async fn guard_api(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    judged(rule, request, next, true, |stopped, _| Fault(stopped.refusal).into_response()).await
}

/// Pages: who is not signed in is led to the door and back (rule: 50§0 who may enter).
pub(super) async fn guard_page(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    judged(rule, request, next, false, |stopped, place| match stopped.refusal {
        // A guest whom a grant would let in has to say first who they are.
        refusal if refusal.status == 401 || stopped.actor.is_none() && launch::wants_to_know(&refusal) => {
            let back = if place.method == Method::GET { place.back.as_str() } else { "/" };
            let query = serde_urlencoded::to_string([("redirect", back)]).unwrap_or_default();
            see_other(&format!("/login?{query}")).into_response()
        }
        refusal if refusal.code == "SECOND_FACTOR_REQUIRED" && place.method == Method::GET => {
            see_other("/account/two-factor").into_response()
        }
        refusal if stopped.actor.is_none() && launch::leads_away(&refusal) => see_other(launch::JOIN).into_response(),
        refusal if refusal.code == FORBIDDEN => match stopped.actor.and_then(|actor| own_side(&actor, &place.path)) {
            Some(home) => see_other(home).into_response(),
            None => Fault(refusal).into_response(),
        },
        refusal => Fault(refusal).into_response(),
    })
    .await
}

/// Students and instructors who stray into each other's rooms are shown their own.
fn own_side(actor: &Actor, path: &str) -> Option<&'static str> {
    let home = match actor.main_role() {
        Role::Admin => "/admin",
        Role::Instructor => "/instructor/dashboard",
        Role::Student => "/student/dashboard",
    };
    let strayed = path.starts_with("/student/") || path.starts_with("/instructor/");
    (strayed && !path.starts_with(home)).then_some(home)
}

fn actor_of(request: &Request) -> Option<Arc<Actor>> {
    request.extensions().get::<Seen>().and_then(|seen| seen.0.clone())
}
