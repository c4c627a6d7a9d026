//! Reading a region pack: five texts in, checked rows out. Anything odd refuses the pack with the file and line.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shape::Shape;
use crate::base::geo::Point;
use crate::places::model::RegionKind;

/// The files of a pack, as text.
#[derive(Clone, Copy)]
pub struct PackText<'a> {
    pub settings: &'a str,
    pub regions: &'a str,
    pub zips: &'a str,
    pub zip_regions: &'a str,
    pub aliases: &'a str,
}

/// A parent's place is kept in a byte.
pub const MOST_PARENTS: usize = 255;

/// The pack compiled into the program (rule: 00§4 Region).
pub const NEW_YORK: PackText<'static> = PackText {
    settings: include_str!("../../../assets/region/nyc/region.toml"),
    regions: include_str!("../../../assets/region/nyc/regions.geojson"),
    zips: include_str!("../../../assets/region/nyc/zips.csv"),
    zip_regions: include_str!("../../../assets/region/nyc/zip_regions.csv"),
    aliases: include_str!("../../../assets/region/nyc/aliases.csv"),
};

/// Why a pack was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError(pub String);

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for PackError {}

pub fn refuse<T>(file: &str, line: usize, what: impl fmt::Display) -> Result<T, PackError> {
    Err(PackError(format!("{file}, line {line}: {what}")))
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub code: String,
    pub name: String,
    pub short_name: String,
    pub country: String,
    /// The first-level division its addresses carry.
    pub state: String,
    pub timezone: String,
    pub currency: String,
    pub units: String,
    pub parent_label: String,
    /// Words after a place that only repeat where we are: "astoria, ny".
    pub tails: Vec<String>,
    /// Parts of compound names that mean something else on their own.
    pub not_names: Vec<String>,
    pub bounding_box: BoundingBox,
    pub parents: Vec<Parent>,
    pub zip_ranges: Vec<ZipRange>,
    pub attributions: Vec<Attribution>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoundingBox {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    pub name: String,
    pub code: String,
    /// The city of its postal addresses, where that is not its own name.
    pub city: Option<String>,
    pub aliases: Vec<String>,
}

/// ZIP codes `from..=to` belong to the region and to this parent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ZipRange {
    pub parent: String,
    pub from: u32,
    pub to: u32,
}

/// Whose data a part of the pack is; shown on the about page.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    pub what: String,
    pub source: String,
    pub licence: String,
}

pub struct RegionRow {
    pub code: String,
    pub name: String,
    pub display: String,
    pub parent: String,
    pub kind: RegionKind,
    pub hidden: bool,
    pub shape: Shape,
}

pub struct ZipRow {
    pub line: usize,
    pub zip: String,
    pub point: Point,
}

pub struct ZipShare {
    pub line: usize,
    pub zip: String,
    pub region: String,
    pub share: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasKind {
    /// A short form, nickname or misspelling of a neighborhood: another name for the same thing.
    Nickname,
    /// A thing that lies in a neighborhood.
    Landmark,
    /// A word that may mean any of several neighborhoods: "midtown", "the east side".
    Wide,
}

pub struct AliasRow {
    pub line: usize,
    pub aliases: Vec<String>,
    pub kind: AliasKind,
    pub name: String,
    /// The neighborhood to answer, where it is not simply the first region's display name.
    pub area: Option<String>,
    pub codes: Vec<String>,
    pub point: Option<Point>,
    pub confidence: f32,
}

pub fn settings(text: &str) -> Result<Settings, PackError> {
    let settings: Settings = toml::from_str(text).map_err(|e| PackError(format!("region.toml: {}", e.message())))?;
    let parents = settings.parents.len();
    if parents > MOST_PARENTS {
        return Err(PackError(format!("region.toml: {parents} parents, there is room for {MOST_PARENTS}")));
    }
    Ok(settings)
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}
#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}
#[derive(Deserialize)]
struct Properties {
    code: String,
    name: String,
    display: String,
    parent: String,
    kind: RegionKind,
    #[serde(default)]
    hidden: bool,
}
#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

pub fn regions(text: &str) -> Result<Vec<RegionRow>, PackError> {
    let file = "regions.geojson";
    let parsed: Collection = serde_json::from_str(text).map_err(|e| PackError(format!("{file}: {e}")))?;
    let rows = parsed.features.into_iter().map(|feature| {
        let p = feature.properties;
        let polygons = match feature.geometry {
            Geometry::Polygon(rings) => vec![rings],
            Geometry::MultiPolygon(polygons) => polygons,
        };
        let point = |[lon, lat]: [f64; 2]| Point::new(lat, lon);
        let points: Option<Vec<Vec<Vec<Point>>>> = polygons
            .into_iter()
            .map(|rings| rings.into_iter().map(|ring| ring.into_iter().map(point).collect()).collect())
            .collect();
        match points.and_then(Shape::new) {
            Some(shape) => Ok(RegionRow {
                code: p.code,
                name: p.name,
                display: p.display,
                parent: p.parent,
                kind: p.kind,
                hidden: p.hidden,
                shape,
            }),
            None => Err(PackError(format!("{file}: region {} has no sound outline", p.code))),
        }
    });
    rows.collect()
}

/// Rows of a comma-separated file after its header, with their line number. Quoting is not part of the format.
fn rows<'a>(
    file: &'static str,
    text: &'a str,
    header: &'static str,
) -> Result<impl Iterator<Item = (usize, Vec<&'a str>)>, PackError> {
    let mut lines = text.lines().enumerate();
    match lines.next() {
        Some((_, first)) if first.trim_end() == header => {}
        _ => return refuse(file, 1, format!("expected the header {header}")),
    }
    let columns = header.split(',').count();
    for (n, line) in text.lines().enumerate().skip(1) {
        if !line.trim().is_empty() && (line.contains('"') || line.split(',').count() != columns) {
            return refuse(file, n + 1, format!("expected {columns} plain columns"));
        }
    }
    Ok(lines.filter(|(_, line)| !line.trim().is_empty()).map(|(n, line)| (n + 1, line.split(',').collect())))
}

fn number<T: std::str::FromStr>(file: &str, line: usize, text: &str) -> Result<T, PackError> {
    text.trim().parse().map_err(|_| PackError(format!("{file}, line {line}: {text:?} is not a number")))
}

fn point(file: &str, line: usize, lat: &str, lon: &str) -> Result<Point, PackError> {
    let (lat, lon) = (number(file, line, lat)?, number(file, line, lon)?);
    Point::new(lat, lon).ok_or_else(|| PackError(format!("{file}, line {line}: not on the globe")))
}

pub fn is_zip(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
}

pub fn zips(text: &str) -> Result<Vec<ZipRow>, PackError> {
    let file = "zips.csv";
    rows(file, text, "zip,lat,lon")?
        .map(|(line, cells)| match cells.as_slice() {
            [zip, lat, lon] if is_zip(zip) => {
                Ok(ZipRow { line, zip: (*zip).to_owned(), point: point(file, line, lat, lon)? })
            }
            _ => refuse(file, line, "expected a ZIP code"),
        })
        .collect()
}

pub fn zip_shares(text: &str) -> Result<Vec<ZipShare>, PackError> {
    let file = "zip_regions.csv";
    rows(file, text, "zip,region,share")?
        .map(|(line, cells)| match cells.as_slice() {
            [zip, region, share] => Ok(ZipShare {
                line,
                zip: (*zip).to_owned(),
                region: (*region).to_owned(),
                share: number(file, line, share)?,
            }),
            _ => refuse(file, line, "expected zip, region, share"),
        })
        .collect()
}

pub fn aliases(text: &str) -> Result<Vec<AliasRow>, PackError> {
    let file = "aliases.csv";
    rows(file, text, "aliases,kind,name,area,codes,lat,lon,confidence")?
        .map(|(line, cells)| {
            let [names, kind, name, area, codes, lat, lon, confidence] = cells.as_slice() else {
                return refuse(file, line, "expected eight columns");
            };
            let kind = match *kind {
                "abbreviation" | "colloquial" | "typo" => AliasKind::Nickname,
                "landmark" | "station" => AliasKind::Landmark,
                "wide" => AliasKind::Wide,
                other => return refuse(file, line, format!("unknown kind {other:?}")),
            };
            let list = |text: &str, by| text.split(by).filter(|s| !s.is_empty()).map(str::to_owned).collect();
            Ok(AliasRow {
                line,
                aliases: list(names, '|'),
                kind,
                name: (*name).to_owned(),
                area: (!area.is_empty()).then(|| (*area).to_owned()),
                codes: list(codes, ';'),
                point: if lat.is_empty() { None } else { Some(point(file, line, lat, lon)?) },
                confidence: number(file, line, confidence)?,
            })
        })
        .collect()
}
