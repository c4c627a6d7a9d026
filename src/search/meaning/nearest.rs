//! Nearness: each service by the nearest of its phrases.
//!
//! A service's name and every one of its terms is a vector of its own; measured, this finds far more
//! than one vector per service, whatever the model.

use super::embedder::{Embedder, Vector, cosine};
use crate::catalog::Catalogue;

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
        let services = catalogue.services().iter().map(|service| {
            let said = std::iter::once(service.name.as_str())
                .chain(service.terms.iter().map(String::as_str).filter(|term| term.is_ascii()));
            let phrases: Vec<Vector> = said
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
