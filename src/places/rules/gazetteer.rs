//! The region pack in memory, and every question about space that needs no name.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, OnceLock};

use super::names::Names;
use super::pack::{self, PackError, PackText, Settings, is_zip, refuse};
use super::shape::Bounds;
use crate::base::geo::Point;
use crate::base::id::NeighborhoodId;
use crate::places::model::{Borough, Region, RegionIx, ZipArea};

/// Neighbors are listed up to this far (rule: 40§6, the widest relaxation).
const NEIGHBOR_KM: f32 = 10.0;

pub struct Gazetteer {
    settings: Settings,
    regions: Vec<Region>,
    boroughs: Vec<Borough>,
    zips: BTreeMap<String, ZipArea>,
    by_id: HashMap<NeighborhoodId, RegionIx>,
    by_code: HashMap<String, RegionIx>,
    /// Gaps from one region to all others, measured when first asked for.
    gaps: Vec<OnceLock<Box<[f32]>>>,
    pub(super) names: Names,
}

static BUILTIN: LazyLock<Arc<Gazetteer>> =
    LazyLock::new(|| Arc::new(Gazetteer::read(pack::NEW_YORK).expect("the built-in pack is read by a unit test")));

impl Gazetteer {
    /// New York, as compiled in.
    pub fn builtin() -> Arc<Self> {
        BUILTIN.clone()
    }

    /// Reads and checks a whole pack.
    pub fn read(text: PackText<'_>) -> Result<Self, PackError> {
        let settings = pack::settings(text.settings)?;
        if crate::base::time::zone(&settings.timezone).is_none() {
            return Err(PackError(format!("region.toml: unknown time zone {:?}", settings.timezone)));
        }
        let (regions, boroughs) = regions(&settings, pack::regions(text.regions)?)?;
        let ix = |i: usize| RegionIx(i as u16);
        let by_code: HashMap<_, _> = regions.iter().enumerate().map(|(i, r)| (r.code.clone(), ix(i))).collect();
        let by_id = regions.iter().enumerate().map(|(i, r)| (r.id, ix(i))).collect();
        let zips = zips(&settings, &by_code, pack::zips(text.zips)?, pack::zip_shares(text.zip_regions)?)?;
        let names = Names::build(&settings, &regions, &boroughs, &by_code, pack::aliases(text.aliases)?)?;
        let gaps = regions.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { settings, regions, boroughs, zips, by_id, by_code, gaps, names })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn regions(&self) -> impl Iterator<Item = (RegionIx, &Region)> {
        self.regions.iter().enumerate().map(|(i, r)| (RegionIx(i as u16), r))
    }

    pub fn region_count(&self) -> usize {
        self.regions.len()
    }

    /// `None` only for an index of another gazetteer.
    pub fn region(&self, ix: RegionIx) -> Option<&Region> {
        self.regions.get(ix.index())
    }

    pub fn by_id(&self, id: NeighborhoodId) -> Option<RegionIx> {
        self.by_id.get(&id).copied()
    }

    pub fn by_code(&self, code: &str) -> Option<RegionIx> {
        self.by_code.get(code).copied()
    }

    pub fn boroughs(&self) -> &[Borough] {
        &self.boroughs
    }

    pub fn borough_of(&self, ix: RegionIx) -> Option<&Borough> {
        self.region(ix).and_then(|r| self.boroughs.get(usize::from(r.parent)))
    }

    pub fn borough_name(&self, ix: RegionIx) -> &str {
        self.borough_of(ix).map_or("", |b| b.name.as_str())
    }

    /// By name or code, case ignored.
    pub fn borough_named(&self, text: &str) -> Option<&Borough> {
        let text = text.trim();
        self.boroughs.iter().find(|b| b.name.eq_ignore_ascii_case(text) || b.code.eq_ignore_ascii_case(text))
    }

    /// The region a point lies in; parks and airports included.
    pub fn at(&self, point: Point) -> Option<RegionIx> {
        self.regions().find(|(_, r)| r.shape.contains(point)).map(|(ix, _)| ix)
    }

    /// Regions by distance from a point, nearest first, up to `km`.
    pub fn near(&self, point: Point, km: f64) -> Vec<(RegionIx, f64)> {
        let reach = |b: Bounds| {
            let lat = (b.south - point.lat).max(point.lat - b.north).max(0.0);
            lat * 111.0 <= km
        };
        let candidates = self.regions().filter(|(_, r)| reach(r.shape.bounds()));
        let mut found: Vec<_> =
            candidates.map(|(ix, r)| (ix, r.shape.distance_km(point))).filter(|(_, d)| *d <= km).collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }

    /// Kilometres from a point to a region; zero inside, infinite for an unknown region.
    pub fn distance_km(&self, point: Point, ix: RegionIx) -> f64 {
        self.region(ix).map_or(f64::INFINITY, |r| r.shape.distance_km(point))
    }

    /// The gap between two regions; zero when they touch.
    pub fn gap_km(&self, a: RegionIx, b: RegionIx) -> f32 {
        self.gaps_of(a).get(b.index()).copied().unwrap_or(f32::INFINITY)
    }

    /// The smallest gap between two areas; zero when they share or touch a region, infinite when one is empty.
    pub fn area_gap_km(&self, a: &[RegionIx], b: &[RegionIx]) -> f32 {
        let pairs = a.iter().flat_map(|x| b.iter().map(|y| self.gap_km(*x, *y)));
        pairs.fold(f32::INFINITY, f32::min)
    }

    /// Other regions within 10 km, nearest first.
    pub fn neighbors(&self, ix: RegionIx) -> Vec<(RegionIx, f32)> {
        let row = self.gaps_of(ix).iter().enumerate();
        let mut found: Vec<_> = row
            .filter(|(i, gap)| *i != ix.index() && **gap <= NEIGHBOR_KM)
            .map(|(i, gap)| (RegionIx(i as u16), *gap))
            .collect();
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        found
    }

    fn gaps_of(&self, ix: RegionIx) -> &[f32] {
        let (Some(cell), Some(from)) = (self.gaps.get(ix.index()), self.region(ix)) else { return &[] };
        cell.get_or_init(|| self.regions.iter().map(|to| from.shape.gap_km(&to.shape) as f32).collect())
    }

    pub fn zip(&self, zip: &str) -> Option<&ZipArea> {
        self.zips.get(zip.trim())
    }

    pub fn zips(&self) -> impl Iterator<Item = &ZipArea> {
        self.zips.values()
    }

    /// Whether a ZIP code belongs to the region, by the ranges of the pack (rule: 20§6 `is-nyc`).
    pub fn zip_in_region(&self, zip: &str) -> bool {
        self.borough_of_zip(zip).is_some()
    }

    pub fn borough_of_zip(&self, zip: &str) -> Option<&Borough> {
        let zip = zip.trim();
        let number: u32 = is_zip(zip).then(|| zip.parse().ok())??;
        let range = self.settings.zip_ranges.iter().find(|r| (r.from..=r.to).contains(&number))?;
        self.boroughs.iter().find(|b| b.name == range.parent)
    }

    /// The city of a postal address; the region's own name for a ZIP code it does not know.
    pub fn city_of_zip(&self, zip: &str) -> &str {
        let parent = self.borough_of_zip(zip).and_then(|b| self.settings.parents.iter().find(|p| p.code == b.code));
        parent.map_or(&self.settings.name, |p| p.city.as_ref().unwrap_or(&p.name))
    }

    /// The neighborhoods a ZIP code lies in, largest share first; for a post-box ZIP the ones around its borough's
    /// centre, so that everyone inside the region gets an area (rule: 20§2 primary area from ZIP).
    pub fn regions_of_zip(&self, zip: &str) -> Vec<RegionIx> {
        if let Some(area) = self.zip(zip) {
            return area.regions.clone();
        }
        let Some(borough) = self.borough_of_zip(zip) else { return Vec::new() };
        let nearest = self.near(borough.centre, 5.0);
        nearest
            .into_iter()
            .map(|(ix, _)| ix)
            .find(|ix| self.region(*ix).is_some_and(|r| !r.hidden))
            .into_iter()
            .collect()
    }
}

fn regions(settings: &Settings, rows: Vec<pack::RegionRow>) -> Result<(Vec<Region>, Vec<Borough>), PackError> {
    if rows.is_empty() || rows.len() > 5_000 {
        return Err(PackError(format!("regions.geojson: {} regions, expected 1 to 5,000", rows.len())));
    }
    let mut regions: Vec<Region> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(parent) = settings.parents.iter().position(|p| p.name == row.parent) else {
            return Err(PackError(format!("regions.geojson: {} lies in unknown {:?}", row.code, row.parent)));
        };
        if regions.iter().any(|r| r.code == row.code || r.name == row.name && usize::from(r.parent) == parent) {
            return Err(PackError(format!("regions.geojson: code or name of {} is used twice", row.code)));
        }
        regions.push(Region {
            id: NeighborhoodId::of_name(&row.code),
            centre: row.shape.centre(),
            code: row.code,
            name: row.name,
            display: row.display,
            parent: parent as u8,
            kind: row.kind,
            hidden: row.hidden,
            shape: row.shape,
        });
    }
    let boroughs = settings.parents.iter().enumerate().map(|(i, parent)| {
        let inside = regions.iter().enumerate().filter(|(_, r)| usize::from(r.parent) == i);
        let members: Vec<RegionIx> = inside.map(|(ix, _)| RegionIx(ix as u16)).collect();
        let centre = super::names::centre_of(&regions, &members);
        Borough { name: parent.name.clone(), code: parent.code.clone(), regions: members, centre }
    });
    let boroughs = boroughs.collect();
    Ok((regions, boroughs))
}

fn zips(
    settings: &Settings,
    by_code: &HashMap<String, RegionIx>,
    points: Vec<pack::ZipRow>,
    mut shares: Vec<pack::ZipShare>,
) -> Result<BTreeMap<String, ZipArea>, PackError> {
    let mut zips = BTreeMap::new();
    for row in points {
        let number: u32 = row.zip.parse().unwrap_or_default();
        let range = settings.zip_ranges.iter().find(|r| (r.from..=r.to).contains(&number));
        let parent = range.and_then(|r| settings.parents.iter().position(|p| p.name == r.parent));
        let Some(parent) = parent else {
            return refuse("zips.csv", row.line, format!("{} is in none of the zip_ranges", row.zip));
        };
        let area = ZipArea { zip: row.zip.clone(), point: row.point, parent: parent as u8, regions: Vec::new() };
        zips.insert(row.zip, area);
    }
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    for row in shares {
        match (zips.get_mut(&row.zip), by_code.get(&row.region)) {
            (Some(area), Some(ix)) => area.regions.push(*ix),
            _ => return refuse("zip_regions.csv", row.line, "unknown ZIP code or region"),
        }
    }
    Ok(zips)
}
