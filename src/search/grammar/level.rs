//! How far the learner is. An "experienced teacher" is read so too: a level only lifts those who teach it, and hides
//! nobody.
// rule: 40§2 skill

use super::piece::{Candidate, Level, Piece};
use super::scan::{Scan, push};
use super::words::is_filler;

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
    "from zero",
    "starting from zero",
    "from nothing",
    "complete newbie",
    "never sung",
    "never danced",
    "never held",
    "never touched",
    "never touched one",
    "never picked up",
    "never learned",
    "never learnt",
    "anfanger",
    "principiantes",
    "principiante",
    "debutant",
    "debutants",
    "principianti",
    "iniciantes",
    "just beginning",
    "know nothing about",
    "no prior experience",
    "no previous experience",
    "without experience",
    "without any experience",
    "a 1",
    "a 2",
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
    "know the basics",
    "i know the basics",
    "moderate",
    "moderately experienced",
    "lower intermediate",
    "upper intermediate",
    "b 1",
    "b 2",
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
    "c 1",
    "c 2",
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
        never_before(scan, at, out);
        for (words, level) in
            [(BEGINNER, Level::Beginner), (INTERMEDIATE, Level::Intermediate), (ADVANCED, Level::Advanced)]
        {
            let Some(len) = scan.longest(at, words) else { continue };
            // The levels of Europe's frame, written as one: "b2".
            let framed = scan.word(at).len() == 1 && matches!(scan.word(at), "a" | "b" | "c");
            if framed && !scan.tokens.get(at + 1).is_some_and(|token| token.glued) {
                continue;
            }
            // Of a level that is said of the learner the teacher's own takes nothing away.
            let of_teacher =
                scan.is(at, &["expert", "experienced", "professional", "pro"]) && teacher_after(scan, at + len);
            if of_teacher && (scan.is(at, &["pro"]) || said_elsewhere(scan, at)) {
                out.push(Candidate { from: at, to: at + len, weight: 8, piece: Piece::Filler });
                continue;
            }
            let end =
                scan.skip(at + len, &["level", "student", "students", "player", "players", "learner", "learners"]);
            push(out, scan.lead(at, LEAD), end, 2, Piece::Level(level));
        }
    }
}

/// "never swum before": whoever never did it begins with it.
fn never_before(scan: &Scan, at: usize, out: &mut Vec<Candidate>) {
    let before = |index: usize| scan.is(index, &["before"]) && scan.number(index + 1).is_none();
    if scan.is(at, &["never"]) && !is_filler(scan.word(at + 1)) && (at + 2..at + 6).any(before) {
        let end = if scan.in_topic(at + 1) { at + 1 } else { at + 2 };
        push(
            out,
            scan.lead(at, &["ive", "i have", "has", "who has", "we have", "weve"]),
            end,
            2,
            Piece::Level(Level::Beginner),
        );
    }
}

/// "experienced teacher", "expert piano tutor": up to two words may stand between.
fn teacher_after(scan: &Scan, at: usize) -> bool {
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
    (at..at + 3).any(|index| scan.is(index, TEACHER))
}

/// Whether another word of the text says a level.
fn said_elsewhere(scan: &Scan, at: usize) -> bool {
    let says = |index: usize| [BEGINNER, INTERMEDIATE].iter().any(|words| scan.longest(index, words).is_some());
    (0..scan.len()).any(|index| index != at && says(index))
}

/// Every phrase of these recognisers, for the speller.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    [BEGINNER, INTERMEDIATE, ADVANCED, LEAD].into_iter().flatten().copied()
}
