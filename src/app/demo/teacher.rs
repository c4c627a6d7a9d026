//! One instructor of the demo, thought out before anything is written: biography, offerings, areas, terms, hours.

use std::collections::BTreeMap;

use super::cast::{NAMED_TEACHERS, Person, Speciality, Teacher, cast};
use super::dice::Dice;
use super::hours::Week;
use crate::base::id::NeighborhoodId;
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::slug;
use crate::catalog::{AgeGroup, Service, catalogue};
use crate::instructors::model::{CheckStatus, Level, NamedPlace};
use crate::instructors::ops::offerings::{Judged, judged};
use crate::instructors::rules::offering::Wish;
use crate::places::Gazetteer;

/// The least an hour online may cost (`price_floor_cents`), in dollars.
const LEAST_ONLINE: i64 = 60;
/// Kilometres somebody travels to teach, and the neighborhoods that come to.
const TRAVEL_KM: f64 = 3.0;
const MOST_AREAS: usize = 9;

/// Places in the roster whose background check is not through: they are not live yet.
const UNCHECKED: [(usize, CheckStatus); 8] = [
    (45, CheckStatus::Pending),
    (52, CheckStatus::Pending),
    (67, CheckStatus::Review),
    (74, CheckStatus::Pending),
    (88, CheckStatus::Pending),
    (97, CheckStatus::Consider),
    (104, CheckStatus::Pending),
    (113, CheckStatus::Review),
];

#[derive(Clone, Debug)]
pub struct Plan {
    pub person: Person,
    pub email: String,
    pub zip: String,
    pub bio: String,
    pub years: u16,
    pub languages: Vec<String>,
    pub services: Vec<Judged>,
    pub areas: Vec<NeighborhoodId>,
    pub studio: Option<NamedPlace>,
    pub meeting_point: Option<NamedPlace>,
    pub notice_hours: u16,
    pub buffer_minutes: u16,
    pub week: Week,
    pub founding: bool,
    pub check: CheckStatus,
}

impl Plan {
    pub fn is_live(&self) -> bool {
        self.check == CheckStatus::Passed
    }
}

/// The instructor at this place of the roster.
pub fn plan(at: usize) -> Outcome<Plan> {
    let missing = || Refusal::internal(format!("the demo has no instructor {at}"));
    let teacher = *cast().teachers.get(at).ok_or_else(missing)?;
    let speciality = cast().speciality(teacher.speciality).ok_or_else(missing)?;
    let first = speciality.services.first().and_then(|slug| catalogue().service_by_slug(slug)).ok_or_else(missing)?;
    let category = catalogue().category(first.category_id).map(|c| c.slug.as_str()).unwrap_or_default();
    let mut dice = Dice::of(&teacher.person.email());
    let named = at < NAMED_TEACHERS;
    let places = places_of(speciality);
    let in_person = places.iter().any(|place| *place != Place::Remote);
    let home = teacher.person.home;
    Ok(Plan {
        person: teacher.person,
        email: teacher.person.email(),
        zip: zip_of(home)?,
        bio: biography(at, &teacher, speciality, category),
        years: teacher.years,
        languages: languages(&teacher),
        services: offerings(&mut dice, speciality, &places)?,
        areas: if in_person { areas(home, places.iter().any(|p| p.travels())) } else { Vec::new() },
        studio: places
            .contains(&Place::InstructorLocation)
            .then(|| NamedPlace { address: format!("Studio in {home}"), label: Some("Studio".into()) }),
        meeting_point: places.contains(&Place::Neutral).then(|| meeting_point(home, category)),
        notice_hours: if named { 1 } else { dice.one([1, 1, 2, 2, 4, 12, 24]) },
        buffer_minutes: if named { 15 } else { dice.one([5, 10, 15, 15, 30]) },
        week: if named { Week::always() } else { Week::drawn(&mut dice, category) },
        founding: at == 0 || at == 2 || (!named && at % 6 == 3),
        check: UNCHECKED.iter().find(|(place, _)| *place == at).map_or(CheckStatus::Passed, |(_, status)| *status),
    })
}

/// A ZIP code of a neighborhood.
pub fn zip_of(home: &str) -> Outcome<String> {
    let map = Gazetteer::builtin();
    let regions = map.resolve(home).regions;
    let inside = |zip: &&crate::places::model::ZipArea| zip.regions.first().is_some_and(|ix| regions.contains(ix));
    let mut zips: Vec<&str> = map.zips().filter(inside).map(|zip| zip.zip.as_str()).collect();
    if zips.is_empty() {
        zips = map.zips().filter(|z| z.regions.iter().any(|ix| regions.contains(ix))).map(|z| z.zip.as_str()).collect();
    }
    zips.sort_unstable();
    let none = || Refusal::internal(format!("no ZIP code lies in {home}"));
    zips.first().map(|zip| (*zip).to_owned()).ok_or_else(none)
}

fn areas(home: &str, travels: bool) -> Vec<NeighborhoodId> {
    let map = Gazetteer::builtin();
    let place = map.resolve(home);
    let mut regions = place.regions.clone();
    if let Some(point) = place.point.filter(|_| travels) {
        regions.extend(map.near(point, TRAVEL_KM).into_iter().map(|(ix, _)| ix));
    }
    let mut ids = Vec::new();
    for region in regions.iter().filter_map(|ix| map.region(*ix)).filter(|region| !region.hidden) {
        if !ids.contains(&region.id) && ids.len() < MOST_AREAS.max(place.regions.len()) {
            ids.push(region.id);
        }
    }
    ids
}

fn meeting_point(home: &str, category: &str) -> NamedPlace {
    let (address, label) = match category {
        "sports-fitness" => (format!("Courts and park in {home}"), "Outdoors"),
        _ => (format!("Public library, {home}"), "Library"),
    };
    NamedPlace { address, label: Some(label.into()) }
}

fn places_of(speciality: &Speciality) -> Vec<Place> {
    let place = |letter| match letter {
        'h' => Place::StudentHome,
        's' => Place::InstructorLocation,
        'p' => Place::Neutral,
        _ => Place::Remote,
    };
    speciality.places.chars().map(place).collect()
}

fn languages(teacher: &Teacher) -> Vec<String> {
    let others = teacher.languages.split(';').filter(|language| !language.is_empty());
    std::iter::once("English").chain(others).map(str::to_owned).collect()
}

/// One sentence of each part; colleagues of one speciality get different ones as long as there are any.
fn biography(at: usize, teacher: &Teacher, speciality: &Speciality, category: &str) -> String {
    let colleagues_before = cast().teachers.iter().take(at).filter(|t| t.speciality == teacher.speciality).count();
    let nth = |from: &[String], n: usize| from.get(n % from.len().max(1)).cloned().unwrap_or_default();
    let (abouts, methods) = (speciality.about.len().max(1), speciality.method.len().max(1));
    let about = nth(&speciality.about, colleagues_before);
    // Once all first sentences were used, the second ones move on by one.
    let method = nth(&speciality.method, (colleagues_before + colleagues_before / abouts) % methods);
    let closings = cast().closings.get(category).map(Vec::as_slice).unwrap_or_default();
    let closing = speciality.closing.clone().unwrap_or_else(|| nth(closings, at));
    format!("{about} {method} {closing}")
        .replace("{years}", &format!("{} years", teacher.years))
        .replace("{area}", teacher.person.home)
}

fn offerings(dice: &mut Dice, speciality: &Speciality, places: &[Place]) -> Outcome<Vec<Judged>> {
    let [least, most] = speciality.dollars;
    let dollars = least + dice.between(0, (most - least) / 5) * 5;
    let online = speciality.online.unwrap_or((dollars - dice.between(1, 4) * 5).max(LEAST_ONLINE));
    let mut offered = Vec::new();
    for (n, name) in speciality.services.iter().enumerate() {
        let Some(service) = catalogue().service_by_slug(name) else { continue };
        if n > 0 && !speciality.all && (n > 3 || !dice.chance(65)) {
            continue;
        }
        let dearer = if n == 0 { 0 } else { dice.between(0, 2) * 5 };
        offered.push(judged(service.id, &wish(dice, service, places, (dollars + dearer).min(most), online))?);
    }
    Ok(offered)
}

fn wish(dice: &mut Dice, service: &Service, places: &[Place], dollars: i64, online: i64) -> Wish {
    let places: Vec<Place> =
        places.iter().copied().filter(|place| *place != Place::Remote || service.online_capable).collect();
    let mixed = places.len() > 1 && places.contains(&Place::Remote);
    let format_rates = if mixed && online < dollars {
        BTreeMap::from([(Place::Remote, Cents(online * 100))])
    } else {
        BTreeMap::new()
    };
    let mut durations: Vec<u16> = service.typical_duration_options.iter().copied().filter(|m| *m >= 30).collect();
    if !durations.contains(&60) && durations.iter().all(|m| *m > 45) {
        durations.push(60);
    }
    let description = dice.pick(&cast().descriptions).map(|text| text.replace("{service}", &service.name));
    Wish {
        at: String::new(),
        hourly_rate: Some(Cents(dollars * 100)),
        format_rates,
        description,
        requirements: None,
        durations: Some(durations),
        places,
        levels: dice.chance(25).then(|| vec![Level::Beginner, Level::Intermediate]),
        age_groups: dice.chance(20).then(|| grown_up(service)),
        equipment: Vec::new(),
    }
}

/// Some teach everybody but small children.
fn grown_up(service: &Service) -> Vec<AgeGroup> {
    let older: Vec<_> = service.age_groups.iter().copied().filter(|age| *age >= AgeGroup::Teens).collect();
    if older.is_empty() { service.age_groups.clone() } else { older }
}

/// `studio-…` and the like: a made-up id of an outside service that says whose it is.
pub fn outside_id(kind: &str, person: &Person) -> String {
    format!("{kind}_demo_{}", slug(&format!("{} {}", person.first, person.last)).replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::price::Floors;
    use crate::instructors::rules::offering::floor;

    #[test]
    fn everybody_is_presentable() {
        let mut bios = BTreeSet::new();
        for at in 0..cast().teachers.len() {
            let plan = plan(at).unwrap();
            let length = plan.bio.chars().count();
            assert!((150..=500).contains(&length), "{length}: {}", plan.bio);
            assert!(!plan.bio.contains('{'), "{}", plan.bio);
            assert!(bios.insert(plan.bio.clone()), "two people say: {}", plan.bio);
            assert!(!plan.services.is_empty());
            for service in &plan.services {
                floor(&service.terms, &Floors::default()).unwrap();
            }
            let travels = plan.services.iter().any(|s| s.terms.travels());
            assert!(!travels || !plan.areas.is_empty(), "{} travels nowhere", plan.email);
        }
    }

    #[test]
    fn the_named_people_are_who_the_documentation_says() {
        let sarah = plan(0).unwrap();
        let names: Vec<&str> =
            sarah.services.iter().filter_map(|s| catalogue().service(s.service_id)).map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Piano", "Violin"]);
        for service in &sarah.services {
            assert!(service.terms.places.iter().all(|place| service.terms.rate_at(*place) <= Cents(10_000)));
            assert!(service.terms.is_in_person());
        }
        let amara = plan(2).unwrap();
        assert!(amara.services.iter().all(|s| s.terms.places == [Place::Remote]));
        assert_eq!((amara.services.len(), plan(3).unwrap().person.home), (2, "Astoria"));
    }
}
