//! What instructors say of themselves, by meaning. Used for words that name no service; it never
//! widens a search for a named one.
//!
//! The vector index tolerates no removal beside a search, so searches share a read lock and changes
//! take the write lock; its hits are mapped back through our own table, and unknown keys are dropped.
//!
//! Why an index of vectors and not a look at all of them: measured at 120,000 people, looking at all takes 43 ms and this
//! 0.2 ms. Not guaranteed is that it names all of the nearest. Who says the same words shares one vector: a graph of
//! vectors that are all alike leads nowhere else (of 120,000 people of whom a thousand each said the same, it named 25 %
//! of the nearest fifty when everybody had their own).
//!
//! Reading a hundred thousand biographies takes a while: they wait in line and are read in turns, so that
//! nobody's search waits for it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use usearch::{Index, IndexOptions, MetricKind, ScalarKind};

use crate::base::id::UserId;
use crate::search::understand::knowledge;

/// Searches that may run at once; the index wants to know beforehand.
const THREADS: usize = 64;
const FIRST_CAPACITY: usize = 256;
/// Candidates looked at in one search: four times the usual.
const WIDTH: usize = 256;
/// Biographies read between two looks at the clock.
const TURN: usize = 32;

/// The vector index of bios.
pub struct Bios {
    inner: RwLock<Inner>,
    waiting: Mutex<Vec<(UserId, String)>>,
}

struct Inner {
    index: Option<Index>,
    /// A mark of the text each person says.
    marks: HashMap<UserId, u64>,
    /// The key of a text's vector.
    keys: HashMap<u64, u64>,
    /// Whose text a vector stands for, in the order of their ids.
    people: HashMap<u64, Vec<UserId>>,
    next: u64,
}

impl Bios {
    /// Without an index (it could not be made) nothing is found, and search goes on without.
    pub fn new(dimensions: usize) -> Bios {
        let options = IndexOptions {
            dimensions,
            metric: MetricKind::Cos,
            quantization: ScalarKind::BF16,
            expansion_search: WIDTH,
            ..IndexOptions::default()
        };
        let index = Index::new(&options)
            .ok()
            .filter(|index| index.reserve_capacity_and_threads(FIRST_CAPACITY, THREADS).is_ok());
        let inner = Inner { index, marks: HashMap::new(), keys: HashMap::new(), people: HashMap::new(), next: 1 };
        Bios { inner: RwLock::new(inner), waiting: Mutex::default() }
    }

    /// What everybody says; whoever is not among them is gone at once, the rest is read in turns.
    pub fn replace(&self, bios: Vec<(UserId, String)>) {
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let people: HashSet<UserId> = bios.iter().map(|(id, _)| *id).collect();
        let gone: Vec<UserId> = inner.marks.keys().filter(|id| !people.contains(id)).copied().collect();
        gone.into_iter().for_each(|id| inner.take(id));
        let known = |id: &UserId, bio: &str| inner.marks.get(id) == Some(&mark_of(bio));
        let unread = bios.into_iter().filter(|(id, bio)| !known(id, bio)).collect();
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = unread;
    }

    /// Reads those who wait, for at most so long; says whether somebody still does.
    pub fn read(&self, at_most: Duration) -> bool {
        let begun = Instant::now();
        loop {
            let turn: Vec<(UserId, String)> = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let rest = waiting.len().saturating_sub(TURN);
                waiting.split_off(rest)
            };
            if turn.is_empty() {
                return false;
            }
            for (id, bio) in &turn {
                self.put(*id, bio);
            }
            if begun.elapsed() >= at_most {
                return !self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            }
        }
    }

    /// Replaces what a person says; what means nothing to the model takes it away.
    pub fn put(&self, id: UserId, bio: &str) {
        let mark = mark_of(bio);
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        if inner.marks.get(&id) == Some(&mark) {
            return;
        }
        let known = inner.keys.contains_key(&mark);
        drop(inner);
        let vector = if known { Vec::new() } else { knowledge().embedder.encode(bio) };
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.take(id);
        if inner.join(id, mark) {
            return;
        }
        // The last one who said so may just have gone.
        let vector = if known { knowledge().embedder.encode(bio) } else { vector };
        if vector.iter().any(|part| *part != 0.0) && vector.iter().all(|part| part.is_finite()) {
            inner.add(id, mark, &vector);
        }
    }

    pub fn remove(&self, id: UserId) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).retain(|(waiting, _)| *waiting != id);
        self.inner.write().unwrap_or_else(PoisonError::into_inner).take(id);
    }

    /// The people whose words are nearest, nearest first, with a likeness 0–1.
    pub fn nearest(&self, vector: &[f32], count: usize) -> Vec<(UserId, f64)> {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        let Some(index) = inner.index.as_ref().filter(|index| index.size() > 0) else { return Vec::new() };
        let Ok(matches) = index.search(vector, count) else { return Vec::new() };
        let pairs = matches.keys.iter().zip(&matches.distances);
        let named = pairs.filter_map(|(key, distance)| Some((inner.people.get(key)?, f64::from(1.0 - distance))));
        named.flat_map(|(people, likeness)| people.iter().map(move |id| (*id, likeness))).take(count).collect()
    }

    /// How many were read.
    pub fn count(&self) -> usize {
        self.inner.read().unwrap_or_else(PoisonError::into_inner).marks.len()
    }

    /// Bytes of the vectors and the graph over them.
    pub fn bytes(&self) -> usize {
        let inner = self.inner.read().unwrap_or_else(PoisonError::into_inner);
        inner.index.as_ref().map_or(0, Index::memory_usage)
    }
}

fn mark_of(bio: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    bio.hash(&mut hasher);
    hasher.finish()
}

impl Inner {
    fn take(&mut self, id: UserId) {
        let Some(mark) = self.marks.remove(&id) else { return };
        let Some(key) = self.keys.get(&mark).copied() else { return };
        let left = self.people.get_mut(&key).map_or(0, |people| {
            people.retain(|known| *known != id);
            people.len()
        });
        if left == 0 {
            self.keys.remove(&mark);
            self.people.remove(&key);
            if let Some(index) = &self.index {
                drop(index.remove(key));
            }
        }
    }

    /// Puts a person to those who say the same; false when nobody does.
    fn join(&mut self, id: UserId, mark: u64) -> bool {
        let Some(people) = self.keys.get(&mark).and_then(|key| self.people.get_mut(key)) else { return false };
        if let Err(at) = people.binary_search(&id) {
            people.insert(at, id);
        }
        self.marks.insert(id, mark);
        true
    }

    fn add(&mut self, id: UserId, mark: u64, vector: &[f32]) {
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
            self.marks.insert(id, mark);
            self.keys.insert(mark, key);
            self.people.insert(key, vec![id]);
        }
    }
}
