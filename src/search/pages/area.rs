//! `/areas/{borough}/{neighbourhood}` and `/areas/{borough}`: who teaches there, what, and when the next is free. For people
//! who think in places, and for search engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::params::SearchParams;
use super::structured;
use crate::base::money::{Bp, Cents};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{self, slug};
use crate::base::time::Timestamp;
use crate::places::{self, Gazetteer, RegionIx};
use crate::search::departures::{all_in, student_fee};
use crate::search::find::SHOWN_REVIEWS;
use crate::search::knowledge;
use crate::search::part::Search;
use crate::search::supply::{Offer, Row};
use crate::site::Site;
use crate::web::components::{Button, Face, area_map, crumb, empty, link_button, page_head, search_box, section, who};
use crate::web::{Answer, Chrome, Head, page};

const PEOPLE: usize = 24;
const SERVICES: usize = 24;

/// One neighborhood as people call it, with all regions of that name.
struct Area {
    borough: String,
    name: String,
    regions: Vec<RegionIx>,
}

impl Area {
    fn path(&self) -> String {
        format!("/areas/{}/{}", slug(&self.borough), slug(&self.name))
    }
}

/// Every neighborhood that has a page, by borough and name.
fn areas(gazetteer: &Gazetteer) -> Vec<Area> {
    let mut named: BTreeMap<(String, String), Vec<RegionIx>> = BTreeMap::new();
    for (ix, region) in gazetteer.regions().filter(|(_, region)| !region.hidden) {
        let key = (gazetteer.borough_name(ix).to_owned(), region.display.clone());
        named.entry(key).or_default().push(ix);
    }
    named.into_iter().map(|((borough, name), regions)| Area { borough, name, regions }).collect()
}

/// The addresses of all area pages, for the sitemap.
pub fn paths() -> Vec<String> {
    let gazetteer = &knowledge().places;
    let boroughs = gazetteer.boroughs().iter().map(|borough| format!("/areas/{}", slug(&borough.name)));
    boroughs.chain(areas(gazetteer).iter().map(Area::path)).collect()
}

fn absent() -> Refusal {
    Refusal::not_found("AREA_NOT_FOUND", "We know no such neighborhood.")
}

pub async fn area_page(
    State(site): State<Site>,
    chrome: Chrome,
    Path((borough, neighbourhood)): Path<(String, String)>,
) -> Answer<Markup> {
    let inside = site.clone();
    let view = tokio::task::spawn_blocking(move || View::load(&inside, &borough, &neighbourhood))
        .await
        .map_err(Refusal::internal)??;
    Ok(page(&chrome, view.head(&site), view.body()))
}

struct View {
    area: Area,
    /// The first of those who teach here.
    people: Vec<Arc<Row>>,
    all: usize,
    /// Service names with how many teach each here, the most taught first.
    services: Vec<(String, usize)>,
    near: Vec<(String, String)>,
    fee: Bp,
}

impl View {
    fn load(site: &Site, borough: &str, neighbourhood: &str) -> Outcome<Self> {
        let gazetteer = &knowledge().places;
        let fits = |area: &Area| slug(&area.borough) == borough && slug(&area.name) == neighbourhood;
        let area = areas(gazetteer).into_iter().find(fits).ok_or_else(absent)?;
        let mut people = here(site, &area.regions, site.now())?;
        let all = people.len();
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        people.iter().flat_map(|row| &row.offers).for_each(|offer| *counts.entry(offer.service).or_default() += 1);
        let mut services: Vec<(String, usize)> =
            counts.into_iter().map(|(service, count)| (knowledge().service_name(service), count)).collect();
        services.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        people.truncate(PEOPLE);
        let fee = site.read(student_fee)?;
        Ok(Self { near: near(gazetteer, &area), area, people, all, services, fee })
    }

    fn title(&self) -> String {
        format!("Lessons in {}, {}", self.area.name, self.area.borough)
    }

    fn words(&self) -> String {
        let names: Vec<&str> = self.services.iter().take(4).map(|(name, _)| name.as_str()).collect();
        match names.as_slice() {
            [] => format!("Nobody teaches in {} yet. Ask to be told when somebody does.", self.area.name),
            names => format!(
                "{} in {}: {} and more. See the whole price and take a free time.",
                text::count(self.all, "instructor teaches", "instructors teach"),
                self.area.name,
                names.join(", ")
            ),
        }
    }

    fn head(&self, site: &Site) -> Head {
        let path = self.area.path();
        let borough = format!("/areas/{}", slug(&self.area.borough));
        let things = vec![
            structured::trail(site, &[("Home", "/"), (&self.area.borough, &borough), (&self.area.name, &path)]),
            self.listed(site),
        ];
        Head {
            title: self.title(),
            description: self.words(),
            canonical: Some(site.url(&path)),
            // An empty shelf is nothing to find.
            robots: self.people.is_empty().then(|| "noindex".to_owned()),
            extra: structured::graph(things),
        }
    }

    /// The list as data: people with their rating where it may be shown.
    fn listed(&self, site: &Site) -> Value {
        let items: Vec<Value> = (1..)
            .zip(&self.people)
            .map(|(at, row)| {
                let mut person = json!({
                    "@type": "Person", "name": row.name(), "url": site.url(&format!("/instructors/{}", row.id)),
                    "areaServed": { "@type": "Place", "name": format!("{}, {}", self.area.name, self.area.borough) },
                    "knowsAbout": row.offers.iter().map(|it| knowledge().service_name(it.service)).collect::<Vec<_>>(),
                });
                if let (Some(rating), true) = (row.rating, row.reviews >= SHOWN_REVIEWS) {
                    person["aggregateRating"] =
                        json!({ "@type": "AggregateRating", "ratingValue": rating, "reviewCount": row.reviews });
                }
                json!({ "@type": "ListItem", "position": at, "item": person })
            })
            .collect();
        json!({ "@type": "ItemList", "name": self.title(), "numberOfItems": self.all, "itemListElement": items })
    }

    fn body(&self) -> Markup {
        let find = |service: &str| SearchParams::of(&format!("{service} in {}", self.area.name));
        let gazetteer = &knowledge().places;
        let mut map = places::map::around(gazetteer, &self.area.regions);
        map.label = format!("{} on the map", self.area.name);
        html! {
            div.wrap {
                (crumb(&self.area.borough, &format!("/areas/{}", slug(&self.area.borough))))
                (page_head(&self.title(), self.words(), link_button(&SearchParams::of(&format!("lessons in {}", self.area.name)), &Button::primary("See who is free"))))
                form.shelf__seek action="/search" role="search" { (search_box("", &format!("piano in {}, Thursday after 4", self.area.name), Some("What, where, when?"))) }
                (section("what", "What is taught here", "The number says how many people teach it.", html! {
                    @if self.services.is_empty() {
                        (empty("Nobody yet", "Instructors choose where they teach. Look at the neighborhoods around.", None))
                    } @else {
                        ul.l.area__what { @for (name, count) in self.services.iter().take(SERVICES) { li { a href=(find(name)) { (name) } small { (count) span.vh { " teach it here" } } } } }
                    }
                }))
                @if !self.people.is_empty() {
                    (section("who", "Who teaches here", "", html! { ul.area__who.plain { @for row in &self.people { (self.person(row)) } } }))
                }
                (section("around", "Around", "Neighborhoods next to this one.", html! {
                    div.area__map { (area_map(&map)) }
                    ul.row.plain { @for (name, path) in &self.near { li { a href=(path) { (name) } } } }
                }))
            }
        }
    }

    fn person(&self, row: &Row) -> Markup {
        let names: Vec<String> = row.offers.iter().take(3).map(|it| knowledge().service_name(it.service)).collect();
        let face = Face { photo: row.picture_url.clone(), ..Face::new(row.initials(), &row.id.to_string()) };
        let lowest =
            |it: &Offer| it.places.iter().map(|place| all_in(self.fee, it.rate_at(*place), it.shortest())).min();
        let least = row.offers.iter().filter_map(lowest).min().unwrap_or(Cents(0));
        let rated = row
            .rating
            .filter(|_| row.reviews >= SHOWN_REVIEWS)
            .map(|it| format!(", {it:.1} from {} reviews", row.reviews));
        html! {
            li {
                (who(&face, html! { a href={ "/instructors/" (row.id) } { (row.name()) } }, &format!("{}{}", names.join(", "), rated.unwrap_or_default())))
                p.small { "from " b.fig { (least.dollars()) } " all in" }
            }
        }
    }
}

/// Those who teach in any of `regions`, the best rated and most reviewed first.
fn here(site: &Site, regions: &[RegionIx], now: Timestamp) -> Outcome<Vec<Arc<Row>>> {
    let index = site.part::<Search>()?.supply.index(site, &site.store.snapshot()?)?;
    let covering = index.covering(regions.iter().map(|region| region.index()));
    let mut people: Vec<Arc<Row>> =
        covering.iter().filter_map(|at| index.row(at)).filter(|row| row.is_public(now)).cloned().collect();
    people.sort_by(|a, b| {
        let rated = |row: &Row| row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS).unwrap_or(0.0);
        rated(b).total_cmp(&rated(a)).then(b.reviews.cmp(&a.reviews)).then(a.id.cmp(&b.id))
    });
    Ok(people)
}

/// Areas that touch this one.
fn near(gazetteer: &Gazetteer, area: &Area) -> Vec<(String, String)> {
    const SHOWN: usize = 8;
    const NEXT_DOOR_KM: f32 = 0.6;
    let mut found: Vec<(String, String)> = Vec::new();
    for other in areas(gazetteer) {
        let itself = other.name == area.name && other.borough == area.borough;
        if !itself && gazetteer.area_gap_km(&area.regions, &other.regions) <= NEXT_DOOR_KM && found.len() < SHOWN {
            found.push((other.name.clone(), other.path()));
        }
    }
    found
}

pub async fn borough_page(State(site): State<Site>, chrome: Chrome, Path(borough): Path<String>) -> Answer<Markup> {
    let gazetteer = &knowledge().places;
    let known = gazetteer.boroughs().iter().find(|it| slug(&it.name) == borough).ok_or_else(absent)?;
    let inside: Vec<Area> = areas(gazetteer).into_iter().filter(|area| area.borough == known.name).collect();
    let index = site.part::<Search>()?.supply.index(&site, &site.store.snapshot()?)?;
    let now = site.now();
    let teach = |area: &Area| {
        let covering = index.covering(area.regions.iter().map(|region| region.index()));
        covering.iter().filter_map(|at| index.row(at)).filter(|row| row.is_public(now)).count()
    };
    let path = format!("/areas/{borough}");
    let title = format!("Lessons in {}", known.name);
    let head = Head {
        title: title.clone(),
        description: format!("Every neighborhood of {} with how many people teach there now.", known.name),
        canonical: Some(site.url(&path)),
        extra: structured::graph(vec![structured::trail(&site, &[("Home", "/"), (&known.name, &path)])]),
        ..Head::default()
    };
    let body = html! {
        div.wrap {
            (page_head(&title, "Choose a neighborhood. The number says how many people teach there now.", html! {}))
            ul.l.area__what {
                @for area in &inside {
                    @let count = teach(area);
                    li.shelf__none[count == 0] { a href=(area.path()) { (area.name) } small { @if count == 0 { "nobody yet" } @else { (count) span.vh { " teach there" } } } }
                }
            }
            nav.row aria-label="Boroughs" {
                @for other in gazetteer.boroughs().iter().filter(|it| it.name != known.name) { a href={ "/areas/" (slug(&other.name)) } { (other.name) } }
            }
        }
    };
    Ok(page(&chrome, head, body))
}
