//! The pages of search: `/`, `/search`, and the links under the search box.

mod card;
mod chips;
mod empty;
mod filters;
mod home;
mod params;
mod results;
mod suggestions;

use crate::web::{Access, Pages};

pub fn routes(pages: Pages) -> Pages {
    pages.get(Access::Public, "/", home::home_page).get(Access::Public, "/search", results::search_page).get(
        Access::Public,
        "/search/suggestions",
        suggestions::suggestions,
    )
}
