//! Search: from a sentence to bookable lessons.
//!
//! Guarantees
//! - The query is understood here, in the process, from data of the program; no request leaves it.
//! - Every live offering of the wanted services is judged; nothing that matches is left out, and nobody
//!   who is not public is shown.
//! - A slot on a card is one that booking would take: both ask `availability`'s own rules.
//! - The same question at the same moment gets the same answer in the same order.
//!
//! Two stages: [`understand`] turns text into services, days, places and money; [`find`] holds that
//! against the [`supply`] in memory. Owns no tables: the supply is rebuilt from the store. Emits
//! `search.performed` and `search.clicked`.
//!
//! Deliberately not here: what the words mean to the business (dashboards belong to the console), and
//! demand mails (`notify`).

pub mod api;
mod api_config;
pub mod departures;
pub mod events;
pub mod find;
pub mod grammar;
mod lexicon;
mod meaning;
pub mod ops;
pub mod pages;
mod part;
mod spelling;
pub mod supply;
#[cfg(test)]
mod tests;
pub mod tuning;
mod understand;
mod wire;

pub use part::{Search, consumers, taught, warm};
pub use understand::{Knowledge, Understood, knowledge};
