//! What the grammar may ask of the world: the phrases of the catalogue, the places of the region pack,
//! the names of languages. Built once from data; answers from memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::grammar::{self, KnownPlace, LocationKind, Token, TokenKind, Topic, TopicKind};
use super::meaning::{Embedder, Whereabouts, commonest_words};
use crate::catalog::{Catalogue, Service};
use crate::places::{Gazetteer, PlaceKind};

/// Languages people are taught in that are no shelf of their own in the catalogue.
const MORE_LANGUAGES: &[&str] = &[
    "English",
    "Chinese",
    "Hindi",
    "Urdu",
    "Creole",
    "Ukrainian",
    "Turkish",
    "Vietnamese",
    "Tagalog",
    "Farsi",
    "Persian",
    "Yiddish",
    "Dutch",
    "Swedish",
    "Albanian",
    "Punjabi",
    "Romanian",
    "Czech",
    "Hungarian",
    "Georgian",
    "Armenian",
    "Thai",
    "Serbian",
    "Croatian",
    "Danish",
    "Norwegian",
    "Finnish",
    "Bulgarian",
    "Gujarati",
    "Tamil",
    "Telugu",
    "Swahili",
    "Amharic",
    "Uzbek",
    "Nepali",
    "Indonesian",
    "Malay",
    "Catalan",
];
/// No phrase of the catalogue is looked for beyond this many words.
const LONGEST: usize = 7;
/// Parts of shelf names that say a kind, not a thing.
const ADJECTIVES: &[&str] = &[
    "cultural",
    "contemporary",
    "making",
    "life",
    "social",
    "career",
    "latin",
    "wellness",
    "food",
    "drink",
    "sip",
    "family",
    "make",
    "take",
];
/// What is left of "after school help" or "online class" names no lesson.
const NO_TOPIC: &[&str] = &[
    "after", "before", "high", "middle", "old", "young", "online", "family", "home", "group", "one", "summer", "night",
    "weekend", "evening",
];
/// The category of school subjects and examinations.
const SCHOOL: &str = "tutoring-test-prep";
/// The category of languages, and the shelves of reading and writing.
const LANGUAGES: &str = "languages";
const LETTERS: [&str; 2] = ["english", "reading"];
/// Where lessons of many kinds are given: "bjj gym" is bjj.
const VENUES: [&str; 1] = ["gym"];
/// Things one does, which what stands behind them only describes.
const DEEDS: [&str; 6] = ["cook", "cooking", "paint", "draw", "bake", "knit"];
/// Words for a lesson that are written without a space behind what is taught.
const LESSON_ENDINGS: [&str; 6] = ["レッスン", "教室", "课程", "课", "課", "레슨"];
/// Below this a likeness of names is no place.
const SURE_ENOUGH: f32 = 0.6;

/// Phrases, places and languages.
pub struct Vocabulary {
    phrases: HashMap<String, Topic>,
    places: Arc<Gazetteer>,
    languages: HashMap<String, String>,
    whereabouts: Whereabouts,
    /// The commonest words of the language.
    everyday: HashSet<String>,
}

impl Vocabulary {
    pub fn new(catalogue: &Catalogue, places: Arc<Gazetteer>) -> Vocabulary {
        let mut phrases = Phrases::default();
        phrases.fill(catalogue);
        let whereabouts = Whereabouts::new(&places, Embedder::built_in());
        let everyday = commonest_words().into_iter().collect();
        Vocabulary { phrases: phrases.topics, places, languages: languages(catalogue), whereabouts, everyday }
    }
}

impl grammar::Lexicon for Vocabulary {
    fn topics_at(&self, tokens: &[Token], at: usize) -> Vec<(usize, Topic)> {
        let mut found = Vec::new();
        let mut typed = String::new();
        let mut single = String::new();
        for (index, token) in tokens[at..].iter().take(LONGEST).enumerate() {
            // "arts & crafts", "hindi/urdu": the mark joins, and phrases are kept without it.
            if token.kind == TokenKind::Mark && index > 0 && matches!(token.text.as_str(), "&" | "/") {
                continue;
            }
            if token.kind == TokenKind::Mark {
                break;
            }
            if !typed.is_empty() {
                typed.push(' ');
                single.push(' ');
            }
            typed.push_str(&token.text);
            single.push_str(singular(&token.text));
            if let Some(topic) = self.phrases.get(&typed).or_else(|| self.phrases.get(&single)) {
                found.push((index + 1, topic.clone()));
            }
        }
        found
    }

    fn place_at(&self, tokens: &[Token], at: usize) -> Option<KnownPlace> {
        // "86th" and "ps1" are one word of a name, and a number with letters to us.
        let mut words: Vec<(String, usize)> = Vec::new();
        for token in tokens[at..].iter().take(12).take_while(|token| token.kind != TokenKind::Mark) {
            let typed_as_one = |last: &(String, usize)| {
                let before = last.0.ends_with(|letter: char| letter.is_ascii_digit());
                token.glued && before != (token.kind == TokenKind::Number)
            };
            match words.last_mut().filter(|last| typed_as_one(last)) {
                Some(last) => *last = (format!("{}{}", last.0, token.text), last.1 + 1),
                None => words.push((token.text.clone(), 1)),
            }
        }
        words.truncate(8);
        let texts: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        let (known, place) = self.places.knows(&texts)?;
        let len = words[..known].iter().map(|(_, tokens)| tokens).sum();
        Some(KnownPlace { len, kind: kind_of(place.kind), ambiguous: place.ambiguous, names: place.names })
    }

    fn place_like(&self, text: &str) -> Option<KnownPlace> {
        // One everyday word that merely stands inside a name is no place: "around the world".
        if self.everyday.contains(text) {
            return None;
        }
        let by_meaning = || self.places.meant(self.whereabouts.meant(text, Embedder::built_in())?);
        let place = self.places.meant(text).or_else(by_meaning)?;
        (place.confidence >= SURE_ENOUGH).then(|| KnownPlace {
            len: 0,
            kind: kind_of(place.kind),
            ambiguous: place.ambiguous,
            names: place.names,
        })
    }

    fn boroughs(&self) -> Vec<String> {
        self.places.boroughs().iter().map(|borough| borough.name.clone()).collect()
    }

    fn language(&self, word: &str) -> Option<String> {
        self.languages.get(word).cloned()
    }
}

/// The wire's word for what the gazetteer found.
pub fn kind_of(kind: PlaceKind) -> LocationKind {
    match kind {
        PlaceKind::Borough => LocationKind::Borough,
        PlaceKind::Neighborhood => LocationKind::Neighborhood,
        PlaceKind::Zip => LocationKind::Zip,
        PlaceKind::Landmark => LocationKind::Landmark,
        PlaceKind::Unknown => LocationKind::Unknown,
    }
}

/// A word without its plural ending. Both sides of a lookup go through it, so it need not be right,
/// only the same.
pub fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

fn languages(catalogue: &Catalogue) -> HashMap<String, String> {
    let mut known = HashMap::new();
    let shelf = catalogue.category_by_slug("languages");
    let taught =
        shelf.into_iter().flat_map(|shelf| catalogue.services_of(shelf.id)).flat_map(|service| service.name.split('/'));
    for name in taught.chain(MORE_LANGUAGES.iter().copied()) {
        let words = grammar::words(name);
        if let [word] = words.as_slice() {
            known.insert(word.clone(), name.to_owned());
        }
    }
    known.insert("asl".to_owned(), "Sign Language".to_owned());
    known
}

/// Examinations of every kind.
const EXAMS: [&str; 10] = [
    "exam",
    "exams",
    "test",
    "tests",
    "exam prep",
    "test prep",
    "exam preparation",
    "test preparation",
    "examprep",
    "testprep",
];

/// The phrase table while it is being filled. The first to claim a phrase keeps it, so the surest
/// names come first: services, shelves, categories, then terms, then forms derived from either.
#[derive(Default)]
struct Phrases {
    topics: HashMap<String, Topic>,
}

impl Phrases {
    fn fill(&mut self, catalogue: &Catalogue) {
        let at_shelf = |id| catalogue.subcategories().iter().position(|shelf| shelf.id == id).unwrap_or_default();
        let at_category = |id| catalogue.categories().iter().position(|category| category.id == id).unwrap_or_default();
        let topic = |kind, services: Vec<usize>| {
            let first = services.first().and_then(|at| catalogue.services().get(*at));
            let shelf = first.map_or(0, |service| at_shelf(service.subcategory_id));
            let head = kind == TopicKind::Service
                && first.is_some_and(|service| service.name == catalogue.subcategories()[shelf].name);
            let of_category = |slug: &str| {
                let category = first.and_then(|service| catalogue.category(service.category_id));
                category.is_some_and(|category| category.slug == slug)
            };
            Topic {
                kind,
                shelf,
                head,
                category: first.map_or(0, |service| at_category(service.category_id)),
                services,
                weak: false,
                school: of_category(SCHOOL),
                tongue: of_category(LANGUAGES),
                letters: LETTERS.contains(&catalogue.subcategories()[shelf].slug.as_str()),
                deed: false,
            }
        };
        let service = |index: usize| topic(TopicKind::Service, vec![index]);
        let names: Vec<(&str, &[String], Topic)> = catalogue
            .services()
            .iter()
            .enumerate()
            .map(|(index, it)| (it.name.as_str(), it.terms.as_slice(), service(index)))
            .collect();
        let places = |fits: &dyn Fn(&Service) -> bool| -> Vec<usize> {
            catalogue.services().iter().enumerate().filter(|(_, it)| fits(it)).map(|(at, _)| at).collect()
        };
        let shelves = catalogue.subcategories().iter().enumerate().map(|(index, shelf)| {
            let on = places(&|it| it.subcategory_id == shelf.id);
            (shelf.name.as_str(), shelf.terms.as_slice(), topic(TopicKind::Subcategory(index), on))
        });
        let shelves: Vec<_> = shelves.collect();
        let wide = catalogue.categories().iter().enumerate().map(|(index, category)| {
            let of = places(&|it| it.category_id == category.id);
            (category.name.as_str(), category.terms.as_slice(), topic(TopicKind::Category(index), of))
        });
        let wide: Vec<_> = wide.collect();
        let all = || names.iter().chain(&shelves).chain(&wide);
        for (name, _, topic) in all() {
            self.claim(&grammar::words(name), topic);
        }
        for (_, terms, topic) in all() {
            for term in *terms {
                self.claim(&grammar::words(term), topic);
            }
        }
        for (name, _, topic) in all() {
            self.parts(name, topic);
        }
        for (_, terms, topic) in all() {
            for term in *terms {
                self.core(&grammar::words(term), topic);
            }
        }
        for (_, terms, topic) in all() {
            for stem in terms.iter().filter_map(|term| LESSON_ENDINGS.iter().find_map(|end| term.strip_suffix(end))) {
                if stem.chars().count() > 1 {
                    self.claim(&grammar::words(stem), topic);
                }
            }
        }
        self.abroad(catalogue, &shelves, &wide, service);
        self.exceptions(catalogue, &wide, service);
    }

    /// Phrases that mean something else than their words, and words that only mean something beside others.
    fn exceptions(
        &mut self,
        catalogue: &Catalogue,
        wide: &[(&str, &[String], Topic)],
        service: impl Fn(usize) -> Topic,
    ) {
        for (phrase, slug) in [("learn to act", "acting"), ("how to act", "acting"), ("learn acting", "acting")] {
            if let Some(index) = catalogue.services().iter().position(|it| it.slug == slug) {
                self.topics.insert(phrase.to_owned(), service(index));
            }
        }
        // "gre coaching": a word for lessons is one, although a shelf is called so.
        for (word, topic) in &mut self.topics {
            topic.weak |= grammar::is_generic(word);
        }
        // "chem exam": the subject is wanted, not every exam there is.
        for word in EXAMS {
            if let Some(topic) = self.topics.get_mut(word) {
                topic.weak = true;
            }
        }
        for word in VENUES {
            if let Some(topic) = self.topics.get_mut(word) {
                topic.weak = true;
            }
        }
        for word in DEEDS {
            if let Some(topic) = self.topics.get_mut(word) {
                topic.deed = true;
            }
        }
        for word in ["tutor", "tutors", "tutoring"] {
            if let Some((.., topic)) = wide.iter().find(|(name, ..)| name.starts_with("Tutoring")) {
                self.topics.insert(word.to_owned(), Topic { weak: true, ..topic.clone() });
            }
        }
    }

    /// What is taught, in other languages.
    fn abroad<'a>(
        &mut self,
        catalogue: &Catalogue,
        shelves: &[(&'a str, &'a [String], Topic)],
        wide: &[(&'a str, &'a [String], Topic)],
        service: impl Fn(usize) -> Topic,
    ) {
        let named = |slug: &str, several: bool| {
            if !several {
                return catalogue.services().iter().position(|it| it.slug == slug).map(&service);
            }
            let shelf = catalogue.subcategories().iter().position(|it| it.slug == slug).and_then(|at| shelves.get(at));
            let category = || catalogue.categories().iter().position(|it| it.slug == slug).and_then(|at| wide.get(at));
            shelf.or_else(category).map(|(.., topic)| topic.clone())
        };
        for (slug, several, phrases) in super::abroad::taught() {
            let Some(topic) = named(slug, several) else { continue };
            for phrase in phrases {
                let words = grammar::words(phrase);
                self.claim(&words, &topic);
                // "家教" is a tutor: what is named beside it is the subject.
                if let Some(tutor) = self.topics.get_mut(&words.join(" ")).filter(|_| slug == SCHOOL) {
                    tutor.weak = true;
                }
            }
        }
    }

    fn claim(&mut self, words: &[String], topic: &Topic) {
        if words.is_empty() || words.len() > LONGEST || words.iter().all(|word| grammar::is_filler(word)) {
            return;
        }
        self.topics.entry(words.join(" ")).or_insert_with(|| topic.clone());
        let single: Vec<&str> = words.iter().map(|word| singular(word)).collect();
        self.topics.entry(single.join(" ")).or_insert_with(|| topic.clone());
        // "hiphop", "jiujitsu": people leave out the space.
        let letters = words.iter().all(|word| word.is_ascii());
        if words.len() == 2 && letters && words.concat().len() > 4 {
            self.topics.entry(words.concat()).or_insert_with(|| topic.clone());
        }
    }

    /// "Voice & Singing" is found as either; "Kids Coding (Scratch)" as each part of it.
    fn parts(&mut self, name: &str, topic: &Topic) {
        for part in name.split(['&', '/', '(', ')']) {
            let words = grammar::words(part);
            if words.iter().any(|word| !grammar::is_generic(word) && !ADJECTIVES.contains(&word.as_str())) {
                self.claim(&words, topic);
            }
        }
    }

    /// A term without the word for lesson or teacher around it: "piano teacher" is found as "piano".
    fn core(&mut self, words: &[String], topic: &Topic) {
        let empty = |word: &&String| grammar::is_generic(word) || grammar::is_filler(word);
        let start = words.iter().take_while(empty).count();
        let end = words.len() - words[start..].iter().rev().take_while(empty).count();
        // One word alone must be all that is left beside "lesson" or "class"; "solve for x" is not "x".
        let plain = !words.get(start).is_some_and(|word| NO_TOPIC.contains(&word.as_str()))
            && words.iter().enumerate().all(|(at, word)| (start..end).contains(&at) || grammar::is_generic(word));
        let enough = end.saturating_sub(start) > 1
            || plain && words.get(start).is_some_and(|word| word.chars().count() > 2 || !word.is_ascii());
        if start < end && (start > 0 || end < words.len()) && enough {
            self.claim(&words[start..end], topic);
        }
    }
}
