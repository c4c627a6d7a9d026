//! Sliding windows: so many within so long, whatever their rhythm. // rule: 20§9
//!
//! Short ones are kept in memory. Those of an hour rest in the store, so that a restart forgives nobody; what they guard
//! writes anyway.

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_seconds};
use crate::site::Site;
use crate::store::{Dir, Index, ReadExt, Span, Table, Tx};

use super::gcra::whole_seconds;
use super::policy::RATE_LIMITS;
use super::{Limiter, Verdict, WindowRule};

/// Windows at least this long rest in the store.
const KEPT_FROM_SECONDS: i64 = 3600;
/// Forgotten rows thrown away with each new one.
const SWEPT: usize = 10;

/// At most `most` of something within `seconds`.
#[derive(Debug, PartialEq, Eq)]
pub struct Window {
    pub name: &'static str,
    pub most: usize,
    pub seconds: i64,
    /// The code of its refusal.
    pub code: &'static str,
}

impl Window {
    pub const fn new(name: &'static str, most: usize, seconds: i64) -> Self {
        Self { name, most, seconds, code: "RATE_LIMIT_EXCEEDED" }
    }

    /// The same under a code of its own.
    pub const fn refusing(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    pub fn rests(&self) -> bool {
        self.seconds >= KEPT_FROM_SECONDS
    }

    /// Judges one more at `now` (microseconds); `hits` afterwards holds what lies within the window.
    pub fn judge(&self, hits: &mut Vec<i64>, now: i64) -> Verdict {
        let span = self.seconds.saturating_mul(1_000_000);
        hits.retain(|at| now.saturating_sub(*at) < span);
        let allowed = hits.len() < self.most;
        if allowed {
            hits.push(now);
        }
        let frees = hits.first().map_or(now, |first| first.saturating_add(span));
        let empties = hits.last().map_or(now, |last| last.saturating_add(span));
        Verdict {
            allowed,
            limit: u32::try_from(self.most).unwrap_or(u32::MAX),
            remaining: u32::try_from(self.most - hits.len().min(self.most)).unwrap_or(u32::MAX),
            reset: whole_seconds(empties),
            retry_after: if allowed { 0 } else { u64::try_from(whole_seconds(frees - now)).unwrap_or(0).max(1) },
        }
    }

    pub fn refusal(&self, verdict: &Verdict) -> Refusal {
        Refusal::too_many(self.code, "That was too often. Wait a little and try again.", verdict.retry_after).limited(
            self.name,
            self.most,
            verdict.reset,
        )
    }
}

/// When a window of an hour was used, by its name and whom it counts.
pub static SPENT: Table<(String, String), Vec<Timestamp>> =
    Table::new(0x0440, "window_key_instants").indexed(&[&BY_LAST]);
/// For the sweep: rows nobody has touched for long.
static BY_LAST: Index<(String, String), Vec<Timestamp>, (Timestamp,)> =
    Index::new(0x0441, "last_window_key", |_, hits| hits.last().map(|at| vec![(*at,)]).unwrap_or_default());

/// What a window does when it is full, as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    lifted: bool,
    shadow: bool,
}

impl Standing {
    pub fn of(site: &Site) -> Outcome<Self> {
        let rule = site.part::<Limiter>()?.rule();
        let shadow = site.read(|r| RATE_LIMITS.read(r))?.shadow_everywhere(rule);
        Ok(Self { lifted: rule == WindowRule::Off, shadow })
    }

    /// Whether one that is full refuses.
    pub fn blocks(self) -> bool {
        !self.lifted && !self.shadow
    }
}

/// Counts one more for `key` in the write that it limits; refuses it where windows block.
pub fn spend(tx: &mut Tx, window: &'static Window, key: &str, standing: Standing) -> Outcome<()> {
    if standing.lifted {
        return Ok(());
    }
    let verdict = count_in(tx, window, key)?;
    if verdict.allowed || standing.shadow { Ok(()) } else { Err(window.refusal(&verdict)) }
}

/// Counts one more, wherever the window is kept.
pub async fn count(site: &Site, window: &'static Window, key: &str) -> Outcome<Verdict> {
    if !window.rests() {
        return Ok(site.part::<Limiter>()?.count(window, key, site.now()));
    }
    let key = key.to_owned();
    site.write(move |tx| count_in(tx, window, &key)).await
}

fn count_in(tx: &mut Tx, window: &'static Window, key: &str) -> Outcome<Verdict> {
    let now = tx.now();
    let old = plus_seconds(now, -24 * 3600);
    for (_, forgotten) in tx.index_keys(&BY_LAST, Span::from_to(&(Timestamp::MIN,), &(old,)), SWEPT, Dir::Up)? {
        tx.delete(&SPENT, &forgotten)?;
    }
    let id = (window.name.to_owned(), key.to_owned());
    let kept = tx.get(&SPENT, &id)?.unwrap_or_default();
    let mut hits: Vec<i64> = kept.iter().map(|at| at.as_microsecond()).collect();
    let verdict = window.judge(&mut hits, now.as_microsecond());
    let hits: Vec<Timestamp> = hits.iter().filter_map(|at| Timestamp::from_microsecond(*at).ok()).collect();
    tx.put(&SPENT, &id, &hits)?;
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_within_so_long() {
        let window = Window::new("test", 3, 60);
        let mut hits = Vec::new();
        let mut at = |seconds: i64| window.judge(&mut hits, seconds * 1_000_000);
        assert_eq!((at(0).remaining, at(10).remaining, at(20).remaining), (2, 1, 0));
        let refused = at(30);
        assert_eq!((refused.allowed, refused.retry_after, refused.reset), (false, 30, 80));
        assert!(at(60).allowed, "the first has left the window");
        assert!(!at(61).allowed);
    }
}
