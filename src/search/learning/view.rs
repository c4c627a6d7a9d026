//! Phrases and names as programs and pages see them.

use serde::Serialize;

use super::model::{Alias, AliasStatus, Named, Source, Unheard, UnheardStatus};
use super::ops::name_of;
use super::rules::{LEAST_SEARCHES, LEAST_VOTES, tally};
use super::tables::{all_aliases, all_unheard, votes};
use crate::base::id::{AliasId, NeighborhoodId, UserId};
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::catalog::catalogue;
use crate::search::understand::knowledge;
use crate::store::Read;

/// A phrase nobody understood, with what people chose after it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = UnresolvedPhrase)]
pub struct UnheardView {
    pub query_normalized: String,
    pub kind: Named,
    pub status: UnheardStatus,
    /// Each person once a day.
    pub search_count: u64,
    pub unique_searchers: u64,
    pub vote_count: f64,
    pub voters: u64,
    pub votes: Vec<Share>,
    pub sample_queries: Vec<String>,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    /// Enough people searched and chose.
    pub enough: bool,
}

/// One meaning's part of the votes.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = VoteShare)]
pub struct Share {
    pub name: String,
    pub votes: f64,
    pub share: f64,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = SearchAlias)]
pub struct AliasView {
    pub id: AliasId,
    pub alias: String,
    pub kind: Named,
    pub status: AliasStatus,
    pub source: Source,
    pub confidence: f64,
    pub votes: f64,
    pub voters: u64,
    /// What it means, in words.
    pub meaning: Vec<String>,
    pub target_ids: Vec<String>,
    pub usage_count: u64,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Option<UserId>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<UserId>,
}

impl From<Alias> for AliasView {
    fn from(alias: Alias) -> Self {
        Self {
            id: alias.id,
            meaning: meaning(alias.kind, &alias.targets),
            alias: alias.phrase,
            kind: alias.kind,
            status: alias.status,
            source: alias.source,
            confidence: rounded(alias.confidence),
            votes: rounded(alias.votes),
            voters: alias.voters,
            target_ids: alias.targets,
            usage_count: alias.uses,
            last_used_at: alias.last_used_at,
            created_at: alias.created_at,
            created_by: alias.created_by,
            decided_at: alias.decided_at,
            decided_by: alias.decided_by,
        }
    }
}

fn meaning(kind: Named, targets: &[String]) -> Vec<String> {
    let places = &knowledge().places;
    let mut names: Vec<String> = match kind {
        Named::Place => targets
            .iter()
            .filter_map(|id| id.parse::<NeighborhoodId>().ok())
            .filter_map(|id| places.by_id(id))
            .filter_map(|ix| name_of(places, ix))
            .collect(),
        Named::Service => targets.iter().map(|id| lesson(id)).collect(),
    };
    names.dedup();
    names
}

fn lesson(id: &str) -> String {
    let service = id.parse().ok().and_then(|id| catalogue().service(id));
    service.map_or_else(|| id.to_owned(), |service| service.name.clone())
}

/// Phrases in one of `statuses`, the most searched first. What was chosen after each is read by [`voted`], for those shown.
pub fn unheard(read: &dyn Read, statuses: &[UnheardStatus], kind: Option<Named>) -> Outcome<Vec<Unheard>> {
    let wanted = |row: &Unheard| statuses.contains(&row.status) && kind.is_none_or(|kind| row.kind == kind);
    let mut rows: Vec<Unheard> = all_unheard(read)?.into_iter().filter(wanted).collect();
    rows.sort_by(|a, b| b.searchers.len().cmp(&a.searchers.len()).then(b.last_at.cmp(&a.last_at)));
    Ok(rows)
}

/// A phrase with the votes cast after it.
pub fn voted(read: &dyn Read, row: Unheard, now: Timestamp) -> Outcome<UnheardView> {
    let counted = tally(&votes(read, row.kind, &row.phrase)?, now);
    let name = |target: &str| match row.kind {
        Named::Place => target.to_owned(),
        Named::Service => lesson(target),
    };
    let shares = counted.targets.iter().take(5).map(|part| Share {
        name: name(&part.target),
        votes: rounded(part.votes),
        share: rounded(part.share),
    });
    Ok(UnheardView {
        votes: shares.collect(),
        enough: row.searchers.len() >= LEAST_SEARCHES && counted.votes >= LEAST_VOTES,
        query_normalized: row.phrase,
        kind: row.kind,
        status: row.status,
        search_count: row.searches,
        unique_searchers: row.searchers.len() as u64,
        vote_count: rounded(counted.votes),
        voters: counted.voters as u64,
        sample_queries: row.samples,
        first_seen_at: row.first_at,
        last_seen_at: row.last_at,
    })
}

/// Names in one state, the newest first.
pub fn aliases(read: &dyn Read, status: Option<AliasStatus>) -> Outcome<Vec<AliasView>> {
    let rows = all_aliases(read)?.into_iter().filter(|alias| status.is_none_or(|status| alias.status == status));
    Ok(rows.map(AliasView::from).collect())
}

/// Every neighborhood a name can be given to: id, name, borough.
pub fn regions() -> Vec<(NeighborhoodId, String, String)> {
    let places = &knowledge().places;
    let mut all: Vec<_> = places
        .regions()
        .filter(|(_, region)| !region.hidden)
        .map(|(ix, region)| (region.id, region.name.clone(), places.borough_name(ix).to_owned()))
        .collect();
    all.sort_by(|a, b| (&a.2, &a.1).cmp(&(&b.2, &b.1)));
    all
}

fn rounded(number: f64) -> f64 {
    // The sum of no votes is minus nought, and nobody should see that.
    (number * 1000.0).round() / 1000.0 + 0.0
}
