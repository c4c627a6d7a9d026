//! The store: everything the marketplace knows, in one file of one directory (while it is open, and after a crash, with
//! the log beside it).
//!
//! Guarantees
//! - A write is one re-runnable closure over the newest state plus its own overlay; it happens whole or not at all.
//!   Writes are serial, grouped, and answered only after the group is on disk (one fsync for all).
//! - A closure that refuses or panics leaves no trace and does not disturb its neighbours.
//! - Secondary indexes live and die with their rows, in the same transaction; [`verify`] checks them.
//! - Events emitted by a write are journalled in that write, with strictly increasing sequence numbers.
//! - Newer data is refused, never guessed at; older data is upgraded after a backup ([`Store::upgrade`]).
//! - Files that rows refer to are on disk before the row is ([`blobs`]).
//!
//! It deliberately knows no domain type, performs no retries on behalf of callers, and never lets a network call
//! happen inside a write: closures are synchronous and get time, ids and randomness from their [`Stamp`].
//!
//! Only this room names redb. The engine below it is a small trait of ordered byte keys ([`engine::Engine`]).

pub mod backup;
pub mod blobs;
pub mod engine;
mod error;
mod export;
pub mod journal;
mod key;
mod progress;
mod read;
#[allow(clippy::module_inception)]
mod store;
mod table;
mod tx;
mod upgrade;
mod value;
pub mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use blobs::BlobId;
pub use error::StoreError;
pub use export::{Moved, export, import};
pub use journal::{Event, EventRecord};
pub use key::Key;
pub use read::{Dir, Read, ReadExt, Snapshot, Span};
pub use store::{FORMAT, Store, WriterFigures};
pub use table::{AnyTable, Index, Table};
pub use tx::{Stamp, Tx};
pub use upgrade::Upgraded;
pub use verify::{Catalogue, Check, Report};
