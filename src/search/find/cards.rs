//! From judged offerings to an ordered page of cards, each with its next true slots.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::criteria::{Criteria, When};
use super::judge::{Bench, Judged, OTHER_DAYS, any_day, openings};
use super::rank::Scale;
use super::relax::{self, Group};
use super::why;
use crate::accounts;
use crate::availability::rules::open::Opening;
use crate::availability::rules::sheet::Sheet;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_days};
use crate::instructors;
use crate::search::grammar::Sort;
use crate::search::supply::{Row, Supply};
use crate::search::understand::knowledge;
use crate::store::Read;

/// Slots on a card.
const SLOTS: usize = 3;
const OTHER_MATCHES: usize = 3;
/// How alike a bio must be to words that name no service, to be shown for them.
const BIO_FITS: f64 = 0.55;
const BIOS: usize = 50;

/// One instructor in the answer.
#[derive(Clone, Debug)]
pub struct Card {
    pub row: Arc<Row>,
    pub best: Judged,
    /// Other offerings that match, best first.
    pub others: Vec<Judged>,
    pub matching: usize,
    pub score: f64,
    pub group: Group,
    pub slots: Vec<Opening>,
    pub why: Vec<String>,
    /// For a relaxed result: what is different.
    pub reason: Option<String>,
}

/// The answer to a query.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub cards: Vec<Card>,
    pub total: usize,
    /// Results per group, exact ones first.
    pub groups: Vec<(Group, usize)>,
    pub relaxed: Vec<String>,
}

/// What finding needs: one consistent view of everything.
pub struct View<'a> {
    pub read: &'a dyn Read,
    pub supply: &'a Supply,
    pub rows: &'a std::collections::BTreeMap<UserId, Arc<Row>>,
    pub now: Timestamp,
    pub founding: f64,
}

struct Candidate {
    row: Arc<Row>,
    judged: Vec<Judged>,
    group: Group,
    score: f64,
}

/// The cards from `offset` on, at most `limit`.
pub fn find(view: &View, criteria: &Criteria, nothing_fits: bool, offset: usize, limit: usize) -> Outcome<Found> {
    let likeness: HashMap<UserId, f64> = if criteria.free_text.is_empty() {
        HashMap::new()
    } else {
        view.supply.nearest_bios(&criteria.free_text, BIOS).into_iter().collect()
    };
    let mut criteria = criteria.clone();
    if nothing_fits {
        criteria.services = None;
    }
    let only_bios = |id: &UserId| !nothing_fits || likeness.get(id).is_some_and(|likeness| *likeness >= BIO_FITS);
    let mut candidates = Vec::new();
    for row in view.rows.values().filter(|row| row.is_public(view.now) && only_bios(&row.id)) {
        let judged = judge_row(view, &criteria, row)?;
        if let Some(best) = judged.first() {
            candidates.push(Candidate { row: row.clone(), group: relax::group_of(best.fails), judged, score: 0.0 });
        }
    }
    let fails: Vec<_> = candidates.iter().map(|candidate| candidate.judged[0].fails).collect();
    let groups = relax::shown(&fails);
    candidates
        .retain(|candidate| groups.contains(&candidate.group) && relax::allowed(candidate.judged[0].fails, &groups));
    let scale = Scale {
        now: view.now,
        mean_rating: Scale::mean_of(view.rows.values().map(Arc::as_ref)),
        founding: view.founding,
    };
    for candidate in &mut candidates {
        let alike = likeness.get(&candidate.row.id).copied().unwrap_or(0.0);
        candidate.score = scale.score(&candidate.row, &candidate.judged[0], &criteria, alike);
    }
    candidates.sort_by(|a, b| order(a, b, &criteria, &scale));
    page(view, &criteria, candidates, &groups, offset, limit)
}

/// Every matching offering of one person, the best one first.
fn judge_row(view: &View, criteria: &Criteria, row: &Arc<Row>) -> Outcome<Vec<Judged>> {
    let bench = Bench {
        criteria,
        gazetteer: &knowledge().places,
        now: view.now,
        need_first: criteria.urgent || criteria.sort == Some(Sort::Soonest),
    };
    let mut sheet: Option<Arc<Sheet>> = None;
    let mut failed = None;
    let mut judged = Vec::new();
    for at in 0..row.offers.len() {
        let mut load = || match whole_sheet(view, criteria, row) {
            Ok(loaded) => Some(sheet.get_or_insert(loaded).clone()),
            Err(refusal) => {
                failed = Some(refusal);
                None
            }
        };
        judged.extend(bench.judge(row, at, &mut load));
    }
    if let Some(refusal) = failed {
        return Err(refusal);
    }
    judged.sort_by(|a, b| {
        let group = relax::group_of(a.fails).cmp(&relax::group_of(b.fails));
        let rate = |judged: &Judged| row.offers[judged.offer].rate_at(judged.place);
        group.then(b.relevance.total_cmp(&a.relevance)).then(rate(a).cmp(&rate(b))).then(a.offer.cmp(&b.offer))
    });
    Ok(judged)
}

/// The calendar over every day a query may look at.
fn whole_sheet(view: &View, criteria: &Criteria, row: &Row) -> Outcome<Arc<Sheet>> {
    let last = criteria.when.last.max(plus_days(criteria.today, OTHER_DAYS));
    view.supply.sheet(view.read, row, criteria.today, last)
}

/// Group first, then the asked order or the score, then ties in a fixed sequence.
fn order(a: &Candidate, b: &Candidate, criteria: &Criteria, scale: &Scale) -> Ordering {
    let rate =
        |candidate: &Candidate| candidate.row.offers[candidate.judged[0].offer].rate_at(candidate.judged[0].place);
    let distance = |candidate: &Candidate| candidate.judged[0].distance_km.unwrap_or(f64::INFINITY);
    let first =
        |candidate: &Candidate| candidate.judged[0].first.as_ref().map_or(Timestamp::MAX, |opening| opening.start_utc);
    let wanted = match criteria.sort {
        Some(Sort::PriceAsc) => rate(a).cmp(&rate(b)),
        Some(Sort::PriceDesc) => rate(b).cmp(&rate(a)),
        Some(Sort::RatingDesc) => rated(&b.row).total_cmp(&rated(&a.row)),
        Some(Sort::Distance) => distance(a).total_cmp(&distance(b)),
        Some(Sort::Soonest) => first(a).cmp(&first(b)),
        None if criteria.urgent => first(a).cmp(&first(b)),
        None => Ordering::Equal,
    };
    let ties = || {
        scale
            .quality(&b.row)
            .total_cmp(&scale.quality(&a.row))
            .then(rate(a).cmp(&rate(b)))
            .then(distance(a).total_cmp(&distance(b)))
    };
    let tenure = || a.row.created_at.cmp(&b.row.created_at).then(a.row.id.cmp(&b.row.id));
    a.group.cmp(&b.group).then(wanted).then(b.score.total_cmp(&a.score)).then_with(ties).then_with(tenure)
}

/// A mean without reviews behind it stands after every real one.
fn rated(row: &Row) -> f64 {
    row.rating.unwrap_or(0.0)
}

fn page(
    view: &View,
    criteria: &Criteria,
    candidates: Vec<Candidate>,
    groups: &[Group],
    offset: usize,
    limit: usize,
) -> Outcome<Found> {
    let count = |group: Group| candidates.iter().filter(|candidate| candidate.group == group).count();
    let groups: Vec<(Group, usize)> =
        groups.iter().map(|group| (*group, count(*group))).filter(|(_, count)| *count > 0).collect();
    let relaxed = groups.iter().filter_map(|(group, _)| group.wish()).map(str::to_owned).collect();
    let total = candidates.len();
    let mut cards = Vec::new();
    for candidate in candidates.into_iter().skip(offset).take(limit) {
        if still_public(view, candidate.row.id)? {
            cards.push(card(view, criteria, candidate)?);
        }
    }
    Ok(Found { cards, total, groups, relaxed })
}

/// As the store has it now: the rows may be a moment behind.
fn still_public(view: &View, id: UserId) -> Outcome<bool> {
    let profile = instructors::profile(view.read, id)?;
    let user = accounts::user(view.read, id)?;
    Ok(profile.zip(user).is_some_and(|(profile, user)| instructors::is_public(&profile, &user, view.now)))
}

fn card(view: &View, criteria: &Criteria, candidate: Candidate) -> Outcome<Card> {
    let Candidate { row, mut judged, group, score } = candidate;
    let best = judged.remove(0);
    let matching = judged.len() + 1;
    judged.retain(|other| relax::group_of(other.fails) <= group);
    judged.truncate(OTHER_MATCHES);
    let sheet = whole_sheet(view, criteria, &row)?;
    let slots = openings(&sheet, &window(criteria, &best), best.place, best.minutes, view.now, SLOTS);
    let why = why::reasons(&row, &best, criteria, &slots, view.now);
    let reason = why::different(&best, criteria, &slots, group, &row);
    Ok(Card { row, best, others: judged, matching, score, group, slots, why, reason })
}

/// The asked window as far as the result keeps it; without one, the coming two weeks.
fn window(criteria: &Criteria, best: &Judged) -> When {
    let when = &criteria.when;
    match (best.fails.date, best.fails.time) {
        (true, _) => any_day(when, criteria.today),
        (false, true) => When { after: None, before: None, ..when.clone() },
        (false, false) if when.day => when.clone(),
        (false, false) => When { last: when.last.max(plus_days(criteria.today, OTHER_DAYS)), ..when.clone() },
    }
}
