//! How far instructors have come on the way to their first lesson, and what holds the others up.

use crate::accounts::model::{AccountStatus, User};
use crate::accounts::{user, users_with_role};
use crate::base::access::Role;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::instructors::rules::live::{is_public, missing};
use crate::instructors::{Profile, areas, offerings_of, profile};
use crate::store::Read;

/// The steps of going live in their order, as they are named on the wire and as we say them.
pub const STEPS: [(&str, &str); 5] = [
    ("skills", "Offers a lesson"),
    ("service_areas", "Says where"),
    ("identity", "Identity verified"),
    ("background_check", "Background check passed"),
    ("stripe_connect", "Can be paid"),
];

pub fn step_words(step: &str) -> &'static str {
    match step {
        "skills" => "offer a lesson",
        "service_areas" => "say where",
        "identity" => "identity",
        "background_check" => "background check",
        "stripe_connect" => "payout account",
        _ => "something",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Shown to students.
    Public,
    /// Live, but not shown: paused, or the check ran out.
    Hidden,
    /// Everything is there; they only have to press the button.
    Ready,
    Underway,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Public, Self::Hidden, Self::Ready, Self::Underway];

    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Hidden => "hidden",
            Self::Ready => "ready",
            Self::Underway => "underway",
        }
    }
    pub fn words(self) -> &'static str {
        match self {
            Self::Public => "Live",
            Self::Hidden => "Live, not shown",
            Self::Ready => "Ready to go live",
            Self::Underway => "Setting up",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Teacher {
    pub user: User,
    pub profile: Profile,
    pub missing: Vec<&'static str>,
    pub stage: Stage,
    pub offerings: usize,
}

/// Everybody who teaches or wants to, newest account first.
pub fn teachers(r: &dyn Read, now: Timestamp) -> Outcome<Vec<Teacher>> {
    let mut list = Vec::new();
    for person in users_with_role(r, Role::Instructor, SCAN_ROWS)?.into_iter().rev() {
        list.extend(teacher_of(r, person, now)?);
    }
    Ok(list)
}

pub fn teacher(r: &dyn Read, id: crate::base::id::UserId, now: Timestamp) -> Outcome<Option<Teacher>> {
    user(r, id)?.map_or(Ok(None), |person| teacher_of(r, person, now))
}

fn teacher_of(r: &dyn Read, person: User, now: Timestamp) -> Outcome<Option<Teacher>> {
    let Some(profile) = profile(r, person.id)? else { return Ok(None) };
    let offerings = offerings_of(r, person.id)?;
    let missing = missing(&profile, &offerings, &areas(r, person.id)?, now);
    let stage = if is_public(&profile, &person, now) {
        Stage::Public
    } else if profile.is_live {
        Stage::Hidden
    } else if missing.is_empty() && person.status == AccountStatus::Active {
        Stage::Ready
    } else {
        Stage::Underway
    };
    let offerings = offerings.iter().filter(|offering| offering.is_active).count();
    Ok(Some(Teacher { user: person, profile, missing, stage, offerings }))
}

/// How many have each step behind them, from signing up to being live.
pub fn funnel(teachers: &[Teacher]) -> Vec<(&'static str, usize)> {
    let done = |step: &str| teachers.iter().filter(|t| !t.missing.contains(&step)).count();
    let live = teachers.iter().filter(|t| t.stage == Stage::Public).count();
    let mut steps = vec![("Signed up", teachers.len())];
    steps.extend(STEPS.iter().map(|(step, words)| (*words, done(step))));
    steps.push(("Live", live));
    steps
}
