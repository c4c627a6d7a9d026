//! Who the demo's people are and how they sign in: kept in the store, so that a demo is known as one when it is opened
//! again, shown in the greeting, on the sign-in page and by `GET /sandbox/v1/demo/accounts`.

use serde::{Deserialize, Serialize};

use super::cast::{ADMIN, Person, cast};
use super::people::PASSWORDS;
use crate::accounts::{DemoPeople, DemoPerson};
use crate::base::access::Role;
use crate::base::refusal::Outcome;
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::store::{AnyTable, ReadExt, Table};

/// That this marketplace is a demo, and since when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogBook {
    pub played_at: Timestamp,
}

pub static LOG_BOOK: Table<(), LogBook> = Table::new(0x1D02, "unit_logbook");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&LOG_BOOK]
}

pub async fn write(site: &Site) -> Outcome<()> {
    site.write(|tx| tx.put(&LOG_BOOK, &(), &LogBook { played_at: tx.now() })).await
}

fn is_demo(site: &Site) -> Outcome<bool> {
    Ok(site.is_sandbox() && site.read(|r| r.get(&LOG_BOOK, &()))?.is_some())
}

/// Everybody, the named people first within their role.
pub fn accounts(site: &Site) -> Outcome<Vec<DemoPerson>> {
    if !is_demo(site)? {
        return Ok(Vec::new());
    }
    let teachers = cast().teachers.iter().map(|t| known(&t.person, Role::Instructor, ""));
    let students = cast().students.iter().map(|p| known(p, Role::Student, ""));
    Ok(std::iter::once(known(&ADMIN, Role::Admin, "")).chain(students).chain(teachers).collect())
}

/// The people whose names stand in the documentation, with what they are known for.
const NAMED: [(&str, &str); 7] = [
    ("emma.johnson@demo.example", ""),
    ("john.smith@demo.example", ""),
    ("sarah.chen@demo.example", "piano and violin"),
    ("michael.rodriguez@demo.example", "guitar"),
    ("amara.okafor@demo.example", "SAT and calculus"),
    ("yuki.tanaka@demo.example", "Japanese"),
    ("alex.rivera@demo.example", ""),
];

fn known(person: &Person, role: Role, note: &str) -> DemoPerson {
    let password = PASSWORDS.iter().find(|(of, _)| *of == role).map(|(_, password)| *password).unwrap_or_default();
    DemoPerson {
        email: person.email(),
        password: password.to_owned(),
        role,
        name: format!("{} {}", person.first, person.last),
        note: note.to_owned(),
    }
}

fn named(site: &Site) -> Outcome<Vec<DemoPerson>> {
    let all = accounts(site)?;
    let find = |(email, note): &(&str, &str)| {
        all.iter().find(|p| p.email == *email).map(|p| DemoPerson { note: (*note).to_owned(), ..p.clone() })
    };
    Ok(NAMED.iter().filter_map(find).collect())
}

/// Lets the sign-in page show who is there to try.
pub fn show_people(site: &Site) -> Outcome<()> {
    let people = named(site)?;
    if !people.is_empty() {
        site.parts.put(DemoPeople(people));
    }
    Ok(())
}

/// How to sign in, for the terminal.
pub fn greeting(site: &Site) -> Outcome<Vec<String>> {
    let people = named(site)?;
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = vec![format!("A demo marketplace. Sign in at {} as", site.url("/login"))];
    lines.extend(people.iter().map(|person| {
        let what = if person.note.is_empty() { String::new() } else { format!(", {}", person.note) };
        format!("  {:<32} {:<24} {} ({}{what})", person.email, person.password, person.name, person.role.name())
    }));
    lines.push("Every other student and instructor has the same password as these.".to_owned());
    Ok(lines)
}
