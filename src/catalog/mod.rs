//! The catalogue: what can be taught here, on three shelves (category, subcategory, service).
//!
//! It is data of the program, written in `assets/catalogue/*.toml` and read once. An id follows from the slug, so it is
//! the same on every machine and in every backup; a slug therefore never changes once a marketplace has run.
//! Who teaches a service, and for how much, is told elsewhere: this room knows no instructor. Pages that show how many
//! people teach something ask [`SupplyCounter`], which the wiring provides.
//!
//! Every name a person may type for a service is one of its `terms`; search reads them from here. How people describe a
//! lesson they cannot name is not catalogue but search (`assets/search/said.txt`).

pub mod api;
mod model;
pub mod ops;
pub mod pages;
mod rules;
mod supply;
#[cfg(test)]
mod tests;
pub mod views;

pub use model::{AgeGroup, Category, Service, Subcategory};
pub use rules::{Catalogue, catalogue, matches, most_taught};
pub use supply::{Supply, SupplyCounter, Teachers, Teaching, supply};
