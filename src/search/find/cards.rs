//! From judged offerings to an ordered page of cards, each with its next true slots.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::criteria::{Criteria, When};
use super::facets::Facets;
use super::judge::{Bench, Judged, OTHER_DAYS, Sheets, any_day, openings, speaks};
use super::rank::{DEFAULT_MEAN, Scale, Signals};
use super::reach::Reach;
use super::relax::{self, Group};
use super::why;
use crate::accounts;
use crate::availability::rules::open::Opening;
use crate::availability::rules::sheet::Sheet;
use crate::base::id::UserId;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Timestamp, plus_days};
use crate::instructors;
use crate::search::grammar::Sort;
use crate::search::supply::{Index, Places, Row, Supply};
use crate::search::tuning::Tuning;
use crate::search::understand::knowledge;
use crate::store::Read;

/// Slots on a card.
const SLOTS: usize = 3;
const OTHER_MATCHES: usize = 3;
const BIOS: usize = 50;
/// From so many candidates on, two threads judge them.
const MANY: u64 = 8_000;

/// One instructor in the answer.
#[derive(Clone, Debug)]
pub struct Card {
    pub row: Arc<Row>,
    pub best: Judged,
    /// Other offerings that match, best first.
    pub others: Vec<Judged>,
    pub matching: usize,
    pub score: f64,
    pub signals: Signals,
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
    pub funnel: Funnel,
    /// Counted where a page asked for it.
    pub facets: Option<Facets>,
    /// Taken from the answers at hand.
    pub kept: bool,
}

/// How many were left after each step, and how long each took: the console's picture of a search.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub struct Funnel {
    /// Everybody who is live.
    pub instructors: usize,
    /// Who teaches a wanted service.
    pub teaching: usize,
    /// Who is left by place, kind of lesson, age and language.
    pub within_reach: usize,
    /// Who fits every wish.
    pub exact: usize,
    /// Who is shown, with those for whom a wish was let go.
    pub shown: usize,
    pub narrow_us: u64,
    pub judge_us: u64,
    pub rank_us: u64,
    pub cards_us: u64,
}

/// What finding needs: one consistent view of everything.
pub struct View<'a> {
    pub read: &'a (dyn Read + Sync),
    pub supply: &'a Supply,
    pub index: &'a Index,
    pub now: Timestamp,
    pub founding: f64,
    pub tuning: Tuning,
    /// Whether to count what stands behind the filters.
    pub facets: bool,
}

struct Candidate<'a> {
    row: &'a Arc<Row>,
    judged: Judged,
    group: Group,
    score: f64,
}

/// The cards of a page: from an offset on, at most so many.
pub fn find(view: &View, criteria: &Criteria, nothing_fits: bool, page: (usize, usize)) -> Outcome<Found> {
    let reach = Reach::of_query(&knowledge().places, criteria.area.as_ref(), criteria.spot);
    find_near(view, criteria, nothing_fits, page, &reach)
}

/// The same where it is known how far every region is.
pub(super) fn find_near(
    view: &View,
    criteria: &Criteria,
    nothing_fits: bool,
    (offset, limit): (usize, usize),
    reach: &Reach,
) -> Outcome<Found> {
    let begun = Instant::now();
    let mut clock = Lap(begun);
    let likeness: HashMap<UserId, f64> = if criteria.free_text.is_empty() {
        HashMap::new()
    } else {
        view.supply.nearest_bios(&criteria.free_text, BIOS).into_iter().collect()
    };
    let mut criteria = criteria.clone();
    let mut only = None;
    if nothing_fits {
        criteria.services = None;
        let alike = likeness.iter().filter(|(_, likeness)| **likeness >= view.tuning.thresholds.biography);
        only = Some(view.supply.places(alike.map(|(id, _)| *id)));
    }
    let mut funnel = Funnel { instructors: view.index.instructors(), ..Funnel::default() };
    let places = narrow(view, &criteria, reach, only, &mut funnel);
    funnel.narrow_us = clock.lap();
    let scale = Scale {
        now: view.now,
        mean_rating: view.index.mean_rating().unwrap_or(DEFAULT_MEAN),
        founding: view.founding,
        tuning: view.tuning,
    };
    let judges = Judges { view, criteria: &criteria, reach, scale: &scale, likeness: &likeness };
    let (mut candidates, groups) = judges.candidates(&places, &mut funnel)?;
    funnel.judge_us = clock.lap();
    let count = |group: Group| candidates.iter().filter(|candidate| candidate.group == group).count();
    let groups: Vec<(Group, usize)> =
        groups.iter().map(|group| (*group, count(*group))).filter(|(_, count)| *count > 0).collect();
    let relaxed = relax::let_go(candidates.iter().map(|candidate| candidate.judged.fails));
    let total = candidates.len();
    // Where nobody fits, every count would be nought and say nothing.
    let facets = (view.facets && funnel.exact > 0).then(|| {
        let (mut facets, wanted) = (Facets::default(), criteria.wanted());
        let exact = candidates.iter().filter(|candidate| candidate.group == Group::Exact);
        exact.for_each(|candidate| facets.count(candidate.row, &wanted));
        facets
    });
    // Only the page that is shown has to be in order.
    let end = offset.saturating_add(limit);
    if end < total {
        candidates.select_nth_unstable_by(end, |a, b| order(a, b, &criteria, &scale));
        candidates.truncate(end);
    }
    candidates.sort_unstable_by(|a, b| order(a, b, &criteria, &scale));
    funnel.rank_us = clock.lap();
    let mut cards = Vec::new();
    let sheets = |row: &Row| judges.sheet(row);
    let bench = judges.bench(&sheets);
    for candidate in candidates.into_iter().skip(offset) {
        if still_public(view, candidate.row.id)? {
            let signals = scale.signals(candidate.row, &candidate.judged, &criteria, judges.alike(candidate.row));
            cards.push(judges.card(&bench, candidate, signals)?);
        }
    }
    funnel.cards_us = clock.lap();
    funnel.shown = total;
    Ok(Found { cards, total, groups, relaxed, funnel, facets, kept: false })
}

struct Lap(Instant);

impl Lap {
    /// Microseconds since the last one.
    fn lap(&mut self) -> u64 {
        let now = Instant::now();
        u64::try_from(now.duration_since(std::mem::replace(&mut self.0, now)).as_micros()).unwrap_or(u64::MAX)
    }
}

/// Everybody who could be among the results, relaxed ones included: by service, language, kind of lesson, age and
/// place. Whoever is left out here fails a wish that is never let go.
fn narrow(view: &View, criteria: &Criteria, reach: &Reach, only: Option<Places>, funnel: &mut Funnel) -> Places {
    let index = view.index;
    let mut places = match (&criteria.services, only) {
        (_, Some(only)) => only,
        (Some(services), None) => index.teaching(services.keys().copied()),
        (None, None) => index.everybody().clone(),
    };
    funnel.teaching = places.len() as usize;
    if !criteria.languages.is_empty() {
        places &= index.speaking(|spoken| criteria.languages.iter().any(|asked| speaks(spoken, asked)));
    }
    if criteria.places.len() < Place::ALL.len() {
        places &= index.at(&criteria.places);
    }
    if !criteria.ages.is_empty() {
        places &= index.taking(&criteria.ages);
    }
    if let Some(area) = &criteria.area {
        let mut near = index.covering(reach.within(area.reach_km.max(view.tuning.nearby_km)));
        if criteria.online_anywhere {
            near |= index.at(&[Place::Remote]);
        }
        places &= near;
    }
    funnel.within_reach = places.len() as usize;
    places
}

/// One query over many rows.
struct Judges<'a> {
    view: &'a View<'a>,
    criteria: &'a Criteria,
    reach: &'a Reach,
    scale: &'a Scale,
    /// How near biographies are to words that named nothing.
    likeness: &'a HashMap<UserId, f64>,
}

impl<'a> Judges<'a> {
    fn alike(&self, row: &Row) -> f64 {
        if self.likeness.is_empty() { 0.0 } else { self.likeness.get(&row.id).copied().unwrap_or(0.0) }
    }

    /// Who is shown, and which groups are. Whoever fits wholly is looked for first; only when they are too few is
    /// everybody else judged by what they fail.
    fn candidates(&self, places: &Places, funnel: &mut Funnel) -> Outcome<(Vec<Candidate<'a>>, Vec<Group>)> {
        let exact = self.over(places, |bench, row| bench.exact(row))?;
        funnel.exact = exact.len();
        let too_few = exact.len() < self.view.tuning.enough_results;
        if !(too_few && self.criteria.can_let_go()) {
            return Ok((exact, vec![Group::Exact]));
        }
        let mut all = self.over(places, |bench, row| bench.first_of_all(row))?;
        let fails: Vec<_> = all.iter().map(|candidate| candidate.judged.fails).collect();
        let groups = relax::shown(&fails, self.view.tuning.enough_results);
        all.retain(|candidate| groups.contains(&candidate.group) && relax::allowed(candidate.judged.fails, &groups));
        Ok((all, groups))
    }

    fn over(
        &self,
        places: &Places,
        judge: impl Fn(&Bench, &Row) -> Outcome<Option<Judged>> + Sync,
    ) -> Outcome<Vec<Candidate<'a>>> {
        let view = self.view;
        let sheets = |row: &Row| self.sheet(row);
        let some = |places: &mut dyn Iterator<Item = u32>| {
            let bench = self.bench(&sheets);
            let mut found = Vec::new();
            for row in places.filter_map(|place| view.index.row(place)).filter(|row| row.is_public(view.now)) {
                if let Some(judged) = judge(&bench, row)? {
                    let score = self.scale.score(row, &judged, self.criteria, self.alike(row));
                    found.push(Candidate { row, judged, group: relax::group_of(judged.fails), score });
                }
            }
            Ok(found)
        };
        let Some(middle) = places.select(MANY as u32 / 2).filter(|_| places.len() >= MANY) else {
            return some(&mut places.iter());
        };
        let middle = places.select((places.len() / 2) as u32).unwrap_or(middle);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| some(&mut places.range(middle..)));
            let mut found = some(&mut places.range(..middle))?;
            found.extend(second.join().map_err(|_| Refusal::internal("judging failed"))??);
            Ok(found)
        })
    }

    /// The calendar over every day a query may look at.
    fn sheet(&self, row: &Row) -> Outcome<Arc<Sheet>> {
        let last = self.criteria.when.last.max(plus_days(self.criteria.today, OTHER_DAYS));
        self.view.supply.sheet(self.view.read, row, self.criteria.today, last)
    }

    fn bench<'b>(&'b self, sheets: Sheets<'b>) -> Bench<'b> {
        Bench::new(self.criteria, self.reach, &self.view.tuning, self.view.index, self.view.now, sheets)
    }

    fn card(&self, bench: &Bench, candidate: Candidate, signals: Signals) -> Outcome<Card> {
        let (view, criteria) = (self.view, self.criteria);
        let Candidate { row, judged: best, group, score } = candidate;
        let mut others = bench.all(row)?;
        let matching = others.len();
        others.retain(|other| other.offer != best.offer && relax::group_of(other.fails) <= group);
        others.truncate(OTHER_MATCHES);
        let sheet = self.sheet(row)?;
        let slots = openings(&sheet, &window(criteria, &best), best.place, best.minutes, view.now, SLOTS);
        let why = why::reasons(row, &best, criteria, &slots, view.now);
        let reason = why::different(&best, criteria, &slots, row);
        Ok(Card { row: row.clone(), best, others, matching, score, signals, group, slots, why, reason })
    }
}

/// Group first, then the asked order or the score, then ties in a fixed sequence.
fn order(a: &Candidate, b: &Candidate, criteria: &Criteria, scale: &Scale) -> Ordering {
    let rate = |candidate: &Candidate| candidate.row.offers[candidate.judged.offer].rate_at(candidate.judged.place);
    let distance = |candidate: &Candidate| candidate.judged.distance_km.unwrap_or(f64::INFINITY);
    let first = |candidate: &Candidate| candidate.judged.first.unwrap_or(Timestamp::MAX);
    let wanted = match criteria.sort {
        Some(Sort::PriceAsc) => rate(a).cmp(&rate(b)),
        Some(Sort::PriceDesc) => rate(b).cmp(&rate(a)),
        Some(Sort::RatingDesc) => rated(b.row).total_cmp(&rated(a.row)),
        Some(Sort::Distance) => distance(a).total_cmp(&distance(b)),
        Some(Sort::Soonest) => first(a).cmp(&first(b)),
        None if criteria.urgent => first(a).cmp(&first(b)),
        None => Ordering::Equal,
    };
    let ties = || {
        scale
            .quality(b.row)
            .total_cmp(&scale.quality(a.row))
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

/// As the store has it now: the rows may be a moment behind.
fn still_public(view: &View, id: UserId) -> Outcome<bool> {
    let profile = instructors::profile(view.read, id)?;
    let user = accounts::user(view.read, id)?;
    Ok(profile.zip(user).is_some_and(|(profile, user)| instructors::is_public(&profile, &user, view.now)))
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
