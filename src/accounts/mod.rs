//! People and the door: proving an address, joining, signing in, sessions, passwords, roles.
//!
//! Guarantees: an e-mail address belongs to one account; nobody learns from the door whether an address has one; a
//! token or code rests only as a hash and works once; a change of password, role or status acts on the next request;
//! what cannot be taken back asks for a fresh proof of identity and is written down in the audit trail.
//! It does not send mail (it says what happened, `notify` writes the letters) and knows nothing of lessons or money:
//! what else a registration does, and what else `GET /auth/me` tells, is put in as hooks ([`parts::Accounts`]).

mod api;
mod door;
pub mod events;
pub mod hasher;
mod jobs;
mod leaked;
pub mod model;
pub mod ops;
mod pages;
pub mod parts;
mod qr;
pub mod rules;
mod tables;
mod windows;

#[cfg(test)]
mod tests;

pub use api::routes;
pub use door::{AccountsDoor, actor_of};
pub use jobs::jobs;
pub use leaked::Leaked;
pub use pages::{home_of, own_path, pages};
pub use parts::{Accounts, DemoPeople, DemoPerson, MeFacts, PostOffice, SandboxMailbox, ZipBook};
pub use tables::{must_user, tables, user, user_by_email, users, users_with_role};
