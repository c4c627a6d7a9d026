//! The program: command line, configuration, wiring, start and stop.
//!
//! Guarantees: one process owns a data directory; it answers within a second of its start; it stops by refusing new
//! connections, finishing the requests it has, and letting go of the store. Commands that need the store ask a running
//! server over its control socket and open the store themselves when none runs, with the same code either way.
//!
//! Nothing of the business is decided here: rooms bring their routes, jobs, consumers and tables, [`rooms`] lists them.

mod backup;
pub mod cli;
pub mod config;
mod control;
pub mod demo;
mod doctor;
mod https;
mod links;
mod listen;
mod metrics;
mod omitted;
mod personal;
mod probes;
mod region;
mod retention;
pub mod rooms;
mod sandbox;
mod sandbox_clock;
pub mod serve;
mod service;
pub mod simulate;
pub mod start;
mod static_pages;
mod upkeep;
