//! Nearness: each service by the nearest of its phrases.
//!
//! A service's name, every one of its terms and everything people say who mean it is a vector of its own; measured, this
//! finds far more than one vector per service, whatever the model.

use std::collections::HashMap;

use super::embedder::{Embedder, Vector, cosine};
use crate::catalog::Catalogue;

/// What people say when they mean a service without naming it: `name: phrase | phrase`.
const SAID: &str = include_str!("../../../assets/search/said.txt");
/// Weight of the nearest phrase against the service as a whole.
const PHRASE: f32 = 0.5;
/// A phrase this near is the phrase itself, in other inflections.
const SAME: f32 = 0.97;

/// The vectors of all phrases, grouped by service.
pub struct Nearest {
    services: Vec<Phrases>,
}

struct Phrases {
    phrases: Vec<Vector>,
    whole: Vector,
}

impl Nearest {
    pub fn new(catalogue: &Catalogue, embedder: &Embedder) -> Nearest {
        let said: HashMap<&str, &str> = said().collect();
        let services = catalogue.services().iter().map(|service| {
            let named = std::iter::once(service.name.as_str())
                .chain(service.terms.iter().map(String::as_str).filter(|term| term.is_ascii()));
            let meant = said.get(service.name.as_str()).into_iter().flat_map(|phrases| phrases.split(" | "));
            let phrases: Vec<Vector> = named
                .chain(meant)
                .map(|phrase| embedder.encode(phrase))
                .filter(|vector| vector.iter().any(|part| *part != 0.0))
                .collect();
            Phrases { whole: mean(&phrases, embedder.dimensions()), phrases }
        });
        Nearest { services: services.collect() }
    }

    /// The `count` nearest services to a text, nearest first, each with its likeness 0–1: half that of
    /// its nearest phrase, half that of all its phrases together, so that one stray word is not enough.
    pub fn to(&self, text: &Vector, count: usize) -> Vec<(usize, f32)> {
        let mut scored: Vec<(usize, f32)> =
            self.services.iter().map(|service| service.likeness(text)).enumerate().collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.truncate(count);
        scored
    }
}

/// The lines of what is said: the name of a service, and the phrases.
fn said() -> impl Iterator<Item = (&'static str, &'static str)> {
    SAID.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "))
}

impl Phrases {
    fn likeness(&self, text: &Vector) -> f32 {
        let phrase = self.phrases.iter().map(|phrase| cosine(text, phrase)).fold(0.0, f32::max);
        let both = PHRASE * phrase + (1.0 - PHRASE) * cosine(text, &self.whole);
        if phrase >= SAME { both.max(0.9) } else { both }
    }
}

fn mean(vectors: &[Vector], dimensions: usize) -> Vector {
    let mut sum = vec![0.0; dimensions];
    for vector in vectors {
        sum.iter_mut().zip(vector).for_each(|(total, part)| *total += part);
    }
    let length = sum.iter().map(|part| part * part).sum::<f32>().sqrt();
    if length > 0.0 {
        sum.iter_mut().for_each(|part| *part /= length);
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::catalogue;

    #[test]
    fn what_is_said_is_said_of_one_service_that_there_is() {
        let mut services = HashSet::new();
        let mut phrases = HashSet::new();
        for (name, said) in said() {
            assert!(catalogue().service_by_name(name).is_some(), "{name} is no service");
            assert!(services.insert(name), "{name} has two lines");
            assert!(said.split(" | ").all(|phrase| phrases.insert(phrase)), "a phrase of {name} stands twice");
        }
        assert_eq!(services.len(), SAID.lines().filter(|line| !line.starts_with('#')).count(), "a line is not read");
    }
}
