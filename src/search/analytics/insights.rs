//! What a week of searches tells: wishes put differently, wishes given up, demand nobody meets.

use serde::Serialize;

use super::report::{self, UnmetRegion, Wish, rate};
use super::rollup::day_of;
use super::tables::Days;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{TimeZone, Timestamp, plus_hours};
use crate::search::log::tables::between;
use crate::store::Read;

pub const DAYS: i64 = 7;
const SHOWN: usize = 20;

/// A wish put differently: first words, last words, how it ended.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SearchChain)]
pub struct Chain {
    pub from: String,
    pub to: String,
    pub steps: u64,
    /// Somebody acted on a result of the last one.
    pub led_somewhere: bool,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SearchInsights)]
pub struct Insights {
    pub days: i64,
    /// Searches looked at; the newest ones when there are very many.
    pub searches: u64,
    /// Chains of searches by one person within ten minutes of each other; a single search is a chain of one.
    pub chains: u64,
    pub refined_chains: u64,
    /// Chains that ended without anybody acting on a result.
    pub abandoned_chains: u64,
    pub abandonment_rate: f64,
    pub refinement_rate: f64,
    pub examples: Vec<Chain>,
    pub unmet: Vec<Wish>,
    pub unmet_by_region: Vec<UnmetRegion>,
}

pub fn insights(read: &dyn Read, now: Timestamp, zone: &TimeZone) -> Outcome<Insights> {
    let rows = between(read, plus_hours(now, -24 * DAYS), now, SCAN_ROWS)?;
    let by_id: std::collections::HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
    let searches = rows.iter().filter(|row| row.is_first_page());
    let (mut chains, mut refined, mut abandoned, mut count) = (0, 0, 0, 0);
    let mut examples = Vec::new();
    for last in searches {
        count += 1;
        if last.refined {
            continue;
        }
        // The end of a chain: walk back to its beginning.
        chains += 1;
        let (mut first, mut steps) = (last, 1);
        while let Some(before) = first.follows.and_then(|id| by_id.get(&id)) {
            (first, steps) = (before, steps + 1);
        }
        refined += u64::from(steps > 1);
        abandoned += u64::from(!last.acted);
        let told = steps > 1 && !first.query.is_empty() && !last.query.is_empty();
        if told && examples.len() < SHOWN {
            let (from, to) = (first.query.clone(), last.query.clone());
            examples.push(Chain { from, to, steps, led_somewhere: last.acted });
        }
    }
    let span = Days::ending(day_of(now, zone), DAYS);
    let mut unmet = report::unmet(read, span)?;
    unmet.truncate(SHOWN);
    Ok(Insights {
        days: DAYS,
        searches: count,
        chains,
        refined_chains: refined,
        abandoned_chains: abandoned,
        abandonment_rate: rate(abandoned, chains),
        refinement_rate: rate(refined, chains),
        examples,
        unmet,
        unmet_by_region: report::unmet_by_region(read, span)?,
    })
}
