//! Calendars at hand: what each instructor published and what is taken of it.
//!
//! Every change of a calendar raises its revision in the same write; a sheet is used only while its
//! revision is the one the store has now. So a slot that is booked is gone from the next search, with
//! no delay of any follower in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::row::Row;
use crate::availability::ops::calendar_of;
use crate::availability::rules::calendar::Platform;
use crate::availability::rules::sheet::Sheet;
use crate::availability::settings::platform;
use crate::availability::tables;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, plus_days};
use crate::store::Read;

/// Days ahead that are kept; what lies beyond is read when asked for.
const AHEAD: i64 = 35;
/// Sheets in memory; then all are read again as they are asked for.
const MOST: usize = 20_000;

/// The sheets in memory.
#[derive(Default)]
pub struct Sheets {
    kept: Mutex<HashMap<UserId, Kept>>,
}

#[derive(Clone)]
struct Kept {
    revision: u64,
    /// The marketplace's own booking rules when the sheet was read.
    rules: Option<Platform>,
    from: Date,
    to: Date,
    sheet: Arc<Sheet>,
}

impl Sheets {
    /// The calendar of one instructor over `from..=to`, as `read` has it.
    pub fn get(&self, read: &dyn Read, row: &Row, from: Date, to: Date) -> Outcome<Arc<Sheet>> {
        let (revision, rules) = (tables::revision(read, row.id)?, platform(read)?);
        let fits = |kept: &Kept| kept.revision == revision && kept.rules == rules && kept.from <= from && to <= kept.to;
        if let Some(kept) =
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&row.id).filter(|kept| fits(kept))
        {
            return Ok(kept.sheet.clone());
        }
        let last = plus_days(from, AHEAD);
        let far = to > last;
        let calendar = calendar_of(read, row.id)?;
        let sheet = Arc::new(tables::sheet(read, calendar, row.id, from, if far { to } else { last }, None)?);
        if !far {
            let kept = Kept { revision, rules, from, to: last, sheet: sheet.clone() };
            let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= MOST {
                all.clear();
            }
            all.insert(row.id, kept);
        }
        Ok(sheet)
    }

    pub fn forget(&self, id: UserId) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}
