//! The nouns of geography.

use serde::Serialize;

use super::rules::shape::Shape;
use crate::base::geo::Point;
use crate::base::id::NeighborhoodId;

/// A region's place in its gazetteer: small, dense, good for bit sets. Never stored; store the [`NeighborhoodId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionIx(pub u16);

impl RegionIx {
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    Residential,
    Park,
    Cemetery,
    Airport,
    Special,
    Jail,
}

/// One neighborhood (in New York: one 2020 tabulation area) with its outline.
#[derive(Clone, Debug)]
pub struct Region {
    pub id: NeighborhoodId,
    /// The public code of the area (`ntacode`).
    pub code: String,
    /// The official, unique name: "Upper West Side-Lincoln Square".
    pub name: String,
    /// What people call it: "Upper West Side". Several regions may share it.
    pub display: String,
    /// Index into the gazetteer's boroughs.
    pub parent: u8,
    pub kind: RegionKind,
    /// Parks, airports and the like: found by name and by point, never offered in a picker.
    pub hidden: bool,
    pub shape: Shape,
    pub centre: Point,
}

/// A parent of regions; its word for people is the pack's `parent_label`.
#[derive(Clone, Debug)]
pub struct Borough {
    pub name: String,
    pub code: String,
    pub regions: Vec<RegionIx>,
    pub centre: Point,
}

/// What a ZIP code lies in.
#[derive(Clone, Debug)]
pub struct ZipArea {
    pub zip: String,
    pub point: Point,
    pub parent: u8,
    /// Largest share first.
    pub regions: Vec<RegionIx>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    Borough,
    Neighborhood,
    Zip,
    Landmark,
    Unknown,
}

/// How a text was understood (part 40 §15 "Location"), from surest to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Exact,
    Alias,
    Zip,
    Landmark,
    Partial,
    Fuzzy,
    None,
}

/// A named place: what every phrase in the gazetteer leads to.
#[derive(Clone, Debug)]
pub struct Area {
    pub kind: PlaceKind,
    /// Its own name: "Upper West Side", "Lincoln Center".
    pub name: String,
    /// What it answers: itself for a place, the neighborhood it lies in for a landmark (rule: 40§15 Location).
    pub names: Vec<String>,
    pub regions: Vec<RegionIx>,
    pub point: Point,
    /// One name, several places ("Murray Hill", "midtown").
    pub ambiguous: bool,
    /// What says just one of them.
    pub choices: Vec<String>,
}

/// The answer to "where is that?". An unknown place has no regions, and up to three suggestions.
#[derive(Clone, Debug)]
pub struct Resolution {
    pub kind: PlaceKind,
    /// The place's own name; the text itself when unknown.
    pub label: String,
    pub names: Vec<String>,
    pub regions: Vec<RegionIx>,
    pub point: Option<Point>,
    /// 0–1.
    pub confidence: f32,
    pub ambiguous: bool,
    pub tier: Tier,
    pub suggestions: Vec<String>,
}

impl Resolution {
    pub fn is_known(&self) -> bool {
        self.kind != PlaceKind::Unknown
    }
}
