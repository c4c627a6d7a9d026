//! The pages of search: `/`, `/search`, `/areas/…`, and the links under the search box.

mod area;
mod card;
mod chips;
mod empty;
mod filters;
mod home;
mod mine;
mod own;
mod params;
mod results;
pub mod similar;
pub mod structured;
mod suggestions;

pub use area::paths as area_paths;
pub use params::SearchParams;

use crate::web::{Access, Bucket, Opening, Pages};

pub fn routes(pages: Pages) -> Pages {
    let pages = super::demand::pages::routes(super::history::pages::routes(pages));
    let pages = pages.get(Access::Public, "/areas/{borough}/{neighbourhood}", area::area_page).get(
        Access::Public,
        "/areas/{borough}",
        area::borough_page,
    );
    let search = Access::Public.counts(Bucket::Search).opens(Opening::Students);
    pages.get(Access::Public, "/", home::home_page).get(search, "/search", results::search_page).get(
        search,
        "/search/suggestions",
        suggestions::suggestions,
    )
}
