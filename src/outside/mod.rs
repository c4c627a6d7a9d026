//! The services outside the executable: one adapter each, and local stand-ins that speak the same protocols.
//!
//! Guarantees: a caller sees our own small types, never a vendor's; every call has its own idempotency key and a
//! time-out; every failure is one of a few kinds the caller can act on. Nothing here touches the store: whoever calls
//! records the intent before and the outcome after (part 10 §2.11).

pub mod bucket;
pub mod sandbox;
pub mod stripe;

/// Chooses the one TLS implementation of this program; whoever speaks HTTP to the outside needs that once. Asking again does
/// no harm.
pub fn choose_tls() {
    // Fails only when somebody chose before us, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
}
