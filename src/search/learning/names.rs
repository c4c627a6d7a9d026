//! The names in force, as search uses them: what the grammar could make nothing of is looked up here.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::model::{Alias, AliasStatus, Named};
use super::tables::all_aliases;
use crate::base::id::AliasId;
use crate::base::refusal::Outcome;
use crate::catalog::Catalogue;
use crate::places::Gazetteer;
use crate::search::grammar::{self, Chip, LocationKind, Mode};
use crate::search::understand::{Understood, knowledge};
use crate::site::Site;

/// Words of the longest name.
const LONGEST: usize = 6;
/// Services meant this surely were meant by phrase; a learned name does not overrule them.
const BY_PHRASE: f64 = 0.99;

/// A set of names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Phrase → the regions' own names and what people call them.
    places: HashMap<String, Place>,
    services: HashMap<String, (AliasId, Vec<usize>)>,
}

#[derive(Clone, Debug)]
struct Place {
    alias: AliasId,
    regions: Vec<String>,
    called: Vec<String>,
}

/// The form in which phrases are compared: the words the grammar sees.
pub fn normal(text: &str) -> String {
    grammar::words(text).join(" ")
}

impl Names {
    /// The names among `aliases` that are in force. What the pack or the catalogue no longer has is left out.
    pub fn of(aliases: &[Alias], catalogue: &Catalogue, gazetteer: &Gazetteer) -> Self {
        let mut names = Self::default();
        for alias in aliases.iter().filter(|alias| alias.status == AliasStatus::Active) {
            names.add(alias, catalogue, gazetteer);
        }
        names
    }

    fn add(&mut self, alias: &Alias, catalogue: &Catalogue, gazetteer: &Gazetteer) {
        match alias.kind {
            Named::Place => {
                let ids = alias.targets.iter().filter_map(|id| id.parse().ok());
                let regions: Vec<_> =
                    ids.filter_map(|id| gazetteer.by_id(id)).filter_map(|ix| gazetteer.region(ix)).collect();
                let mut called: Vec<String> = regions.iter().map(|region| region.display.clone()).collect();
                called.dedup();
                let regions: Vec<String> = regions.into_iter().map(|region| region.name.clone()).collect();
                if !regions.is_empty() {
                    self.places.insert(alias.phrase.clone(), Place { alias: alias.id, regions, called });
                }
            }
            Named::Service => {
                let at = |id: &String| catalogue.services().iter().position(|service| service.id.to_string() == *id);
                let services: Vec<usize> = alias.targets.iter().filter_map(at).collect();
                if !services.is_empty() {
                    self.services.insert(alias.phrase.clone(), (alias.id, services));
                }
            }
        }
    }

    /// The same with one more name in force.
    pub fn with(&self, alias: &Alias) -> Self {
        let mut names = self.clone();
        names.add(alias, knowledge().catalogue, &knowledge().places);
        names
    }

    /// Puts names in where the words were not understood; answers which were needed.
    pub fn apply(&self, understood: &mut Understood) -> Vec<AliasId> {
        let mut used = Vec::new();
        if !self.places.is_empty() {
            used.extend(self.place(understood));
        }
        if !self.services.is_empty() {
            used.extend(self.service(understood));
        }
        used
    }

    fn place(&self, understood: &mut Understood) -> Option<AliasId> {
        let (phrase, place) = match understood.parsed.location_kind {
            Some(LocationKind::Unknown) => {
                let said = normal(understood.parsed.location_text.as_deref().unwrap_or_default());
                let place = self.places.get(&said)?;
                (said, place)
            }
            None => {
                let (phrase, place) = longest(&understood.free_text, &self.places)?;
                understood.free_text = without(&understood.free_text, &phrase);
                if understood.free_text.is_empty() && understood.services.is_empty() {
                    understood.nothing_fits = false;
                    understood.did_you_mean.clear();
                    understood.parsed.flags.retain(|flag| flag != "out_of_catalog" && flag != "garbage");
                }
                (phrase, place)
            }
            Some(_) => return None,
        };
        let several = place.called.len() > 1;
        let parsed = &mut understood.parsed;
        parsed.location = place.called.clone();
        parsed.location_kind = Some(LocationKind::Neighborhood);
        parsed.location_ambiguous = several;
        parsed.location_text = Some(place.regions.join(" or "));
        chip(understood, "place", &phrase, place.called.join(" or "));
        Some(place.alias)
    }

    fn service(&self, understood: &mut Understood) -> Option<AliasId> {
        let by_phrase = understood.services.iter().any(|(_, score)| *score >= BY_PHRASE);
        if by_phrase {
            return None;
        }
        let said = if understood.free_text.is_empty() {
            normal(&understood.parsed.service_query)
        } else {
            understood.free_text.clone()
        };
        let (phrase, (alias, services)) = longest(&said, &self.services)?;
        let catalogue = knowledge().catalogue;
        understood.services = services.iter().map(|at| (*at, 1.0)).collect();
        understood.mode = if services.len() == 1 { Mode::Specific } else { Mode::Union };
        understood.nothing_fits = false;
        understood.did_you_mean.clear();
        understood.free_text = without(&understood.free_text, &phrase);
        let found: Vec<_> = services.iter().filter_map(|at| catalogue.services().get(*at)).collect();
        let parsed = &mut understood.parsed;
        parsed.flags.retain(|flag| flag != "out_of_catalog" && flag != "garbage" && flag != "broad");
        parsed.services = found.iter().map(|service| service.name.clone()).collect();
        let first = found.first()?;
        let one_shelf = found.iter().all(|service| service.subcategory_id == first.subcategory_id);
        let one_category = found.iter().all(|service| service.category_id == first.category_id);
        parsed.subcategory =
            catalogue.subcategory(first.subcategory_id).filter(|_| one_shelf).map(|shelf| shelf.name.clone());
        parsed.category =
            catalogue.category(first.category_id).filter(|_| one_category).map(|category| category.name.clone());
        let label = understood.parsed.services.join(", ");
        chip(understood, "service", &phrase, label);
        Some(*alias)
    }
}

/// The longest run of words in `text` that is a name.
fn longest<'a, T>(text: &str, names: &'a HashMap<String, T>) -> Option<(String, &'a T)> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    for length in (1..=words.len().min(LONGEST)).rev() {
        for run in words.windows(length) {
            let phrase = run.join(" ");
            if let Some(found) = names.get(&phrase) {
                return Some((phrase, found));
            }
        }
    }
    None
}

fn without(text: &str, phrase: &str) -> String {
    let padded = format!(" {text} ");
    padded.replacen(&format!(" {phrase} "), " ", 1).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Shows what was read, in place of any guess at the same words.
fn chip(understood: &mut Understood, kind: &str, phrase: &str, label: String) {
    let query = understood.query.to_lowercase();
    let start = query.find(phrase).map_or(0, |at| query[..at].chars().count());
    let length = if query.contains(phrase) { phrase.chars().count() } else { query.chars().count() };
    understood.chips.retain(|chip| chip.kind != kind);
    understood.chips.push(Chip {
        kind: kind.to_owned(),
        value: label.clone(),
        label,
        span: [start, start + length],
        confidence: 0.9,
    });
    understood.chips.sort_by_key(|chip| chip.span[0]);
}

/// The names of one marketplace, read when first needed and again after every change.
#[derive(Default)]
pub struct Live(RwLock<Option<Arc<Names>>>);

impl Live {
    pub fn get(&self, site: &Site) -> Outcome<Arc<Names>> {
        if let Some(names) = self.0.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(names.clone());
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Read inside the lock: whoever changes names forgets them after the change, so nothing stale is kept.
        let aliases = site.read(all_aliases)?;
        let names = Arc::new(Names::of(&aliases, knowledge().catalogue, &knowledge().places));
        *kept = Some(names.clone());
        Ok(names)
    }

    /// Something changed: the next search reads them anew.
    pub fn forget(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::AnyId as _;
    use crate::base::time::{Timestamp, zone};
    use crate::search::learning::Source;

    fn alias(kind: Named, phrase: &str, targets: Vec<String>) -> Alias {
        Alias {
            id: AliasId::from_bits(7),
            kind,
            phrase: phrase.to_owned(),
            targets,
            source: Source::Manual,
            status: AliasStatus::Active,
            confidence: 1.0,
            votes: 0.0,
            voters: 0,
            created_at: Timestamp::UNIX_EPOCH,
            created_by: None,
            decided_at: None,
            decided_by: None,
            uses: 0,
            last_used_at: None,
            before: None,
        }
    }

    fn understand(names: &Names, query: &str) -> (Understood, Vec<AliasId>) {
        let now: Timestamp = "2026-11-10T19:05:00Z".parse().unwrap();
        let mut understood = knowledge().understand(query, &now.to_zoned(zone("America/New_York").unwrap()));
        let used = names.apply(&mut understood);
        (understood, used)
    }

    #[test]
    fn a_learned_place_is_a_place_wherever_it_stands() {
        let places = &knowledge().places;
        let ix = places.resolve("astoria").regions[0];
        let id = places.region(ix).unwrap().id.to_string();
        let names =
            Names::of(&[alias(Named::Place, "the wedge of zork", vec![id.clone()])], knowledge().catalogue, places);
        let unknown = understand(&Names::default(), "piano near the wedge of zork").0;
        let heard = normal(unknown.parsed.location_text.as_deref().unwrap_or_default());
        let names = if names.places.contains_key(&heard) {
            names
        } else {
            Names::of(&[alias(Named::Place, &heard, vec![id])], knowledge().catalogue, places)
        };
        let (known, used) = understand(&names, "piano near the wedge of zork");
        assert_eq!(known.parsed.location_kind, Some(LocationKind::Neighborhood), "{heard}: {known:#?}");
        assert_eq!((known.parsed.location, used.len()), (vec!["Astoria".to_owned()], 1));
    }

    #[test]
    fn a_learned_lesson_is_found_and_never_overrules_a_phrase() {
        let piano = knowledge().catalogue.service_by_name("Piano").unwrap().id.to_string();
        let names = Names::of(
            &[alias(Named::Service, "zorkophone", vec![piano.clone()]), alias(Named::Service, "violin", vec![piano])],
            knowledge().catalogue,
            &knowledge().places,
        );
        let (heard, used) = understand(&names, "zorkophone tomorrow");
        assert_eq!((heard.parsed.services, used.len()), (vec!["Piano".to_owned()], 1));
        assert!(!heard.nothing_fits && heard.mode == Mode::Specific);
        let (violin, used) = understand(&names, "violin tomorrow");
        assert_eq!((violin.parsed.services, used.len()), (vec!["Violin".to_owned()], 0));
    }
}
