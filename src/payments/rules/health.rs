//! Whether payments are well: a few numbers and the word they come to (part 50 §4, Payment health).

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthLevel)]
pub enum Level {
    Ok,
    Warning,
    Critical,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cards that should have been asked by now.
    pub overdue_authorizations: u64,
    /// Lessons whose money should have been taken by now.
    pub overdue_captures: u64,
    /// Promised lessons whose card is refused.
    pub failed: u64,
    /// Payments that wait for a person.
    pub in_review: u64,
    /// Calls to Stripe without an answer for a while.
    pub unanswered: u64,
    /// Since a card was last accepted; `None` if never.
    pub minutes_since_success: Option<i64>,
    /// Differences between our books and Stripe's.
    pub discrepancies: u64,
}

/// The level and what speaks for it, the worst first.
pub fn judge(counts: &Counts) -> (Level, Vec<String>) {
    let mut said: Vec<(Level, String)> = Vec::new();
    let mut say = |level, words: String| said.push((level, words));
    match counts.overdue_authorizations {
        0..=5 => {}
        n @ 6..=10 => say(Level::Warning, format!("{n} cards should have been asked by now.")),
        n => say(Level::Critical, format!("{n} cards should have been asked by now.")),
    }
    // A quiet hour is no trouble; standing still while something is due is.
    if let Some(minutes) = counts.minutes_since_success.filter(|m| *m > 120 && counts.overdue_authorizations > 0) {
        say(Level::Warning, format!("No card was accepted for {minutes} minutes."));
    }
    if counts.failed > 5 {
        say(Level::Warning, format!("{} lessons wait for another card.", counts.failed));
    }
    if counts.overdue_captures > 0 {
        say(Level::Critical, format!("{} lessons should have been charged by now.", counts.overdue_captures));
    }
    if counts.unanswered > 5 {
        say(Level::Warning, format!("{} calls to Stripe have no answer yet.", counts.unanswered));
    }
    if counts.discrepancies > 0 {
        say(Level::Critical, format!("Our books and Stripe’s differ in {} places.", counts.discrepancies));
    }
    said.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let level = said.first().map_or(Level::Ok, |(level, _)| *level);
    (level, said.into_iter().map(|(_, words)| words).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_the_specified_ones() {
        let of = |overdue, minutes, failed, captures| {
            judge(&Counts {
                overdue_authorizations: overdue,
                minutes_since_success: minutes,
                failed,
                overdue_captures: captures,
                ..Counts::default()
            })
            .0
        };
        assert_eq!(of(5, Some(10), 5, 0), Level::Ok);
        assert_eq!(of(6, Some(10), 0, 0), Level::Warning);
        assert_eq!(of(11, Some(10), 0, 0), Level::Critical);
        assert_eq!(of(1, Some(121), 0, 0), Level::Warning);
        assert_eq!(of(0, Some(10_000), 0, 0), Level::Ok, "a quiet night");
        assert_eq!(of(0, None, 6, 0), Level::Warning);
        assert_eq!(of(0, None, 0, 1), Level::Critical);
    }
}
