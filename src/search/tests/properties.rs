//! What holds for any text.

use jiff::Zoned;
use proptest::prelude::*;

use crate::search::grammar::testing::{Candidate, Piece, choose};
use crate::search::knowledge;

fn now() -> Zoned {
    "2026-11-10T14:05-05:00[America/New_York]".parse().unwrap()
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (0usize..12, 1usize..5, 1i32..60).prop_map(|(from, len, weight)| Candidate {
        from,
        to: from + len,
        weight,
        piece: Piece::Filler,
    });
    prop::collection::vec(one, 0..24)
}

/// The heaviest non-overlapping set, by trying every one of them.
fn heaviest(all: &[Candidate], from: usize) -> i64 {
    let free = all.iter().filter(|candidate| candidate.from >= from && candidate.to <= 16);
    free.map(|candidate| i64::from(candidate.weight) + heaviest(all, candidate.to)).max().unwrap_or(0)
}

/// Words the grammar looks for.
const HEAP: &[&str] = &[
    "piano",
    "under",
    "$",
    "50",
    "12",
    "after",
    "6",
    "-",
    "8",
    "pm",
    "next",
    "tuesday",
    "sat",
    "and",
    "or",
    "not",
    "in",
    "brooklyn",
    "near",
    "me",
    "for",
    "my",
    "kid",
    "year",
    "old",
    "min",
    "hour",
    "/",
    "march",
    "2/30",
    "online",
    "at",
    "half",
    "past",
    "within",
    "miles",
    "3rd",
    "grade",
    "between",
    "tonight",
    "weekend",
    "speaks",
    "spanish",
    "week",
    "from",
    "a",
    "early",
    "no",
    "nothing",
    "per",
    "is",
    ",",
    "bilingual",
    "comes",
    "to",
    "but",
    "music",
];
/// Readings proposed for one token at most.
const MOST_READINGS: usize = 60;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Nothing overlaps, nothing is heavier, and the order of the readings does not matter.
    #[test]
    fn the_chooser_chooses_best(all in candidates()) {
        let chosen = choose(16, all.clone());
        prop_assert!(chosen.windows(2).all(|pair| pair[0].to <= pair[1].from));
        let total: i64 = chosen.iter().map(|candidate| i64::from(candidate.weight)).sum();
        prop_assert_eq!(total, heaviest(&all, 0));
        let mut turned = all;
        turned.reverse();
        prop_assert_eq!(choose(16, turned), chosen);
    }

    /// Any text is understood without a panic, the same way twice, with chips inside the text.
    #[test]
    fn any_text_is_understood(text in ".{0,500}") {
        let first = knowledge().understand(&text, &now());
        let letters = text.chars().count();
        prop_assert!(first.chips.iter().all(|chip| chip.span[0] <= chip.span[1] && chip.span[1] <= letters));
        let second = knowledge().understand(&text, &now());
        prop_assert_eq!(first.parsed, second.parsed);
    }

    /// The work grows with the words and with nothing else: so many readings a token at most, whatever is typed, and
    /// never more tokens than anybody means.
    #[test]
    fn no_text_makes_much_work(words in prop::collection::vec(prop::sample::select(HEAP.to_vec()), 0..200), noise in ".{0,200}") {
        for text in [words.join(" "), words.concat(), format!("{} {noise}", words.join(" ")), words.join("-")] {
            let (tokens, readings) = knowledge().work(&text, &now());
            prop_assert!(tokens <= 80 && readings <= MOST_READINGS * tokens, "{} readings of {}: {}", readings, tokens, text);
        }
    }

    /// So is any heap of the words the grammar looks for.
    #[test]
    fn any_heap_of_words_is_understood(words in prop::collection::vec(prop::sample::select(HEAP.to_vec()), 0..40)) {
        let text = words.join(" ");
        let understood = knowledge().understand(&text, &now());
        if let (Some(from), Some(to)) = (understood.parsed.date_from, understood.parsed.date_to) {
            prop_assert!(from <= to, "{}: {} to {}", text, from, to);
        }
        prop_assert!(understood.parsed.price_max_cents.is_none_or(|cents| cents > 0));
    }
}
