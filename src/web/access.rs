//! Who may call a route. Judged before anything of the request is read; deny is the default because a route cannot
//! be registered without an answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::session::Seen;
use super::{Fault, see_other};
use crate::base::access::{Actor, Permission, Role};
use crate::base::refusal::Refusal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a session is used if there is one.
    Public,
    SignedIn,
    Role(Role),
    Can(Permission),
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
            Self::Loopback => "this machine".into(),
        }
    }

    fn judge(self, actor: Option<&Actor>) -> Result<(), Refusal> {
        let needed = |held: fn(&Actor, Self) -> bool| match actor {
            None => Err(Refusal::signed_out()),
            Some(actor) if held(actor, self) => Ok(()),
            Some(_) => Err(Refusal::forbidden("FORBIDDEN", format!("This is for {} only.", self.words()))),
        };
        match self {
            Self::Public | Self::Loopback => Ok(()),
            Self::SignedIn => needed(|_, _| true),
            Self::Role(_) => needed(|actor, access| matches!(access, Self::Role(role) if actor.is(role))),
            Self::Can(_) => needed(|actor, access| matches!(access, Self::Can(p) if actor.can(p))),
        }
    }
}

/// API routes: a refusal is a problem.
pub(super) async fn guard_api(State(access): State<Access>, request: Request, next: Next) -> Response {
    match access.judge(actor_of(&request).as_deref()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            let mut response = Fault(refusal).into_response();
            if response.status() == axum::http::StatusCode::UNAUTHORIZED {
                let value = header::HeaderValue::from_static("Bearer");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
            }
            response
        }
    }
}

/// Pages: who is not signed in is led to the door and back (rule: 50§0 who may enter).
pub(super) async fn guard_page(State(access): State<Access>, request: Request, next: Next) -> Response {
    let actor = actor_of(&request);
    match access.judge(actor.as_deref()) {
        Ok(()) => next.run(request).await,
        Err(refusal) if refusal.status == 401 => {
            let back = request.uri().path_and_query().map_or("/", |p| p.as_str());
            let back = if request.method() == axum::http::Method::GET { back } else { "/" };
            let query = serde_urlencoded::to_string([("redirect", back)]).unwrap_or_default();
            see_other(&format!("/login?{query}")).into_response()
        }
        Err(refusal) => match actor.and_then(|actor| own_side(&actor, request.uri().path())) {
            Some(home) => see_other(home).into_response(),
            None => Fault(refusal).into_response(),
        },
    }
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
