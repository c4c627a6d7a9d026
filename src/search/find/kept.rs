//! Answers at hand: what was found for a wish, for as long as the same would be found again.
//!
//! The key is what was understood, with days as dates, so two sentences of one meaning share an answer and nothing that
//! "tomorrow" meant yesterday is ever shown. An answer holds for the minute it was made in (starts, notices and checks
//! end on whole minutes or write an event), and only while nobody who could be in it has changed: the index counts the
//! changes of every service and every region, so a new price in Astoria throws away what concerns both that service and
//! Astoria, and nothing else.
//!
//! Not kept: what was found by words in biographies, and what is asked with weights of one's own.
// rule: 40§15 degradation, response cache

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::cards::{Found, Funnel, View, find_near};
use super::criteria::{Area, Criteria};
use super::reach::Reach;
use crate::base::refusal::Outcome;
use crate::search::tuning::Tuning;
use crate::search::understand::knowledge;

/// Answers in memory, some twenty kilobytes each; then all are found again as they are asked for.
const MOST: usize = 400;

/// The answers of this minute.
#[derive(Default)]
pub struct Kept(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    terms: Option<Terms>,
    answers: HashMap<String, Answer>,
}

/// What every answer depends on.
#[derive(Clone, Copy, PartialEq)]
struct Terms {
    minute: i64,
    founding: f64,
    tuning: Tuning,
    mean_rating: Option<f64>,
}

struct Answer {
    found: Found,
    generation: u64,
    /// The wanted services, unless any would do.
    services: Option<Vec<usize>>,
    /// The regions in which somebody can be that is in the answer, unless anywhere would do.
    regions: Option<Vec<usize>>,
}

impl Kept {
    /// As [`super::find`], from memory where that is the same.
    pub fn find(&self, view: &View, criteria: &Criteria, nothing_fits: bool, page: (usize, usize)) -> Outcome<Found> {
        // How far everything is from a point is a good part of the work: only for what is not at hand.
        let reach = || Reach::of_query(&knowledge().places, criteria.area.as_ref(), criteria.spot);
        if nothing_fits || !criteria.free_text.is_empty() {
            return find_near(view, criteria, nothing_fits, page, &reach());
        }
        let (terms, key) = (Terms::of(view), key(criteria, page, view.facets));
        if let Some(found) = self.get(view, terms, &key) {
            return Ok(found);
        }
        let reach = reach();
        let found = find_near(view, criteria, nothing_fits, page, &reach)?;
        let near = |area: &Area| reach.within(area.reach_km.max(view.tuning.nearby_km)).collect();
        let answer = Answer {
            found: found.clone(),
            generation: view.index.generation,
            services: criteria.services.as_ref().map(|services| services.keys().copied().collect()),
            regions: criteria.area.as_ref().filter(|_| !criteria.online_anywhere).map(near),
        };
        self.put(terms, key, answer);
        Ok(found)
    }

    fn get(&self, view: &View, terms: Terms, key: &str) -> Option<Found> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = known.answers.get(key).filter(|_| known.terms == Some(terms))?;
        let holds = answer.generation == view.index.generation
            || !view.index.touched(answer.services.as_deref(), answer.regions.as_deref(), answer.generation);
        // Nobody in it has changed, so their rows still say until when they are public.
        let holds = holds && answer.found.cards.iter().all(|card| card.row.is_public(view.now));
        // Nothing was looked through for it, so nothing of it took any time.
        let idle = |funnel| Funnel { narrow_us: 0, judge_us: 0, rank_us: 0, cards_us: 0, ..funnel };
        holds.then(|| Found { funnel: idle(answer.found.funnel), kept: true, ..answer.found.clone() })
    }

    fn put(&self, terms: Terms, key: String, answer: Answer) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.terms != Some(terms) || known.answers.len() >= MOST {
            *known = Minute { terms: Some(terms), answers: HashMap::new() };
        }
        known.answers.insert(key, answer);
    }
}

impl Terms {
    fn of(view: &View) -> Self {
        Self {
            // The minute that ends next: what may no longer begin is left out from its first moment on.
            minute: (view.now.as_millisecond() + 59_999).div_euclid(60_000),
            founding: view.founding,
            tuning: view.tuning,
            mean_rating: view.index.mean_rating(),
        }
    }
}

/// Everything a query asks for, and which part of the answer.
fn key(criteria: &Criteria, page: (usize, usize), facets: bool) -> String {
    let Criteria {
        services,
        excluded,
        places,
        online_anywhere,
        area,
        spot,
        when,
        money,
        minutes,
        ages,
        level,
        languages,
        sort,
        urgent,
        free_text: _,
        rating,
        today,
    } = criteria;
    let mut wanted: Option<Vec<(usize, u64)>> =
        services.as_ref().map(|all| all.iter().map(|(service, relevance)| (*service, relevance.to_bits())).collect());
    wanted.iter_mut().for_each(|wanted| wanted.sort_unstable());
    let mut not: Vec<usize> = excluded.iter().copied().collect();
    not.sort_unstable();
    let area = area.as_ref().map(|area| (&area.regions, area.point, &area.label, area.reach_km));
    let who = (minutes, ages, level, languages, sort, urgent, rating, facets);
    format!(
        "{wanted:?} {not:?} {places:?} {online_anywhere} {area:?} {spot:?} {when:?} {money:?} {who:?} {today} {page:?}"
    )
}
