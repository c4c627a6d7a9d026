//! What the store needs of an engine: ordered byte keys, consistent snapshots, one atomic durable commit.

mod chaos;
pub(super) mod log;
mod logged;
mod memory;
mod redb;

pub use self::chaos::Chaos;
pub use self::logged::Logged;
pub(super) use self::logged::log_of;
pub use self::memory::Memory;
pub use self::redb::Redb;
pub(super) use self::redb::sync_dir;

use super::StoreError;
use super::read::Dir;
pub use super::tx::Overlay;

pub type Pair = (Vec<u8>, Vec<u8>);

pub trait Engine: Send + Sync {
    /// The newest committed state.
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError>;
    /// Makes all changes durable at once, or none.
    fn commit(&self, changes: &Overlay) -> Result<(), StoreError>;
    /// Nobody has written for a moment: the time for what can wait.
    fn rest(&self) -> Result<(), StoreError> {
        Ok(())
    }
    /// Whether the store should run each write once for nothing first, as an engine does that retries conflicts.
    fn rehearses(&self) -> bool {
        false
    }
}

pub trait EngineRead: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most `limit` pairs with `from <= key < to`, in the order of `dir`.
    fn scan(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError>;
}
