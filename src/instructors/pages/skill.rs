//! One lesson: its rate and what is left of it, places, lengths, whom it is for.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::form::{Faults, Fields};
use super::frame::Sheet;
use super::own::{DASHBOARD, Own, Way};
use super::skills::known;
use super::words;
use crate::base::access::Actor;
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::catalog::{AgeGroup, Service};
use crate::instructors::model::{Level, Terms};
use crate::instructors::ops::offerings::{judged, save as store};
use crate::instructors::rules::offering::{Wish, floor};
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Field, Pick, Tone, button, crumb, field, link_button, notice, picks, section,
};
use crate::web::{Answer, Chrome, Form, see_other};

/// The lengths always offered to choose from. // rule: 50§2 B
const LENGTHS: [u16; 4] = [30, 45, 60, 90];

/// The form as it stands: what is offered, or what was typed.
struct Typed {
    rate: String,
    rates: BTreeMap<Place, String>,
    places: Vec<Place>,
    durations: BTreeSet<u16>,
    levels: BTreeSet<Level>,
    ages: BTreeSet<AgeGroup>,
    description: String,
    requirements: String,
    equipment: String,
}

impl Typed {
    fn new(service: &Service) -> Self {
        Self {
            rate: String::new(),
            rates: BTreeMap::new(),
            places: Vec::new(),
            durations: [60].into(),
            levels: Level::ALL.into(),
            ages: service.age_groups.iter().copied().collect(),
            description: String::new(),
            requirements: String::new(),
            equipment: String::new(),
        }
    }

    fn of(terms: &Terms) -> Self {
        Self {
            rate: terms.hourly_rate.plain(),
            rates: terms.format_rates.iter().map(|(place, cents)| (*place, cents.plain())).collect(),
            places: terms.places.clone(),
            durations: terms.durations.iter().copied().collect(),
            levels: terms.levels.clone(),
            ages: terms.age_groups.clone(),
            description: terms.description.clone().unwrap_or_default(),
            requirements: terms.requirements.clone().unwrap_or_default(),
            equipment: terms.equipment.join("\n"),
        }
    }

    fn read(fields: &Fields) -> Self {
        let rates = Place::ALL.into_iter().map(|place| (place, fields.text(&rate_name(place))));
        Self {
            rate: fields.text("hourly_rate"),
            rates: rates.filter(|(_, text)| !text.trim().is_empty()).collect(),
            places: fields.all("places").filter_map(Place::parse).collect(),
            durations: fields.ticked("durations").into_iter().collect(),
            levels: Level::ALL.into_iter().filter(|l| fields.all("levels").any(|v| v == l.name())).collect(),
            ages: fields.all("ages").filter_map(AgeGroup::parse).collect(),
            description: fields.text("description"),
            requirements: fields.text("requirements"),
            equipment: fields.text("equipment"),
        }
    }

    /// Everything but the sums, which are read apart.
    fn wish(&self, hourly_rate: Option<Cents>, format_rates: BTreeMap<Place, Cents>) -> Wish {
        Wish {
            at: String::new(),
            hourly_rate,
            format_rates,
            description: Some(self.description.clone()),
            requirements: Some(self.requirements.clone()),
            durations: Some(self.durations.iter().copied().collect()),
            places: self.places.clone(),
            levels: Some(self.levels.iter().copied().collect()),
            age_groups: Some(self.ages.iter().copied().collect()),
            equipment: self.equipment.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        }
    }
}

fn rate_name(place: Place) -> String {
    format!("rate_{}", place.name())
}

/// The rules' names of fields → the form's.
fn named(field: &str) -> String {
    match field {
        "hourly_rate_cents" => "hourly_rate".to_owned(),
        "location_types" => "places".to_owned(),
        "duration_options" => "durations".to_owned(),
        "equipment_required" => "equipment".to_owned(),
        other => other.replace("format_rates.", "rate_"),
    }
}

fn money(field: &str, text: &str) -> Outcome<Cents> {
    Cents::typed(text).ok_or_else(|| Refusal::invalid(field, "Dollars, such as 80 or 82.50."))
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Path(slug): Path<String>,
) -> Answer<Response> {
    let (service, own) = (known(&slug)?, Own::load(&site, &actor)?);
    if Way::of(&chrome) == Way::In && own.through {
        return Ok(see_other(DASHBOARD));
    }
    // One given up earlier comes back as it was.
    let earlier = own.facts.offerings.iter().find(|offering| offering.service_id == service.id);
    let typed = earlier.map_or_else(|| Typed::new(service), |offering| Typed::of(&offering.terms));
    Ok(render(&chrome, &own, service, &typed, &Faults::default()))
}

pub(super) async fn save(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Path(slug): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer<Response> {
    let (service, own) = (known(&slug)?, Own::load(&site, &actor)?);
    let typed = Typed::read(&Fields(fields));
    let mut faults = Faults::default();
    if saved(&site, &own, service, &typed, &mut faults).await?.is_some() {
        return Ok(see_other(&format!("{}?done=saved&skill={}", Way::of(&chrome).skills(), service.slug)));
    }
    Ok(render(&chrome, &own, service, &typed, &faults))
}

/// Nothing when a fault was noted.
async fn saved(site: &Site, own: &Own, service: &Service, typed: &Typed, faults: &mut Faults) -> Outcome<Option<()>> {
    let rate = match typed.rate.trim() {
        "" => None,
        text => faults.keep("hourly_rate", money("hourly_rate", text))?,
    };
    let mut rates = BTreeMap::new();
    for (place, text) in &typed.rates {
        let name = rate_name(*place);
        if let Some(cents) = faults.keep(&name, money(&name, text))? {
            rates.insert(*place, cents);
        }
    }
    if !faults.is_empty() {
        return Ok(None);
    }
    let Some(wanted) = faults.hold(judged(service.id, &typed.wish(rate, rates)), named, "hourly_rate")? else {
        return Ok(None);
    };
    // The write judges the floor again; here it is judged for the name of the field.
    let low = floor(&wanted.terms, &own.floors);
    if faults.hold(low.map_err(|r| at_its_place(r, &wanted.terms)), named, "hourly_rate")?.is_none() {
        return Ok(None);
    }
    let stored = store(site, own.facts.profile.user_id, wanted).await;
    Ok(faults.hold(stored, named, "hourly_rate")?.map(drop))
}

/// A price too low belongs to the field it follows from.
fn at_its_place(refusal: Refusal, terms: &Terms) -> Refusal {
    let place = refusal.details.as_ref().and_then(|details| details["location_type"].as_str()).and_then(Place::parse);
    let field =
        place.filter(|place| terms.format_rates.contains_key(place)).map_or("hourly_rate".to_owned(), rate_name);
    let said = refusal.detail.clone();
    refusal.field(&field, said, "invalid")
}

fn render(chrome: &Chrome, own: &Own, service: &Service, typed: &Typed, faults: &Faults) -> Response {
    let way = Way::of(chrome);
    let body = html! {
        (crumb("All your lessons", way.skills()))
        @if service.requires_certification {
            (notice(Tone::Info, html! { "Teaching " (service.name) " takes a certificate or licence. Say below which one you hold." }))
        }
        form method="post" action={ (way.skills()) "/" (service.slug) } {
            (section("price", "Price", "For an hour; shorter and longer lessons cost in proportion.", prices(own, typed, faults)))
            (section("how", "Where and how long", "A student chooses among what you tick.", ways(service, typed, faults)))
            (section("whom", "For whom", "", people(typed, faults)))
            (section("words", "In your words", "", described(typed, faults)))
            div.row {
                (button(&Button::primary("Save this lesson").busy("Saving…")))
                (link_button(way.skills(), &Button::line("Back without saving")))
            }
        }
    };
    let sheet = Sheet { title: &service.name, lead: &service.description, here: way.skills(), said: "", faults };
    sheet.answer(chrome, own, body)
}

fn prices(own: &Own, typed: &Typed, faults: &Faults) -> Markup {
    let floors = &own.floors;
    let hint = format!(
        "At least {} in person and {} online for 60 minutes.",
        floors.in_person.dollars_short(),
        floors.remote.dollars_short()
    );
    let example = Cents::typed(&typed.rate).filter(|rate| rate.is_positive()).unwrap_or(floors.in_person);
    html! {
        (field(&Field { required: true, hint: &hint, ..sum(faults, "hourly_rate", "Your rate for an hour, in dollars", &typed.rate) }))
        p data-earns="#hourly_rate" data-share=(own.share.0) {
            "Of " b data-of { (example.dollars()) } " an hour you earn " b data-yours { (words::earned(example, own.share).dollars()) }
            ". We keep " (own.share.percent()) "; tips are all yours."
        }
        details.fold open[!typed.rates.is_empty()] {
            summary { "Another rate for some places" }
            div.fields {
                @for place in Place::ALL {
                    @let (id, label) = (rate_name(place), format!("{}, an hour", words::place(place).0));
                    (field(&Field { optional: true, ..sum(faults, &id, &label, typed.rates.get(&place).map_or("", String::as_str)) }))
                }
            }
        }
    }
}

fn sum<'a>(faults: &'a Faults, id: &'a str, label: &'a str, value: &'a str) -> Field<'a> {
    Field {
        name: id,
        label,
        value,
        inputmode: "decimal",
        class: "in--money",
        maxlength: Some(9),
        error: faults.at(id),
        ..Field::default()
    }
}

fn ways(service: &Service, typed: &Typed, faults: &Faults) -> Markup {
    let at = |place: Place| {
        let (label, note) = words::place(place);
        Choice::new(place.name(), label, typed.places.contains(&place)).note(note)
    };
    let lengths: BTreeSet<u16> = LENGTHS
        .into_iter()
        .chain(service.typical_duration_options.iter().copied())
        .chain(typed.durations.iter().copied())
        .collect();
    let length = |n: u16| Choice::new(n.to_string(), format!("{n} minutes"), typed.durations.contains(&n));
    let group = |name, label| Field { name, label, error: faults.at(name), ..Field::default() };
    html! {
        div.fields {
            (picks(Pick::Many, &group("places", "Where"), &Place::ALL.map(at)))
            (picks(Pick::Many, &group("durations", "How long"), &lengths.into_iter().map(length).collect::<Vec<_>>()))
        }
    }
}

fn people(typed: &Typed, faults: &Faults) -> Markup {
    let ages = AgeGroup::ALL.map(|g| Choice::new(g.name(), words::ages(g), typed.ages.contains(&g)));
    let levels = Level::ALL.map(|l| Choice::new(l.name(), words::level(l), typed.levels.contains(&l)));
    let group = |name, label, hint| Field { name, label, hint, error: faults.at(name), ..Field::default() };
    html! {
        div.fields {
            (picks(Pick::Many, &group("ages", "Ages", "None ticked means all this lesson is for."), &ages))
            (picks(Pick::Many, &group("levels", "Levels", "None ticked means all of them."), &levels))
        }
    }
}

fn described(typed: &Typed, faults: &Faults) -> Markup {
    let text = |name, label, value, hint, rows| Field {
        name,
        label,
        value,
        hint,
        rows: Some(rows),
        maxlength: Some(500),
        optional: true,
        error: faults.at(name),
        ..Field::default()
    };
    html! {
        (field(&text("description", "What a lesson with you is like", &typed.description, "", 4)))
        (field(&text("requirements", "What students should know or hold before", &typed.requirements, "", 3)))
        (field(&Field { maxlength: Some(2000), ..text("equipment", "What students need", &typed.equipment, "One thing a line: a keyboard, a yoga mat.", 3) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::price::Floors;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::read(&Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
    }

    #[test]
    fn what_is_typed_becomes_a_wish_and_terms_come_back_as_typed() {
        let piano = known("piano").unwrap();
        let sent = typed(&[
            ("hourly_rate", "90"),
            ("rate_remote", "72.50"),
            ("rate_neutral", " "),
            ("places", "student_home"),
            ("places", "remote"),
            ("places", "moon"),
            ("durations", "60"),
            ("durations", "45"),
            ("ages", "adults"),
            ("levels", "beginner"),
            ("equipment", "A keyboard\n\nA pencil"),
        ]);
        let rates = sent.rates.iter().map(|(place, text)| (*place, money("x", text).unwrap())).collect();
        let terms = judged(piano.id, &sent.wish(Some(Cents(9000)), rates)).unwrap().terms;
        assert_eq!(terms.places, [Place::StudentHome, Place::Remote]);
        assert_eq!((terms.rate_at(Place::Remote), terms.durations.as_slice()), (Cents(7250), [45, 60].as_slice()));
        assert_eq!(terms.equipment, ["A keyboard", "A pencil"]);
        let again = Typed::of(&terms);
        assert_eq!((again.rate.as_str(), again.rates[&Place::Remote].as_str()), ("90.00", "72.50"));
        assert_eq!((again.durations, again.equipment), (sent.durations, "A keyboard\nA pencil".to_owned()));
    }

    #[test]
    fn a_price_too_low_is_said_where_it_was_typed() {
        let piano = known("piano").unwrap();
        let field = |rates: &[(Place, i64)]| {
            let sent = typed(&[("places", "remote"), ("durations", "60")]);
            let rates = rates.iter().map(|(place, cents)| (*place, Cents(*cents))).collect();
            let terms = judged(piano.id, &sent.wish(Some(Cents(5000)), rates)).unwrap().terms;
            at_its_place(floor(&terms, &Floors::default()).unwrap_err(), &terms).errors[0].field.clone()
        };
        assert_eq!(field(&[]), "hourly_rate");
        assert_eq!(field(&[(Place::Remote, 5900)]), "rate_remote");
        for (rule, form) in [("location_types", "places"), ("format_rates.neutral", "rate_neutral")] {
            assert_eq!(named(rule), form);
        }
    }
}
