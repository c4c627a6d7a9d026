//! Who plays in the demo: the people and specialities written in `assets/demo`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A person as the roster lists them.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub first: &'static str,
    pub last: &'static str,
    /// A neighborhood as people call it.
    pub home: &'static str,
}

impl Person {
    /// `first.last@demo.example` (contract §6).
    pub fn email(&self) -> String {
        let plain = |name: &str| name.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
        format!("{}.{}@demo.example", plain(self.first), plain(self.last))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Teacher {
    pub person: Person,
    pub speciality: &'static str,
    pub years: u16,
    /// Beside English.
    pub languages: &'static str,
}

/// What one kind of instructor teaches, and how they speak about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speciality {
    pub key: String,
    /// Slugs of the catalogue; the first is always offered.
    pub services: Vec<String>,
    /// Every one of them is offered.
    #[serde(default)]
    pub all: bool,
    /// Least and most for an hour in person.
    pub dollars: [i64; 2],
    /// For an hour online, where it is fixed.
    #[serde(default)]
    pub online: Option<i64>,
    /// One letter per kind of place, the usual one first: h, s, p, o.
    pub places: String,
    pub about: Vec<String>,
    pub method: Vec<String>,
    /// Their own last sentence instead of the category's.
    #[serde(default)]
    pub closing: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    closings: BTreeMap<String, Vec<String>>,
    descriptions: Vec<String>,
    speciality: Vec<Speciality>,
}

pub struct Cast {
    pub teachers: Vec<Teacher>,
    pub students: Vec<Person>,
    pub closings: BTreeMap<String, Vec<String>>,
    /// What an offering says about itself; `{service}` is its name.
    pub descriptions: Vec<String>,
    specialities: BTreeMap<String, Speciality>,
}

impl Cast {
    pub fn speciality(&self, key: &str) -> Option<&Speciality> {
        self.specialities.get(key)
    }
}

pub const ADMIN: Person = Person { first: "Alex", last: "Rivera", home: "Tribeca" };
/// The instructors that tests and documentation name come first in the roster.
pub const NAMED_TEACHERS: usize = 4;

pub fn cast() -> &'static Cast {
    static CAST: LazyLock<Cast> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../../assets/demo/specialities.toml"))
            .expect("the file is compiled in, and a test reads it");
        Cast {
            teachers: rows(include_str!("../../../assets/demo/instructors.csv")).map(teacher).collect(),
            students: rows(include_str!("../../../assets/demo/students.csv")).map(|row| person(&row, 2)).collect(),
            closings: file.closings,
            descriptions: file.descriptions,
            specialities: file.speciality.into_iter().map(|s| (s.key.clone(), s)).collect(),
        }
    });
    &CAST
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split(',').collect())
}

fn cell(row: &[&'static str], at: usize) -> &'static str {
    row.get(at).copied().unwrap_or_default()
}

fn person(row: &[&'static str], home: usize) -> Person {
    Person { first: cell(row, 0), last: cell(row, 1), home: cell(row, home) }
}

fn teacher(row: Vec<&'static str>) -> Teacher {
    Teacher {
        person: person(&row, 3),
        speciality: cell(&row, 2),
        years: cell(&row, 4).parse().unwrap_or(5),
        languages: cell(&row, 5),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::catalogue;
    use crate::places::Gazetteer;

    #[test]
    fn the_rosters_are_whole() {
        let cast = cast();
        assert_eq!((cast.teachers.len(), cast.students.len()), (120, 40));
        let everybody = cast.teachers.iter().map(|t| t.person).chain(cast.students.iter().copied()).chain([ADMIN]);
        let emails: BTreeSet<String> = everybody.clone().map(|p| p.email()).collect();
        assert_eq!(emails.len(), 161);
        let map = Gazetteer::builtin();
        for person in everybody {
            let found = map.resolve(person.home);
            assert!(!found.regions.is_empty(), "{} is not known as a place", person.home);
        }
        for teacher in &cast.teachers {
            assert!(cast.speciality(teacher.speciality).is_some(), "{}", teacher.speciality);
        }
    }

    #[test]
    fn specialities_name_services_of_the_catalogue() {
        for speciality in cast().specialities.values() {
            for slug in &speciality.services {
                assert!(catalogue().services().iter().any(|s| s.slug == *slug), "{slug}");
            }
            assert!(speciality.dollars[0] <= speciality.dollars[1]);
            assert!(speciality.places.chars().all(|c| "hspo".contains(c)), "{}", speciality.key);
        }
    }
}
