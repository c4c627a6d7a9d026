//! An engine that forgets: for tests and simulation.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Engine, EngineRead, Pair};
use crate::store::StoreError;
use crate::store::read::Dir;
use crate::store::tx::Overlay;

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Default)]
pub struct Memory {
    state: RwLock<Arc<Map>>,
}

impl Engine for Memory {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        Ok(Box::new(Frozen(self.state.read().unwrap_or_else(PoisonError::into_inner).clone())))
    }

    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let map = Arc::make_mut(&mut state);
        for (key, value) in changes {
            match value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(key),
            };
        }
        Ok(())
    }
}

struct Frozen(Arc<Map>);

impl EngineRead for Frozen {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize, dir: Dir) -> Result<Vec<Pair>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = self
            .0
            .range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
            .map(|(k, v)| (k.clone(), v.clone()));
        Ok(match dir {
            Dir::Up => range.take(limit).collect(),
            Dir::Down => range.rev().take(limit).collect(),
        })
    }
}
