//! The web's common ground: who asks, whether they may, what they sent, how a refusal looks, how a page is framed.
//!
//! Guarantees
//! - Every route states who may call it ([`Access`]); registering one without is not possible.
//! - Sign-in and role are judged before the input is read (contract §3).
//! - A request never ends in a bare error: [`finish`] turns every failure into `application/problem+json` for the API
//!   and into a designed page for people, with a request id, and logs ours once with its cause.
//! - Cookies act only for requests from our own pages ([`guard`]).
//! - Every route is counted ([`limits`]); nobody gets more than its bucket.
//!
//! It knows no domain type; sessions are looked up through the [`Door`] that `accounts` provides.

mod access;
mod answer;
pub mod assets;
mod chrome;
mod codes;
pub mod components;
pub mod docs;
pub mod error_pages;
mod extract;
mod fault;
mod finish;
mod guard;
mod launch;
pub mod layout;
pub mod limits;
mod pdf;
mod policy;
mod proxies;
mod replay;
mod routes;
mod rule;
mod session;
pub mod style_guide;
mod theme;

#[cfg(test)]
mod tests;

pub use access::Access;
pub use answer::{Answer, Created, Success, away, see_other};
pub use chrome::UnreadCounter;
pub use extract::{Body, ClientIp, Form, Id, Params, only_known};
pub use fault::Fault;
pub use finish::finish;
pub use guard::Hosts;
pub use launch::Opening;
pub use layout::{BRAND, Chrome, Head, Theme, Viewer, page};
pub use limits::{Bucket, Limiter, Window, WindowRule, WindowStanding, count};
pub use pdf::{PdfRow, PdfTable, pdf};
pub use proxies::Proxies;
pub use replay::{IdempotencyKey, Reply};
pub use routes::{Api, Declared, Pages, assemble, complete as complete_document};
pub use rule::Rule;
pub use session::{
    Carried, Door, DoorPart, clear_session_cookie, cookie, guest_id, is_our_guest, is_secure, new_guest,
    session_cookie, session_token,
};

pub fn tables() -> Vec<&'static dyn crate::store::AnyTable> {
    vec![&replay::KEPT, &limits::SPENT]
}
