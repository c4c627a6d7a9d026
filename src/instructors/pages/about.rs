//! About oneself: ZIP code, biography, years, languages; where one travels to; where students come to.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::areas;
use super::form::{Faults, Fields, whole};
use super::frame::Sheet;
use super::own::{DASHBOARD, Own, Way};
use crate::accounts::ops::settings::joining;
use crate::accounts::parts::Accounts;
use crate::accounts::rules::person;
use crate::base::access::Actor;
use crate::base::id::NeighborhoodId;
use crate::base::refusal::Outcome;
use crate::instructors::model::NamedPlace;
use crate::instructors::ops::areas as chosen;
use crate::instructors::ops::update::{About, tell};
use crate::instructors::rules::profile::{Changes, Judged, judge};
use crate::places::Gazetteer;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{Button, Field, button, field, link_button, section};
use crate::web::{Answer, Chrome, Form, Params, see_other};

/// A biography that helps students choose. // rule: 50§1c bio ≥400 characters wanted, saveable earlier
const BIO_WANTED: usize = 400;
const BIO_MOST: usize = 1000;
/// Places of each kind. // rule: 20§1 PreferredPlace
const PLACES: usize = 2;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    done: String,
}

/// The form as it stands: what is stored, or what was typed.
struct Typed {
    zip: String,
    bio: String,
    years: String,
    languages: String,
    studios: Vec<(String, String)>,
    spaces: Vec<(String, String)>,
    areas: BTreeSet<NeighborhoodId>,
}

impl Typed {
    fn of(own: &Own) -> Self {
        let profile = &own.facts.profile;
        Self {
            zip: own.facts.user.zip_code.clone(),
            bio: profile.bio.clone(),
            years: profile.years_experience.to_string(),
            languages: profile.languages.join(", "),
            studios: rows(&profile.teaching_locations),
            spaces: rows(&profile.public_spaces),
            areas: own.facts.areas.neighborhoods.iter().copied().collect(),
        }
    }

    fn read(fields: &Fields, gazetteer: &Gazetteer) -> Self {
        let pairs = |kind: &str| {
            let pair = |n| (fields.text(&format!("{kind}_{n}")), fields.text(&format!("{kind}_name_{n}")));
            (0..PLACES).map(pair).collect()
        };
        Self {
            zip: fields.text("zip_code"),
            bio: fields.text("bio"),
            years: fields.text("years_experience"),
            languages: fields.text("languages"),
            studios: pairs("studio"),
            spaces: pairs("space"),
            areas: areas::read(fields, gazetteer),
        }
    }

    /// Everything judged; what is wrong is noted field by field.
    fn judged(&self, site: &Site, own: &Own, gazetteer: &Gazetteer, faults: &mut Faults) -> Outcome<About> {
        let about = |changes: Changes| judge(&changes);
        let zip_code = Some(self.zip.trim().to_owned()).filter(|zip| *zip != own.facts.user.zip_code);
        if let Some(zip) = &zip_code {
            let book = site.part::<Accounts>()?.zips.clone();
            faults.keep("zip_code", person::zip(zip, book.as_ref(), joining(site)?.region_zip_only))?;
        }
        let bio = faults.keep("bio", about(Changes { bio: Some(self.bio.clone()), ..Changes::default() }))?;
        let years = whole("years_experience", &self.years);
        let years = years.and_then(|n| about(Changes { years_experience: Some(n), ..Changes::default() }));
        let years = faults.keep("years_experience", years)?;
        let spoken: Vec<String> = self.languages.split(',').map(str::trim).map(str::to_owned).collect();
        let spoken = spoken.into_iter().filter(|language| !language.is_empty()).collect();
        let spoken = faults.keep("languages", about(Changes { languages: Some(spoken), ..Changes::default() }))?;
        let (studios, at) = filled(&self.studios);
        let said = about(Changes { teaching_locations: Some(studios), ..Changes::default() });
        let studios = faults.hold(said, |name| place_field("studio", &at, name), "studio_0")?;
        let (spaces, at) = filled(&self.spaces);
        let said = about(Changes { public_spaces: Some(spaces), ..Changes::default() });
        let spaces = faults.hold(said, |name| place_field("space", &at, name), "space_0")?;
        let neighborhoods: Vec<NeighborhoodId> = self.areas.iter().copied().collect();
        let neighborhoods = faults.keep("areas", chosen::judged(gazetteer, &neighborhoods))?;
        Ok(About {
            zip_code,
            profile: Judged {
                bio: bio.and_then(|j| j.bio),
                years_experience: years.and_then(|j| j.years_experience),
                languages: spoken.and_then(|j| j.languages),
                teaching_locations: studios.and_then(|j| j.teaching_locations),
                public_spaces: spaces.and_then(|j| j.public_spaces),
                ..Judged::default()
            },
            neighborhoods: neighborhoods.unwrap_or_default(),
        })
    }
}

fn rows(places: &[NamedPlace]) -> Vec<(String, String)> {
    let known = places.iter().map(|place| (place.address.clone(), place.label.clone().unwrap_or_default()));
    known.chain(std::iter::repeat_with(Default::default)).take(PLACES).collect()
}

/// The rows somebody wrote in, and where each of them stands.
fn filled(rows: &[(String, String)]) -> (Vec<NamedPlace>, Vec<usize>) {
    let written =
        rows.iter().enumerate().filter(|(_, (address, name))| !(address.trim().is_empty() && name.trim().is_empty()));
    written
        .map(|(at, (address, name))| (NamedPlace { address: address.clone(), label: Some(name.clone()) }, at))
        .unzip()
}

/// "preferred_teaching_locations[1].label" → "studio_name_1": the second written row may stand third.
fn place_field(kind: &str, at: &[usize], name: &str) -> String {
    let number = name.split(['[', ']']).nth(1).and_then(|n| n.parse::<usize>().ok());
    let row = number.and_then(|n| at.get(n)).copied().unwrap_or_default();
    if name.ends_with(".label") { format!("{kind}_name_{row}") } else { format!("{kind}_{row}") }
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    if Way::of(&chrome) == Way::In && own.through {
        return Ok(see_other(DASHBOARD));
    }
    let said = if asked.done == "saved" { "Your profile is saved." } else { "" };
    Ok(render(&site, &chrome, &own, &Typed::of(&own), &Faults::default(), said)?)
}

pub(super) async fn save(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    by: By,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    let gazetteer = site.part::<Gazetteer>()?;
    let typed = Typed::read(&Fields(fields), &gazetteer);
    let mut faults = Faults::default();
    let about = typed.judged(&site, &own, &gazetteer, &mut faults)?;
    if faults.is_empty() {
        let told = tell(&site, &actor, by, about).await;
        if faults.keep("zip_code", told)?.is_some() {
            return Ok(see_other(&match Way::of(&chrome) {
                Way::In => format!("{}?done=about", Way::In.skills()),
                Way::Kept => format!("{}?done=saved", Way::Kept.about()),
            }));
        }
    }
    Ok(render(&site, &chrome, &own, &typed, &faults, "")?)
}

fn render(site: &Site, chrome: &Chrome, own: &Own, typed: &Typed, faults: &Faults, said: &str) -> Outcome<Response> {
    let way = Way::of(chrome);
    let gazetteer = site.part::<Gazetteer>()?;
    let (title, lead) = match way {
        Way::In => ("About you", "What students read before they choose you. You can change all of it later."),
        Way::Kept => ("Your profile", "What students read before they choose you."),
    };
    let body = html! {
        form method="post" action=(way.about()) {
            (section("you", "Yourself", "Students see your first name and the first letter of your last name.", yourself(typed, faults)))
            (section("where", "Where you travel to", "Tick every neighborhood you would teach in. Searches near them find you.",
                areas::picker(&gazetteer, &typed.areas, faults.at("areas"))))
            (section("places", "Where students come to you", "Only if there is such a place. The house number is told to students who have booked.", html! {
                (places("studio", "Your place", "112 West 72nd St, New York", &typed.studios, faults))
                (places("space", "Public place you like", "Columbus Circle, New York", &typed.spaces, faults))
            }))
            div.row {
                (button(&Button::primary(if way == Way::In { "Save and go on" } else { "Save your profile" }).busy("Saving…")))
                @if way == Way::In { (link_button(way.skills(), &Button::line("Skip for now"))) }
            }
        }
    };
    let sheet = Sheet { title, lead, here: way.about(), said, faults };
    Ok(sheet.answer(chrome, own, body))
}

fn yourself(typed: &Typed, faults: &Faults) -> Markup {
    let text =
        |name, label, value, hint| Field { name, label, value, hint, error: faults.at(name), ..Field::default() };
    let zip = Field {
        inputmode: "numeric",
        autocomplete: "postal-code",
        maxlength: Some(5),
        required: true,
        ..text("zip_code", "ZIP code", &typed.zip, "Where you live or work. Students do not see it.")
    };
    let bio = Field {
        rows: Some(9),
        maxlength: Some(BIO_MOST),
        required: true,
        ..text("bio", "Biography", &typed.bio, "How you teach, for whom, what a first lesson is like.")
    };
    let years = Field {
        inputmode: "numeric",
        maxlength: Some(2),
        required: true,
        ..text("years_experience", "Years of teaching", &typed.years, "0 to 50")
    };
    let spoken = Field {
        required: true,
        ..text("languages", "Languages you teach in", &typed.languages, "Separated by commas.")
    };
    html! {
        (field(&zip))
        (field(&bio))
        p.small.muted data-counts="#bio" {
            span data-count { (typed.bio.trim().chars().count()) } " of the " (BIO_WANTED) " characters that help students choose; at most 1,000."
        }
        (field(&years))
        (field(&spoken))
    }
}

fn places(kind: &str, label: &str, example: &str, rows: &[(String, String)], faults: &Faults) -> Markup {
    html! {
        @for (at, (address, name)) in rows.iter().enumerate() {
            @let (id, name_id) = (format!("{kind}_{at}"), format!("{kind}_name_{at}"));
            @let (title, name_title) = (format!("{label} {}", at + 1), format!("What {} {} is called", label.to_lowercase(), at + 1));
            div.fields {
                (field(&Field { name: &id, label: &title, value: address, optional: true, placeholder: example, maxlength: Some(255), error: faults.at(&id), ..Field::default() }))
                (field(&Field { name: &name_id, label: &name_title, value: name, optional: true, maxlength: Some(50), error: faults.at(&name_id), ..Field::default() }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_a_place_stands_at_the_row_it_was_written_in() {
        let row = |address: &str, name: &str| (address.to_owned(), name.to_owned());
        let (places, at) = filled(&[row(" ", ""), row("Columbus Circle", "")]);
        assert_eq!((places.len(), at.as_slice()), (1, [1].as_slice()));
        assert_eq!(place_field("space", &at, "preferred_public_spaces[0].address"), "space_1");
        assert_eq!(place_field("space", &at, "preferred_public_spaces[0].label"), "space_name_1");
        assert_eq!(place_field("space", &at, "preferred_public_spaces"), "space_0");
    }
}
