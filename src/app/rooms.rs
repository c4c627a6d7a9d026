//! Which rooms there are: the one list of what each brings along.

use std::sync::Arc;

use super::{backup, demo, links, metrics, personal, probes, retention, sandbox_clock, static_pages, upkeep};
use crate::base::refusal::Outcome;
use crate::console;
use crate::jobs::{Consumer, JobKind};
use crate::notify;
use crate::search;
use crate::site::{Seal, Site};
use crate::store::Catalogue;
use crate::web::{Api, Pages};
use crate::{accounts, availability, bookings, catalog, instructors, jobs, payments, places, reviews, site, web};

/// Every table of every room, and what must hold across them.
pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new();
    catalogue.tables.push(&sandbox_clock::CLOCK);
    catalogue.tables.extend(demo::tables());
    catalogue.tables.extend(site::tables());
    catalogue.checks.push(site::audit::check);
    catalogue.tables.extend(jobs::tables());
    catalogue.tables.extend(web::tables());
    catalogue.tables.extend(accounts::tables());
    catalogue.tables.extend(availability::tables::tables());
    catalogue.tables.extend(bookings::tables());
    catalogue.checks.push(availability::tables::check);
    catalogue.tables.extend(places::tables());
    catalogue.tables.extend(instructors::tables());
    catalogue.checks.push(bookings::tables::check);
    catalogue.tables.extend(payments::tables());
    catalogue.checks.push(payments::check);
    catalogue.tables.extend(reviews::tables::tables());
    catalogue.checks.push(reviews::tables::check);
    catalogue.tables.extend(search::tables());
    catalogue.tables.extend(notify::tables());
    catalogue
}

pub fn api() -> Api {
    let mut api = Api::new();
    api = accounts::routes(api);
    api = availability::api::routes(api);
    api = places::api::routes(api);
    api = catalog::api::routes(api);
    api = instructors::api::routes(api);
    api = bookings::api::routes(api);
    api = payments::api::routes(api);
    api = reviews::api::routes(api);
    api = notify::routes(api);
    api = search::api::routes(api);
    api = console::routes(api);
    api = probes::routes(api);
    api = metrics::routes(api);
    api
}

pub fn pages() -> Pages {
    let mut pages = static_pages::add_to(Pages::new());
    pages = accounts::pages(pages);
    pages = places::pages::pages(pages);
    pages = instructors::pages::pages(pages);
    pages = catalog::pages::routes(pages);
    pages = search::pages::routes(pages);
    pages = availability::pages::routes(pages);
    pages = bookings::pages::routes(pages);
    pages = payments::pages::pages(pages);
    pages = reviews::pages::routes(pages);
    pages = console::pages(pages);
    pages = notify::pages(pages);
    pages
}

pub fn jobs() -> Vec<JobKind> {
    let mut jobs = Vec::new();
    jobs.extend(accounts::jobs());
    jobs.extend(availability::jobs::jobs());
    jobs.extend(bookings::jobs());
    jobs.extend(instructors::jobs::jobs());
    jobs.extend(payments::jobs());
    jobs.extend(search::jobs());
    jobs.extend(notify::jobs());
    jobs.extend(backup::jobs());
    jobs.extend(upkeep::jobs());
    jobs
}

pub fn consumers() -> Vec<Consumer> {
    let mut consumers = vec![notify::consumer(), links::consumer()];
    consumers.extend(search::consumers());
    consumers
}

/// Lets the rooms find each other's parts.
pub fn wire(site: &Site) -> Outcome<()> {
    site.parts.put(web::DoorPart(Arc::new(accounts::AccountsDoor)));
    let gazetteer = places::packs::active();
    site.parts.share(gazetteer.clone());
    let figures = site::figures::Figures::new()?;
    let mut people = accounts::Accounts::new(Arc::new(ZipFacts), &site.entropy)?;
    people.hasher.waited = Some(figures.hash_wait.clone());
    site.parts.put(figures);
    let people = links::on_me(retention::wire(personal::wire(people)), site.clock.clone());
    site.parts.put(links::identity_desk());
    site.parts.put(people.on_registered(move |tx, who| instructors::ops::create::on_registered(tx, who, &gazetteer)));
    site.parts.put(search::Search::default());
    site.parts.put(catalog::SupplyCounter::new(search::taught));
    site.parts.put(teachers(site));
    site.parts.put(bookings::desk());
    site.parts.put(lesson_pages(site));
    site.parts.put(Seal::at(&site.data_dir, &site.entropy)?);
    site.parts.put(notify::MailFaults::default());
    site.parts.put(notify::MailHealth::default());
    site.parts.put(accounts::PostOffice(Arc::new(notify::health::can_leave)));
    site.parts
        .put(web::UnreadCounter(Arc::new(|site, user| site.read(|r| notify::centre::unread(r, user)).unwrap_or(0))));
    site.parts.put(accounts::SandboxMailbox(Arc::new(notify::ops::newest_code)));
    Ok(())
}

/// What higher rooms know about an instructor.
fn teachers(site: &Site) -> instructors::Instructors {
    let clock = site.clock.clone();
    instructors::Instructors::default()
        .with_lessons_ahead(bookings::lessons_ahead)
        .with_share(|r, who, now| bookings::ops::tiers::for_lesson(r, now, who))
        .with_pay(links::pay)
        .with_standing(move |r, who, _, standing| {
            let rating = reviews::rating_of(r, clock.now(), who, None)?;
            (standing.rating, standing.review_count) = (rating.shown, rating.count.into());
            Ok(())
        })
}

/// What higher rooms add to the pages of profiles and lessons.
fn lesson_pages(site: &Site) -> bookings::Additions {
    let (clock, lesson_clock, diary_clock) = (site.clock.clone(), site.clock.clone(), site.clock.clone());
    // The parts hang on the site, so a part that held it would keep it alive for ever.
    let shop = site.downgrade();
    bookings::Additions::default()
        .with_similar(move |_, who, viewer| {
            let Some(site) = shop.upgrade() else { return Ok(Default::default()) };
            Ok(search::pages::similar::on_profile(&site, who, viewer)?.unwrap_or_default())
        })
        .with_reviews(move |r, who, _| reviews::on_profile(r, clock.now(), who))
        .with_lesson(move |r, booking, side| reviews::on_lesson(r, lesson_clock.now(), booking, side))
        .with_past(move |r, booking| reviews::beside_lesson(r, diary_clock.now(), booking))
}

/// What joining needs to know of a ZIP code, from the region pack.
struct ZipFacts;

impl accounts::ZipBook for ZipFacts {
    fn in_region(&self, zip: &str) -> bool {
        places::packs::active().zip_in_region(zip)
    }
    fn timezone(&self, zip: &str) -> String {
        let map = places::packs::active();
        if map.zip_in_region(zip) { map.settings().timezone.clone() } else { places::timezone_of_zip(zip).to_owned() }
    }
    fn city(&self, zip: &str) -> String {
        places::packs::active().city_of_zip(zip).to_owned()
    }
}

/// What the program says once it answers: where, and how to sign in.
pub async fn greeting(site: &Site) -> Outcome<String> {
    let mut lines = vec![format!("instainstru is ready at {}", site.base_url)];
    lines.extend(demo::greeting(site)?);
    if let Some(token) = accounts::ops::admin::offer_setup(site).await? {
        let link = site.url(&format!("/setup/{token}"));
        lines.push(format!("No administrator yet. Set one up within 30 minutes: {link}"));
    }
    Ok(lines.join("\n"))
}

/// The API's document, as `instainstru openapi` prints it.
pub fn openapi_json() -> Result<String, String> {
    let mut document = api().document().clone();
    crate::web::complete_document(&mut document);
    serde_json::to_string_pretty(&document).map_err(|e| e.to_string())
}
