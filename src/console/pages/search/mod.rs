//! The console's pages about searching: figures, unmet wishes, phrases nobody understood, names that
//! were learned, and a bench to take one search apart.

mod bench;
mod figures;
mod golden;
mod names;
mod phrases;
mod scores;

use axum::http::header::{HeaderName, LOCATION};
use axum::http::{StatusCode, Uri};
use maud::{Markup, html};

use crate::base::access::Permission;
use crate::web::components::{Tab, tabs};
use crate::web::{Access, Pages};

pub fn pages(pages: Pages) -> Pages {
    let (see, read) = (Access::can(Permission::ViewSystemAnalytics), Access::can(Permission::AdminRead));
    let manage = Access::can(Permission::AdminManage);
    old(pages)
        .get(see, "/admin/search", figures::overview)
        .get(see, "/admin/search/bench", bench::bench)
        .post(manage, "/admin/search/bench/save", bench::save)
        .post(manage, "/admin/search/bench/reset", bench::reset)
        .get(see, "/admin/search/golden", golden::golden)
        .get(see, "/admin/search/unmet", figures::unmet)
        .get(see, "/admin/search/services", figures::services)
        .get(Access::can(Permission::ExportAnalytics), "/admin/search/{table}/csv", figures::csv)
        .get(read, "/admin/search/phrases", phrases::list)
        .post(manage, "/admin/search/phrases/dismiss", phrases::dismiss)
        .post(manage, "/admin/search/phrases/process", phrases::process_now)
        .get(read, "/admin/search/names", names::list)
        .post(manage, "/admin/search/names", names::create)
        .post(manage, "/admin/search/names/many", names::many)
        .get(read, "/admin/search/names/{id}", names::one)
        .post(manage, "/admin/search/names/{id}/{what}", names::decide)
}

/// Where these pages were, before they stood together.
fn old(pages: Pages) -> Pages {
    let see = Access::can(Permission::ViewSystemAnalytics);
    pages
        .get(see, "/admin/nl-search", |uri: Uri| moved("/admin/search/bench", uri))
        .get(Access::can(Permission::AdminRead), "/admin/location-learning", |uri: Uri| {
            moved("/admin/search/names", uri)
        })
        .get(see, "/admin/analytics/search", |uri: Uri| moved("/admin/search", uri))
        .get(see, "/admin/analytics/candidates", |uri: Uri| moved("/admin/search/unmet", uri))
}

async fn moved(to: &'static str, uri: Uri) -> (StatusCode, [(HeaderName, String); 1]) {
    let place = uri.query().map_or_else(|| to.to_owned(), |query| format!("{to}?{query}"));
    (StatusCode::MOVED_PERMANENTLY, [(LOCATION, place)])
}

/// The way between these pages.
fn way(current: &str) -> Markup {
    let tab = |label: &str, href: &str| Tab::new(label, href, href == current);
    html! {
        (tabs("Search", &[
            tab("Figures", "/admin/search"),
            tab("Unmet wishes", "/admin/search/unmet"),
            tab("Services", "/admin/search/services"),
            tab("Phrases", "/admin/search/phrases"),
            tab("Names", "/admin/search/names"),
            tab("Test bench", "/admin/search/bench"),
            tab("Golden searches", golden::PATH),
        ]))
    }
}
