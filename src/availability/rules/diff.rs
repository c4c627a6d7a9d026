//! What an edited week adds and removes against what was saved: the dry run before a save, and the explanation after
//! somebody else saved in between.

use super::bits::{Tag, Window};
use super::week::Days;
use crate::base::time::{Date, WallTime, dates};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Add,
    Remove,
}

/// One stretch that an edit publishes or takes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub change: Change,
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub tag: Tag,
    /// Why it cannot be done.
    pub refused: Option<&'static str>,
}

/// The steps from `saved` to `edited`, by date and window (rule: 30§2.5 Validate). `stored` is the week as it really
/// is, `today`/`now` the instructor's local moment.
pub fn steps(edited: &Days, saved: &Days, stored: &Days, (today, now): (Date, WallTime)) -> Vec<Step> {
    let mut steps = Vec::new();
    for date in changed_dates(edited, saved) {
        let windows = |days: &Days| days.get(&date).map(|day| day.windows()).unwrap_or_default();
        let (after, before, real) = (windows(edited), windows(saved), windows(stored));
        let step = |change, w: &Window, refused| {
            let Window { start, end, tag } = *w;
            Step { change, date, start, end, tag, refused }
        };
        let past = |w: &Window| date < today || (date == today && w.start < now);
        for w in after.iter().filter(|w| !before.contains(w)) {
            let there = real.iter().any(|r| r.tag == w.tag && r.start <= w.start && w.end <= r.end);
            let refused =
                if past(w) { Some("That time has passed.") } else { there.then_some("It is published already.") };
            steps.push(step(Change::Add, w, refused));
        }
        steps.extend(before.iter().filter(|w| !after.contains(w)).map(|w| step(Change::Remove, w, None)));
    }
    steps
}

fn changed_dates(a: &Days, b: &Days) -> Vec<Date> {
    let all = a.keys().chain(b.keys());
    match (all.clone().min(), all.max()) {
        (Some(first), Some(last)) => dates(*first, *last).filter(|date| a.get(date) != b.get(date)).collect(),
        _ => Vec::new(),
    }
}
