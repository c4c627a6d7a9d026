//! Counting votes and deciding, without any I/O.
// rule: 40§9, 40§15 Learning

use std::collections::{BTreeMap, HashMap};

use super::model::Vote;
use crate::base::time::{SignedDuration, Timestamp};
use crate::search::visitor::{is_account, net_of};

pub const LEAST_VOTES: f64 = 3.0;
pub const LEAST_SEARCHES: usize = 5;
pub const LEAST_SHARE: f64 = 0.70;
const SURE_SHARE: f64 = 0.90;
const SURE_VOTES: f64 = 5.0;
/// Accounts that must agree before anything goes live by itself.
const SURE_ACCOUNTS: usize = 2;
pub const CLICK: u32 = 1;
pub const BOOKING: u32 = 3;
pub const DECAY: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A household, not a crowd.
const GUESTS_OF_A_NET: usize = 3;

/// How the votes stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub voters: usize,
    /// Votes cast, bookings threefold.
    pub votes: f64,
    /// Each target with its part of the votes, the largest first.
    pub targets: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub target: String,
    pub votes: f64,
    pub share: f64,
    /// Accounts among those who voted for it.
    pub accounts: usize,
}

/// Counts votes by person: the heaviest of each, the latest of equal ones, none that is too old, and of guests who
/// share a network only a few.
pub fn tally(votes: &[(String, Vote)], now: Timestamp) -> Tally {
    let mut best: BTreeMap<&str, &Vote> = BTreeMap::new();
    let fresh = |vote: &Vote| now.duration_since(vote.at) < DECAY;
    for (identity, vote) in votes.iter().filter(|(_, vote)| fresh(vote) && !vote.targets.is_empty()) {
        let heavier = best.get(identity.as_str()).is_none_or(|old| (vote.weight, vote.at) >= (old.weight, old.at));
        if heavier {
            best.insert(identity, vote);
        }
    }
    let mut guests: HashMap<&str, usize> = HashMap::new();
    best.retain(|identity, _| {
        if is_account(identity) {
            return true;
        }
        let seen = guests.entry(net_of(identity)).or_default();
        *seen += 1;
        *seen <= GUESTS_OF_A_NET
    });
    let total: f64 = best.values().map(|vote| f64::from(vote.weight)).sum();
    let mut parts: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (identity, vote) in &best {
        let each = f64::from(vote.weight) / vote.targets.len() as f64;
        for target in &vote.targets {
            let part = parts.entry(target).or_default();
            part.0 += each;
            part.1 += usize::from(is_account(identity));
        }
    }
    let mut targets: Vec<Part> = parts
        .into_iter()
        .map(|(target, (votes, accounts))| Part { target: target.to_owned(), votes, share: votes / total, accounts })
        .collect();
    targets.sort_by(|a, b| b.votes.total_cmp(&a.votes).then_with(|| a.target.cmp(&b.target)));
    Tally { voters: best.len(), votes: total, targets }
}

/// What follows from the votes on a phrase.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Not enough is known.
    Wait,
    /// Enough, but not of one mind.
    Review,
    /// Learned; it waits for somebody's eyes.
    Propose(Part),
    /// Learned beyond doubt.
    Activate(Part),
}

/// `searchers` are distinct people.
pub fn decide(tally: &Tally, searchers: usize) -> Decision {
    let Some(top) = tally.targets.first() else { return Decision::Wait };
    if tally.votes < LEAST_VOTES || searchers < LEAST_SEARCHES {
        return Decision::Wait;
    }
    if top.share < LEAST_SHARE {
        return Decision::Review;
    }
    let sure = top.share >= SURE_SHARE && top.votes >= SURE_VOTES && top.accounts >= SURE_ACCOUNTS;
    if sure { Decision::Activate(top.clone()) } else { Decision::Propose(top.clone()) }
}

/// Whether a learned name has had its time: neither used nor voted for in 90 days.
pub fn has_faded(last_used: Option<Timestamp>, last_vote: Option<Timestamp>, since: Timestamp, now: Timestamp) -> bool {
    let last = [last_used, last_vote, Some(since)].into_iter().flatten().max().unwrap_or(since);
    now.duration_since(last) >= DECAY
}

/// What people call an area, with the borough that tells two of one name apart.
pub fn area_name(display: &str, borough: &str) -> String {
    format!("{display}, {borough}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(days_ago: i64) -> Timestamp {
        "2026-11-10T12:00:00Z".parse::<Timestamp>().unwrap() - SignedDuration::from_hours(24 * days_ago)
    }

    fn vote(who: &str, weight: u32, targets: &[&str]) -> (String, Vote) {
        (who.to_owned(), Vote { at: at(1), weight, targets: targets.iter().map(|t| (*t).to_owned()).collect() })
    }

    fn all(who: &[&str], targets: &[&str]) -> Vec<(String, Vote)> {
        who.iter().map(|who| vote(who, CLICK, targets)).collect()
    }

    #[test]
    fn thresholds_hold_at_their_edges() {
        let cases: [(&str, Vec<(String, Vote)>, usize, Decision); 8] = [
            ("two votes", all(&["u:1", "u:2"], &["soho"]), 9, Decision::Wait),
            ("four searchers", all(&["u:1", "u:2", "u:3"], &["soho"]), 4, Decision::Wait),
            (
                "three of one mind",
                all(&["u:1", "u:2", "u:3"], &["soho"]),
                5,
                Decision::Propose(part("soho", 3.0, 1.0, 3)),
            ),
            (
                "five of one mind",
                all(&["u:1", "u:2", "u:3", "u:4", "u:5"], &["soho"]),
                5,
                Decision::Activate(part("soho", 5.0, 1.0, 5)),
            ),
            (
                "five, one account only",
                all(&["u:1", "g:a:1", "g:b:2", "g:c:3", "g:d:4"], &["soho"]),
                5,
                Decision::Propose(part("soho", 5.0, 1.0, 1)),
            ),
            (
                "a booking is three",
                vec![vote("u:1", BOOKING, &["soho"])],
                5,
                Decision::Propose(part("soho", 3.0, 1.0, 1)),
            ),
            ("spread over two", all(&["u:1", "u:2", "u:3"], &["soho", "noho"]), 5, Decision::Review),
            ("nobody", Vec::new(), 50, Decision::Wait),
        ];
        for (name, votes, searchers, want) in cases {
            assert_eq!(decide(&tally(&votes, at(0)), searchers), want, "{name}");
        }
    }

    fn part(target: &str, votes: f64, share: f64, accounts: usize) -> Part {
        Part { target: target.to_owned(), votes, share, accounts }
    }

    #[test]
    fn a_crowd_of_one_is_one() {
        let mut votes: Vec<(String, Vote)> = (0..50).map(|_| vote("u:1", CLICK, &["soho"])).collect();
        assert_eq!(tally(&votes, at(0)).votes, 1.0, "an account votes once");
        votes = (0..50).map(|n| vote(&format!("g:{n}:home"), CLICK, &["soho"])).collect();
        assert_eq!(tally(&votes, at(0)).votes, 3.0, "a network is a household");
        votes = vec![("u:1".into(), Vote { at: at(90), weight: 3, targets: vec!["soho".into()] })];
        assert_eq!(tally(&votes, at(0)).votes, 0.0, "old votes are gone");
        votes = vec![vote("u:1", CLICK, &["soho"]), vote("u:1", BOOKING, &["noho"])];
        assert_eq!(tally(&votes, at(0)).targets, [part("noho", 3.0, 1.0, 1)], "a booking says more than a click");
    }

    #[test]
    fn what_nobody_uses_fades() {
        assert!(!has_faded(Some(at(89)), None, at(400), at(0)));
        assert!(!has_faded(None, Some(at(10)), at(400), at(0)));
        assert!(has_faded(Some(at(90)), Some(at(200)), at(400), at(0)));
        assert!(!has_faded(None, None, at(89), at(0)));
    }

    proptest! {
        /// However many guests of one network push a place: without accounts nothing ever goes live, and they never
        /// outweigh three votes.
        #[test]
        fn poison_never_goes_live(
            guests in proptest::collection::vec((0u32..60, 1u32..=3), 0..120),
            honest in 0usize..2,
        ) {
            let mut votes: Vec<(String, Vote)> =
                guests.iter().map(|(n, weight)| vote(&format!("g:{n}:lair"), *weight, &["bad"])).collect();
            votes.extend((0..honest).map(|n| vote(&format!("u:{n}"), CLICK, &["bad"])));
            let tally = tally(&votes, at(0));
            prop_assert!(tally.votes <= 3.0 * 3.0 + honest as f64);
            prop_assert!(!matches!(decide(&tally, 500), Decision::Activate(_)));
        }

        #[test]
        fn shares_are_parts_of_one(who in proptest::collection::vec((0u32..20, 0u32..4, 1u32..=3), 1..40)) {
            let votes: Vec<(String, Vote)> =
                who.iter().map(|(n, place, weight)| vote(&format!("u:{n}"), *weight, &[["a", "b", "c", "d"][*place as usize]])).collect();
            let tally = tally(&votes, at(0));
            let sum: f64 = tally.targets.iter().map(|part| part.share).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            prop_assert!(tally.voters <= 20);
        }
    }
}
