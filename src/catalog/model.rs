//! The three shelves as they are used, and the shape they have in the files.

use serde::{Deserialize, Serialize};

use crate::base::id::{CategoryId, ServiceId, SubcategoryId};

/// Whom a service suits. A filter everywhere, never a shelf of its own (contract §4 "Catalogue").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgeGroup {
    Toddler,
    Kids,
    Teens,
    Adults,
    Seniors,
}

impl AgeGroup {
    pub const ALL: [Self; 5] = [Self::Toddler, Self::Kids, Self::Teens, Self::Adults, Self::Seniors];

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Toddler => "toddler",
            Self::Kids => "kids",
            Self::Teens => "teens",
            Self::Adults => "adults",
            Self::Seniors => "seniors",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == word)
    }

    /// Under eighteen: what a parent means by "kids".
    pub fn is_child(self) -> bool {
        self <= Self::Teens
    }
}

#[derive(Clone, Debug)]
pub struct Category {
    pub id: CategoryId,
    pub slug: String,
    pub name: String,
    pub subtitle: String,
    pub description: String,
    pub icon_name: String,
    pub display_order: u32,
    /// Phrases that mean the whole category ("fitness classes").
    pub terms: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Subcategory {
    pub id: SubcategoryId,
    pub category_id: CategoryId,
    pub slug: String,
    pub name: String,
    pub display_order: u32,
    /// Phrases that mean every service on this shelf ("martial arts").
    pub terms: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Service {
    pub id: ServiceId,
    pub category_id: CategoryId,
    pub subcategory_id: SubcategoryId,
    pub slug: String,
    pub name: String,
    pub description: String,
    /// What people type when they mean exactly this service, in the languages of the city.
    pub terms: Vec<String>,
    pub online_capable: bool,
    /// Teaching it takes a certificate or licence that the instructor must hold.
    pub requires_certification: bool,
    pub typical_duration_options: Vec<u16>,
    pub age_groups: Vec<AgeGroup>,
    /// Place within its category.
    pub display_order: u32,
}

/// One file of `assets/catalogue`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryFile {
    pub category: CategoryRow,
    pub subcategory: Vec<SubcategoryRow>,
    pub service: Vec<ServiceRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryRow {
    pub slug: String,
    pub name: String,
    pub subtitle: String,
    pub description: String,
    pub icon_name: String,
    pub display_order: u32,
    pub terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubcategoryRow {
    pub slug: String,
    pub name: String,
    pub display_order: u32,
    #[serde(default)]
    pub terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceRow {
    pub slug: String,
    pub name: String,
    pub subcategory: String,
    pub description: String,
    pub online_capable: bool,
    pub requires_certification: bool,
    pub typical_duration_options: Vec<u16>,
    pub age_groups: Vec<AgeGroup>,
    pub terms: Vec<String>,
}
