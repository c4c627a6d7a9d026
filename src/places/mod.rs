//! Where lessons happen: neighborhoods, boroughs, ZIP codes, landmarks, and what people call them.
//!
//! Guarantees: every lookup is answered from a region pack held in memory ([`rules::Gazetteer`]); nothing is asked of
//! the network, and no text a person types is ever an error. A pack is checked whole when it is read: an unknown
//! region, a broken polygon or a clashing code refuses the pack, never a request. Neighborhood ids derive from their
//! code, so the same place has the same id on every machine.
//!
//! Owns no tables and emits no events: the pack is fixed data. What instructors cover belongs to `instructors`,
//! learned nicknames to `search`.
//!
//! Deliberately not here: street addresses. Street text stays free; only ZIPs, neighborhoods and landmarks are known.

pub mod api;
pub mod map;
pub mod model;
pub mod rules;
#[cfg(test)]
mod tests;

pub use model::{Area, Borough, PlaceKind, Region, RegionIx, RegionKind, Resolution, Tier};
pub use rules::Gazetteer;
pub use rules::zone::timezone_of_zip;
