//! Every name of every place, each phrase leading to one [`Area`].
//!
//! A region answers to its official name, to what people call it, and to each part of a compound name
//! ("Carroll Gardens-Cobble Hill-Gowanus-Red Hook"); regions that share a name are one place. Where two places claim
//! the same phrase the surer kind keeps it: borough, neighborhood, nickname, landmark.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::pack::{AliasKind, AliasRow, PackError, Settings, refuse};
use super::words::{normal, trigrams};
use crate::base::geo::Point;
use crate::places::model::{Area, Borough, PlaceKind, Region, RegionIx, Tier};

/// Two regions of one name in different boroughs, further apart than this, are two places.
const FAR_APART_KM: f64 = 3.0;
/// A park or airport stands for the neighborhoods this close around it too: nobody lives in it.
const AROUND_HIDDEN_KM: f64 = 0.15;

pub struct Phrase {
    pub text: String,
    pub trigrams: Vec<u64>,
    pub area: u32,
    pub tier: Tier,
    pub confidence: f32,
}

#[derive(Default)]
pub struct Names {
    areas: Vec<Area>,
    phrases: Vec<Phrase>,
    by_text: HashMap<String, u32>,
    most_words: usize,
    /// Normal forms of the words that only repeat where we are, longest first.
    pub tails: Vec<String>,
}

impl Names {
    pub fn build(
        settings: &Settings,
        regions: &[Region],
        boroughs: &[Borough],
        by_code: &HashMap<String, RegionIx>,
        aliases: Vec<AliasRow>,
    ) -> Result<Self, PackError> {
        let mut names = Self::default();
        for (borough, parent) in boroughs.iter().zip(&settings.parents) {
            let area = names.area(borough_area(borough));
            names.say(&borough.name, area, Tier::Exact, 1.0);
            for alias in &parent.aliases {
                names.say(alias, area, Tier::Alias, 0.98);
            }
        }
        // First, because one of those it may mean often bears the same name: what is meant is asked, not guessed.
        let wide = || aliases.iter().filter(|row| row.kind == AliasKind::Wide);
        let said = wide().flat_map(|row| row.aliases.iter().chain([&row.name])).map(|text| normal(text)).collect();
        for row in wide() {
            names.wide(regions, by_code, row, &said)?;
        }
        let not_names: Vec<String> = settings.not_names.iter().map(|name| normal(name)).collect();
        let official = shared_names(regions).into_iter().filter(|(text, _)| !not_names.contains(&normal(text)));
        let official = official.map(|(text, members)| region_area(regions, boroughs, text, members));
        let (parks, places): (Vec<Area>, Vec<Area>) = official.partition(|area| area.kind == PlaceKind::Landmark);
        names.say_all(places, Tier::Exact);
        for kind in [AliasKind::Nickname, AliasKind::Landmark] {
            for row in aliases.iter().filter(|row| row.kind == kind) {
                names.alias(regions, by_code, row)?;
            }
        }
        // Last, so that the list can say in which neighborhood people look for a stadium or an airport.
        names.say_all(parks, Tier::Landmark);
        names.tails = settings.tails.iter().map(|tail| normal(tail)).collect();
        names.tails.sort_by_key(|tail| std::cmp::Reverse(tail.len()));
        Ok(names)
    }

    fn alias(
        &mut self,
        regions: &[Region],
        by_code: &HashMap<String, RegionIx>,
        row: &AliasRow,
    ) -> Result<(), PackError> {
        let members = members(by_code, row)?;
        let first = members.first().and_then(|ix| regions.get(ix.index()));
        let (kind, tier, answer) = match row.kind {
            AliasKind::Nickname => (PlaceKind::Neighborhood, Tier::Alias, row.name.clone()),
            AliasKind::Landmark => {
                let lies_in = row.area.clone().or_else(|| first.map(|r| r.display.clone()));
                (PlaceKind::Landmark, Tier::Landmark, lies_in.unwrap_or_default())
            }
            AliasKind::Wide => return Ok(()),
        };
        let members = with_surroundings(regions, members);
        let point = row.point.unwrap_or_else(|| centre_of(regions, &members));
        self.say_row(
            row,
            Area {
                kind,
                name: row.name.clone(),
                names: vec![answer],
                regions: members,
                point,
                ambiguous: false,
                choices: Vec::new(),
            },
            tier,
        );
        Ok(())
    }

    /// A word for several neighborhoods answers all of them, and asks which. `said` are all such words: a neighborhood
    /// that is called by one is told apart by its official name.
    fn wide(
        &mut self,
        regions: &[Region],
        by_code: &HashMap<String, RegionIx>,
        row: &AliasRow,
        said: &HashSet<String>,
    ) -> Result<(), PackError> {
        let members = members(by_code, row)?;
        let (mut names, mut choices) = (Vec::new(), Vec::new());
        for region in members.iter().filter_map(|ix| regions.get(ix.index())).filter(|region| !region.hidden) {
            if !names.contains(&region.display) {
                let display = normal(&region.display);
                let elsewhere = regions
                    .iter()
                    .filter(|other| other.parent != region.parent)
                    .any(|other| names_of(other).iter().any(|name| normal(name) == display));
                let same = elsewhere || said.contains(&display);
                choices.push(if same { region.name.clone() } else { region.display.clone() });
                names.push(region.display.clone());
            }
        }
        let (kind, tier) = match row.point {
            Some(_) => (PlaceKind::Landmark, Tier::Landmark),
            None => (PlaceKind::Neighborhood, Tier::Alias),
        };
        let point = row.point.unwrap_or_else(|| centre_of(regions, &members));
        let area =
            Area { kind, name: row.name.clone(), ambiguous: names.len() > 1, names, regions: members, point, choices };
        self.say_row(row, area, tier);
        Ok(())
    }

    fn say_row(&mut self, row: &AliasRow, area: Area, tier: Tier) {
        let area = self.area(area);
        self.say(&row.name, area, tier, row.confidence);
        for alias in &row.aliases {
            self.say(alias, area, tier, row.confidence);
        }
    }

    fn say_all(&mut self, areas: Vec<Area>, tier: Tier) {
        for area in areas {
            let text = area.name.clone();
            let area = self.area(area);
            self.say(&text, area, tier, 1.0);
        }
    }

    fn area(&mut self, area: Area) -> u32 {
        self.areas.push(area);
        (self.areas.len() - 1) as u32
    }

    /// The first to claim a phrase keeps it.
    fn say(&mut self, text: &str, area: u32, tier: Tier, confidence: f32) {
        let text = normal(text);
        if text.is_empty() || self.by_text.contains_key(&text) {
            return;
        }
        self.most_words = self.most_words.max(text.split(' ').count());
        self.by_text.insert(text.clone(), self.phrases.len() as u32);
        self.phrases.push(Phrase { trigrams: trigrams(&text), text, area, tier, confidence });
    }

    /// `normal` must be in normal form.
    pub fn find(&self, normal: &str) -> Option<(&Phrase, &Area)> {
        let phrase = self.phrases.get(*self.by_text.get(normal)? as usize)?;
        Some((phrase, self.areas.get(phrase.area as usize)?))
    }

    pub fn phrases(&self) -> impl Iterator<Item = (&Phrase, &Area)> {
        self.phrases.iter().filter_map(|p| Some((p, self.areas.get(p.area as usize)?)))
    }

    pub fn most_words(&self) -> usize {
        self.most_words
    }
}

/// The regions of a line of the list.
fn members(by_code: &HashMap<String, RegionIx>, row: &AliasRow) -> Result<Vec<RegionIx>, PackError> {
    let members: Option<Vec<RegionIx>> = row.codes.iter().map(|code| by_code.get(code).copied()).collect();
    match members.filter(|members| !members.is_empty()) {
        Some(members) => Ok(members),
        None => refuse("aliases.csv", row.line, "no region, or an unknown one"),
    }
}

/// The mean of the centres, weighted by area.
pub fn centre_of(regions: &[Region], members: &[RegionIx]) -> Point {
    let (mut lat, mut lon, mut all) = (0.0, 0.0, 0.0);
    for region in members.iter().filter_map(|ix| regions.get(ix.index())) {
        let weight = region.shape.area_km2().max(1e-6);
        lat += region.centre.lat * weight;
        lon += region.centre.lon * weight;
        all += weight;
    }
    if all > 0.0 { Point { lat: lat / all, lon: lon / all } } else { Point { lat: 0.0, lon: 0.0 } }
}

fn borough_area(borough: &Borough) -> Area {
    Area {
        kind: PlaceKind::Borough,
        name: borough.name.clone(),
        names: vec![borough.name.clone()],
        regions: borough.regions.clone(),
        point: borough.centre,
        ambiguous: false,
        choices: Vec::new(),
    }
}

fn region_area(regions: &[Region], boroughs: &[Borough], name: String, members: Vec<RegionIx>) -> Area {
    let these: Vec<&Region> = members.iter().filter_map(|ix| regions.get(ix.index())).collect();
    let hidden = these.iter().all(|r| r.hidden);
    let ambiguous = these
        .iter()
        .any(|a| these.iter().any(|b| a.parent != b.parent && a.centre.distance_km(b.centre) > FAR_APART_KM));
    let mut names = vec![name.clone()];
    if ambiguous {
        let in_borough = |r: &&Region| boroughs.get(usize::from(r.parent)).map(|b| format!("{name} ({})", b.name));
        names = these.iter().filter_map(in_borough).collect();
        names.dedup();
    }
    let kind = if hidden { PlaceKind::Landmark } else { PlaceKind::Neighborhood };
    let point = centre_of(regions, &members);
    let choices = if ambiguous { names.clone() } else { Vec::new() };
    Area { kind, name, names, regions: with_surroundings(regions, members), point, ambiguous, choices }
}

/// Adds, for places where nobody lives, the neighborhoods around them.
fn with_surroundings(regions: &[Region], members: Vec<RegionIx>) -> Vec<RegionIx> {
    let all_hidden = members.iter().all(|ix| regions.get(ix.index()).is_some_and(|r| r.hidden));
    if !all_hidden {
        return members;
    }
    let mut out = members.clone();
    for middle in members.iter().filter_map(|ix| regions.get(ix.index())) {
        let far = |r: &Region| {
            let (a, b) = (middle.shape.bounds(), r.shape.bounds());
            a.south - b.north > 0.01 || b.south - a.north > 0.01 || a.west - b.east > 0.01 || b.west - a.east > 0.01
        };
        for (i, region) in regions.iter().enumerate() {
            let ix = RegionIx(i as u16);
            if !region.hidden
                && !out.contains(&ix)
                && !far(region)
                && middle.shape.gap_km(&region.shape) <= AROUND_HIDDEN_KM
            {
                out.push(ix);
            }
        }
    }
    out
}

/// Every name in the official list with the regions that bear it; in the order of the first of them.
fn shared_names(regions: &[Region]) -> Vec<(String, Vec<RegionIx>)> {
    let mut by_normal: BTreeMap<String, (usize, String, Vec<RegionIx>)> = BTreeMap::new();
    for (i, region) in regions.iter().enumerate() {
        for name in names_of(region) {
            let order = by_normal.len();
            let (_, _, members) = by_normal.entry(normal(&name)).or_insert((order, name, Vec::new()));
            let ix = RegionIx(i as u16);
            if !members.contains(&ix) {
                members.push(ix);
            }
        }
    }
    let mut all: Vec<_> = by_normal.into_values().collect();
    all.sort_by_key(|(order, _, _)| *order);
    all.into_iter().map(|(_, name, members)| (name, members)).collect()
}

fn names_of(region: &Region) -> Vec<String> {
    let plain = without_brackets(&region.name);
    let mut names = vec![region.display.clone(), region.name.clone(), plain.clone()];
    if region.display != plain {
        // Parts of a compound name; a name with a hyphen of its own is known by its display name.
        names.extend(plain.split('-').map(|part| part.trim().to_owned()).filter(|part| part.len() >= 4));
    }
    names
}

/// "Bushwick (West)" → "Bushwick".
fn without_brackets(name: &str) -> String {
    let mut out = String::new();
    let mut depth = 0u32;
    for c in name.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.replace(" -", "-").trim().to_owned()
}
