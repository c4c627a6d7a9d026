//! Telling people: every mail the marketplace writes, and the outbox it leaves through.
//!
//! Guarantees
//! - A mail is written in the same transaction that moves this room's place in the journal: nothing is told twice,
//!   nothing is forgotten. Its key (`booking:{id}:{template}:{person}`, `event:{seq}:{person}`) exists once.
//! - Recipients fail and are retried independently: after 30 s, 2 min, 10 min, 30 min; the fifth failure is final.
//! - What became untrue before it was sent (a reminder of a cancelled lesson) is not sent.
//! - Reminders are timers at exactly T−24 h and T−1 h, once per party and lesson.
//! - Text and HTML are two prints of one [`letter::Letter`]; what people typed is escaped.
//!
//! No other room knows this one: it follows the journal. In a sandbox no mail leaves the machine; a live marketplace
//! without a mail transport keeps its mails waiting and says so in the log.
//!
//! Tables: `MAILS`, `PREFERENCES`. Jobs: `outbox` (one timer per mail and try), `reminders`. Consumer: `notify`.

mod api;
mod consumer;
mod jobs;
pub mod letter;
mod mails;
pub mod model;
pub mod ops;
mod pages;
pub mod preferences;
mod reminders;
mod tables;

#[cfg(test)]
mod tests;

pub use api::{routes, sandbox_routes};
pub use consumer::consumer;
pub use jobs::jobs;
pub use ops::MailFaults;
pub use pages::pages;
pub use reminders::plan as plan_reminders;
pub use tables::{mail, newest, tables, unsent};
