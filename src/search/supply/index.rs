//! The index: every row in its place, and for every service, region, language and kind of lesson the places of those
//! who have it.
//!
//! A value like any other: a search holds one as it was, a change makes the next one. Both share all that did not
//! change, so following one event costs microseconds, however many people there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::row::Row;
use crate::availability::rules::calendar::{Calendar, Platform};
use crate::base::price::Place;
use crate::catalog::{AgeGroup, catalogue};

/// Rows that are copied together when one of them changes.
const CHUNK: usize = 256;

/// Neighbouring rows.
pub type Chunk = Vec<Option<Arc<Row>>>;
/// Places in the index.
pub type Places = RoaringBitmap;

/// Everybody who is live.
#[derive(Clone, Debug, Default)]
pub struct Index {
    chunks: Vec<Arc<Chunk>>,
    everybody: Arc<Places>,
    services: Vec<Arc<Places>>,
    /// Those who teach the service to children.
    of_children: Vec<Arc<Places>>,
    regions: Vec<Arc<Places>>,
    languages: BTreeMap<String, Arc<Places>>,
    kinds: [Arc<Places>; 4],
    ages: [Arc<Places>; 5],
    /// The terms that people's calendars have in common; a row names one by its place here.
    calendars: Arc<Vec<Calendar>>,
    /// When somebody last changed who teaches a service, and who teaches in a region: the generation it was.
    changed_services: Arc<Vec<u64>>,
    changed_regions: Arc<Vec<u64>>,
    reviews: u64,
    stars: f64,
    /// Rises with every change.
    pub generation: u64,
}

impl Index {
    pub fn new(regions: usize) -> Self {
        let services = catalogue().services().len();
        Self {
            services: vec![Arc::default(); services],
            of_children: vec![Arc::default(); services],
            regions: vec![Arc::default(); regions],
            changed_services: Arc::new(vec![0; services]),
            changed_regions: Arc::new(vec![0; regions]),
            ..Self::default()
        }
    }

    /// Begins after a generation with everything changed since.
    pub fn all_changed(&mut self, since: u64) {
        self.generation = since + 1;
        self.changed_services = Arc::new(vec![self.generation; self.services.len()]);
        self.changed_regions = Arc::new(vec![self.generation; self.regions.len()]);
    }

    /// How many there are.
    pub fn instructors(&self) -> usize {
        self.everybody.len() as usize
    }

    pub fn row(&self, place: u32) -> Option<&Arc<Row>> {
        self.chunks.get(place as usize / CHUNK)?.get(place as usize % CHUNK)?.as_ref()
    }

    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.chunks.iter().flat_map(|chunk| chunk.iter().flatten())
    }

    /// Everybody, in pieces that are another value as soon as one of their rows is.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    pub fn everybody(&self) -> &Places {
        &self.everybody
    }

    /// Who teaches any of these services.
    pub fn teaching(&self, services: impl Iterator<Item = usize>) -> Places {
        union(services.filter_map(|service| self.services.get(service)))
    }

    pub fn teaching_children(&self, service: usize) -> Places {
        self.of_children.get(service).map(|places| (**places).clone()).unwrap_or_default()
    }

    pub fn covering(&self, regions: impl Iterator<Item = usize>) -> Places {
        union(regions.filter_map(|region| self.regions.get(region)))
    }

    /// Who speaks a language that `fits`.
    pub fn speaking(&self, fits: impl Fn(&str) -> bool) -> Places {
        union(self.languages.iter().filter(|(language, _)| fits(language)).map(|(_, places)| places))
    }

    /// Who teaches at any of these kinds of place.
    pub fn at(&self, kinds: &[Place]) -> Places {
        union(kinds.iter().map(|kind| &self.kinds[*kind as usize]))
    }

    /// Who takes any of these ages, or says nothing about ages.
    pub fn taking(&self, ages: &[AgeGroup]) -> Places {
        union(ages.iter().map(|age| &self.ages[*age as usize]))
    }

    pub fn calendars(&self) -> &[Calendar] {
        &self.calendars
    }

    /// The mean of all reviews to a hundredth, if there are any: one more review is no news for everybody.
    pub fn mean_rating(&self) -> Option<f64> {
        (self.reviews > 0).then(|| (self.stars / self.reviews as f64 * 100.0).round() / 100.0)
    }

    /// Whether anybody has changed since a generation who teaches one of the services and in one of the regions.
    /// Without either list everybody counts.
    pub fn touched(&self, services: Option<&[usize]>, regions: Option<&[usize]>, since: u64) -> bool {
        let newer = |changed: &[u64], at: &usize| changed.get(*at).is_none_or(|generation| *generation > since);
        let of =
            |list: Option<&[usize]>, changed: &[u64]| list.is_none_or(|all| all.iter().any(|at| newer(changed, at)));
        of(services, &self.changed_services) && of(regions, &self.changed_regions)
    }

    /// Puts a row (or nobody) in its place.
    pub fn put(&mut self, place: u32, row: Option<(Row, &Calendar)>) {
        self.generation += 1;
        while self.chunks.len() <= place as usize / CHUNK {
            self.chunks.push(Arc::new(vec![None; CHUNK]));
        }
        let (chunk, at) = (place as usize / CHUNK, place as usize % CHUNK);
        if let Some(old) = self.chunks[chunk][at].clone() {
            self.count(&old, false);
            self.list(place, &old, false);
        }
        let row = row.map(|(mut row, calendar)| {
            row.terms = self.terms(calendar);
            Arc::new(row)
        });
        if let Some(new) = &row {
            self.count(new, true);
            self.list(place, new, true);
        }
        Arc::make_mut(&mut self.chunks[chunk])[at] = row;
    }

    fn count(&mut self, row: &Row, more: bool) {
        let Some(rating) = row.rating else { return };
        let (stars, reviews) = (rating * row.reviews as f64, row.reviews);
        if more {
            (self.stars, self.reviews) = (self.stars + stars, self.reviews + reviews);
        } else {
            (self.stars, self.reviews) = (self.stars - stars, self.reviews.saturating_sub(reviews));
        }
    }

    fn list(&mut self, place: u32, row: &Row, there: bool) {
        let (services, regions) = (Arc::make_mut(&mut self.changed_services), Arc::make_mut(&mut self.changed_regions));
        row.offers.iter().for_each(|offer| services[offer.service] = self.generation);
        for region in &row.regions {
            regions.get_mut(region.index()).into_iter().for_each(|changed| *changed = self.generation);
        }
        mark(&mut self.everybody, place, there);
        for offer in &row.offers {
            mark(&mut self.services[offer.service], place, there);
            let child = |age: &AgeGroup| matches!(age, AgeGroup::Toddler | AgeGroup::Kids);
            if offer.ages.iter().any(child) {
                mark(&mut self.of_children[offer.service], place, there);
            }
            for kind in &offer.places {
                mark(&mut self.kinds[*kind as usize], place, there);
            }
            let any = AgeGroup::ALL.into_iter().filter(|age| offer.ages.is_empty() || offer.ages.contains(age));
            for age in any {
                mark(&mut self.ages[age as usize], place, there);
            }
        }
        for region in &row.regions {
            if let Some(places) = self.regions.get_mut(region.index()) {
                mark(places, place, there);
            }
        }
        for language in &row.languages {
            mark(self.languages.entry(language.clone()).or_default(), place, there);
        }
    }

    /// The place of a calendar among those known.
    fn terms(&mut self, calendar: &Calendar) -> u16 {
        type Said<'a> = (&'a str, u16, u16, Option<Platform>);
        fn said(calendar: &Calendar) -> Said<'_> {
            (&calendar.zone_name, calendar.notice_hours, calendar.buffer_minutes, calendar.platform)
        }
        let known = self.calendars.iter().position(|other| said(other) == said(calendar));
        let at = known.unwrap_or_else(|| {
            Arc::make_mut(&mut self.calendars).push(calendar.clone());
            self.calendars.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// Bytes in memory: rows, and the lists over them.
    pub fn bytes(&self) -> (usize, usize) {
        let rows = self.rows().map(|row| row.bytes()).sum::<usize>() + self.chunks.len() * CHUNK * size_of::<usize>();
        let lists = self.services.iter().chain(&self.of_children).chain(&self.regions).chain(self.languages.values());
        let lists = lists.chain(&self.kinds).chain(&self.ages).chain([&self.everybody]);
        (rows, lists.map(|list| list.serialized_size()).sum())
    }
}

fn mark(places: &mut Arc<Places>, place: u32, there: bool) {
    if there != places.contains(place) {
        let places = Arc::make_mut(places);
        if there {
            places.insert(place)
        } else {
            places.remove(place)
        };
    }
}

fn union<'a>(lists: impl Iterator<Item = &'a Arc<Places>>) -> Places {
    let mut all = Places::new();
    for list in lists {
        all |= &**list;
    }
    all
}
