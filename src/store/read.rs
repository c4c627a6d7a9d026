//! Reading: the same typed calls on a snapshot and inside a write.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::{EngineRead, Pair};
use super::table::{Index, Table};
use super::{Key, StoreError, value};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;

/// Rows that one step of [`ReadExt::each`] holds.
const STEP: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    Up,
    Down,
}

/// A part of a table or index, in key order.
#[derive(Clone, Debug, Default)]
pub struct Span {
    from: Vec<u8>,
    /// Exclusive; `None` is the end of the table.
    to: Option<Vec<u8>>,
}

impl Span {
    pub fn all() -> Self {
        Self::default()
    }
    /// Everything whose key begins with `part`.
    pub fn prefix(part: &impl Key) -> Self {
        let from = part.to_bytes();
        let to = after_prefix(&from);
        Self { from, to }
    }
    /// `from` included, `to` not. Both may be shorter tuples than the key.
    pub fn from_to(from: &impl Key, to: &impl Key) -> Self {
        Self { from: from.to_bytes(), to: Some(to.to_bytes()) }
    }
    /// `from` included, to the end of the table.
    pub fn starting(from: &impl Key) -> Self {
        Self { from: from.to_bytes(), to: None }
    }
    /// Everything behind `key` (and what it is a prefix of).
    pub fn after(key: &impl Key) -> Self {
        Self { from: after_prefix(&key.to_bytes()).unwrap_or_default(), to: None }
    }
    /// The absolute byte bounds inside table `id`.
    pub(super) fn bounds(&self, id: u16) -> (Vec<u8>, Vec<u8>) {
        let prefix = id.to_be_bytes();
        let from = [&prefix[..], &self.from].concat();
        let to = match &self.to {
            Some(to) => [&prefix[..], to].concat(),
            None => after_prefix(&prefix).unwrap_or_else(|| vec![0xFF; 3]),
        };
        (from, to)
    }
}

/// The first bytes that are greater than everything beginning with `prefix`.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|b| *b != 0xFF)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// Anything that can be read: a snapshot, or a write's view of the state. Loaders take `&dyn Read`.
pub trait Read {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most `limit` pairs with `from <= key < to`, in the order of `dir`.
    fn scan_bytes(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError>;
}

/// The typed face of [`Read`].
pub trait ReadExt: Read {
    fn get<K: Key, V: Serialize + DeserializeOwned>(&self, table: &Table<K, V>, key: &K) -> Outcome<Option<V>> {
        let bytes = self.get_bytes(&table.physical(key))?;
        Ok(bytes.map(|b| value::decode(table.name(), &b)).transpose()?)
    }

    fn has<K: Key, V: Serialize + DeserializeOwned>(&self, table: &Table<K, V>, key: &K) -> Outcome<bool> {
        Ok(self.get_bytes(&table.physical(key))?.is_some())
    }

    fn scan<K: Key, V: Serialize + DeserializeOwned>(
        &self,
        table: &Table<K, V>,
        span: Span,
        limit: usize,
        dir: Dir,
    ) -> Outcome<Vec<(K, V)>> {
        let (from, to) = span.bounds(table.id());
        let pairs = self.scan_bytes(&from, &to, limit.min(SCAN_ROWS), dir)?;
        pairs.into_iter().map(|(k, v)| Ok((K::read(&mut &k[2..])?, value::decode(table.name(), &v)?))).collect()
    }

    /// The index entries of a span: the indexed part and the row's key.
    fn index_keys<K: Key, V, I: Key>(
        &self,
        index: &Index<K, V, I>,
        span: Span,
        limit: usize,
        dir: Dir,
    ) -> Outcome<Vec<(I, K)>> {
        let (from, to) = span.bounds(index.id());
        let pairs = self.scan_bytes(&from, &to, limit.min(SCAN_ROWS), dir)?;
        pairs
            .into_iter()
            .map(|(k, _)| {
                let mut rest = &k[2..];
                Ok((I::read(&mut rest)?, K::read(&mut rest)?))
            })
            .collect()
    }

    /// The rows an index span leads to, in index order.
    fn by_index<K: Key, V: Serialize + DeserializeOwned, I: Key>(
        &self,
        table: &Table<K, V>,
        index: &Index<K, V, I>,
        span: Span,
        limit: usize,
        dir: Dir,
    ) -> Outcome<Vec<(K, V)>> {
        let mut rows = Vec::new();
        for (_, key) in self.index_keys(index, span, limit, dir)? {
            if let Some(value) = self.get(table, &key)? {
                rows.push((key, value));
            }
        }
        Ok(rows)
    }

    /// Every row of a table, read in steps: for checks and clean-ups, whose memory must not grow with the table.
    fn each<K: Key, V: Serialize + DeserializeOwned>(
        &self,
        table: &Table<K, V>,
        mut visit: impl FnMut(K, V) -> Outcome<()>,
    ) -> Outcome<()> {
        let mut span = Span::all();
        loop {
            let rows = self.scan(table, span, STEP, Dir::Up)?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            span = Span::after(last);
            for (key, row) in rows {
                visit(key, row)?;
            }
        }
    }

    /// The row that a unique index leads to.
    fn find<K: Key, V: Serialize + DeserializeOwned, I: Key>(
        &self,
        table: &Table<K, V>,
        index: &Index<K, V, I>,
        part: &I,
    ) -> Outcome<Option<(K, V)>> {
        Ok(self.by_index(table, index, Span::prefix(part), 1, Dir::Up)?.pop())
    }
}
impl<T: Read + ?Sized> ReadExt for T {}

/// The state as it was at one commit; cheap, consistent, and never in a writer's way. Do not hold it long: the
/// pages it sees cannot be reused meanwhile.
pub struct Snapshot {
    pub(super) inner: Box<dyn EngineRead>,
}

impl Read for Snapshot {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }
    fn scan_bytes(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError> {
        self.inner.scan(from, to, limit, dir)
    }
}
