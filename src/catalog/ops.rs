//! The questions people ask of the catalogue. All are reads; the counts are those of this moment.

use super::model::Category;
use super::rules::{catalogue, matches, most_taught};
use super::supply::{Supply, supply};
use super::views::{CatalogServiceView, CategoryServicesView, CategoryView};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;

/// Pills of a category on the home page (50§1a).
pub const PILLS: usize = 7;

pub fn categories() -> Vec<CategoryView> {
    catalogue().categories().iter().map(CategoryView::from).collect()
}

pub fn category_by_slug(slug: &str) -> Outcome<&'static Category> {
    catalogue()
        .category_by_slug(slug)
        .ok_or_else(|| Refusal::not_found("CATEGORY_NOT_FOUND", "There is no such category. See all services instead."))
}

/// Every service, or those of one category.
pub fn services(site: &Site, category: Option<&str>) -> Outcome<Vec<CatalogServiceView>> {
    let wanted = category.map(category_by_slug).transpose()?;
    let supply = supply(site)?;
    let services = catalogue().services().iter().filter(|s| wanted.is_none_or(|c| c.id == s.category_id));
    Ok(services.map(|s| CatalogServiceView::of(s, &supply)).collect())
}

/// Each category with what is most taught in it; a category that nobody teaches has no services here.
pub fn top_per_category(site: &Site, limit: usize) -> Outcome<Vec<CategoryServicesView>> {
    let supply = supply(site)?;
    let all = catalogue();
    let top = |c: &Category| with_services(c, &supply, most_taught(all, c.id, &supply, limit));
    Ok(all.categories().iter().map(top).collect())
}

/// The whole catalogue, shelf by shelf.
pub fn all_with_instructors(site: &Site) -> Outcome<Vec<CategoryServicesView>> {
    let supply = supply(site)?;
    let all = catalogue();
    Ok(all.categories().iter().map(|c| with_services(c, &supply, all.services_of(c.id))).collect())
}

/// What somebody teaches to children; the count is of those people alone.
pub fn kids_available(site: &Site) -> Outcome<Vec<CatalogServiceView>> {
    let supply = supply(site)?;
    let taught = catalogue().services().iter().filter_map(|s| {
        let active_instructors = supply.of(s.id).of_children;
        (active_instructors > 0)
            .then(|| CatalogServiceView { active_instructors, ..CatalogServiceView::of(s, &supply) })
    });
    Ok(taught.collect())
}

/// Services whose name or terms begin with what was typed, the closest first.
pub fn find(site: &Site, typed: &str) -> Outcome<Vec<CatalogServiceView>> {
    let supply = supply(site)?;
    Ok(matches(catalogue(), typed).into_iter().map(|s| CatalogServiceView::of(s, &supply)).collect())
}

fn with_services<'a>(
    category: &Category,
    supply: &Supply,
    services: impl IntoIterator<Item = &'a super::Service>,
) -> CategoryServicesView {
    CategoryServicesView {
        category: category.into(),
        active_instructors: supply.in_category(category.id),
        services: services.into_iter().map(|s| CatalogServiceView::of(s, supply)).collect(),
    }
}
