//! Addresses of pages that stand elsewhere now: kept links still open. // rule: 50§0

use axum::http::{HeaderName, StatusCode, header::LOCATION};

use crate::web::{Access, Pages};

const MOVED: [(&str, &str); 3] = [
    ("/dashboard/instructor", "/instructor/dashboard"),
    ("/lhci/instructor", "/instructor/dashboard"),
    // What is to be paid for stands among the lessons.
    ("/checkout", "/student/lessons"),
];

pub fn add_to(pages: Pages) -> Pages {
    MOVED.into_iter().fold(pages, |pages, (from, to)| pages.get(Access::Public, from, move || async move { moved(to) }))
}

fn moved(to: &'static str) -> (StatusCode, [(HeaderName, &'static str); 1]) {
    (StatusCode::MOVED_PERMANENTLY, [(LOCATION, to)])
}
