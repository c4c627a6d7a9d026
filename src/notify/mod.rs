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
//! - Whatever is told to a person by mail also stands in their notification centre, wanted as a mail or not.
//! - What is not urgent waits for the end of quiet hours, comes twice a day at most, and ends with one press.
//! - The words of every mail are the program's until an operator puts their own in their place.
//!
//! No other room knows this one: it follows the journal. In a sandbox no mail leaves the machine; a live marketplace
//! sends through one SMTP server ([`Transport`]); without one its mails wait, and the log says so.
//!
//! Tables: `MAILS`, `PREFERENCES`, `NOTIFICATIONS`, `UNSUBSCRIBES`, `PACED`, `MAIL_WORDS`, `FORMER_WORDS`. Jobs: `outbox` (one timer per mail and try), `reminders`. Consumer: `notify`.

mod alert;
mod api;
pub mod centre;
mod consumer;
pub mod health;
mod jobs;
pub mod letter;
mod mails;
pub mod model;
pub mod ops;
mod pace;
mod pages;
pub mod preferences;
mod recall;
mod reminders;
pub mod samples;
mod tables;
mod transport;
pub mod words;

#[cfg(test)]
mod tests;

pub use alert::{Alert, alert};
pub use api::{routes, sandbox_routes};
pub use consumer::consumer;
pub use health::MailHealth;
pub use jobs::jobs;
pub use ops::{MailFaults, sender};
pub use pages::pages;
pub use pages::unsubscribe::forget as forget_unsubscribes;
pub use recall::recall;
pub use reminders::plan as plan_reminders;
pub use tables::{about_booking, drop_mail, mail, mails_before, mails_of, newest, tables, unsent};
pub use transport::Transport;
