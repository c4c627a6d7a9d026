//! The ground everything stands on: values with no storage, no network and no clock of their own.
//!
//! Guarantees: money is integer cents, instants are UTC, wall times carry their zone beside them, every identifier
//! is a typed ULID, and every refusal has a status, a stable code and a sentence. Nothing in here performs I/O; the
//! one reader of the wall clock is [`time::Clock`], the one source of randomness is [`secret::Entropy`].

pub mod access;
pub mod csv;
pub mod geo;
pub mod id;
pub mod limits;
pub mod money;
pub mod paging;
pub mod price;
pub mod refusal;
pub mod secret;
pub mod text;
pub mod time;
pub mod unseen;
