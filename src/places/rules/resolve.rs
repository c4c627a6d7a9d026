//! Text in, place out: the tiers of part 40 §15 "Location", from an exact name down to a misspelt one.
//!
//! Never fails and never leaves the process; an unknown text comes back as such, with the three closest names.

use super::gazetteer::Gazetteer;
use super::names::Phrase;
use super::pack::is_zip;
use super::words::{allowed_edits, damerau, normal, similarity, trigrams};
use crate::places::model::{Area, PlaceKind, RegionIx, Resolution, Tier};

/// A part of a name must have this many letters to stand for it (rule: 40§4 tier 2.5).
const PARTIAL_LETTERS: usize = 4;
/// That many regions are offered for a part of a name.
const PARTIAL_PLACES: usize = 5;
const PARTIAL_CONFIDENCE: f32 = 0.9;
/// When the part fits several places.
const PARTIAL_AMBIGUOUS: f32 = 0.6;
/// Without a small edit distance, names must be at least this alike.
const ALIKE: f32 = 0.55;
/// Below this a name is not even worth comparing letter by letter.
const WORTH_A_LOOK: f32 = 0.25;
const SUGGESTIONS: usize = 3;

const LEADS: [&str; 14] =
    ["near", "by", "in", "around", "close", "to", "at", "on", "the", "from", "within", "nearby", "next", "of"];
const TRAILS: [&str; 9] =
    ["area", "neighborhood", "neighbourhood", "district", "section", "vicinity", "region", "usa", "nearby"];
const COMPASS: [&str; 8] = ["north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"];

impl Gazetteer {
    /// Where is that? `text` as a person typed it, without the words before it.
    pub fn resolve(&self, text: &str) -> Resolution {
        self.meant(text).unwrap_or_else(|| self.unknown(text))
    }

    /// The same where an unknown place is none, and nobody needs to hear what is near it in letters.
    pub fn meant(&self, text: &str) -> Option<Resolution> {
        let whole = normal(text);
        let core = stripped(&whole);
        let exact = [whole.as_str(), core].into_iter().find_map(|name| self.named(name));
        exact
            .or_else(|| self.in_borough(core))
            .or_else(|| self.without_compass(core))
            .or_else(|| self.partial(core))
            .or_else(|| self.fuzzy(core))
    }

    /// The longest known place at the beginning of `words`, and how many of them it takes. Words as a tokenizer gives
    /// them, lower-case; "bed-stuy" may come as one.
    pub fn knows(&self, words: &[&str]) -> Option<(usize, Resolution)> {
        let mut phrase = String::new();
        let mut best = None;
        for (i, word) in words.iter().take(self.names.most_words()).enumerate() {
            if i > 0 {
                phrase.push(' ');
            }
            phrase.push_str(&normal(word));
            if let Some(found) = self.named(&phrase) {
                best = Some((i + 1, found));
            }
        }
        best
    }

    /// Every word that occurs in a name: what a spelling corrector must leave alone.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.names.phrases().flat_map(|(phrase, _)| phrase.text.split(' '))
    }

    /// Every phrase that names a place, in normal form, with the place's own name.
    pub fn names_of_places(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.phrases().map(|(phrase, area)| (phrase.text.as_str(), area.name.as_str()))
    }

    /// Places for what has been typed so far: beginnings of names first, then parts, then near misses.
    pub fn complete(&self, text: &str, limit: usize) -> Vec<Resolution> {
        let typed = normal(text);
        if typed.is_empty() {
            return Vec::new();
        }
        if typed.bytes().all(|b| b.is_ascii_digit()) {
            let zips = self.zips().filter(|z| z.zip.starts_with(&typed)).take(limit);
            return zips.filter_map(|z| self.by_zip(&z.zip)).collect();
        }
        let rank = |phrase: &Phrase| {
            let at = phrase.text.match_indices(&typed).map(|(at, _)| at).find(|at| starts_word(&phrase.text, *at));
            at.map(|at| (at > 0, phrase.tier, phrase.text.len()))
        };
        let mut hits: Vec<_> = self.names.phrases().filter_map(|(p, area)| Some((rank(p)?, p, area))).collect();
        hits.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.text.cmp(&b.1.text)));
        let mut out: Vec<Resolution> = Vec::new();
        for (_, phrase, area) in hits {
            if out.len() < limit && !out.iter().any(|r| r.label == area.name) {
                out.push(found(area, phrase.tier, phrase.confidence));
            }
        }
        if out.is_empty() {
            out.extend(self.fuzzy(&typed));
        }
        out
    }

    /// A lasting name for a place in addresses and forms: "nyc:lincoln-center".
    pub fn place_id(&self, label: &str) -> String {
        format!("{}:{}", self.settings().code, normal(label).replace(' ', "-"))
    }

    pub fn by_place_id(&self, id: &str) -> Option<Resolution> {
        let (pack, name) = id.split_once(':')?;
        (pack == self.settings().code).then(|| self.named(&normal(name))).flatten()
    }

    /// One line that tells places of one name apart: "Lincoln Center, Upper West Side, Manhattan".
    pub fn describe(&self, place: &Resolution) -> String {
        let mut parts = vec![place.label.as_str()];
        let first = place.regions.first().copied();
        let display = first.and_then(|ix| self.region(ix)).map(|region| region.display.as_str());
        match place.kind {
            PlaceKind::Landmark => parts.extend(place.names.first().map(String::as_str)),
            PlaceKind::Zip => parts.extend(display),
            PlaceKind::Borough | PlaceKind::Neighborhood | PlaceKind::Unknown => {}
        }
        match place.kind {
            PlaceKind::Borough => parts.push(&self.settings().name),
            _ => parts.extend(first.map(|ix| self.borough_name(ix))),
        }
        parts.dedup();
        parts.join(", ")
    }

    /// Exact, alias, ZIP, landmark.
    fn named(&self, phrase: &str) -> Option<Resolution> {
        if let Some((hit, area)) = self.names.find(phrase) {
            return Some(found(area, hit.tier, hit.confidence));
        }
        self.by_zip(phrase)
    }

    fn by_zip(&self, phrase: &str) -> Option<Resolution> {
        let mut words = phrase.split(' ').skip_while(|w| matches!(*w, "zip" | "zipcode" | "code"));
        let zip = words.next().filter(|w| is_zip(w))?;
        if words.any(|w| w.len() != 4 || !w.bytes().all(|b| b.is_ascii_digit())) {
            return None;
        }
        let borough = self.borough_of_zip(zip)?;
        Some(Resolution {
            kind: PlaceKind::Zip,
            label: zip.to_owned(),
            names: vec![zip.to_owned()],
            regions: self.regions_of_zip(zip),
            point: Some(self.zip(zip).map_or(borough.centre, |area| area.point)),
            confidence: 1.0,
            ambiguous: false,
            tier: Tier::Zip,
            suggestions: Vec::new(),
        })
    }

    /// "murray hill queens", "astoria ny": a place, then where we are. A borough narrows what it follows.
    fn in_borough(&self, core: &str) -> Option<Resolution> {
        let tail = self
            .names
            .tails
            .iter()
            .find(|tail| core.strip_suffix(tail.as_str()).is_some_and(|rest| rest.ends_with(' ')))?;
        let rest = core.strip_suffix(tail.as_str())?.trim_end();
        let mut place = self.named(rest).or_else(|| self.in_borough(rest))?;
        let within = self.names.find(tail).filter(|(_, area)| area.kind == PlaceKind::Borough);
        if let (true, Some((_, borough))) = (place.ambiguous, within) {
            let inside: Vec<RegionIx> =
                place.regions.iter().copied().filter(|ix| borough.regions.contains(ix)).collect();
            if !inside.is_empty() && inside.len() < place.regions.len() {
                let displays = inside.iter().filter_map(|ix| self.region(*ix)).map(|region| region.display.as_str());
                let known = |name: &&str| place.names.iter().any(|one| one == name);
                let mut names: Vec<String> = displays.filter(known).map(str::to_owned).collect();
                names.dedup();
                place.point = inside.first().and_then(|ix| self.region(*ix)).map(|r| r.centre);
                place.names = if names.is_empty() { vec![place.label.clone()] } else { names };
                place.regions = inside;
                place.ambiguous = place.names.len() > 1;
                place.suggestions = if place.ambiguous { place.names.clone() } else { Vec::new() };
            }
        }
        Some(place)
    }

    /// "park slope south" → "park slope" (rule: 40§4, a trailing compass word of three).
    fn without_compass(&self, core: &str) -> Option<Resolution> {
        let (rest, last) = core.rsplit_once(' ')?;
        (rest.contains(' ') && COMPASS.contains(&last)).then(|| self.named(rest)).flatten()
    }

    /// A part of a name, from the beginning of a word on.
    fn partial(&self, core: &str) -> Option<Resolution> {
        if core.chars().count() < PARTIAL_LETTERS || !core.chars().any(char::is_alphabetic) {
            return None;
        }
        let part = |text: &str| text.match_indices(core).any(|(at, _)| starts_word(text, at));
        let mut hits: Vec<_> = self.names.phrases().filter(|(p, _)| part(&p.text)).collect();
        // What a name begins with says more than what stands inside one.
        let rank = |phrase: &Phrase| (!phrase.text.starts_with(core), phrase.tier);
        hits.sort_by_key(|(p, _)| (rank(p), p.text.len()));
        let best = hits.first().map(|(p, _)| rank(p))?;
        let mut places: Vec<&Area> = Vec::new();
        for (_, area) in hits.iter().filter(|(p, _)| rank(p) == best) {
            if places.len() < PARTIAL_PLACES && !places.iter().any(|p| p.regions == area.regions) {
                places.push(area);
            }
        }
        let confidence = if places.len() > 1 { PARTIAL_AMBIGUOUS } else { PARTIAL_CONFIDENCE };
        Some(union(&places, Tier::Partial, confidence))
    }

    /// A misspelt name.
    fn fuzzy(&self, core: &str) -> Option<Resolution> {
        let letters = core.chars().count();
        let asked = trigrams(core);
        let closest = self.alike(&asked).into_iter().filter_map(|(alike, phrase, area)| {
            let edits = damerau(core, &phrase.text);
            let close = edits <= allowed_edits(letters.min(phrase.text.chars().count()));
            let score = if close { 0.95 - 0.08 * edits as f32 } else { alike };
            (close || alike >= ALIKE && letters > 3).then_some((score, phrase, area))
        });
        let (score, _, area) = closest.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.tier.cmp(&a.1.tier)))?;
        Some(found(area, Tier::Fuzzy, score))
    }

    fn alike(&self, asked: &[u64]) -> Vec<(f32, &Phrase, &Area)> {
        let all = self.names.phrases().map(|(p, area)| (similarity(asked, &p.trigrams), p, area));
        all.filter(|(alike, _, _)| *alike >= WORTH_A_LOOK).collect()
    }

    fn unknown(&self, text: &str) -> Resolution {
        let asked = trigrams(stripped(&normal(text)));
        let mut near: Vec<_> =
            self.names.phrases().map(|(p, area)| (similarity(&asked, &p.trigrams), p.tier, area)).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut suggestions: Vec<String> = Vec::new();
        for (_, _, area) in near {
            if suggestions.len() < SUGGESTIONS && !suggestions.contains(&area.name) {
                suggestions.push(area.name.clone());
            }
        }
        Resolution {
            kind: PlaceKind::Unknown,
            label: text.trim().to_owned(),
            names: Vec::new(),
            regions: Vec::new(),
            point: None,
            confidence: 0.0,
            ambiguous: false,
            tier: Tier::None,
            suggestions,
        }
    }
}

fn found(area: &Area, tier: Tier, confidence: f32) -> Resolution {
    Resolution {
        kind: area.kind,
        label: area.name.clone(),
        names: area.names.clone(),
        regions: area.regions.clone(),
        point: Some(area.point),
        confidence,
        ambiguous: area.ambiguous,
        tier,
        suggestions: area.choices.clone(),
    }
}

/// Several places at once: their union, ambiguous when there is more than one (rule: 40§15 Location).
fn union(places: &[&Area], tier: Tier, confidence: f32) -> Resolution {
    let mut out = Resolution {
        kind: places.first().map_or(PlaceKind::Unknown, |a| a.kind),
        label: places.first().map(|a| a.name.clone()).unwrap_or_default(),
        names: Vec::new(),
        regions: Vec::new(),
        point: places.first().map(|a| a.point),
        confidence,
        ambiguous: places.len() > 1 || places.iter().any(|a| a.ambiguous),
        tier,
        suggestions: Vec::new(),
    };
    for area in places {
        out.names.extend(area.names.iter().filter(|n| !out.names.contains(n)).cloned().collect::<Vec<_>>());
        out.regions.extend(area.regions.iter().filter(|r| !out.regions.contains(r)).copied().collect::<Vec<_>>());
    }
    if out.ambiguous {
        out.suggestions = out.names.iter().take(PARTIAL_PLACES).cloned().collect();
    }
    out
}

fn starts_word(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes().get(at - 1) == Some(&b' ')
}

/// Without "near the" before it and "area" after it.
fn stripped(whole: &str) -> &str {
    let mut core = whole;
    while let Some((_, rest)) = core.split_once(' ').filter(|(first, _)| LEADS.contains(first)) {
        core = rest;
    }
    while let Some((rest, _)) = core.rsplit_once(' ').filter(|(_, last)| TRAILS.contains(last)) {
        core = rest;
    }
    core
}
