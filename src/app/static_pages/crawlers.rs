//! What search engines are told: which pages are for them, and where those are.
//!
//! A sandbox asks to be left alone, since its people and lessons are made up.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::SHEETS;
use crate::base::refusal::Outcome;
use crate::catalog;
use crate::instructors::ops::read::is_bookable;
use crate::instructors::tables::live_profiles;
use crate::search;
use crate::site::Site;
use crate::web::Answer;

/// A sitemap holds at most 50,000 addresses; the fixed ones and the shelves need few.
const INSTRUCTORS_LISTED: usize = 49_000;

const PRIVATE: [&str; 11] = [
    "/account",
    "/admin",
    "/api/",
    "/book/",
    "/instructor/",
    "/login",
    "/sandbox",
    "/search?",
    "/searches",
    "/signup",
    "/student/",
];

pub async fn robots(State(site): State<Site>) -> Response {
    plain("text/plain; charset=utf-8", robots_text(&site.url("/sitemap.xml"), site.is_sandbox()))
}

fn robots_text(sitemap: &str, sandbox: bool) -> String {
    if sandbox {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    let closed: String = PRIVATE.iter().map(|path| format!("Disallow: {path}\n")).collect();
    format!("User-agent: *\n{closed}Sitemap: {sitemap}\n")
}

pub async fn sitemap(State(site): State<Site>) -> Answer<Response> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for path in paths(&site)? {
        // Paths are slugs and ids of ours: nothing in them needs escaping.
        let _ = writeln!(xml, "<url><loc>{}</loc></url>", site.url(&path));
    }
    xml.push_str("</urlset>\n");
    Ok(plain("application/xml; charset=utf-8", xml))
}

fn paths(site: &Site) -> Outcome<Vec<String>> {
    let mut paths: Vec<String> = ["/", "/services"].map(str::to_owned).to_vec();
    paths.extend(SHEETS.iter().map(|(path, _)| (*path).to_owned()));
    paths.extend(catalog::ops::categories().into_iter().map(|category| format!("/categories/{}", category.slug)));
    paths.extend(search::pages::area_paths());
    let (read, now) = (site.store.snapshot()?, site.now());
    for profile in live_profiles(&read, INSTRUCTORS_LISTED)? {
        if is_bookable(&read, profile.user_id, now)? {
            paths.push(format!("/instructors/{}", profile.user_id));
        }
    }
    Ok(paths)
}

fn plain(kind: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_is_left_alone_and_a_live_site_is_not() {
        assert_eq!(robots_text("x", true), "User-agent: *\nDisallow: /\n");
        let live = robots_text("https://lessons.example/sitemap.xml", false);
        assert!(
            live.contains("Disallow: /admin\n") && live.ends_with("Sitemap: https://lessons.example/sitemap.xml\n")
        );
        assert!(!live.contains("Disallow: /\n"));
    }
}
