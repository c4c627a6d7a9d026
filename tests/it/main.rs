//! The integration tests: the real program over HTTP in sandbox mode, and the house rules.

mod accounts;
mod availability;
mod bookings;
mod console;
mod crash;
mod demo;
mod kill;
mod kit;
mod lesson_pages;
mod mail;
mod main_line;
mod operate;
mod pages;
mod passkeys;
mod payments;
mod privacy;
mod probes;
mod program;
mod race;
mod reviews;
mod search;
mod search_complete;
mod search_life;
mod startup;
mod tidy;
mod upgrade;
