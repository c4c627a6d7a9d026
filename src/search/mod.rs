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
//! against the [`supply`] in memory, which is rebuilt from the store, and keeps an answer for its minute while nobody in
//! it changes. Around it: [`log`] keeps what was
//! searched and what came of it, [`history`] what a person sees of that, [`learning`] the names people use,
//! [`analytics`] the figures, [`demand`] the wishes that wait, [`recommend`] what follows from lessons taken.
//!
//! Emits `search.names_changed` and `search.demand_matched`. Deliberately not here: the words of mails
//! (`notify`) and the console's pages.

mod abroad;
pub mod analytics;
pub mod api;
pub mod demand;
pub mod departures;
pub mod find;
mod follow;
pub mod golden;
pub mod grammar;
pub mod history;
pub mod learning;
mod lexicon;
pub mod log;
mod meaning;
pub mod ops;
pub mod pages;
mod part;
pub mod recommend;
mod spelling;
pub mod supply;
#[cfg(test)]
mod tests;
pub mod tuning;
mod understand;
pub mod visitor;
mod wire;

pub use part::{Search, consumers, taught, warm};
pub use understand::{Knowledge, Understood, knowledge};

use crate::jobs::JobKind;
use crate::store::AnyTable;

pub fn tables() -> Vec<&'static dyn AnyTable> {
    [log::tables::tables(), history::tables::tables(), learning::tables::tables(), analytics::tables::tables()]
        .into_iter()
        .flatten()
        .chain(demand::tables::tables())
        .collect()
}

pub fn jobs() -> Vec<JobKind> {
    let mut jobs = vec![history::job(), learning::job(), demand::job(), supply::job()];
    jobs.extend(analytics::jobs());
    jobs
}
