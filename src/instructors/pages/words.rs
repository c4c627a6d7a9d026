//! How an instructor's choices are called when they are made: from their side, not from the student's.

use crate::base::money::{Bp, Cents};
use crate::base::price::Place;
use crate::catalog::AgeGroup;
use crate::instructors::model::{Level, Terms};

/// The name of a kind of place, and what it asks of the instructor.
pub(super) fn place(place: Place) -> (&'static str, &'static str) {
    match place {
        Place::StudentHome => ("At the student’s home", "You travel to them."),
        Place::InstructorLocation => ("At your place", "Students come to you."),
        Place::Neutral => ("At a public place", "A library, a park, a studio you both get to."),
        Place::Remote => ("Online", "By video, wherever you are."),
    }
}

pub(super) fn ages(group: AgeGroup) -> &'static str {
    match group {
        AgeGroup::Toddler => "Toddlers",
        AgeGroup::Kids => "Kids",
        AgeGroup::Teens => "Teens",
        AgeGroup::Adults => "Adults",
        AgeGroup::Seniors => "Seniors",
    }
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Beginner => "Beginners",
        Level::Intermediate => "Intermediate",
        Level::Advanced => "Advanced",
    }
}

/// "$80 an hour, 30 or 60 min, online or at your place, kids and adults": an offering in one line.
pub(super) fn terms(terms: &Terms) -> String {
    let lengths: Vec<String> = terms.durations.iter().map(u16::to_string).collect();
    let places: Vec<String> = terms.places.iter().map(|p| place(*p).0.to_lowercase()).collect();
    let people: Vec<String> = terms.age_groups.iter().map(|group| ages(*group).to_lowercase()).collect();
    let mut parts = vec![
        format!("{} an hour", terms.hourly_rate.dollars_short()),
        format!("{} min", listed(&lengths, "or")),
        listed(&places, "or"),
    ];
    if !people.is_empty() {
        parts.push(format!("for {}", listed(&people, "and")));
    }
    parts.join(", ")
}

/// "a", "a or b", "a, b or c".
fn listed(list: &[String], last: &str) -> String {
    match list {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// What is left of a price.
pub(super) fn earned(price: Cents, share: Bp) -> Cents {
    price - price.share(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offering_in_one_line() {
        let offered = Terms {
            hourly_rate: Cents(8050),
            format_rates: Default::default(),
            description: None,
            requirements: None,
            durations: vec![30, 45, 60],
            places: vec![Place::Remote, Place::InstructorLocation],
            levels: Default::default(),
            age_groups: [AgeGroup::Kids, AgeGroup::Adults].into(),
            equipment: Vec::new(),
        };
        assert_eq!(terms(&offered), "$80.50 an hour, 30, 45 or 60 min, online or at your place, for kids and adults");
        assert_eq!(earned(Cents(8000), Bp(1500)), Cents(6800));
    }
}
