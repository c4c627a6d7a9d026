//! The JSON face (contract §7 "Catalogue and instructor").

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::routes;

use crate::base::access::{Actor, Permission, Role};
use crate::base::id::{NeighborhoodId, ServiceId, UserId};
use crate::base::money::Cents;
use crate::base::paging::{Page, PageQuery};
use crate::base::price::Place;
use crate::base::refusal::{Outcome, Refusal};
use crate::catalog::AgeGroup;
use crate::instructors::model::{Level, NamedPlace};
use crate::instructors::ops::{self, offerings, read};
use crate::instructors::rules::offering::Wish;
use crate::instructors::rules::profile::{Changes, judge};
use crate::instructors::view::{self, OwnProfileView, ProfileView, ServiceView};
use crate::places::Gazetteer;
use crate::places::api::NeighborhoodItem;
use crate::site::Site;
use crate::web::{Access, Answer, Api, Body, Created, Id, Opening, Params, Success, Window};

mod coverage;
mod identity;

// rule: 20§9 sliding windows
static AREA_CHANGES: Window = Window::new("service_areas", 30, 60);
static COVERAGE: Window = Window::new("instructor_coverage", 30, 60);
static BULK_COVERAGE: Window = Window::new("bulk_coverage", 10, 60);

pub fn routes(api: Api) -> Api {
    let own = Access::can(Permission::ManageInstructorProfile);
    let teach = Access::As(Role::Instructor, Permission::ManageInstructorProfile);
    api.route(Access::SignedIn, routes!(create_instructor_profile))
        .route(own, routes!(get_own_instructor_profile))
        .route(own.opens(Opening::Teaching), routes!(update_own_instructor_profile))
        .route(teach, routes!(delete_own_instructor_profile))
        .route(teach.opens(Opening::Teaching), routes!(go_live))
        .route(teach, routes!(identity::open_identity_session))
        .route(teach, routes!(identity::refresh_identity))
        .route(Access::can(Permission::ManageServices).opens(Opening::Teaching), routes!(add_instructor_service))
        .route(Access::Public, routes!(list_instructors))
        .route(Access::Public, routes!(get_instructor))
        .route(teach, routes!(get_own_service_areas))
        .route(teach.within(&AREA_CHANGES).opens(Opening::Teaching), routes!(replace_own_service_areas))
        .route(Access::Public.within(&COVERAGE), routes!(coverage::get_instructor_coverage))
        .route(Access::Public.within(&BULK_COVERAGE), routes!(coverage::get_bulk_coverage))
}

/// *Service in* of the contract.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceInput {
    pub service_catalog_id: ServiceId,
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000)]
    pub hourly_rate_cents: Option<Cents>,
    /// Dollars; `hourly_rate_cents` wins when both are sent.
    #[schema(value_type = Option<f64>)]
    pub hourly_rate: Option<serde_json::Number>,
    #[serde(default)]
    #[schema(value_type = Option<BTreeMap<String, i64>>)]
    pub format_rates: Option<BTreeMap<Place, Cents>>,
    #[schema(max_length = 500)]
    pub description: Option<String>,
    #[schema(max_length = 500)]
    pub requirements: Option<String>,
    /// Minutes, 30 to 240 each.
    pub duration_options: Option<Vec<u16>>,
    #[schema(min_items = 1)]
    pub location_types: Vec<Place>,
    pub levels_taught: Option<Vec<Level>>,
    pub age_groups: Option<Vec<AgeGroup>>,
    pub equipment_required: Option<Vec<String>>,
}

impl ServiceInput {
    fn judged(self, at: String) -> Outcome<offerings::Judged> {
        let dollars = self.hourly_rate.as_ref().map(|n| cents_of(&format!("{at}hourly_rate"), n)).transpose()?;
        let wish = Wish {
            at,
            hourly_rate: self.hourly_rate_cents.or(dollars),
            format_rates: self.format_rates.unwrap_or_default(),
            description: self.description,
            requirements: self.requirements,
            durations: self.duration_options,
            places: self.location_types,
            levels: self.levels_taught,
            age_groups: self.age_groups,
            equipment: self.equipment_required.unwrap_or_default(),
        };
        offerings::judged(self.service_catalog_id, &wish)
    }
}

/// "80", "80.5" and "80.25" dollars in cents, without passing through a float.
fn cents_of(field: &str, dollars: &serde_json::Number) -> Outcome<Cents> {
    let wrong = || Refusal::invalid(field, "Dollars with at most two decimals.");
    let text = dollars.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 2 || whole.len() > 9 {
        return Err(wrong());
    }
    format!("{whole}{part:0<2}").parse().map(Cents).map_err(|_| wrong())
}

fn judged_services(services: Vec<ServiceInput>) -> Outcome<Vec<offerings::Judged>> {
    if services.len() > 100 {
        return Err(Refusal::invalid("services", "At most 100 services."));
    }
    services.into_iter().enumerate().map(|(i, service)| service.judged(format!("services[{i}]."))).collect()
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfileInput {
    #[schema(min_length = 10, max_length = 1000)]
    pub bio: String,
    #[schema(minimum = 0, maximum = 50)]
    pub years_experience: i64,
    #[serde(default)]
    pub services: Vec<ServiceInput>,
    #[schema(minimum = 0, maximum = 168)]
    pub min_advance_booking_hours: Option<i64>,
    #[schema(minimum = 0, maximum = 60)]
    pub buffer_time_minutes: Option<i64>,
    pub languages: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileInput {
    #[schema(min_length = 10, max_length = 1000)]
    pub bio: Option<String>,
    #[schema(minimum = 0, maximum = 50)]
    pub years_experience: Option<i64>,
    /// Replaces the whole set; offerings left out become inactive.
    pub services: Option<Vec<ServiceInput>>,
    #[schema(minimum = 0, maximum = 168)]
    pub min_advance_booking_hours: Option<i64>,
    #[schema(minimum = 0, maximum = 60)]
    pub buffer_time_minutes: Option<i64>,
    pub languages: Option<Vec<String>>,
    #[schema(max_items = 2)]
    pub preferred_teaching_locations: Option<Vec<NamedPlace>>,
    #[schema(max_items = 2)]
    pub preferred_public_spaces: Option<Vec<NamedPlace>>,
}

fn own(site: &Site, id: UserId) -> Outcome<OwnProfileView> {
    let gazetteer = site.part::<Gazetteer>()?;
    site.read(|r| Ok(read::facts(site, r, id, None)?.own_view(&gazetteer, site.now())))
}

/// Take up teaching.
#[utoipa::path(post, path = "/api/v1/instructors/me", tag = "instructors", operation_id = "create_instructor_profile",
    request_body = NewProfileInput, responses((status = 201, body = OwnProfileView)))]
async fn create_instructor_profile(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<NewProfileInput>,
) -> Answer<Created<OwnProfileView>> {
    let about = judge(&Changes {
        bio: Some(input.bio),
        years_experience: Some(input.years_experience),
        languages: input.languages,
        min_advance_booking_hours: input.min_advance_booking_hours,
        buffer_time_minutes: input.buffer_time_minutes,
        ..Changes::default()
    })?;
    let services = judged_services(input.services)?;
    ops::create::create_own(&site, actor.user_id, ops::create::NewProfile { about, services }).await?;
    Ok(Created(own(&site, actor.user_id)?))
}

/// One's own profile.
#[utoipa::path(get, path = "/api/v1/instructors/me", tag = "instructors",
    operation_id = "get_own_instructor_profile", responses((status = 200, body = OwnProfileView)))]
async fn get_own_instructor_profile(State(site): State<Site>, actor: Actor) -> Answer<Json<OwnProfileView>> {
    Ok(Json(own(&site, actor.user_id)?))
}

/// Change what is named; `services` replaces the set.
#[utoipa::path(put, path = "/api/v1/instructors/me", tag = "instructors",
    operation_id = "update_own_instructor_profile", request_body = ProfileInput,
    responses((status = 200, body = OwnProfileView)))]
async fn update_own_instructor_profile(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<ProfileInput>,
) -> Answer<Json<OwnProfileView>> {
    let changes = judge(&Changes {
        bio: input.bio,
        years_experience: input.years_experience,
        languages: input.languages,
        min_advance_booking_hours: input.min_advance_booking_hours,
        buffer_time_minutes: input.buffer_time_minutes,
        teaching_locations: input.preferred_teaching_locations,
        public_spaces: input.preferred_public_spaces,
    })?;
    let services = input.services.map(judged_services).transpose()?;
    ops::update::update(&site, actor.user_id, changes, services).await?;
    Ok(Json(own(&site, actor.user_id)?))
}

/// Give up teaching; the account becomes a student's.
#[utoipa::path(delete, path = "/api/v1/instructors/me", tag = "instructors",
    operation_id = "delete_own_instructor_profile", responses((status = 200, body = Success)))]
async fn delete_own_instructor_profile(State(site): State<Site>, actor: Actor) -> Answer<Json<Success>> {
    ops::drop::drop_own(&site, actor.user_id).await?;
    Ok(Success::json())
}

/// Publish the profile once nothing is missing.
#[utoipa::path(post, path = "/api/v1/instructors/me/go-live", tag = "instructors", operation_id = "go_live",
    responses((status = 200, body = OwnProfileView)))]
async fn go_live(State(site): State<Site>, actor: Actor) -> Answer<Json<OwnProfileView>> {
    ops::live::go_live(&site, actor.user_id).await?;
    Ok(Json(own(&site, actor.user_id)?))
}

/// Offer one more service.
#[utoipa::path(post, path = "/api/v1/services/instructor/add", tag = "catalogue",
    operation_id = "add_instructor_service", request_body = ServiceInput,
    responses((status = 201, body = ServiceView)))]
async fn add_instructor_service(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<ServiceInput>,
) -> Answer<Created<ServiceView>> {
    let offering = offerings::add(&site, actor.user_id, input.judged(String::new())?).await?;
    let view = view::service(&offering).ok_or_else(|| Refusal::internal("an offering outside the catalogue"))?;
    Ok(Created(view))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    service_catalog_id: ServiceId,
    #[param(value_type = Option<i64>)]
    min_price_cents: Option<i64>,
    #[param(value_type = Option<i64>)]
    max_price_cents: Option<i64>,
    age_group: Option<AgeGroup>,
}

/// Public instructors of one catalogue service.
#[utoipa::path(get, path = "/api/v1/instructors", tag = "instructors", operation_id = "list_instructors",
    params(ListQuery, PageQuery), responses((status = 200, body = Page<ProfileView>)))]
async fn list_instructors(
    State(site): State<Site>,
    viewer: Option<Actor>,
    Params(query): Params<ListQuery>,
    Params(paging): Params<PageQuery>,
) -> Answer<Json<Page<ProfileView>>> {
    let gazetteer = site.part::<Gazetteer>()?;
    let narrow = read::Narrow {
        min_price: query.min_price_cents.map(Cents),
        max_price: query.max_price_cents.map(Cents),
        age_group: query.age_group,
    };
    let page = site.read(|r| {
        let page = paging.cut(read::list(r, query.service_catalog_id, &narrow, site.now())?)?;
        page.try_map(|id| Ok(read::visible(&site, r, id, viewer.as_ref())?.public_view(&gazetteer, site.now())))
    })?;
    Ok(Json(page))
}

/// A profile as everybody may see it.
#[utoipa::path(get, path = "/api/v1/instructors/{instructor_id}", tag = "instructors",
    operation_id = "get_instructor", params(("instructor_id" = UserId, Path)),
    responses((status = 200, body = ProfileView)))]
async fn get_instructor(
    State(site): State<Site>,
    viewer: Option<Actor>,
    Id(id): Id<UserId>,
) -> Answer<Json<ProfileView>> {
    let gazetteer = site.part::<Gazetteer>()?;
    let facts = site.read(|r| read::visible(&site, r, id, viewer.as_ref()))?;
    Ok(Json(facts.public_view(&gazetteer, site.now())))
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AreasInput {
    #[schema(min_items = 1, max_items = 100)]
    pub neighborhood_ids: Vec<NeighborhoodId>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AreasView {
    pub items: Vec<NeighborhoodItem>,
    pub total: usize,
}

fn areas_view(site: &Site, ids: &[NeighborhoodId]) -> Outcome<AreasView> {
    let gazetteer = site.part::<Gazetteer>()?;
    let known = ids.iter().filter_map(|id| gazetteer.by_id(*id));
    let items: Vec<_> = known.filter_map(|ix| NeighborhoodItem::of(&gazetteer, ix)).collect();
    Ok(AreasView { total: items.len(), items })
}

/// Where one teaches in person.
#[utoipa::path(get, path = "/api/v1/addresses/service-areas/me", tag = "places",
    operation_id = "get_own_service_areas", responses((status = 200, body = AreasView)))]
async fn get_own_service_areas(State(site): State<Site>, actor: Actor) -> Answer<Json<AreasView>> {
    let areas = site.read(|r| crate::instructors::areas(r, actor.user_id))?;
    Ok(Json(areas_view(&site, &areas.neighborhoods)?))
}

/// Replace the whole set.
#[utoipa::path(put, path = "/api/v1/addresses/service-areas/me", tag = "places",
    operation_id = "replace_own_service_areas", request_body = AreasInput,
    responses((status = 200, body = AreasView)))]
async fn replace_own_service_areas(
    State(site): State<Site>,
    actor: Actor,
    Body(input): Body<AreasInput>,
) -> Answer<Json<AreasView>> {
    let areas = ops::areas::replace(&site, actor.user_id, input.neighborhood_ids).await?;
    Ok(Json(areas_view(&site, &areas.neighborhoods)?))
}
