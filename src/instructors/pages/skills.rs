//! What is offered, and choosing one more from the catalogue.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Faults;
use super::frame::Sheet;
use super::own::{DASHBOARD, Own, Way};
use super::{verification, words};
use crate::base::access::Actor;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::catalog::{Category, Service, catalogue, matches};
use crate::instructors::model::Offering;
use crate::instructors::ops::offerings;
use crate::instructors::rules::offering::floor;
use crate::site::Site;
use crate::web::components::{Button, Field, Tone, button, empty, field, link_button, notice, post_button, section};
use crate::web::{Answer, Chrome, Params, see_other};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done: `about`, `saved`, `removed`.
    done: String,
    /// With which service, by its slug.
    skill: String,
    /// What is looked for in the catalogue.
    q: String,
}

pub(super) fn known(slug: &str) -> Outcome<&'static Service> {
    let absent = || Refusal::not_found("NOT_FOUND", "There is nothing at this address.");
    catalogue().service_by_slug(slug).ok_or_else(absent)
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    let way = Way::of(&chrome);
    if way == Way::In && own.through {
        return Ok(see_other(DASHBOARD));
    }
    let name = catalogue().service_by_slug(&asked.skill).map_or("The lesson", |service| service.name.as_str());
    let said = match asked.done.as_str() {
        "about" => "Your details are saved.".to_owned(),
        "saved" => format!("{name} is saved."),
        "removed" => format!("{name} is no longer offered. Lessons already booked stay."),
        _ => String::new(),
    };
    let body = html! {
        @if asked.done == "removed" && !asked.skill.is_empty() {
            p { a href={ (way.skills()) "/" (asked.skill) } { "Offer it again" } }
        }
        (section("offered", "What you offer", "Each with its own price, length and place.", offered(&own, way)))
        (section("more", "Add a lesson", "Choose it from the catalogue; price and places come next.", chooser(&own, way, asked.q.trim())))
        @if way == Way::In {
            div.row {
                @if own.lacks("skills") { (link_button(verification::PATH, &Button::line("Skip for now"))) }
                @else { (link_button(verification::PATH, &Button::primary("Go on"))) }
            }
        }
    };
    let faults = Faults::default();
    let (title, lead) = ("Lessons and rates", "What you teach, for whom, where, and what an hour costs.");
    let sheet = Sheet { title, lead, here: way.skills(), said: &said, faults: &faults };
    Ok(sheet.answer(&chrome, &own, body))
}

pub(super) async fn remove(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Path(slug): Path<String>,
) -> Answer<Response> {
    let service = known(&slug)?;
    offerings::remove(&site, actor.user_id, service.id).await?;
    Ok(see_other(&format!("{}?done=removed&skill={}", Way::of(&chrome).skills(), service.slug)))
}

fn offered(own: &Own, way: Way) -> Markup {
    let active: Vec<(&Offering, &Service)> = own
        .facts
        .offerings
        .iter()
        .filter(|offering| offering.is_active)
        .filter_map(|offering| Some((offering, catalogue().service(offering.service_id)?)))
        .collect();
    html! {
        @if active.is_empty() {
            (empty("No lessons yet", "Students find you by what you teach. Add the first one below.", None))
        } @else {
            ul.offers { @for (offering, service) in active { (offer(own, way, offering, service)) } }
        }
    }
}

fn offer(own: &Own, way: Way, offering: &Offering, service: &Service) -> Markup {
    let terms = &offering.terms;
    let at = format!("{}/{}", way.skills(), service.slug);
    let remove = format!("Remove {}", service.name);
    html! {
        li {
            div.stack.stack--s {
                h3 { a href=(at) { (service.name) } }
                p { (words::terms(terms)) "." }
                p.small.muted { "Of an hour you earn " (words::earned(terms.hourly_rate, own.share).dollars()) "." }
                @if let Err(low) = floor(terms, &own.floors) {
                    (notice(Tone::Warn, html! { (low.detail) " Until you change it, it cannot be booked." }))
                }
            }
            div.row {
                (link_button(&at, &Button::line("Change").small()))
                (post_button(&format!("{at}/remove"), &[], &Button { aria_label: Some(&remove), ..Button::bad("Remove").small() }))
            }
        }
    }
}

fn chooser(own: &Own, way: Way, q: &str) -> Markup {
    let found = matches(catalogue(), q);
    html! {
        form.row.seekrow action=(format!("{}#more", way.skills())) {
            (field(&Field { name: "q", label: "Find a lesson", kind: "search", value: q, maxlength: Some(60), ..Field::default() }))
            (button(&Button::line("Find")))
        }
        @if !q.is_empty() {
            @if found.is_empty() {
                (notice(Tone::Info, html! { "Nothing in the catalogue is called “" (q) "”. Try a shorter word, or look through the groups below." }))
            } @else {
                p.muted { (count(found.len(), "lesson fits", "lessons fit")) " “" (q) "”. " a href=(way.skills()) { "Show the groups only" } }
                ul.boxes.plain { @for service in found { (choice(own, way, service)) } }
            }
        }
        @for category in catalogue().categories() { (shelf(own, way, category)) }
    }
}

fn shelf(own: &Own, way: Way, category: &Category) -> Markup {
    let services = || catalogue().services_of(category.id);
    html! {
        details.fold {
            summary { b { (category.name) } " " span.muted { (count(services().count(), "lesson", "lessons")) } }
            ul.boxes.plain { @for service in services() { (choice(own, way, service)) } }
        }
    }
}

fn choice(own: &Own, way: Way, service: &Service) -> Markup {
    let offered = own.facts.offerings.iter().any(|o| o.is_active && o.service_id == service.id);
    html! {
        li { a href={ (way.skills()) "/" (service.slug) } { (service.name) } @if offered { " " span.muted { "offered" } } }
    }
}
