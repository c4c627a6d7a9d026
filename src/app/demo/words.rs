//! What the demo's people write to each other, from `assets/demo/words.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::dice::Dice;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    reviews: Reviews,
    pub lessons: Lessons,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reviews {
    five: Vec<String>,
    five_more: Vec<String>,
    four: Vec<String>,
    four_more: Vec<String>,
    three: Vec<String>,
    low: Vec<String>,
    answers: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lessons {
    pub notes: Vec<String>,
    pub instructor_notes: Vec<String>,
    pub student_reasons: Vec<String>,
    pub instructor_reasons: Vec<String>,
    pub student_stayed_away: Vec<String>,
    pub instructor_stayed_away: Vec<String>,
    pub objections: Vec<String>,
    pub days_off: Vec<String>,
}

pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| {
        toml::from_str(include_str!("../../../assets/demo/words.toml"))
            .expect("the file is compiled in, and a test reads it")
    });
    &WORDS
}

/// One of a list, as text of its own.
pub fn one_of(dice: &mut Dice, from: &[String]) -> String {
    dice.pick(from).cloned().unwrap_or_default()
}

/// Stars as a good marketplace sees them: mostly five.
pub fn stars(dice: &mut Dice) -> u8 {
    match dice.below(100) {
        0..72 => 5,
        72..92 => 4,
        92..97 => 3,
        97..99 => 2,
        _ => 1,
    }
}

/// What somebody writes beside so many stars; now and then nothing.
pub fn review(dice: &mut Dice, stars: u8, first: &str, service: &str) -> Option<String> {
    if dice.chance(15) {
        return None;
    }
    let reviews = &words().reviews;
    let (opening, more): (&[String], &[String]) = match stars {
        5 => (&reviews.five, &reviews.five_more),
        4 => (&reviews.four, &reviews.four_more),
        3 => (&reviews.three, &[]),
        _ => (&reviews.low, &[]),
    };
    let mut text = one_of(dice, opening);
    if !more.is_empty() && dice.chance(60) {
        text = format!("{text} {}", one_of(dice, more));
    }
    Some(text.replace("{first}", first).replace("{service}", service))
}

pub fn answer(dice: &mut Dice, stars: u8) -> String {
    // The apologies are for those who had something to complain about.
    let answers = &words().reviews.answers;
    let from = if stars >= 5 { answers.get(..3).unwrap_or(answers) } else { answers.get(3..).unwrap_or(answers) };
    one_of(dice, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviews_are_whole_sentences() {
        let mut dice = Dice::of("reviews");
        for stars in 1..=5 {
            for _ in 0..40 {
                let Some(text) = review(&mut dice, stars, "Sarah", "Piano") else { continue };
                assert!(text.ends_with('.') && !text.contains('{') && text.len() <= 500, "{text}");
            }
            assert!(!answer(&mut dice, stars).is_empty());
        }
        assert!(!words().lessons.notes.is_empty());
    }
}
