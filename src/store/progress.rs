//! A line now and then about work that takes long; nothing about work that does not.

use std::time::{Duration, Instant};

/// Whoever waits this long wants to know why.
const PATIENCE: Duration = Duration::from_secs(3);

pub struct Progress {
    what: String,
    began: Instant,
    told: Duration,
}

impl Progress {
    /// `what` as in "upgrading the data from format 1 to 2".
    pub fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), began: Instant::now(), told: Duration::ZERO }
    }

    /// Says how far it is, at most every few seconds.
    pub fn at(&mut self, so_far: impl FnOnce() -> String) {
        if let Some(line) = self.line(self.began.elapsed(), so_far) {
            tracing::info!("{line}");
        }
    }

    fn line(&mut self, elapsed: Duration, so_far: impl FnOnce() -> String) -> Option<String> {
        if elapsed < self.told + PATIENCE {
            return None;
        }
        self.told = elapsed;
        Some(format!("{}: {} after {} s", self.what, so_far(), elapsed.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_work_is_silent_and_long_work_tells_every_three_seconds() {
        let mut progress = Progress::of("counting");
        let lines: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 8, 20]
            .into_iter()
            .filter_map(|s| progress.line(Duration::from_secs(s), || format!("{s} sheep")))
            .collect();
        assert_eq!(
            lines,
            ["counting: 3 sheep after 3 s", "counting: 6 sheep after 6 s", "counting: 20 sheep after 20 s"]
        );
    }
}
