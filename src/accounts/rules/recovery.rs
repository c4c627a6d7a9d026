//! Back in without a lost second factor: a right password, a document that names the owner, and a day in which the owner
//! can stop it. // rule: 20§16 lost-factor recovery
//!
//! Nobody of the staff decides here. The way is open for a week; what was not finished by then starts over.

use crate::accounts::model::{Recovery, User};
use crate::base::time::{Timestamp, plus_hours};

/// Between the proof of identity and the open door.
pub const WAIT_HOURS: i64 = 24;
/// From the first step until everything is forgotten.
const LIFE_HOURS: i64 = 7 * 24;

/// How far somebody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Stripe has not seen a document yet.
    Document,
    /// Proven; not before this instant.
    Waiting(Timestamp),
    Open,
    /// The document names somebody else. A day later one may begin anew.
    Refused,
}

pub fn is_live(row: &Recovery, now: Timestamp) -> bool {
    let end = row.refused_at.map_or(plus_hours(row.asked_at, LIFE_HOURS), |at| plus_hours(at, WAIT_HOURS));
    now < end
}

pub fn stand(row: &Recovery, now: Timestamp) -> Stand {
    match (row.refused_at, row.opens_at) {
        (Some(_), _) => Stand::Refused,
        (_, Some(at)) if at > now => Stand::Waiting(at),
        (_, Some(_)) => Stand::Open,
        _ => Stand::Document,
    }
}

/// The row after Stripe has read a document with these names. A check that names nobody proves nothing.
pub fn read(row: &Recovery, owner: &User, first: Option<&str>, last: Option<&str>, now: Timestamp) -> Recovery {
    let mut row = row.clone();
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    // Documents carry middle names behind the first.
    let fits = same(head(first), head(&owner.first_name)) && same(last, &owner.last_name);
    match fits {
        true => row.opens_at = Some(plus_hours(now, WAIT_HOURS)),
        false => row.refused_at = Some(now),
    }
    row
}

fn head(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or_default()
}

fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.trim().to_lowercase();
    !plain(a).is_empty() && plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::tests::person;
    use crate::base::id::UserId;

    fn now() -> Timestamp {
        "2026-03-07T14:00:00Z".parse().unwrap()
    }

    fn asked() -> Recovery {
        let user_id = UserId::of_name("emma");
        let (opens_at, refused_at) = (None, None);
        Recovery { user_id, asked_at: now(), session: None, sessions_before: 0, opens_at, refused_at, stops: vec![] }
    }

    #[test]
    fn a_document_of_the_owner_opens_a_day_later_and_anybody_elses_never() {
        let emma = person("Emma", "Johnson");
        for (first, last, fits) in [
            (Some("EMMA MARIE"), Some("Johnson "), true),
            (Some("emma"), Some("JOHNSON"), true),
            (Some("Emily"), Some("Johnson"), false),
            (Some("Emma"), Some("Johnston"), false),
            (Some("Emma"), None, false),
            (None, None, false),
        ] {
            let row = read(&asked(), &emma, first, last, now());
            let wanted = if fits { Stand::Waiting(plus_hours(now(), 24)) } else { Stand::Refused };
            assert_eq!(stand(&row, now()), wanted, "{first:?} {last:?}");
            assert_eq!(stand(&row, plus_hours(now(), 24)) == Stand::Open, fits);
        }
    }

    #[test]
    fn a_week_ends_it_and_a_refusal_a_day() {
        assert_eq!(stand(&asked(), now()), Stand::Document);
        assert!(is_live(&asked(), plus_hours(now(), 167)) && !is_live(&asked(), plus_hours(now(), 168)));
        let refused = Recovery { refused_at: Some(now()), ..asked() };
        assert!(is_live(&refused, plus_hours(now(), 23)) && !is_live(&refused, plus_hours(now(), 24)));
    }
}
