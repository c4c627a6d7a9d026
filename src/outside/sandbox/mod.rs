//! Local stand-ins for the outside services, used in sandbox mode only.
//!
//! They speak the real protocols over loopback HTTP, so the same adapters and clients run against them as against the
//! originals. They are the one place below `web` that may name axum: each runs a small server of its own.

pub mod stripe;
