//! One write in progress: the committed state, the group's changes before it, its own changes on top.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::engine::{EngineRead, Pair};
use super::read::{Dir, Read, ReadExt};
use super::table::Table;
use super::{Event, Key, StoreError, value};
use crate::base::id::{AnyId, ORDER_BYTES, Order, bits_of_draw};
use crate::base::limits::WRITE_SET_BYTES;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::{Entropy, expand};
use crate::base::time::Timestamp;

/// The time and the randomness of a write, drawn before it is queued: a closure that is run again sees the same.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub now: Timestamp,
    /// The first bytes are the number of the write among those of its instant ([`Order`]), the rest is random.
    pub seed: [u8; 32],
}

impl Stamp {
    /// Draws randomness, and the place in `order`.
    pub fn draw(now: Timestamp, entropy: &Entropy, order: &Order) -> Self {
        let mut seed = entropy.bytes::<32>();
        let random = u64::from_be_bytes(entropy.bytes());
        seed[..ORDER_BYTES].copy_from_slice(&order.next(now.as_millisecond(), random));
        Self { now, seed }
    }

    /// The bits of an id for something outside a write.
    pub fn id<T: AnyId>(&self) -> T {
        T::from_bits(self.id_bits(self.now, 0, [self.seed[30], self.seed[31]]))
    }

    /// 48 bits of milliseconds, 48 of the order among writes, 16 of the order within the write, 16 at random.
    fn id_bits(&self, at: Timestamp, nth: u64, random: [u8; 2]) -> u128 {
        let mut tail = [0; 10];
        tail[..ORDER_BYTES].copy_from_slice(&self.seed[..ORDER_BYTES]);
        tail[8..].copy_from_slice(&random);
        bits_of_draw(at.as_millisecond(), tail) + (u128::from(nth) << 16)
    }
}

/// Key → new value, or `None` for a deletion.
pub type Overlay = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

pub struct Tx<'a> {
    base: &'a dyn EngineRead,
    group: &'a Overlay,
    own: Overlay,
    own_bytes: usize,
    events: Vec<(&'static str, Value)>,
    stamp: Stamp,
    draws: u64,
}

/// What a finished closure wants written.
#[derive(PartialEq)]
pub(super) struct Changes {
    pub overlay: Overlay,
    pub events: Vec<(&'static str, Value)>,
    pub at: Timestamp,
}

impl<'a> Tx<'a> {
    pub(super) fn new(base: &'a dyn EngineRead, group: &'a Overlay, stamp: Stamp) -> Self {
        Self { base, group, own: Overlay::new(), own_bytes: 0, events: Vec::new(), stamp, draws: 0 }
    }

    pub(super) fn into_changes(self) -> Changes {
        Changes { overlay: self.own, events: self.events, at: self.stamp.now }
    }

    /// The instant this write happens at.
    pub fn now(&self) -> Timestamp {
        self.stamp.now
    }

    pub fn random_bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut seed = self.stamp.seed.to_vec();
        seed.extend_from_slice(&self.draws.to_be_bytes());
        self.draws += 1;
        let mut out = [0; N];
        expand(&seed, &mut out);
        out
    }

    /// A new id of now; later draws are greater.
    pub fn new_id<T: AnyId>(&mut self) -> T {
        self.new_id_of(self.stamp.now)
    }

    /// A new id that stands among those of another instant.
    pub fn new_id_of<T: AnyId>(&mut self, at: Timestamp) -> T {
        let (stamp, nth) = (self.stamp, self.draws);
        T::from_bits(stamp.id_bits(at, nth, self.random_bytes()))
    }

    pub fn put<K: Key, V: Serialize + DeserializeOwned>(
        &mut self,
        table: &Table<K, V>,
        key: &K,
        value: &V,
    ) -> Outcome<()> {
        let bytes = value::encode(table.name(), value)?;
        if table.is_indexed() {
            let stale = self.get(table, key)?.map(|old| table.entries(key, &old)).unwrap_or_default();
            let fresh = table.entries(key, value);
            for entry in stale.into_iter().filter(|entry| !fresh.contains(entry)) {
                self.set(entry, None)?;
            }
            for entry in fresh {
                self.set(entry, Some(Vec::new()))?;
            }
        }
        self.set(table.physical(key), Some(bytes))
    }

    pub fn delete<K: Key, V: Serialize + DeserializeOwned>(&mut self, table: &Table<K, V>, key: &K) -> Outcome<()> {
        if table.is_indexed()
            && let Some(old) = self.get(table, key)?
        {
            for entry in table.entries(key, &old) {
                self.set(entry, None)?;
            }
        }
        self.set(table.physical(key), None)
    }

    /// Journals an event in this write.
    pub fn emit<E: Event>(&mut self, event: &E) -> Outcome<()> {
        let data = serde_json::to_value(event).map_err(Refusal::internal)?;
        self.events.push((E::KIND, data));
        Ok(())
    }

    /// One raw key: for indexes, which follow from the rows.
    pub(super) fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Outcome<()> {
        self.own_bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        if self.own_bytes > WRITE_SET_BYTES {
            return Err(Refusal::internal("one write may not change more than 10 MB; split it"));
        }
        self.own.insert(key, value);
        Ok(())
    }
}

impl Read for Tx<'_> {
    fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.own.get(key).or_else(|| self.group.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.base.get(key),
        }
    }

    fn scan_bytes(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = || (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to));
        let mut changed: BTreeMap<&[u8], Option<&[u8]>> = BTreeMap::new();
        for (k, v) in self.group.range::<[u8], _>(range()).chain(self.own.range::<[u8], _>(range())) {
            changed.insert(k, v.as_deref());
        }
        // Enough of the base that `limit` rows are left even if every deletion hides one; what is written anew stands in
        // its own row's place. A group of writes that each append to one table reads one row of the base each.
        let deleted = changed.values().filter(|value| value.is_none()).count();
        let base = self.base.scan(from, to, limit.saturating_add(deleted), dir)?;
        let mut rows: Vec<Pair> = base.into_iter().filter(|(k, _)| !changed.contains_key(k.as_slice())).collect();
        if !changed.is_empty() {
            rows.extend(changed.iter().filter_map(|(k, v)| v.map(|v| (k.to_vec(), v.to_vec()))));
            rows.sort_unstable_by(|a, b| if dir == Dir::Up { a.0.cmp(&b.0) } else { b.0.cmp(&a.0) });
        }
        rows.truncate(limit);
        Ok(rows)
    }
}
