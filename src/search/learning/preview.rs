//! What a name would change: the searches that asked for it, answered without and with it.

use std::sync::Arc;

use super::model::{Alias, UnheardStatus};
use super::tables::{UNHEARD, alias, key};
use crate::base::id::AliasId;
use crate::base::refusal::Outcome;
use crate::search::ops::{self, Ask};
use crate::search::part::Search;
use crate::site::Site;
use crate::store::ReadExt;

/// Sentences that are answered for it.
const TRIED: usize = 5;

/// A sentence with the number of results before and after.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = AliasImpactSample)]
pub struct Tried {
    pub query: String,
    pub results_before: u64,
    pub results_after: u64,
}

/// What would follow from a name.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = AliasImpact)]
pub struct Impact {
    /// Searches for these words, each person once a day.
    pub searches: u64,
    pub searchers: u64,
    pub status: Option<UnheardStatus>,
    pub samples: Vec<Tried>,
}

/// Answers the kept sentences twice. Blocking work: call it beside the server's threads.
pub fn impact(site: &Site, id: AliasId) -> Outcome<Impact> {
    let (alias, unheard) = site.read(|r| {
        let alias = alias(r, id)?;
        let unheard = r.get(&UNHEARD, &key(alias.kind, &alias.phrase))?;
        Ok((alias, unheard))
    })?;
    let mut samples: Vec<String> = unheard.as_ref().map(|row| row.samples.clone()).unwrap_or_default();
    if samples.is_empty() {
        samples.push(alias.phrase.clone());
    }
    samples.truncate(TRIED);
    let tried = samples.into_iter().map(|query| try_both(site, &alias, query)).collect::<Outcome<Vec<_>>>()?;
    Ok(Impact {
        searches: unheard.as_ref().map_or(0, |row| row.searches),
        searchers: unheard.as_ref().map_or(0, |row| row.searchers.len() as u64),
        status: unheard.map(|row| row.status),
        samples: tried,
    })
}

fn try_both(site: &Site, alias: &Alias, query: String) -> Outcome<Tried> {
    let live = site.part::<Search>()?.names.get(site)?;
    let with = Arc::new(live.with(alias));
    let fitting = |names| -> Outcome<u64> {
        let ask = Ask { query: query.clone(), limit: 1, names: Some(names), ..Ask::default() };
        let answered = ops::answer(site, ask)?;
        // Without the place, everybody everywhere is shown: nobody fits what was meant.
        Ok(if answered.location_not_found { 0 } else { answered.found.total as u64 })
    };
    Ok(Tried { results_before: fitting(live.clone())?, results_after: fitting(with)?, query })
}
