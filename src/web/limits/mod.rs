//! How often somebody may ask. // rule: 20§9
//!
//! Every route belongs to a bucket, declared where its [`Access`](super::Access) is; a page counts like the call it
//! stands for. A bucket is a GCRA ([`gcra`]): `burst + 1` at once, then one per interval, per person or, for strangers,
//! per address (IPv6 by /64). Sliding [`window`]s stand beside them for what strangers do.
//!
//! Guarantees
//! - The server's clock governs everything; limits are judged before sign-in and role, so refused tries count too.
//! - `financial` always blocks, except where a sandbox switched every limit off.
//! - Buckets are kept in memory: a restart refills what would have refilled within seconds. Windows of an hour rest in
//!   the store.
//! - A replayed `Idempotency-Key` is answered before anything is counted ([`toll`]).

mod bucket;
mod gate;
mod gcra;
mod keep;
mod policy;
mod toll;
mod window;

pub use bucket::Bucket;
pub(super) use gate::{Asking, Gate};
pub use keep::{Limiter, Standing};
pub use policy::{Override, Policy, RATE_LIMITS, Tuning};
pub(super) use toll::{Toll, in_progress};
pub use window::{SPENT, Standing as WindowStanding, Window, count, spend};

use std::net::IpAddr;

/// What happens when a bucket or window is full. Locks are neither: they always hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowRule {
    Enforce,
    /// Count, but let through.
    Shadow,
    Off,
}

impl WindowRule {
    pub fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Shadow => "shadow",
            Self::Off => "off",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Enforce, Self::Shadow, Self::Off].into_iter().find(|rule| rule.name() == name)
    }
}

/// What a limit says about one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    /// As many as may come at once.
    pub limit: u32,
    pub remaining: u32,
    /// Unix seconds at which everything is free again.
    pub reset: i64,
    /// Whole seconds until the next one may come; at least 1 when refused.
    pub retry_after: u64,
}

/// How a stranger is told from another: the address, for IPv6 the network a household has.
pub fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_household_are_one() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
    }
}
