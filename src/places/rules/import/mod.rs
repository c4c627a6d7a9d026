//! An operator's own region: a GeoJSON file of neighborhoods in, the five texts of a pack out, with everything checked
//! and every refusal naming the feature it is about.
//!
//! Each feature is one neighborhood: a polygon or multipolygon in WGS84 with a name, and optionally a parent (borough,
//! town), a code, other names (`aliases`) and its ZIP codes (`zips`). Outlines are thinned to 15 m, which is finer than
//! anything here looks at.

#[cfg(test)]
mod tests;
mod written;

use serde_json::{Map, Value};

use self::written::{aliases, geojson, settings, zip_regions, zips};
use super::pack::{MOST_PARENTS, PackError, PackText, is_zip};
use super::words::{allowed_edits, damerau, normal};
use crate::base::geo::Point;
use crate::base::text::slug;

/// rule: design of packs: more is a country, not a marketplace.
const MOST_FEATURES: usize = 5_000;
/// Outlines are thinned to this.
const FINEST_KM: f64 = 0.015;
const KM_PER_DEGREE: f64 = 111.195;
/// Rings longer than this are looked at for crossings after thinning only.
const LONG_RING: usize = 4_000;
/// Similar names that are told, at most.
const TOLD: usize = 10;

/// What the file itself does not say.
#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub timezone: String,
    pub state: String,
    pub country: String,
    pub name_field: String,
    pub parent_field: Option<String>,
    pub parent_label: String,
    pub source: String,
    pub licence: String,
}

/// A whole pack, ready to be read and kept.
#[derive(Clone, Debug)]
pub struct Imported {
    pub settings: String,
    pub regions: String,
    pub zips: String,
    pub zip_regions: String,
    pub aliases: String,
    /// What a person should look at; nothing that stands in the way.
    pub notes: Vec<String>,
    pub count: usize,
}

impl Imported {
    pub fn text(&self) -> PackText<'_> {
        PackText {
            settings: &self.settings,
            regions: &self.regions,
            zips: &self.zips,
            zip_regions: &self.zip_regions,
            aliases: &self.aliases,
        }
    }
}

type Ring = Vec<[f64; 2]>;

struct Area {
    code: String,
    name: String,
    parent: String,
    aliases: Vec<String>,
    zips: Vec<String>,
    polygons: Vec<Vec<Ring>>,
    corners: usize,
}

/// Reads and checks a file.
pub fn import(text: &str, wish: &Wish) -> Result<Imported, PackError> {
    if crate::base::time::zone(&wish.timezone).is_none() {
        return Err(PackError(format!("{:?} is no time zone. Use a name such as America/Chicago.", wish.timezone)));
    }
    let file: Value = serde_json::from_str(text).map_err(|e| PackError(format!("The file is not JSON: {e}.")))?;
    if file["type"] != "FeatureCollection" {
        return Err(PackError("The file is no GeoJSON FeatureCollection.".into()));
    }
    let features = file["features"].as_array().map(Vec::as_slice).unwrap_or_default();
    if features.is_empty() || features.len() > MOST_FEATURES {
        return Err(PackError(format!(
            "The file has {} features; 1 to {MOST_FEATURES} can be imported.",
            features.len()
        )));
    }
    let areas =
        features.iter().enumerate().map(|(at, feature)| area(at + 1, feature, wish)).collect::<Result<Vec<_>, _>>()?;
    unique(&areas)?;
    let mut notes = similar(&areas);
    let (before, after) = (areas.iter().map(|area| area.corners).sum::<usize>(), corners(&areas));
    if after < before {
        notes.push(format!("Outlines were thinned from {before} to {after} corners."));
    }
    if areas.iter().all(|area| area.zips.is_empty()) {
        notes.push(
            "No feature names its ZIP codes (property \"zips\"), so nobody's ZIP code lies in this region: turn the \
             setting signup.region_zip_only off, or add them."
                .to_owned(),
        );
    }
    let code = slug(&wish.name);
    let settings = toml::to_string(&settings(&areas, wish, &code)?).map_err(|e| PackError(e.to_string()))?;
    Ok(Imported {
        settings,
        regions: geojson(&areas),
        zips: zips(&areas),
        zip_regions: zip_regions(&areas),
        aliases: aliases(&areas),
        notes,
        count: areas.len(),
    })
}

fn area(number: usize, feature: &Value, wish: &Wish) -> Result<Area, PackError> {
    let properties = feature["properties"].as_object().cloned().unwrap_or_default();
    let text = |field: &str| properties.get(field).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
    let Some(name) = text(&wish.name_field) else {
        return Err(PackError(format!(
            "Feature {number} has no text in its property {:?}. Its properties are: {}. Name another with --name-field.",
            wish.name_field,
            properties.keys().cloned().collect::<Vec<_>>().join(", ")
        )));
    };
    let refuse = |what: String| PackError(format!("Feature {number} ({name}): {what}"));
    if name.contains([',', '"', '\n']) {
        return Err(refuse("a name has no commas, quotes or line breaks.".into()));
    }
    let parent = match &wish.parent_field {
        Some(field) => text(field).ok_or_else(|| refuse(format!("there is no text in its property {field:?}.")))?,
        None => &wish.name,
    };
    let code = text("code").map_or_else(|| slug(&format!("{parent} {name}")), str::to_owned);
    let mut area = Area {
        code,
        name: name.to_owned(),
        parent: parent.to_owned(),
        aliases: list(&properties, "aliases"),
        zips: list(&properties, "zips"),
        polygons: Vec::new(),
        corners: 0,
    };
    if let Some(odd) = area.zips.iter().find(|zip| !is_zip(zip)) {
        return Err(refuse(format!("{odd:?} is no five-digit ZIP code.")));
    }
    if let Some(odd) = area.aliases.iter().chain([&area.code]).find(|text| text.contains([',', '|', ';', '"', '\n'])) {
        return Err(refuse(format!("{odd:?} holds a mark that names cannot have.")));
    }
    let geometry = &feature["geometry"];
    let polygons: Vec<Vec<Ring>> = match geometry["type"].as_str() {
        Some("Polygon") => serde_json::from_value(geometry["coordinates"].clone()).map(|rings| vec![rings]),
        Some("MultiPolygon") => serde_json::from_value(geometry["coordinates"].clone()),
        other => {
            let other = other.unwrap_or("no geometry");
            return Err(refuse(format!("it is {other}; an outline (Polygon or MultiPolygon) is needed.")));
        }
    }
    .map_err(|_| refuse("its coordinates are no rings of [longitude, latitude] pairs.".into()))?;
    for rings in polygons {
        let thin = rings.iter().map(|ring| checked(ring, &refuse)).collect::<Result<Vec<_>, _>>()?;
        area.corners += rings.iter().map(Vec::len).sum::<usize>();
        area.polygons.push(thin);
    }
    if area.polygons.iter().all(Vec::is_empty) {
        return Err(refuse("it has no outline.".into()));
    }
    Ok(area)
}

/// A list of texts, or one text with semicolons between.
fn list(properties: &Map<String, Value>, field: &str) -> Vec<String> {
    let texts: Vec<String> = match properties.get(field) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(text)) => text.split(';').map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// One ring, closed, on the globe and not crossing itself; thinned.
fn checked(ring: &[[f64; 2]], refuse: &dyn Fn(String) -> PackError) -> Result<Ring, PackError> {
    if ring.len() < 4 || ring.first() != ring.last() {
        return Err(refuse(
            "a ring is not closed: its first and last corner must be the same, with three between.".into(),
        ));
    }
    if let Some([lon, lat]) = ring.iter().find(|[lon, lat]| Point::new(*lat, *lon).is_none()) {
        return Err(refuse(format!(
            "{lon}, {lat} is not on the globe. Export the file as WGS84 (EPSG:4326), longitude first."
        )));
    }
    let thin = thinned(ring);
    let looked_at = if ring.len() <= LONG_RING { ring } else { &thin };
    if let Some([lon, lat]) = crossing(looked_at) {
        return Err(refuse(format!("its outline crosses itself near {lon:.5}, {lat:.5}.")));
    }
    Ok(thin)
}

/// Douglas and Peucker; a ring that would vanish stays as it is.
fn thinned(ring: &[[f64; 2]]) -> Ring {
    let mut keep = vec![false; ring.len()];
    let last = ring.len() - 1;
    let middle = last / 2;
    for corner in [0, middle, last] {
        keep[corner] = true;
    }
    let mut open = vec![(0, middle), (middle, last)];
    while let Some((from, to)) = open.pop() {
        let furthest =
            (from + 1..to).map(|at| (at, away(ring[at], ring[from], ring[to]))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((at, km)) = furthest
            && km > FINEST_KM
        {
            keep[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    let round = |n: f64| (n * 100_000.0).round() / 100_000.0;
    let thin: Ring =
        ring.iter().zip(&keep).filter(|(_, keep)| **keep).map(|([lon, lat], _)| [round(*lon), round(*lat)]).collect();
    if thin.len() < 4 { ring.to_vec() } else { thin }
}

/// Kilometres from a corner to the line between two others.
fn away(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = KM_PER_DEGREE * a[1].to_radians().cos();
    let plane = |c: [f64; 2]| ((c[0] - a[0]) * east, (c[1] - a[1]) * KM_PER_DEGREE);
    let ((px, py), (bx, by)) = (plane(p), plane(b));
    let length = bx * bx + by * by;
    let along = if length > 0.0 { ((px * bx + py * by) / length).clamp(0.0, 1.0) } else { 0.0 };
    (px - along * bx).hypot(py - along * by)
}

/// A corner near which two edges that are no neighbours cross.
fn crossing(ring: &[[f64; 2]]) -> Option<[f64; 2]> {
    let side = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let edges = ring.len() - 1;
    for i in 0..edges {
        let (a, b) = (ring[i], ring[i + 1]);
        for j in i + 2..edges {
            if i == 0 && j == edges - 1 {
                continue;
            }
            let (c, d) = (ring[j], ring[j + 1]);
            let apart = a[0].max(b[0]) < c[0].min(d[0]) || c[0].max(d[0]) < a[0].min(b[0]);
            if !apart && side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0 {
                return Some(a);
            }
        }
    }
    None
}

fn corners(areas: &[Area]) -> usize {
    areas.iter().flat_map(|area| area.polygons.iter().flatten()).map(Vec::len).sum()
}

fn unique(areas: &[Area]) -> Result<(), PackError> {
    for (at, area) in areas.iter().enumerate() {
        let twin = |other: &&Area| other.code == area.code || other.name == area.name && other.parent == area.parent;
        if let Some(twin) = areas[..at].iter().find(twin) {
            return Err(PackError(format!(
                "Features {} and {}: the code or the name {:?} is used twice in {}.",
                areas.iter().position(|other| std::ptr::eq(other, twin)).unwrap_or(0) + 1,
                at + 1,
                area.name,
                area.parent
            )));
        }
    }
    Ok(())
}

/// Names so near to each other that a typing mistake leads from one to the other.
fn similar(areas: &[Area]) -> Vec<String> {
    let names: Vec<(String, &Area)> = areas.iter().map(|area| (normal(&area.name), area)).collect();
    let mut told = Vec::new();
    for (at, (name, area)) in names.iter().enumerate() {
        for (other, twin) in &names[..at] {
            let near = name.len().abs_diff(other.len()) <= 2
                && damerau(name, other) <= allowed_edits(name.chars().count().min(other.chars().count()));
            if near && told.len() < TOLD {
                told.push(format!("{:?} and {:?} are easily taken for each other.", twin.name, area.name));
            }
        }
    }
    told
}
