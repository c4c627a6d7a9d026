//! What instructors say of themselves, by meaning. Used for words that name no service; it never
//! widens a search for a named one.
//!
//! The vector index tolerates no removal beside a search, so searches share a read lock and changes
//! take the write lock; its hits are mapped back through our own table, and unknown keys are dropped.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use crate::base::id::UserId;

/// Searches that may run at once; the index wants to know beforehand.
const THREADS: usize = 64;
const FIRST_CAPACITY: usize = 256;

/// The vector index of bios.
pub struct Bios {
    inner: RwLock<Inner>,
}

struct Inner {
    index: Option<Index>,
    keys: HashMap<UserId, u64>,
    people: HashMap<u64, UserId>,
    next: u64,
}

impl Bios {
    /// Without an index (it could not be made) nothing is found, and search goes on without.
    pub fn new(dimensions: usize) -> Bios {
        let options = IndexOptions {
            dimensions,
            metric: MetricKind::Cos,
            quantization: ScalarKind::BF16,
            ..IndexOptions::default()
        };
        let index = Index::new(&options)
            .ok()
            .filter(|index| index.reserve_capacity_and_threads(FIRST_CAPACITY, THREADS).is_ok());
        Bios { inner: RwLock::new(Inner { index, keys: HashMap::new(), people: HashMap::new(), next: 1 }) }
    }

    /// Replaces what a person says; an all-zero vector takes it away.
    pub fn put(&self, id: UserId, vector: &[f32]) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.take(id);
        if vector.iter().any(|part| *part != 0.0) && vector.iter().all(|part| part.is_finite()) {
            inner.add(id, vector);
        }
    }

    pub fn remove(&self, id: UserId) {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).take(id);
    }

    /// The people whose words are nearest, nearest first, with a likeness 0–1.
    pub fn nearest(&self, vector: &[f32], count: usize) -> Vec<(UserId, f64)> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let Some(index) = inner.index.as_ref().filter(|index| index.size() > 0) else { return Vec::new() };
        let Ok(matches) = index.search(vector, count) else { return Vec::new() };
        let pairs = matches.keys.iter().zip(&matches.distances);
        pairs.filter_map(|(key, distance)| Some((*inner.people.get(key)?, f64::from(1.0 - distance)))).collect()
    }
}

impl Inner {
    fn take(&mut self, id: UserId) {
        if let Some(key) = self.keys.remove(&id) {
            self.people.remove(&key);
            if let Some(index) = &self.index {
                drop(index.remove(key));
            }
        }
    }

    fn add(&mut self, id: UserId, vector: &[f32]) {
        let Some(index) = &self.index else { return };
        if index.size() + 1 >= index.capacity()
            && index.reserve_capacity_and_threads(index.capacity() * 2 + FIRST_CAPACITY, THREADS).is_err()
        {
            return;
        }
        // A fresh key each time: a removed one may still be in the graph.
        let key = self.next;
        self.next += 1;
        if index.add(key, vector).is_ok() {
            self.keys.insert(id, key);
            self.people.insert(key, id);
        }
    }
}
