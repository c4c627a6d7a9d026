//! The JSON face of places (contract §7, part 20 §6). Everything is public: it is the same for everybody.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use crate::base::id::NeighborhoodId;
use crate::base::paging::{Page, PageQuery};
use crate::base::refusal::Refusal;
use crate::places::model::{PlaceKind, RegionIx, Resolution};
use crate::places::rules::Gazetteer;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Params};

/// rule: 20§6 neighbourhoods per_page ≤500.
const MOST_NEIGHBORHOODS: u32 = 500;
const NEIGHBORHOODS: u32 = 100;
const SUGGESTIONS: usize = 8;
const MOST_SUGGESTIONS: usize = 20;
const LONGEST_QUERY: usize = 120;

mod addresses;

pub fn routes(api: Api) -> Api {
    addresses::routes(api)
        .route(Access::Public, routes!(zip_is_nyc))
        .route(Access::Public, routes!(list_neighborhoods))
        .route(Access::Public, routes!(autocomplete_place))
        .route(Access::Public, routes!(get_place_details))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ZipQuery {
    #[serde(default, alias = "zip_code")]
    zip: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
struct ZipAnswer {
    is_nyc: bool,
    borough: Option<String>,
}

/// Whether a ZIP code lies in the region of this marketplace. Anything malformed does not.
#[utoipa::path(get, path = "/api/v1/addresses/zip/is-nyc", tag = "places", operation_id = "zip_is_nyc",
    params(ZipQuery), responses((status = 200, body = ZipAnswer)))]
async fn zip_is_nyc(State(site): State<Site>, Params(query): Params<ZipQuery>) -> Answer<Json<ZipAnswer>> {
    let gazetteer = site.part::<Gazetteer>()?;
    let borough = gazetteer.borough_of_zip(&query.zip).map(|b| b.name.clone());
    Ok(Json(ZipAnswer { is_nyc: borough.is_some(), borough }))
}

/// A neighborhood as lists name it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Neighborhood)]
pub struct NeighborhoodItem {
    pub neighborhood_id: NeighborhoodId,
    pub name: String,
    pub borough: String,
    pub ntacode: String,
}

impl NeighborhoodItem {
    pub fn of(gazetteer: &Gazetteer, ix: RegionIx) -> Option<Self> {
        let region = gazetteer.region(ix)?;
        Some(Self {
            neighborhood_id: region.id,
            name: region.name.clone(),
            borough: gazetteer.borough_name(ix).to_owned(),
            ntacode: region.code.clone(),
        })
    }
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct NeighborhoodQuery {
    /// Name or code; left out: all of them.
    borough: Option<String>,
}

/// Neighborhoods where people live, by borough and name. Up to 500 a page.
#[utoipa::path(get, path = "/api/v1/addresses/regions/neighborhoods", tag = "places",
    operation_id = "list_neighborhoods", params(NeighborhoodQuery, PageQuery),
    responses((status = 200, body = Page<NeighborhoodItem>)))]
async fn list_neighborhoods(
    State(site): State<Site>,
    Params(query): Params<NeighborhoodQuery>,
    Params(mut paging): Params<PageQuery>,
) -> Answer<Json<Page<NeighborhoodItem>>> {
    let gazetteer = site.part::<Gazetteer>()?;
    let wanted = query.borough.as_deref().map(str::trim).filter(|b| !b.is_empty());
    let borough = wanted.map(|name| gazetteer.borough_named(name));
    let lived_in = gazetteer.regions().filter(|(_, region)| !region.hidden);
    let here = lived_in.filter(|(ix, _)| borough.is_none_or(|b| b.is_some_and(|b| b.regions.contains(ix))));
    let mut items: Vec<_> = here.filter_map(|(ix, _)| NeighborhoodItem::of(&gazetteer, ix)).collect();
    items.sort_by(|a, b| (&a.borough, &a.name).cmp(&(&b.borough, &b.name)));
    paging.per_page = paging.per_page.or(paging.limit).or(Some(NEIGHBORHOODS));
    Ok(Json(paging.cut_with(items, MOST_NEIGHBORHOODS)?))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AutocompleteQuery {
    /// What has been typed so far.
    #[serde(default, alias = "query", alias = "input")]
    q: String,
    #[param(minimum = 1, maximum = 20)]
    limit: Option<usize>,
}

/// A place to choose while typing.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
struct PlaceSuggestion {
    place_id: String,
    kind: PlaceKind,
    name: String,
    /// One line for a list: "Lincoln Center, Upper West Side, Manhattan".
    description: String,
}

/// ZIP codes, neighborhoods and landmarks that begin like this. Street text stays free.
#[utoipa::path(get, path = "/api/v1/addresses/places/autocomplete", tag = "places",
    operation_id = "autocomplete_place", params(AutocompleteQuery),
    responses((status = 200, body = Page<PlaceSuggestion>)))]
async fn autocomplete_place(
    State(site): State<Site>,
    Params(query): Params<AutocompleteQuery>,
) -> Answer<Json<Page<PlaceSuggestion>>> {
    if query.q.chars().count() > LONGEST_QUERY {
        return Err(Refusal::invalid("q", format!("At most {LONGEST_QUERY} characters.")).into());
    }
    let limit = query.limit.unwrap_or(SUGGESTIONS);
    if !(1..=MOST_SUGGESTIONS).contains(&limit) {
        return Err(Refusal::invalid("limit", format!("Between 1 and {MOST_SUGGESTIONS}.")).into());
    }
    let gazetteer = site.part::<Gazetteer>()?;
    let suggestion = |place: Resolution| PlaceSuggestion {
        place_id: gazetteer.place_id(&place.label),
        kind: place.kind,
        description: gazetteer.describe(&place),
        name: place.label,
    };
    Ok(Json(Page::whole(gazetteer.complete(&query.q, limit).into_iter().map(suggestion).collect())))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct DetailsQuery {
    place_id: String,
}

/// A chosen place in the parts of an address.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
struct PlaceDetails {
    place_id: String,
    kind: PlaceKind,
    name: String,
    formatted_address: String,
    neighborhood: Option<String>,
    neighborhood_id: Option<NeighborhoodId>,
    borough: Option<String>,
    locality: String,
    administrative_area: String,
    postal_code: Option<String>,
    country_code: String,
    latitude: f64,
    longitude: f64,
}

/// One suggestion in full.
#[utoipa::path(get, path = "/api/v1/addresses/places/details", tag = "places",
    operation_id = "get_place_details", params(DetailsQuery), responses((status = 200, body = PlaceDetails)))]
async fn get_place_details(
    State(site): State<Site>,
    Params(query): Params<DetailsQuery>,
) -> Answer<Json<PlaceDetails>> {
    let gazetteer = site.part::<Gazetteer>()?;
    let details = gazetteer.by_place_id(&query.place_id).and_then(|place| details(&gazetteer, query.place_id, place));
    Ok(Json(details.ok_or_else(|| Refusal::not_found("PLACE_NOT_FOUND", "There is no such place here."))?))
}

fn details(gazetteer: &Gazetteer, place_id: String, place: Resolution) -> Option<PlaceDetails> {
    let point = place.point?;
    let region = place.regions.first().filter(|_| place.kind != PlaceKind::Borough);
    let inside = region.and_then(|ix| gazetteer.region(*ix));
    let borough = place.regions.first().and_then(|ix| gazetteer.borough_of(*ix));
    let settings = gazetteer.settings();
    let city = borough.and_then(|b| settings.parents.iter().find(|p| p.code == b.code));
    Some(PlaceDetails {
        place_id,
        kind: place.kind,
        formatted_address: format!("{}, {}", gazetteer.describe(&place), settings.state),
        neighborhood: inside.map(|r| r.display.clone()),
        neighborhood_id: inside.map(|r| r.id),
        borough: borough.map(|b| b.name.clone()),
        locality: city.map_or(&settings.name, |p| p.city.as_ref().unwrap_or(&p.name)).clone(),
        administrative_area: settings.state.clone(),
        postal_code: (place.kind == PlaceKind::Zip).then(|| place.label.clone()),
        country_code: settings.country.clone(),
        latitude: point.lat,
        longitude: point.lon,
        name: place.label,
    })
}
