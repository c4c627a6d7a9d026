//! From the typed text to an understood query: typing mistakes, grammar, then meaning for what no
//! phrase of the catalogue named.
// rule: 40§15 stage A

mod weighed;

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use jiff::Zoned;

use super::grammar::{self, Chip, Lexicon, LocationKind, Mode, Parsed, Reading, Token, TokenKind};
use super::lexicon::{Vocabulary, kind_of};
use super::meaning::{Embedder, Lexical, Nearest, common_words};
use super::spelling::{Rank, Spelling, rewritten};
use super::tuning::{Thresholds, Tuning};
use crate::catalog::{Catalogue, catalogue};
use crate::places::{Gazetteer, Resolution, packs};

/// A service whose words hold all of the text needs no more likeness than this.
const IN_WORDS: f32 = 0.40;
/// So many are offered under "did you mean".
const SUGGESTIONS: usize = 3;
/// Services this close to the nearest one are meant as well.
const CLOSE: f32 = 0.04;
const UNION: usize = 4;
/// From this confidence on, a part of a name stands for the place.
const PART_OF_A_NAME: f32 = 0.9;
/// Services of another kind: whoever asks for one wants it done, not taught.
const NO_LESSONS: [&str; 41] = [
    "lawyer",
    "attorney",
    "babysitter",
    "babysitting",
    "nanny",
    "walker",
    "sitter",
    "plumber",
    "electrician",
    "dentist",
    "doctor",
    "cleaner",
    "cleaning",
    "mechanic",
    "realtor",
    "accountant",
    "tuner",
    "mover",
    "movers",
    "handyman",
    "locksmith",
    "barber",
    "haircut",
    "caterer",
    "notary",
    "roofer",
    "contractor",
    "exterminator",
    "landlord",
    "apartment",
    "restaurant",
    "restaurants",
    "taxi",
    "uber",
    "pharmacy",
    "landscaper",
    "housekeeper",
    "undertaker",
    "surgeon",
    "divorce",
    // Of horses, motorcycles: "english riding" is no language.
    "riding",
];
/// Nothing a person means is this long.
const LONGEST_WORD: usize = 40;
const MOST_TOKENS: usize = 80;

/// What the program knows about words; built once, the same for every marketplace in the process.
pub struct Knowledge {
    pub catalogue: &'static Catalogue,
    pub places: Arc<Gazetteer>,
    pub embedder: &'static Embedder,
    vocabulary: Vocabulary,
    spelling: Spelling,
    lexical: Option<Lexical>,
    nearest: Nearest,
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| Knowledge::new(catalogue(), packs::active()));

/// The knowledge of this build.
pub fn knowledge() -> &'static Knowledge {
    &KNOWLEDGE
}

/// An understood query.
#[derive(Clone, Debug)]
pub struct Understood {
    pub query: String,
    pub corrected_query: Option<String>,
    pub parsed: Parsed,
    pub chips: Vec<Chip>,
    pub mode: Mode,
    /// Catalogue indexes of the services wanted, each with its relevance 0–1; empty in mode `any`.
    pub services: Vec<(usize, f64)>,
    pub excluded: Vec<usize>,
    pub did_you_mean: Vec<String>,
    /// Words that named neither a service nor a wish: matched against what instructors say of themselves.
    pub free_text: String,
    /// Something is wanted that nobody here teaches.
    pub nothing_fits: bool,
}

impl Knowledge {
    pub fn new(catalogue: &'static Catalogue, places: Arc<Gazetteer>) -> Knowledge {
        let embedder = Embedder::built_in();
        let vocabulary = Vocabulary::new(catalogue, places.clone());
        let words =
            |text: &str, rank: Rank| grammar::words(text).into_iter().map(move |word| (word, rank)).collect::<Vec<_>>();
        let names = catalogue
            .services()
            .iter()
            .map(|it| &it.name)
            .chain(catalogue.subcategories().iter().map(|it| &it.name))
            .chain(catalogue.categories().iter().map(|it| &it.name));
        let names = names.flat_map(|name| words(name, Rank::Name));
        let terms = catalogue
            .services()
            .iter()
            .flat_map(|it| &it.terms)
            .chain(catalogue.subcategories().iter().flat_map(|it| &it.terms))
            .chain(catalogue.categories().iter().flat_map(|it| &it.terms));
        let (foreign, terms): (Vec<&String>, Vec<&String>) = terms.partition(|term| grammar::is_foreign(term));
        let of_english = |word: &String| grammar::query_language(std::iter::once(word.as_str())).is_none();
        let (spoken, strange): (Vec<String>, Vec<String>) = grammar::vocabulary().partition(of_english);
        let foreign: HashSet<String> = foreign
            .into_iter()
            .map(String::as_str)
            .chain(super::abroad::phrases())
            .flat_map(grammar::words)
            .chain(strange)
            .collect();
        let terms = terms.into_iter().flat_map(|term| words(term, Rank::Term));
        let terms = terms.filter(|(word, _)| !foreign.contains(word)).collect::<Vec<_>>();
        let regions = places.vocabulary().flat_map(|name| words(name, Rank::Place)).collect::<Vec<_>>();
        let spoken = spoken.into_iter().map(|word| (word, Rank::Grammar));
        let left_alone = common_words().into_iter().chain(grammar::spoken());
        let targets = names.chain(terms).chain(regions).chain(spoken);
        let spelling = Spelling::new(targets, left_alone, foreign);
        Knowledge {
            nearest: Nearest::new(catalogue, embedder),
            // Without the full-text index the nearest phrases still answer.
            lexical: Lexical::new(catalogue).ok(),
            catalogue,
            places,
            embedder,
            vocabulary,
            spelling,
        }
    }

    /// Understands `query` as said at `now` in its zone.
    pub fn understand(&self, query: &str, now: &Zoned) -> Understood {
        self.understand_as(query, now, &Tuning::default().thresholds, true)
    }

    /// How much there is to choose from: the tokens of a text, and the readings proposed of them.
    #[cfg(test)]
    pub fn work(&self, query: &str, now: &Zoned) -> (usize, usize) {
        let mut tokens = grammar::tokenize(query);
        tokens.truncate(MOST_TOKENS);
        let readings = grammar::testing::readings(&tokens, &self.vocabulary, now);
        (tokens.len(), readings)
    }

    /// The same with thresholds of one's own; without `meaning`, words that no phrase names stay unread.
    pub fn understand_as(&self, query: &str, now: &Zoned, near: &Thresholds, meaning: bool) -> Understood {
        let near = if meaning { Some(near) } else { None };
        let typed = grammar::tokenize(query);
        if typed.len() > MOST_TOKENS || typed.iter().any(|token| token.end - token.start > LONGEST_WORD) {
            return self.too_long(query, &typed, now, near);
        }
        let language = grammar::query_language(typed.iter().map(|token| token.text.as_str()));
        let typed = super::abroad::in_english(self.split_compounds(typed));
        let mut tokens = typed.clone();
        // Only English mistakes are known as such: a word of another language is none.
        let mended = language.is_none() && self.spelling.mend(&mut tokens);
        let corrected = mended.then(|| rewritten(query, &typed, &tokens));
        let mut reading = grammar::read(&tokens, &self.vocabulary, now);
        reading.parsed.query_lang = language.map(str::to_owned);
        let mut understood = self.settle(query, reading, &tokens, near);
        understood.corrected_query = corrected;
        understood
    }

    /// "klavierunterricht" is written as one word and read as two.
    fn split_compounds(&self, typed: Vec<Token>) -> Vec<Token> {
        const SECOND: [&str; 6] = ["unterricht", "stunden", "lehrerin", "lehrer", "kurs", "kurse"];
        let mut tokens = Vec::with_capacity(typed.len());
        for token in typed {
            let plain = token.kind == TokenKind::Word && token.text.len() == token.end - token.start;
            let stem = SECOND.iter().find_map(|second| token.text.strip_suffix(second));
            match stem.filter(|stem| plain && stem.len() > 3 && self.spelling.knows(stem)) {
                Some(stem) => {
                    let middle = token.start + stem.len();
                    tokens.push(Token { text: stem.to_owned(), end: middle, ..token.clone() });
                    let text = token.text[stem.len()..].to_owned();
                    tokens.push(Token { text, start: middle, glued: true, ..token });
                }
                None => tokens.push(token),
            }
        }
        tokens
    }

    fn too_long(&self, query: &str, tokens: &[Token], now: &Zoned, near: Option<&Thresholds>) -> Understood {
        let reading = grammar::read(&tokens[..tokens.len().min(MOST_TOKENS)], &self.vocabulary, now);
        let mut understood = self.settle(query, reading, tokens, near);
        understood.parsed.flag("too_long_or_garbage");
        understood
    }

    fn settle(&self, query: &str, reading: Reading, tokens: &[Token], near: Option<&Thresholds>) -> Understood {
        let content: Vec<(String, [usize; 2])> =
            reading.leftover.iter().filter(|(word, _)| !grammar::is_generic(word)).cloned().collect();
        let mut understood = Understood {
            query: query.to_owned(),
            corrected_query: None,
            mode: reading.wanted.mode,
            services: reading.wanted.services.iter().map(|service| (*service, 1.0)).collect(),
            excluded: reading.excluded.clone(),
            did_you_mean: Vec::new(),
            free_text: content.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" "),
            nothing_fits: false,
            parsed: reading.parsed.clone(),
            chips: reading.chips.clone(),
        };
        if done_by_a_trade(&reading) {
            understood.services.clear();
            understood.mode = Mode::Any;
            understood.nothing_fits = true;
            understood.chips.retain(|chip| chip.kind != "topic");
            understood.parsed.flag("out_of_catalog");
        } else if reading.wanted.mode == Mode::Any || reading.wanted.weak {
            self.by_meaning(&mut understood, &reading, content, near);
        } else if !content.is_empty() {
            self.weigh(&mut understood, near);
        }
        self.exclude(&mut understood);
        self.name(&mut understood, &reading);
        flags(&mut understood, tokens);
        understood
    }

    /// Trades nobody learns in an hour's lesson, and languages nobody teaches here: nothing is near them, however alike
    /// the words are.
    fn elsewhere(&self, words: &[&str]) -> bool {
        words.iter().any(|word| NO_LESSONS.contains(word))
            || matches!(words, [only] if self.vocabulary.language(only).is_some())
    }

    /// No phrase named a service: ask the words, then the meaning, then whether it was a place after all.
    fn by_meaning(
        &self,
        understood: &mut Understood,
        reading: &Reading,
        mut content: Vec<(String, [usize; 2])>,
        limits: Option<&Thresholds>,
    ) {
        if let Some((said, span)) = &reading.doubtful_place {
            content.push((said.clone(), *span));
        }
        if content.is_empty() {
            return;
        }
        let text = content.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ");
        let words: Vec<&str> = text.split(' ').collect();
        if words.iter().all(|word| word.chars().count() < 2) {
            return;
        }
        if self.elsewhere(&words) {
            understood.nothing_fits = true;
            return understood.parsed.flag("out_of_catalog");
        }
        // Of letters that are no words the model makes anything.
        let made_up = words.iter().all(|word| word.is_ascii() && !self.spelling.knows(word))
            && words.iter().any(|word| unpronounceable(word));
        let near = match limits.filter(|_| !made_up) {
            Some(_) => self.nearest.to(&self.embedder.encode(&text), self.catalogue.services().len()),
            None => Vec::new(),
        };
        let limits = limits.copied().unwrap_or(Tuning::default().thresholds);
        let likeness =
            |service: &usize| near.iter().find(|(index, _)| index == service).map_or(0.0, |(_, likeness)| *likeness);
        let mut found = self.lexical.as_ref().map(|lexical| lexical.all_of(&words)).unwrap_or_default();
        found.retain(|service| near.is_empty() || likeness(service) >= IN_WORDS);
        let best = near.first().map_or(0.0, |(_, likeness)| *likeness);
        let span = [
            content.iter().map(|(_, span)| span[0]).min().unwrap_or(0),
            content.iter().map(|(_, span)| span[1]).max().unwrap_or(0),
        ];
        if !found.is_empty() {
            // The words decide which, the meaning in what order.
            let mut services = found;
            services.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)).then(a.cmp(b)));
            self.take(understood, services.into_iter().take(UNION).map(|service| (service, 0.9)).collect(), span, 0.9);
        } else if best >= limits.perhaps {
            let close = near
                .iter()
                .take(UNION)
                .filter(|(_, likeness)| *likeness >= best - CLOSE && *likeness >= limits.perhaps);
            let services: Vec<(usize, f64)> =
                close.map(|(service, likeness)| (*service, calibrated(*likeness, limits.perhaps))).collect();
            if best < limits.act {
                let others = near.iter().filter(|(service, _)| !services.iter().any(|(taken, _)| taken == service));
                understood.did_you_mean =
                    others.take(SUGGESTIONS).map(|(service, _)| self.service_name(*service)).collect();
            }
            self.take(understood, services, span, calibrated(best, limits.perhaps));
        } else if let Some((said, span)) = reading.doubtful_place.clone() {
            unknown_place(understood, said, span);
        } else if let Some(place) = self.lone_place(&text, &understood.parsed) {
            understood.chips.push(Chip {
                kind: "place".to_owned(),
                value: place.names.join(" or "),
                label: place.names.join(" or "),
                span,
                confidence: 0.7,
            });
            understood.parsed.location = place.names;
            understood.parsed.location_kind = Some(kind_of(place.kind));
            understood.parsed.location_text = Some(text);
            understood.parsed.location_ambiguous = place.ambiguous;
            understood.free_text.clear();
        } else {
            understood.nothing_fits = !reading.wanted.weak;
            understood.did_you_mean = near
                .iter()
                .filter(|(_, likeness)| *likeness >= limits.suggest)
                .take(SUGGESTIONS)
                .map(|(service, _)| self.service_name(*service))
                .collect();
            understood.parsed.flag(if made_up { "garbage" } else { "out_of_catalog" });
        }
    }

    /// Words that name no lesson, and are the beginning of just one place's name: "carnegie".
    fn lone_place(&self, text: &str, parsed: &Parsed) -> Option<Resolution> {
        // "juilliard trained" is said of a teacher, and looked for in what teachers say of themselves.
        let studied = parsed.service_query.split(' ').any(grammar::is_studied);
        let free = parsed.location_kind.is_none() && !studied;
        self.places.meant(text).filter(|place| free && place.confidence >= PART_OF_A_NAME)
    }

    fn take(&self, understood: &mut Understood, services: Vec<(usize, f64)>, span: [usize; 2], confidence: f64) {
        understood.mode = if services.len() == 1 { Mode::Specific } else { Mode::Union };
        understood.services = services;
        understood.free_text.clear();
        let label =
            understood.services.iter().map(|(service, _)| self.service_name(*service)).collect::<Vec<_>>().join(", ");
        let chip = Chip {
            kind: "service".to_owned(),
            value: label.clone(),
            label,
            span,
            confidence: (confidence * 100.0).round() / 100.0,
        };
        understood.chips.insert(0, chip);
    }

    fn exclude(&self, understood: &mut Understood) {
        let mut excluded = std::mem::take(&mut understood.excluded);
        // "yoga, not hot yoga": who wants a thing and not a kind of it that has no name here still wants it.
        let nothing_left = understood.services.iter().all(|(service, _)| excluded.contains(service));
        if nothing_left && !understood.services.is_empty() {
            excluded.clear();
            understood.chips.retain(|chip| chip.kind != "exclude");
        }
        understood.services.retain(|(service, _)| !excluded.contains(service));
        understood.parsed.exclude_services = self.topic_names(&excluded);
        understood.excluded = excluded;
    }

    /// Names, categories and chips of what is wanted.
    fn name(&self, understood: &mut Understood, reading: &Reading) {
        let wanted = &reading.wanted;
        let catalogue = self.catalogue;
        let services: Vec<_> =
            understood.services.iter().filter_map(|(service, _)| catalogue.services().get(*service)).collect();
        if matches!(understood.mode, Mode::Specific | Mode::Union) {
            understood.parsed.services = services.iter().map(|service| service.name.clone()).collect();
        }
        if let Some(first) = services.first() {
            let one_shelf = services.iter().all(|service| service.subcategory_id == first.subcategory_id)
                && wanted.category.is_none();
            let one_category = services.iter().all(|service| service.category_id == first.category_id);
            understood.parsed.subcategory =
                catalogue.subcategory(first.subcategory_id).filter(|_| one_shelf).map(|shelf| shelf.name.clone());
            understood.parsed.category =
                catalogue.category(first.category_id).filter(|_| one_category).map(|category| category.name.clone());
        }
        for chip in &mut understood.chips {
            if chip.kind == "topic" || chip.kind == "exclude" {
                let indexes: Vec<usize> = chip.value.split(',').filter_map(|index| index.parse().ok()).collect();
                let label = self.topic_names(&indexes).join(", ");
                let not = chip.kind == "exclude";
                chip.kind = if not { "exclude_service" } else { "service" }.to_owned();
                chip.label = if not { format!("not {label}") } else { label.clone() };
                chip.value = label;
            }
        }
    }

    /// Names of services, or of the shelf or category when all of it is meant.
    fn topic_names(&self, indexes: &[usize]) -> Vec<String> {
        match self.shelf_of(indexes) {
            Some((_, name)) => vec![name],
            None => indexes.iter().map(|index| self.service_name(*index)).collect(),
        }
    }

    /// The shelf or category of which these are all the services; one service alone is none.
    fn shelf_of(&self, indexes: &[usize]) -> Option<(Mode, String)> {
        let catalogue = self.catalogue;
        let services: Vec<_> = indexes.iter().filter_map(|index| catalogue.services().get(*index)).collect();
        let first = services.first().filter(|_| services.len() > 1)?;
        let on_shelf = services.iter().all(|service| service.subcategory_id == first.subcategory_id);
        if on_shelf && catalogue.services_on(first.subcategory_id).count() == services.len() {
            let shelf = catalogue.subcategory(first.subcategory_id)?;
            return Some((Mode::Subcategory, shelf.name.clone()));
        }
        let in_category = services.iter().all(|service| service.category_id == first.category_id);
        let all = in_category && catalogue.services_of(first.category_id).count() == services.len();
        let category = catalogue.category(first.category_id).filter(|_| all)?;
        Some((Mode::Category, category.name.clone()))
    }

    pub fn service_name(&self, index: usize) -> String {
        self.catalogue.services().get(index).map(|service| service.name.clone()).unwrap_or_default()
    }
}

/// Whether a trade stands right behind what would be the lesson: "dog walker", "piano tuner".
fn done_by_a_trade(reading: &Reading) -> bool {
    let behind =
        |span: &[usize; 2]| reading.chips.iter().any(|chip| chip.kind == "topic" && chip.span[1] + 1 == span[0]);
    reading.leftover.iter().any(|(word, span)| NO_LESSONS.contains(&word.as_str()) && behind(span))
}

/// Whether no mouth could say it: no vowel, or five consonants in a row.
fn unpronounceable(word: &str) -> bool {
    let vowel = |letter: char| "aeiou".contains(letter);
    let longest = word.split(vowel).map(|run| run.chars().count()).max().unwrap_or(0);
    !word.contains(vowel) || longest > 4
}

/// A likeness between the least that counts and 1 as relevance .5–1: what is only near never looks like an exact match.
fn calibrated(likeness: f32, least: f32) -> f64 {
    let share = f64::from((likeness - least) / (1.0 - least).max(f32::EPSILON)).clamp(0.0, 1.0);
    0.5 + 0.5 * share.sqrt()
}

fn unknown_place(understood: &mut Understood, said: String, span: [usize; 2]) {
    understood.chips.push(Chip {
        kind: "place".to_owned(),
        value: said.clone(),
        label: said.clone(),
        span,
        confidence: 0.5,
    });
    understood.parsed.location_kind = Some(LocationKind::Unknown);
    understood.parsed.location_text = Some(said);
}

fn flags(understood: &mut Understood, tokens: &[Token]) {
    let letters = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Mark)
        .map(|token| token.text.chars().count())
        .sum::<usize>();
    let parsed = &mut understood.parsed;
    let unread = match letters {
        0 => Some("garbage"),
        1 if understood.services.is_empty() => Some("too_short"),
        _ => None,
    };
    if let Some(flag) = unread {
        parsed.flag(flag);
        // Nothing typed at all asks for everything; signs that say nothing ask for nothing.
        understood.nothing_fits |= !understood.query.trim().is_empty();
    }
    let said_nothing =
        parsed.services.is_empty() && understood.chips.is_empty() && !understood.nothing_fits && letters > 1;
    if said_nothing {
        parsed.flag("broad");
    }
}
