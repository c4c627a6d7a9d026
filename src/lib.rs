//! `instainstru`: a whole lesson marketplace in one executable. The map of the rooms is `src/ARCHITECTURE.md`.

pub mod accounts;
pub mod app;
pub mod availability;
pub mod base;
pub mod bookings;
pub mod catalog;
pub mod console;
pub mod instructors;
pub mod jobs;
pub mod notify;
pub mod outside;
pub mod payments;
pub mod places;
pub mod reviews;
pub mod search;
pub mod site;
pub mod store;
pub mod web;
