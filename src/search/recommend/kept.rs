//! What is the same for everybody is counted once in a while, not for every view of the home page.

use std::sync::{Arc, Mutex, PoisonError};

use crate::base::id::ServiceId;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;

/// How long a count stands.
const FRESH_SECONDS: i64 = 900;

/// A count with the moment it was made.
pub struct Fresh<T>(Mutex<Option<(Timestamp, Arc<T>)>>);

impl<T> Default for Fresh<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Fresh<T> {
    /// The count as it stands, or a new one. Whoever asks meanwhile waits for it: it is made once.
    pub fn get(&self, now: Timestamp, count: impl FnOnce() -> Outcome<T>) -> Outcome<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, counted)) = kept.as_ref()
            && (0..FRESH_SECONDS).contains(&now.duration_since(*at).as_secs())
        {
            return Ok(counted.clone());
        }
        let counted = Arc::new(count()?);
        *kept = Some((now, counted.clone()));
        Ok(counted)
    }
}

/// What the home page shows of everybody.
#[derive(Default)]
pub struct Everybody {
    /// Lessons that more and more people look for, and how many teach them.
    pub rising: Fresh<Vec<(String, u32)>>,
    /// What people learned besides what, and how many did.
    pub besides: Fresh<Vec<(ServiceId, ServiceId, usize)>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::plus_seconds;

    #[test]
    fn a_count_stands_for_a_while() {
        let kept = Fresh::<u32>::default();
        let now: Timestamp = "2026-11-10T03:00:00Z".parse().unwrap();
        for (after, made, want) in [(0, 1, 1), (899, 2, 1), (900, 3, 3), (901, 4, 3)] {
            assert_eq!(*kept.get(plus_seconds(now, after), || Ok(made)).unwrap(), want, "{after}");
        }
    }
}
