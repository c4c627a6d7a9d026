//! Typed extras: a higher room leaves a value here at wiring, a lower one finds it by its type.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::base::refusal::{Outcome, Refusal};

#[derive(Default)]
pub struct Parts(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Parts {
    pub fn put<T: Send + Sync + 'static>(&self, part: T) {
        self.share(Arc::new(part));
    }

    /// Like [`Self::put`] for a part that others hold too.
    pub fn share<T: Send + Sync + 'static>(&self, part: Arc<T>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(TypeId::of::<T>(), part);
    }

    pub fn get<T: Send + Sync + 'static>(&self) -> Outcome<Arc<T>> {
        let parts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        parts
            .get(&TypeId::of::<T>())
            .and_then(|part| part.clone().downcast::<T>().ok())
            .ok_or_else(|| Refusal::internal(format!("{} was not wired", type_name::<T>())))
    }

    /// Lets go of everything, once a server has stopped: many parts hold the site that holds them, and a process that
    /// starts one server after another would keep them all.
    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
