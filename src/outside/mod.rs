//! The services outside the executable: one adapter each, and local stand-ins that speak the same protocols.
//!
//! Guarantees: a caller sees our own small types, never a vendor's; every call has its own idempotency key and a
//! time-out; every failure is one of a few kinds the caller can act on. Nothing here touches the store: whoever calls
//! records the intent before and the outcome after (part 10 §2.11).

pub mod sandbox;
pub mod stripe;
