//! What the catalogue looks like on the wire (contract §7 "Catalogue and instructor").

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{AgeGroup, Category, Service};
use super::rules::catalogue;
use super::supply::Supply;
use crate::base::id::{CategoryId, ServiceId, SubcategoryId};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubcategoryView {
    pub id: SubcategoryId,
    pub slug: String,
    pub name: String,
    pub display_order: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryView {
    pub id: CategoryId,
    pub slug: String,
    pub name: String,
    pub subtitle: String,
    pub description: String,
    pub icon_name: String,
    pub display_order: u32,
    pub subcategories: Vec<SubcategoryView>,
}

impl From<&Category> for CategoryView {
    fn from(c: &Category) -> Self {
        let shelf = |s: &super::Subcategory| SubcategoryView {
            id: s.id,
            slug: s.slug.clone(),
            name: s.name.clone(),
            display_order: s.display_order,
        };
        Self {
            id: c.id,
            slug: c.slug.clone(),
            name: c.name.clone(),
            subtitle: c.subtitle.clone(),
            description: c.description.clone(),
            icon_name: c.icon_name.clone(),
            display_order: c.display_order,
            subcategories: catalogue().subcategories_of(c.id).map(shelf).collect(),
        }
    }
}

/// A service of the catalogue with the number of people who teach it now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogServiceView {
    pub id: ServiceId,
    pub slug: String,
    pub name: String,
    pub category_id: CategoryId,
    /// The category's slug.
    pub category: String,
    /// The subcategory's slug.
    pub subcategory: String,
    pub description: String,
    pub search_terms: Vec<String>,
    pub online_capable: bool,
    pub requires_certification: bool,
    /// Minutes.
    pub typical_duration_options: Vec<u16>,
    pub age_groups: Vec<AgeGroup>,
    pub display_order: u32,
    pub active_instructors: u32,
}

impl CatalogServiceView {
    pub fn of(s: &Service, supply: &Supply) -> Self {
        let all = catalogue();
        Self {
            id: s.id,
            slug: s.slug.clone(),
            name: s.name.clone(),
            category_id: s.category_id,
            category: all.category(s.category_id).map(|c| c.slug.clone()).unwrap_or_default(),
            subcategory: all.subcategory(s.subcategory_id).map(|c| c.slug.clone()).unwrap_or_default(),
            description: s.description.clone(),
            search_terms: s.terms.clone(),
            online_capable: s.online_capable,
            requires_certification: s.requires_certification,
            typical_duration_options: s.typical_duration_options.clone(),
            age_groups: s.age_groups.clone(),
            display_order: s.display_order,
            active_instructors: supply.of(s.id).all,
        }
    }
}

/// A category with services that are taught.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryServicesView {
    #[serde(flatten)]
    #[schema(inline)]
    pub category: CategoryView,
    /// People, each counted once, who teach anything of this category.
    pub active_instructors: u32,
    pub services: Vec<CatalogServiceView>,
}
