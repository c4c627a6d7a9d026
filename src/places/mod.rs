//! Where lessons happen: neighborhoods, boroughs, ZIP codes, landmarks, and what people call them.
//!
//! Guarantees: every lookup is answered from a region pack held in memory ([`rules::Gazetteer`]); nothing is asked of
//! the network, and no text a person types is ever an error. A pack is checked whole when it is read: an unknown
//! region, a broken polygon or a clashing code refuses the pack, never a request. Neighborhood ids derive from their
//! code, so the same place has the same id on every machine.
//!
//! The pack is fixed data, the one compiled in or the operator's own ([`packs`]); the one thing kept in [`tables`] are the
//! addresses people save. No events. What instructors
//! cover belongs to `instructors`, learned nicknames to `search`.
//!
//! Deliberately not here: a directory of streets. Street text stays free; only ZIPs, neighborhoods and landmarks are
//! known.

pub mod address;
pub mod api;
pub mod map;
pub mod model;
pub mod ops;
pub mod packs;
pub mod pages;
pub mod rules;
pub mod tables;
#[cfg(test)]
mod tests;

pub use model::{Area, Borough, PlaceKind, Region, RegionIx, RegionKind, Resolution, Tier};
pub use rules::Gazetteer;
pub use rules::zone::timezone_of_zip;
pub use tables::{addresses_of, default_address, own_address, tables};
