//! From a run that fails to the few steps that make it fail: ever smaller pieces are left out while it still does.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::run::{Script, run};

/// The longest that anybody waits for a smaller failure.
const LONGEST: Duration = Duration::from_secs(120);

/// The steps that are left, and what is wrong after them.
pub(super) fn shrink(script: &Script, failed_at: usize) -> (Vec<usize>, Vec<String>) {
    let began = Instant::now();
    let mut steps: Vec<usize> = (0..=failed_at).collect();
    let mut findings = Vec::new();
    let mut piece = steps.len().div_ceil(2);
    while piece > 0 && began.elapsed() < LONGEST {
        let mut at = 0;
        let mut smaller = false;
        while at < steps.len() && began.elapsed() < LONGEST {
            let end = (at + piece).min(steps.len());
            let left: Vec<usize> = steps[..at].iter().chain(&steps[end..]).copied().collect();
            match fails(script, &left) {
                Some(found) => {
                    (steps, findings, smaller) = (left, found, true);
                }
                None => at = end,
            }
        }
        if !smaller || piece > 1 {
            piece /= 2;
        }
    }
    (steps, findings)
}

fn fails(script: &Script, steps: &[usize]) -> Option<Vec<String>> {
    let only: BTreeSet<usize> = steps.iter().copied().collect();
    run(&Script { only: Some(only), ..script.clone() }).failed.map(|(_, findings)| findings)
}
