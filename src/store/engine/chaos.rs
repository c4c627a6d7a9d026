//! An engine that makes the store run every write once for nothing before it counts: whoever keeps a counter, takes a
//! value out of its closure or reads a clock inside a write is found at once. For tests.

use super::{Engine, EngineRead};
use crate::store::StoreError;
use crate::store::tx::Overlay;

pub struct Chaos<E>(pub E);

impl<E: Engine> Engine for Chaos<E> {
    fn snapshot(&self) -> Result<Box<dyn EngineRead>, StoreError> {
        self.0.snapshot()
    }
    fn commit(&self, changes: &Overlay) -> Result<(), StoreError> {
        self.0.commit(changes)
    }
    fn rest(&self) -> Result<(), StoreError> {
        self.0.rest()
    }
    fn rehearses(&self) -> bool {
        true
    }
}
