//! `/services`, every shelf on one page, and `/categories/{slug}`, one category told in full.
//!
//! A service that nobody teaches yet is shown in grey and still leads to search, where one can ask to be told.

use axum::extract::{Path, State};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::model::{Category, Service, Subcategory};
use super::ops;
use super::rules::catalogue;
use super::supply::{Supply, supply};
use crate::base::text;
use crate::site::Site;
use crate::web::components::{Button, Tone, crumb, link_button, notice, page_head, search_box, section};
use crate::web::{Access, Answer, BRAND, Chrome, Head, Pages, page};

pub fn routes(pages: Pages) -> Pages {
    pages.get(Access::Public, "/services", services_page).get(Access::Public, "/categories/{slug}", category_page)
}

async fn services_page(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    Ok(services_view(&site, &chrome, &*supply(&site)?))
}

async fn category_page(State(site): State<Site>, chrome: Chrome, Path(slug): Path<String>) -> Answer<Markup> {
    let category = ops::category_by_slug(&slug)?;
    Ok(category_view(&site, &chrome, category, &*supply(&site)?))
}

/// rule: 50§1a `/services`
fn services_view(site: &Site, chrome: &Chrome, supply: &Supply) -> Markup {
    let all = catalogue();
    let lead = format!(
        "{} in {}. The number says how many people teach it now.",
        text::count(all.services().len(), "service", "services"),
        text::count(all.categories().len(), "group", "groups"),
    );
    let head = Head {
        title: "All services".into(),
        description: "Everything you can book a lesson in, by group, with how many people teach it now.".into(),
        canonical: Some(site.url("/services")),
        ..Head::default()
    };
    let body = html! {
        div.wrap {
            (page_head("All services", lead, html! {}))
            nav.shelf__jump aria-label="Groups" {
                @for c in all.categories() { a href={ "#" (c.slug) } { (c.name) } }
            }
            @if all.services().iter().any(|s| supply.of(s.id).all == 0) { (notice(Tone::Info, untaught_words())) }
            @for c in all.categories() { (group(c, supply)) }
        }
    };
    page(chrome, head, body)
}

fn untaught_words() -> &'static str {
    "Nobody teaches the grey ones here yet. Choose one and ask to be told when somebody does."
}

/// One category as a section: its shelves side by side.
fn group(category: &Category, supply: &Supply) -> Markup {
    let lead = format!("{}. {}", category.subtitle, people_here(supply.in_category(category.id)));
    let body = html! {
        div.shelves {
            @for shelf in catalogue().subcategories_of(category.id) { (shelf_list(shelf, supply)) }
        }
        p { a href={ "/categories/" (category.slug) } { "More about " (category.name) } }
    };
    section(&category.slug, &category.name, &lead, body)
}

/// A shelf with its services; one that holds a single service of its own name needs no heading.
fn shelf_list(shelf: &Subcategory, supply: &Supply) -> Markup {
    let services: Vec<&Service> = catalogue().services_on(shelf.id).collect();
    let itself = services.len() == 1 && services[0].name == shelf.name;
    html! {
        div.shelf.shelf--one[itself] {
            @if !itself { h3 { (shelf.name) } }
            ul.l { @for service in services { (entry(service, supply)) } }
        }
    }
}

fn entry(service: &Service, supply: &Supply) -> Markup {
    let teachers = supply.of(service.id).all;
    html! {
        li.shelf__none[teachers == 0] {
            a href=(search_href(service)) { (service.name) }
            @if teachers == 0 { small { "nobody yet" } } @else { small { (teachers) span.vh { " teach it" } } }
        }
    }
}

/// rule: 50§1 `/categories/{slug}`
fn category_view(site: &Site, chrome: &Chrome, category: &Category, supply: &Supply) -> Markup {
    let head = Head {
        title: format!("{} lessons", category.name),
        description: category.description.clone(),
        canonical: Some(site.url(&format!("/categories/{}", category.slug))),
        extra: described(site, category),
        ..Head::default()
    };
    let lead = html! { (category.description) " " (people_here(supply.in_category(category.id))) };
    let browse = format!("/search?category={}", category.slug);
    let body = html! {
        div.wrap {
            (crumb("All services", "/services"))
            (page_head(&category.name, lead, link_button(&browse, &Button::primary("See who is free"))))
            form.shelf__seek action="/search" role="search" { (search_box("", "What, where, when?", None)) }
            @for shelf in catalogue().subcategories_of(category.id) { (told(shelf, supply)) }
        }
    };
    page(chrome, head, body)
}

/// The category as structured data: where it stands, and each service with what one learns. Data and no script, so the
/// policy of our pages allows it; nothing in it can end the element.
fn described(site: &Site, category: &Category) -> Markup {
    let path = format!("/categories/{}", category.slug);
    let step = |at: u8, name: &str, path: &str| json!({ "@type": "ListItem", "position": at, "name": name, "item": site.url(path) });
    let courses: Vec<Value> = (1u32..)
        .zip(catalogue().services_of(category.id))
        .map(|(at, service)| {
            let provider = json!({ "@type": "Organization", "name": BRAND, "url": site.url("/") });
            let course = json!({ "@type": "Course", "name": service.name, "description": service.description, "url": site.url(&search_href(service)), "provider": provider });
            json!({ "@type": "ListItem", "position": at, "item": course })
        })
        .collect();
    let trail = [step(1, "All services", "/services"), step(2, &category.name, &path)];
    let data = json!({ "@context": "https://schema.org", "@graph": [
        { "@type": "BreadcrumbList", "itemListElement": trail },
        { "@type": "ItemList", "name": format!("{} lessons", category.name), "itemListElement": courses },
    ] });
    html! { script type="application/ld+json" { (PreEscaped(data.to_string().replace('<', "\\u003c"))) } }
}

/// A shelf in full: each service with what one learns and who teaches it.
fn told(shelf: &Subcategory, supply: &Supply) -> Markup {
    let body = html! {
        ul.told {
            @for service in catalogue().services_on(shelf.id) {
                li {
                    h3 { a href=(search_href(service)) { (service.name) } }
                    p { (service.description) }
                    p.small.muted { (people(supply.of(service.id).all)) (how(service)) }
                }
            }
        }
    };
    section(&shelf.slug, &shelf.name, "", body)
}

/// The facts that decide whether a service suits: where, how long, for whom.
fn how(service: &Service) -> String {
    let shortest = service.typical_duration_options.first().copied().unwrap_or(60);
    let longest = service.typical_duration_options.last().copied().unwrap_or(shortest);
    let minutes = if shortest == longest { format!("{shortest} min") } else { format!("{shortest} to {longest} min") };
    let place = if service.online_capable { "in person or online" } else { "in person" };
    let licence = if service.requires_certification { " Taught with a certificate or licence." } else { "" };
    format!(" Usually {minutes}, {place}.{licence}")
}

fn people_here(n: u32) -> String {
    match n {
        0 => "Nobody teaches here yet.".to_owned(),
        1 => "1 person teaches here now.".to_owned(),
        n => format!("{n} people teach here now."),
    }
}

fn people(n: u32) -> String {
    match n {
        0 => "Nobody teaches it here yet.".to_owned(),
        1 => "1 person teaches it now.".to_owned(),
        n => format!("{n} people teach it now."),
    }
}

fn search_href(service: &Service) -> String {
    format!("/search?service_catalog_id={}", service.id)
}
