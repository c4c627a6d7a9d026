//! The golden searches: sentences whose lesson is beyond doubt, and how many of them are understood.
//!
//! Two configurations can be held against each other over them: who stands first by the one, and how many of the first
//! ten are the same by the other.
// rule: 50§3 golden-query suite with recall, A/B of two configs

use super::ops::{self, Answered, Ask};
use super::tuning::Tuning;
use super::understand::knowledge;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;

const SEARCHES: &str = include_str!("../../assets/search/golden.txt");
/// Results that are compared.
const COMPARED: usize = 10;

/// One golden search as it is answered now.
pub struct Judged {
    pub query: &'static str,
    pub wanted: &'static str,
    /// Where the wanted service stands among those understood, from 1.
    pub place: Option<usize>,
    pub understood: Vec<String>,
    pub found: usize,
    /// The name of who stands first.
    pub first: Option<String>,
    /// By the other configuration: who is first, and how many of the first ten are the same.
    pub other: Option<(Option<String>, usize)>,
}

/// Every golden search with the lesson it is for.
pub fn searches() -> impl Iterator<Item = (&'static str, &'static str)> {
    SEARCHES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" => "))
}

/// Answers them all, by what is in force and, if another is given, by that too.
pub fn run(site: &Site, other: Option<Tuning>) -> Outcome<Vec<Judged>> {
    let judge = |(query, wanted): (&'static str, &'static str)| {
        let ask = |tuning| Ask { query: query.to_owned(), limit: COMPARED, tuning, ..Ask::default() };
        let answered = ops::answer(site, ask(None))?;
        let tried = other.map(|tuning| ops::answer(site, ask(Some(tuning)))).transpose()?;
        let names = |answered: &Answered| {
            let services = answered.understood.services.iter();
            services.map(|(service, _)| knowledge().service_name(*service)).collect::<Vec<_>>()
        };
        let ids = |answered: &Answered| answered.cards().iter().map(|card| card.row.id).collect::<Vec<UserId>>();
        let first = |answered: &Answered| answered.cards().first().map(|card| card.row.name());
        let understood = names(&answered);
        let same = |tried: &Answered| {
            let now = ids(&answered);
            ids(tried).iter().filter(|id| now.contains(id)).count()
        };
        Ok(Judged {
            query,
            wanted,
            place: understood.iter().position(|name| name == wanted).map(|at| at + 1),
            found: answered.found.total,
            first: first(&answered),
            other: tried.as_ref().map(|tried| (first(tried), same(tried))),
            understood,
        })
    };
    searches().map(judge).collect()
}

/// The share of searches whose lesson is among the first so many understood.
pub fn recall(judged: &[Judged], first: usize) -> f64 {
    let right = judged.iter().filter(|one| one.place.is_some_and(|place| place <= first)).count();
    right as f64 / judged.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalogue;

    #[test]
    fn every_golden_search_is_for_a_service_there_is_and_understood() {
        let now: jiff::Zoned = "2026-11-10T14:05-05:00[America/New_York]".parse().unwrap();
        for (query, wanted) in searches() {
            let service = catalogue().services().iter().position(|service| service.name == wanted);
            assert!(service.is_some(), "{wanted} is no service");
            let understood = knowledge().understand(query, &now);
            let place = understood.services.iter().position(|(at, _)| Some(*at) == service);
            assert!(place.is_some_and(|place| place < 5), "{query}: {:?}", understood.parsed);
        }
    }
}
