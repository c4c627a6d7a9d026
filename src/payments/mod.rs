//! Money: prices, cards, authorisations, captures, refunds, payouts, credit, and the books of all of it.
//!
//! Guarantees
//! - One payment per booking; its quote is frozen, its money always adds up: every entry of the ledger sums to zero.
//! - No call to Stripe inside a write. A write records the intent ([`model::MoneyAction`] with its idempotency key),
//!   [`ops::run`] calls, a second write records the outcome. A crash between any two steps repeats, never doubles.
//! - One money action per booking at a time; who comes second gets 429 OPERATION_IN_PROGRESS.
//! - A booking's money ends once: [`ops::settle`] names the cause, [`rules::settle`] knows the terms and the next step.
//! - Card numbers never reach us: cards arrive as tokens of Stripe's own pages.
//!
//! What `bookings` does with it (this room does not know bookings; it asks them through [`desk::LessonDesk`])
//! - create, in its write: [`ops::open`]`(tx, &BookingMoney)`; whether a student may buy: [`ops::standing`].
//! - checkout: `let card = ops::card_for(&site, user, wish).await?` → write: judge, `ops::plan_checkout(tx, booking,
//!   &Checkout{..})?`; [`ops::Planned::Scheduled`] confirms at once, `Calling` waits → `ops::run(&site, booking).await?`
//!   (the desk hears `Authorized` / `Declined` / `AwaitingAction` inside the write that records it) → answer from
//!   [`view::CheckoutView`]`::of(&payment)`. Confirm-payment, another card and retry-payment are the same with
//!   `plan_checkout` / [`ops::plan_retry`]; [`ops::refresh`] reads a payment that waited for 3-D Secure.
//! - cancel, no-show, admin: write: change the booking, `ops::settle(tx, booking, Cause::…)?` → `ops::run(&site, booking).await?`.
//! - a tip with a review: `ops::plan_tip(tx, booking, review, amount)?` → `ops::run(&site, booking).await?` → `payment.tip`.
//! - [`News::CaptureDue`] at end + 24 h completes the lesson; capture, transfer and ledger follow by themselves.
//! - reading: [`ops::payment`], [`view`] (payment, payment_summary, payout_summary parts of a Booking).
//! - filling a marketplace with a past: [`ops::plant_settled`].
//!
//! After the end ([`later`]): an admin's refund ([`ops::plan_refund`]), a bank's dispute ([`ops::open_dispute`]),
//! milestone credit taken back; all of them corrections that go call after call like a settlement.
//!
//! Tables: see [`tables`]. Events: [`events`].
//! Jobs: `authorize`, `auth_retry`, `capture`, `capture_retry` (timers at exact instants), `credit_expiry`,
//! `payout_audit`, `payment_health` (repeats calls whose outcome is unknown).

pub mod api;
pub mod desk;
pub mod events;
mod jobs;
pub mod later;
pub mod ledger;
pub mod model;
pub mod ops;
pub mod pages;
pub mod rules;
mod statement;
pub mod tables;
pub mod view;

#[cfg(test)]
mod tests;

pub use desk::{IdentityDesk, LessonDesk, Lessons, News, Stand};
pub use jobs::jobs;
pub use ledger::check;
pub use tables::tables;
