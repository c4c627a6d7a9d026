//! Where instructors teach, as outlines to draw on a map (GeoJSON, RFC 7946).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::base::access::Actor;
use crate::base::id::{NeighborhoodId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::instructors::ops::read;
use crate::instructors::tables::areas;
use crate::places::Gazetteer;
use crate::places::rules::shape::Shape;
use crate::site::Site;
use crate::web::{Answer, Id, Params};

/// rule: 20§6 Coverage GeoJSON ≤100 ids.
const MOST_INSTRUCTORS: usize = 100;

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Coverage {
    /// Always `FeatureCollection`.
    r#type: &'static str,
    /// One MultiPolygon feature per neighborhood, with `neighborhood_id`, `name`, `borough` and `instructor_ids`.
    #[schema(value_type = Vec<Object>)]
    features: Vec<Value>,
}

/// The neighborhoods one instructor travels to.
#[utoipa::path(get, path = "/api/v1/instructors/{instructor_id}/coverage", tag = "instructors",
    operation_id = "get_instructor_coverage", params(("instructor_id" = UserId, Path)),
    responses((status = 200, body = Coverage)))]
pub(super) async fn get_instructor_coverage(
    State(site): State<Site>,
    viewer: Option<Actor>,
    Id(id): Id<UserId>,
) -> Answer<Json<Coverage>> {
    site.read(|r| read::visible(&site, r, id, viewer.as_ref()))?;
    Ok(Json(coverage(&site, &[id])?))
}

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BulkQuery {
    /// Up to 100 instructor ids, separated by commas.
    #[param(pattern = "^([0-7][0-9A-HJKMNP-TV-Z]{25}(,[0-7][0-9A-HJKMNP-TV-Z]{25}){0,99})?$")]
    ids: String,
}

/// The neighborhoods that the named instructors travel to; who is not public is passed over.
#[utoipa::path(get, path = "/api/v1/addresses/coverage/bulk", tag = "places", operation_id = "get_bulk_coverage",
    params(BulkQuery), responses((status = 200, body = Coverage)))]
pub(super) async fn get_bulk_coverage(
    State(site): State<Site>,
    Params(query): Params<BulkQuery>,
) -> Answer<Json<Coverage>> {
    let ids = query.ids.split(',').map(str::trim).filter(|id| !id.is_empty());
    let ids: Result<Vec<UserId>, _> = ids.map(str::parse).collect();
    let ids = ids.map_err(|_| Refusal::invalid("ids", "Expected 26-character ULIDs, separated by commas."))?;
    if ids.len() > MOST_INSTRUCTORS {
        return Err(Refusal::invalid("ids", format!("At most {MOST_INSTRUCTORS} instructors at once.")).into());
    }
    let now = site.now();
    let public = site.read(|r| {
        let judged: Outcome<Vec<_>> = ids.iter().map(|id| Ok((*id, read::is_bookable(r, *id, now)?))).collect();
        Ok(judged?.into_iter().filter(|(_, public)| *public).map(|(id, _)| id).collect::<Vec<_>>())
    })?;
    Ok(Json(coverage(&site, &public)?))
}

fn coverage(site: &Site, instructors: &[UserId]) -> Outcome<Coverage> {
    let gazetteer = site.part::<Gazetteer>()?;
    let mut served: BTreeMap<NeighborhoodId, Vec<UserId>> = BTreeMap::new();
    site.read(|r| {
        for id in instructors {
            for neighborhood in areas(r, *id)?.neighborhoods {
                served.entry(neighborhood).or_default().push(*id);
            }
        }
        Ok(())
    })?;
    let feature = |(id, who): (NeighborhoodId, Vec<UserId>)| {
        let ix = gazetteer.by_id(id)?;
        let region = gazetteer.region(ix)?;
        let borough = gazetteer.borough_name(ix);
        let properties =
            json!({ "neighborhood_id": id, "name": region.name, "borough": borough, "instructor_ids": who });
        Some(json!({ "type": "Feature", "properties": properties, "geometry": geometry(&region.shape) }))
    };
    Ok(Coverage { r#type: "FeatureCollection", features: served.into_iter().filter_map(feature).collect() })
}

fn geometry(shape: &Shape) -> Value {
    let ring = |ring: &Vec<crate::base::geo::Point>| -> Vec<[f64; 2]> {
        ring.iter().chain(ring.first()).map(|p| [p.lon, p.lat]).collect()
    };
    let polygons: Vec<Vec<_>> = shape.polygons().iter().map(|rings| rings.iter().map(ring).collect()).collect();
    json!({ "type": "MultiPolygon", "coordinates": polygons })
}
