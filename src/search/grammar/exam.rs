//! Examinations whose names are also other words: "sat" is a day, "act" a verb.
// rule: 40§15 traps by context

use super::scan::Scan;

/// Names of examinations as one word.
pub const NAMES: &[&str] =
    &["sat", "act", "psat", "gre", "ssat", "shsat", "lsat", "gmat", "isee", "mcat", "toefl", "ielts", "ged"];
/// Words that follow the name of an examination.
pub const BEHIND: &[&str] = &[
    "prep",
    "test",
    "tests",
    "exam",
    "exams",
    "tutor",
    "tutoring",
    "tutors",
    "math",
    "maths",
    "score",
    "practice",
    "class",
    "classes",
    "course",
    "preparation",
    "help",
    "reading",
    "verbal",
    "coach",
    "coaching",
    "science",
    "english",
    "essay",
    "writing",
    "lessons",
    "lesson",
    "teacher",
    "instructor",
    "study",
];

/// Whether another examination is named beside the word at `at`: "sat or act", "sat act psat".
pub fn beside_another(scan: &Scan, at: usize) -> bool {
    let joint = |index: usize| scan.is(index, &["or", "and", "/", ",", "&"]);
    scan.is(at.wrapping_sub(1), NAMES)
        || scan.is(at + 1, NAMES)
        || joint(at.wrapping_sub(1)) && scan.is(at.wrapping_sub(2), NAMES)
        || joint(at + 1) && scan.is(at + 2, NAMES)
}
