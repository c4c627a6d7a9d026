//! A phrase of the catalogue inside a longer sentence: whether the sentence is about it.
//!
//! "help with essays for college" names writing, and means the essays that colleges ask for. The phrase speaks first; what
//! the whole sentence means overrules it only where it clearly leads elsewhere, and hardly ever where a service was called
//! by its own name. Asked only about words that no phrase and no wish claimed: a sentence that is all phrase and wishes
//! means what it says, and so does a list.

use super::{Knowledge, Mode, Understood, calibrated};
use crate::search::grammar::{self, Chip};
use crate::search::lexicon::singular;
use crate::search::tuning::Thresholds;

/// Below this the sentence is not about anything so surely that a phrase would have to give way.
const SURE: f32 = 0.50;
/// What the other words say must be at least so near to the service that the whole sentence leads to.
const SAID_TOO: f32 = 0.30;
/// Fewer letters say nothing by themselves.
const SHORTEST: usize = 3;
/// Further from the sentence than the best by so much, a phrase was not meant.
const OFF: Margins = Margins { term: 0.06, name: 0.20 };
/// A service nearer than the one that was named by so much was meant instead.
const NEARER: Margins = Margins { term: 0.04, name: 0.15 };
/// One of a whole shelf stands out by so much.
const STANDS_OUT: f32 = 0.10;
/// How far the best of several may be followed down when the other words alone are asked.
const AMONG_FIRST: usize = 3;
/// What stands between the members of a list.
const LIST: [&str; 9] = [",", "and", "or", "&", "/", "+", "plus", "and/or", "nor"];

/// Behind the name of a service these say what for, and not what: "piano for relaxation" is piano.
const WHAT_FOR: [&str; 10] = ["for", "to", "with", "while", "in", "at", "after", "before", "without", "so"];

/// Margins for what was said by any of its words, and by its own name.
struct Margins {
    term: f32,
    name: f32,
}

impl Margins {
    fn of(&self, by_name: bool) -> f32 {
        if by_name { self.name } else { self.term }
    }
}

/// The nearest services to a text, nearest first.
type Near = Vec<(usize, f32)>;

impl Knowledge {
    /// Holds the named topics against the whole sentence, of which some words are still unread.
    pub(super) fn weigh(&self, understood: &mut Understood, limits: Option<&Thresholds>) {
        let Some(limits) = limits.filter(|_| understood.parsed.query_lang.is_none()) else { return };
        // What is no word, and bits of words, are near to anything.
        if self.words_of(&understood.free_text).is_empty() {
            return;
        }
        let near = self.near(&self.words_of(&understood.parsed.service_query));
        if understood.mode == Mode::Union {
            self.thin(understood, &near);
        }
        match understood.mode {
            Mode::Category | Mode::Subcategory => self.narrow(understood, &near, limits),
            Mode::Specific | Mode::Union => self.outweigh(understood, &near, limits),
            Mode::Any => {}
        }
    }

    fn words_of(&self, text: &str) -> String {
        let meant = |word: &&str| word.len() >= SHORTEST && !grammar::is_generic(word) && self.spelling.knows(word);
        text.split(' ').filter(meant).collect::<Vec<_>>().join(" ")
    }

    fn near(&self, text: &str) -> Near {
        self.nearest.to(&self.embedder.encode(text), self.catalogue.services().len())
    }

    /// "talk to my korean in laws" is about Korean, and nothing about law.
    fn thin(&self, understood: &mut Understood, near: &Near) {
        let topics: Vec<Chip> = understood.chips.iter().filter(|chip| chip.kind == "topic").cloned().collect();
        if topics.len() < 2 || listed(&understood.query, &topics) {
            return;
        }
        let alike = |chip: &Chip| indexes(chip).iter().map(|service| likeness(near, *service)).fold(0.0, f32::max);
        let best = topics.iter().map(alike).fold(0.0, f32::max);
        let off = |chip: &Chip| {
            let by_name = self.by_name(&understood.query, chip);
            best - alike(chip) > OFF.of(by_name) && !(by_name && is_head(&understood.query, chip))
        };
        let meant: Vec<Chip> = topics.iter().filter(|chip| !off(chip)).cloned().collect();
        if best < SURE || meant.len() == topics.len() {
            return;
        }
        let services: Vec<usize> = meant.iter().flat_map(indexes).collect();
        understood.services.retain(|(service, _)| services.contains(service));
        understood.chips.retain(|chip| chip.kind != "topic" || meant.contains(chip));
        understood.mode = match understood.services.len() {
            1 => Mode::Specific,
            _ => self.shelf_of(&services).map_or(Mode::Union, |(mode, _)| mode),
        };
    }

    /// "read sheet music" names all of music, and its other words say which of it: only when they clearly do.
    fn narrow(&self, understood: &mut Understood, near: &Near, limits: &Thresholds) {
        let Some((best, alike)) = near.first().copied().filter(|(_, alike)| *alike >= limits.act) else { return };
        let on_shelf = understood.services.iter().map(|(service, _)| likeness(near, *service)).fold(0.0, f32::max);
        let elsewhere = !understood.services.iter().any(|(service, _)| *service == best);
        if elsewhere && alike - on_shelf < NEARER.name || understood.excluded.contains(&best) {
            return;
        }
        // What the other words say alone must lead to the same service, or a matter of taste would choose one.
        let rest = self.near(&self.words_of(&understood.free_text));
        let stands_out = |near: &Near| near.get(1).is_some_and(|next| near[0].1 - next.1 >= STANDS_OUT);
        let sure =
            |alone: f32| alone >= limits.act || alone >= limits.perhaps && (stands_out(near) || stands_out(&rest));
        if rest.first().is_some_and(|(said, alone)| *said == best && sure(*alone)) {
            self.mean(understood, best, alike, limits);
        }
    }

    /// "draw latte hearts in milk foam" begins with drawing and is about latte art.
    fn outweigh(&self, understood: &mut Understood, near: &Near, limits: &Thresholds) {
        let Some((best, alike)) = near.first().copied() else { return };
        let topics: Vec<Chip> = understood.chips.iter().filter(|chip| chip.kind == "topic").cloned().collect();
        let named = understood.services.iter().any(|(service, _)| *service == best);
        if named || alike < SURE || listed(&understood.query, &topics) || understood.excluded.contains(&best) {
            return;
        }
        let called = |chip: &&Chip| self.by_name(&understood.query, chip);
        let by_name = topics.iter().any(|chip| called(&chip));
        if topics.iter().filter(called).any(|chip| is_head(&understood.query, chip)) {
            return;
        }
        let nearest = understood.services.iter().map(|(service, _)| likeness(near, *service)).fold(0.0, f32::max);
        if alike - nearest < NEARER.of(by_name) {
            return;
        }
        let rest = self.near(&self.words_of(&understood.free_text));
        if rest.iter().take(AMONG_FIRST).any(|(service, alone)| *service == best && *alone >= SAID_TOO) {
            self.mean(understood, best, alike, limits);
        }
    }

    /// One service is meant, whatever was named.
    fn mean(&self, understood: &mut Understood, service: usize, alike: f32, limits: &Thresholds) {
        let span = understood.chips.iter().find(|chip| chip.kind == "topic").map_or([0, 0], |chip| chip.span);
        understood.chips.retain(|chip| chip.kind != "topic");
        self.take(understood, vec![(service, 0.9)], span, calibrated(alike, limits.perhaps));
        (understood.parsed.category, understood.parsed.subcategory) = (None, None);
    }

    /// Whether the typed phrase is of the name of a service it stands for: "essays" is not of "Writing".
    fn by_name(&self, query: &str, chip: &Chip) -> bool {
        let said = grammar::words(&between(query, chip.span[0], chip.span[1]));
        indexes(chip).iter().any(|service| {
            let name = grammar::words(&self.service_name(*service));
            said.iter().any(|word| name.iter().any(|part| singular(part) == singular(word)))
        })
    }
}

fn indexes(chip: &Chip) -> Vec<usize> {
    chip.value.split(',').filter_map(|index| index.parse().ok()).collect()
}

fn likeness(near: &Near, service: usize) -> f32 {
    near.iter().find(|(index, _)| *index == service).map_or(0.0, |(_, likeness)| *likeness)
}

fn between(query: &str, from: usize, to: usize) -> String {
    query.chars().skip(from).take(to.saturating_sub(from)).collect()
}

/// Whether what stands behind the phrase only says what it is for.
fn is_head(query: &str, chip: &Chip) -> bool {
    let behind = between(query, chip.span[1], usize::MAX).to_lowercase();
    behind.split_whitespace().next().is_some_and(|word| WHAT_FOR.contains(&word))
}

/// Whether the topics are members of one list: "yoga, pilates and barre for my back".
fn listed(query: &str, topics: &[Chip]) -> bool {
    topics.windows(2).any(|pair| {
        let between = between(query, pair[0].span[1], pair[1].span[0]).to_lowercase().replace(',', " , ");
        let mut words = between.split_whitespace().peekable();
        words.peek().is_some() && words.all(|word| LIST.contains(&word))
    })
}
