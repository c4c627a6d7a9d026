//! Search under test: tables of sentences, properties, and the pieces one by one.

mod grammar;
mod properties;
mod ranking;
