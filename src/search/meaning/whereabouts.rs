//! Places by meaning: "the museum of natural history" is the Natural History Museum, although no list says so.
//!
//! The last tier before a place is unknown, and a careful one: only for names of several words, only when the nearest
//! place is near and every other one clearly further away.
// rule: 40§15 location, static embedding with a margin test

use super::embedder::{Embedder, Vector, cosine};
use crate::places::Gazetteer;

/// At least this alike.
const NEAR: f32 = 0.80;
/// And the next place by so much less.
const MARGIN: f32 = 0.05;
/// One word alone says too little.
const FEWEST_WORDS: usize = 2;

/// The vectors of all names of several words.
pub struct Whereabouts {
    names: Vec<(Vector, String)>,
}

impl Whereabouts {
    pub fn new(places: &Gazetteer, embedder: &Embedder) -> Self {
        let several = |phrase: &&str| phrase.split(' ').count() >= FEWEST_WORDS;
        let names = places.names_of_places().filter(|(phrase, _)| several(phrase));
        Self { names: names.map(|(phrase, place)| (embedder.encode(phrase), place.to_owned())).collect() }
    }

    /// The one place a text is about, by its own name.
    pub fn meant(&self, text: &str, embedder: &Embedder) -> Option<&str> {
        if text.split(' ').count() < FEWEST_WORDS {
            return None;
        }
        let asked = embedder.encode(text);
        // The nearest name, and the nearest of any other place.
        let (mut best, mut next): ((f32, &str), f32) = ((0.0, ""), 0.0);
        for (vector, place) in &self.names {
            let alike = cosine(&asked, vector);
            if alike > best.0 {
                next = if place == best.1 { next } else { best.0 };
                best = (alike, place);
            } else if place != best.1 {
                next = next.max(alike);
            }
        }
        (best.0 >= NEAR && best.0 - next >= MARGIN).then_some(best.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_for_a_place_lead_to_it_and_no_words_for_one_do_not() {
        let (places, embedder) = (Gazetteer::builtin(), Embedder::built_in());
        let known = Whereabouts::new(&places, embedder);
        for text in ["atlantis", "good restaurants", "my old school", "a quiet place", "planet mars", "made up town"] {
            assert_eq!(known.meant(text, embedder), None, "{text}");
        }
        let found = known.meant("museum of natural history", embedder);
        assert!(found.is_some_and(|place| place.contains("Natural History")), "{found:?}");
    }
}
