//! Tables and indexes: declared once as statics, named `key_value`, kept in step by every put and delete.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::engine::Pair;
use super::read::{Read, Span};
use super::{Dir, Key, StoreError, Tx, value};
use crate::base::refusal::Outcome;

/// An ordered map from `K` to `V`. The id is the table's place on disk and never changes its meaning; a dropped
/// table's id stays listed in the catalogue.
pub struct Table<K: 'static, V: 'static> {
    id: u16,
    name: &'static str,
    indexes: &'static [&'static dyn IndexOf<K, V>],
}

impl<K, V> Table<K, V> {
    pub const fn new(id: u16, name: &'static str) -> Self {
        Self { id, name, indexes: &[] }
    }
    pub const fn indexed(mut self, indexes: &'static [&'static dyn IndexOf<K, V>]) -> Self {
        self.indexes = indexes;
        self
    }
    pub fn id(&self) -> u16 {
        self.id
    }
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl<K: Key, V> Table<K, V> {
    pub(super) fn physical(&self, key: &K) -> Vec<u8> {
        let mut out = self.id.to_be_bytes().to_vec();
        key.write(&mut out);
        out
    }

    /// The physical index entries a row must have.
    pub(super) fn entries(&self, key: &K, value: &V) -> Vec<Vec<u8>> {
        self.indexes.iter().flat_map(|index| index.entries(key, value)).collect()
    }

    pub(super) fn is_indexed(&self) -> bool {
        !self.indexes.is_empty()
    }
}

/// A second order over a table's rows: zero or more entries `I` per row, each leading back to the row's key.
pub struct Index<K: 'static, V: 'static, I: 'static> {
    id: u16,
    name: &'static str,
    parts: fn(&K, &V) -> Vec<I>,
    _key: PhantomData<fn() -> I>,
}

impl<K, V, I> Index<K, V, I> {
    pub const fn new(id: u16, name: &'static str, parts: fn(&K, &V) -> Vec<I>) -> Self {
        Self { id, name, parts, _key: PhantomData }
    }
    pub fn id(&self) -> u16 {
        self.id
    }
}

/// An index seen by its table, whatever it is ordered by.
pub trait IndexOf<K, V>: Sync {
    fn id(&self) -> u16;
    fn name(&self) -> &'static str;
    fn entries(&self, key: &K, value: &V) -> Vec<Vec<u8>>;
}

impl<K: Key, V, I: Key> IndexOf<K, V> for Index<K, V, I> {
    fn id(&self) -> u16 {
        self.id
    }
    fn name(&self) -> &'static str {
        self.name
    }
    fn entries(&self, key: &K, value: &V) -> Vec<Vec<u8>> {
        (self.parts)(key, value)
            .into_iter()
            .map(|part| {
                let mut out = self.id.to_be_bytes().to_vec();
                part.write(&mut out);
                key.write(&mut out);
                out
            })
            .collect()
    }
}

/// What a check of a table saw.
#[derive(Debug, Default)]
pub struct Walked {
    pub rows: u64,
    /// Entries of its indexes.
    pub entries: u64,
    pub wrong: Vec<String>,
}

/// A table as the catalogue sees it.
pub trait AnyTable: Sync {
    fn id(&self) -> u16;
    fn name(&self) -> &'static str;
    /// Ids and names of its indexes.
    fn index_names(&self) -> Vec<(u16, &'static str)>;
    /// The entries that a stored row has in one of its indexes.
    fn entries_in(&self, index: u16, key: &[u8], value: &[u8]) -> Result<Vec<Vec<u8>>, StoreError>;
    /// Reads every row, compares every index with what the rows call for.
    fn check(&self, read: &dyn Read) -> Result<Walked, StoreError>;
    /// A stored value as JSON.
    fn to_json(&self, bytes: &[u8]) -> Result<Value, StoreError>;
    /// Puts a row that [`Self::to_json`] wrote, with its index entries.
    fn put_json(&self, tx: &mut Tx, key: &[u8], value: Value) -> Outcome<()>;
}

impl<K: Key, V: Serialize + DeserializeOwned> AnyTable for Table<K, V> {
    fn id(&self) -> u16 {
        self.id
    }
    fn name(&self) -> &'static str {
        self.name
    }
    fn index_names(&self) -> Vec<(u16, &'static str)> {
        self.indexes.iter().map(|index| (index.id(), index.name())).collect()
    }

    fn to_json(&self, bytes: &[u8]) -> Result<Value, StoreError> {
        let value: V = value::decode(self.name, bytes)?;
        serde_json::to_value(value).map_err(|e| StoreError::corrupt(self.name, e))
    }

    fn put_json(&self, tx: &mut Tx, key: &[u8], value: Value) -> Outcome<()> {
        let value: V = serde_json::from_value(value).map_err(|e| StoreError::corrupt(self.name, e))?;
        tx.put(self, &K::read(&mut &*key)?, &value)
    }

    fn entries_in(&self, index: u16, key: &[u8], value: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let (key, value) = (K::read(&mut &key[2..])?, value::decode::<V>(self.name, value)?);
        let wanted = self.indexes.iter().filter(|known| known.id() == index);
        Ok(wanted.flat_map(|index| index.entries(&key, &value)).collect())
    }

    fn check(&self, read: &dyn Read) -> Result<Walked, StoreError> {
        let mut wrong = Vec::new();
        let mut rows = 0u64;
        let mut expected = 0u64;
        each(read, self.id, |key, bytes| {
            rows += 1;
            let row = K::read(&mut &key[2..]).and_then(|k| Ok((k, value::decode::<V>(self.name, bytes)?)));
            let (k, v) = match row {
                Ok(row) => row,
                Err(error) => {
                    wrong.push(error.to_string());
                    return Ok(());
                }
            };
            let mut entries = self.entries(&k, &v);
            entries.sort();
            entries.dedup();
            expected += entries.len() as u64;
            for entry in entries {
                if read.get_bytes(&entry)?.is_none() {
                    wrong.push(format!("{}: row {} lacks an index entry", self.name, hex::encode(&key[2..])));
                }
            }
            Ok(())
        })?;
        let mut found = 0u64;
        for index in self.indexes {
            each(read, index.id(), |_, _| {
                found += 1;
                Ok(())
            })?;
        }
        if found != expected {
            wrong.push(format!("{}: {found} index entries where the rows call for {expected}", self.name));
        }
        Ok(Walked { rows, entries: found, wrong })
    }
}

/// Walks a whole table or index, pair by pair.
pub(super) fn each(
    read: &dyn Read,
    id: u16,
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each_step(read, id, |pairs| pairs.iter().try_for_each(|(key, bytes)| visit(key, bytes)))
}

/// Walks a whole table or index in bounded steps.
pub(super) fn each_step(
    read: &dyn Read,
    id: u16,
    mut visit: impl FnMut(Vec<Pair>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    const STEP: usize = 1000;
    let (mut from, to) = Span::all().bounds(id);
    loop {
        let pairs = read.scan_bytes(&from, &to, STEP, Dir::Up)?;
        let next = pairs.last().filter(|_| pairs.len() == STEP).map(|(last, _)| last.clone());
        visit(pairs)?;
        let Some(mut last) = next else { return Ok(()) };
        last.push(0);
        from = last;
    }
}
