//! What was read of a file, as the five texts of a pack.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Area, MOST_PARENTS, Wish};
use crate::base::text::slug;
use crate::places::rules::pack::{Attribution, BoundingBox, PackError, Parent, Settings, ZipRange};

fn parents(areas: &[Area]) -> Vec<String> {
    let mut all: Vec<String> = areas.iter().map(|area| area.parent.clone()).collect();
    all.sort();
    all.dedup();
    all
}

pub(super) fn settings(areas: &[Area], wish: &Wish, code: &str) -> Result<Settings, PackError> {
    let parents = parents(areas);
    if parents.len() > MOST_PARENTS {
        return Err(PackError(format!(
            "{} parents are more than the {MOST_PARENTS} there is room for.",
            parents.len()
        )));
    }
    let all = || areas.iter().flat_map(|area| area.polygons.iter().flatten().flatten());
    let bound = |of: usize, pick: fn(f64, f64) -> f64, start: f64| all().map(|corner| corner[of]).fold(start, pick);
    let mut zips: Vec<(String, String)> =
        areas.iter().flat_map(|area| area.zips.iter().map(|zip| (zip.clone(), area.parent.clone()))).collect();
    zips.sort();
    zips.dedup_by(|a, b| a.0 == b.0);
    let range = |(zip, parent): (String, String)| {
        let number = zip.parse().unwrap_or_default();
        ZipRange { parent, from: number, to: number }
    };
    let parent = |name: String| Parent { code: slug(&name), name, city: Some(wish.name.clone()), aliases: Vec::new() };
    Ok(Settings {
        code: code.to_owned(),
        name: wish.name.clone(),
        short_name: wish.name.clone(),
        country: wish.country.clone(),
        state: wish.state.clone(),
        timezone: wish.timezone.clone(),
        currency: "USD".into(),
        units: "miles".into(),
        parent_label: wish.parent_label.clone(),
        tails: vec![wish.name.to_lowercase(), wish.state.to_lowercase()],
        not_names: Vec::new(),
        bounding_box: BoundingBox {
            south: bound(1, f64::min, 90.0),
            west: bound(0, f64::min, 180.0),
            north: bound(1, f64::max, -90.0),
            east: bound(0, f64::max, -180.0),
        },
        parents: parents.into_iter().map(parent).collect(),
        zip_ranges: zips.into_iter().map(range).collect(),
        attributions: vec![Attribution {
            what: "Neighborhoods".into(),
            source: wish.source.clone(),
            licence: wish.licence.clone(),
        }],
    })
}

pub(super) fn geojson(areas: &[Area]) -> String {
    #[derive(Serialize)]
    struct Collection {
        r#type: &'static str,
        features: Vec<Value>,
    }
    let feature = |area: &Area| {
        json!({
            "type": "Feature",
            "properties": { "code": area.code, "name": area.name, "display": area.name, "parent": area.parent, "kind": "residential" },
            "geometry": { "type": "MultiPolygon", "coordinates": area.polygons },
        })
    };
    let collection = Collection { r#type: "FeatureCollection", features: areas.iter().map(feature).collect() };
    serde_json::to_string(&collection).unwrap_or_default()
}

/// The middle of the first outline: where a ZIP code is taken to be.
fn middle(area: &Area) -> [f64; 2] {
    let ring = area.polygons.iter().flatten().next().map(Vec::as_slice).unwrap_or_default();
    let mean = |of: usize| ring.iter().map(|corner| corner[of]).sum::<f64>() / ring.len().max(1) as f64;
    [mean(0), mean(1)]
}

pub(super) fn zips(areas: &[Area]) -> String {
    let mut told = Vec::new();
    let mut text = "zip,lat,lon\n".to_owned();
    for area in areas {
        let [lon, lat] = middle(area);
        for zip in &area.zips {
            if !told.contains(zip) {
                told.push(zip.clone());
                text.push_str(&format!("{zip},{lat:.5},{lon:.5}\n"));
            }
        }
    }
    text
}

pub(super) fn zip_regions(areas: &[Area]) -> String {
    let rows = areas.iter().flat_map(|area| area.zips.iter().map(|zip| format!("{zip},{},1\n", area.code)));
    std::iter::once("zip,region,share\n".to_owned()).chain(rows).collect()
}

pub(super) fn aliases(areas: &[Area]) -> String {
    let row = |area: &&Area| format!("{},colloquial,{},,{},,,0.98\n", area.aliases.join("|"), area.name, area.code);
    let rows = areas.iter().filter(|area| !area.aliases.is_empty()).map(|area| row(&area));
    std::iter::once("aliases,kind,name,area,codes,lat,lon,confidence\n".to_owned()).chain(rows).collect()
}
