//! How far the learner is.
// rule: 40§2 skill

use super::piece::{Candidate, Level, Piece};
use super::scan::{Scan, push};

const BEGINNER: &[&str] = &[
    "beginner",
    "beginners",
    "beginning",
    "novice",
    "starter",
    "starters",
    "new to",
    "newbie",
    "from scratch",
    "complete beginner",
    "total beginner",
    "absolute beginner",
    "complete beginners",
    "first timer",
    "first timers",
    "first time",
    "never played",
    "never tried",
    "no experience",
    "just starting",
    "just starting out",
    "starting out",
    "basics",
    "the basics",
    "beginner level",
    "entry level",
    "introductory",
    "intro to",
    "intro",
    "introduction to",
    "total newbie",
    "beginner friendly",
    "with no experience",
    "zero experience",
    "complete novice",
    "absolute beginners",
    "getting started",
    "rookie",
    "true beginner",
    "level 1",
    "whos never played",
    "who has never played",
    "whos new to",
    "never done",
];
const INTERMEDIATE: &[&str] = &[
    "intermediate",
    "mid level",
    "some experience",
    "intermediate level",
    "not a beginner",
    "with some experience",
    "improver",
    "improvers",
    "played a bit",
    "knows the basics",
    "moderate",
    "moderately experienced",
    "lower intermediate",
    "upper intermediate",
];
const ADVANCED: &[&str] = &[
    "advanced",
    "expert",
    "experts",
    "advanced level",
    "experienced",
    "professional",
    "pro",
    "virtuoso",
    "conservatory",
    "highly skilled",
    "master class",
    "masterclass",
    "very advanced",
    "audition level",
    "professional level",
    "pro level",
    "conservatory level",
];
/// An experienced *teacher* says nothing about the learner.
const TEACHER: &[&str] = &[
    "teacher",
    "teachers",
    "tutor",
    "tutors",
    "instructor",
    "instructors",
    "coach",
    "coaches",
    "trainer",
    "trainers",
    "teaching",
    "artist",
    "artists",
];
const LEAD: &[&str] = &[
    "for",
    "for a",
    "for an",
    "for the",
    "at",
    "at an",
    "at a",
    "im a",
    "i am a",
    "im an",
    "i am an",
    "im",
    "a",
    "an",
    "for complete",
    "for absolute",
    "total",
    "complete",
];

/// Proposes levels.
pub fn recognise(scan: &Scan, out: &mut Vec<Candidate>) {
    for at in 0..scan.len() {
        for (words, level) in
            [(BEGINNER, Level::Beginner), (INTERMEDIATE, Level::Intermediate), (ADVANCED, Level::Advanced)]
        {
            let Some(len) = scan.longest(at, words) else { continue };
            let of_teacher = level == Level::Advanced
                && scan.is(at, &["expert", "experienced", "professional", "pro"])
                && teacher_after(scan, at + len);
            let piece = if of_teacher { Piece::Filler } else { Piece::Level(level) };
            let end =
                scan.skip(at + len, &["level", "student", "students", "player", "players", "learner", "learners"]);
            push(out, scan.lead(at, LEAD), end, if of_teacher { -2 } else { 2 }, piece);
        }
    }
}

/// "experienced teacher", "expert piano tutor": up to two words may stand between.
fn teacher_after(scan: &Scan, at: usize) -> bool {
    (at..at + 3).any(|index| scan.is(index, TEACHER))
}
