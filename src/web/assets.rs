//! What the executable carries for browsers: one stylesheet, a handful of script modules, the favicon.
//!
//! Everything is served under a name that holds its hash, so a browser may keep it for ever and a new release is seen at
//! once. The stylesheet is put together here, in a fixed order; nothing is fetched from anywhere else.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use crate::base::secret::sha256_hex;

#[derive(RustEmbed)]
#[folder = "assets/styles"]
struct Styles;

#[derive(RustEmbed)]
#[folder = "assets/scripts"]
struct Scripts;

#[derive(RustEmbed)]
#[folder = "assets/icons"]
struct Icons;

/// The order of the first files matters; components and pages follow by name, the people's own wishes come last.
const FIRST: [&str; 4] = ["layers.css", "reset.css", "tokens.css", "base.css"];
const LAST: [&str; 1] = ["access.css"];

/// What a page needs to name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetUrls {
    pub stylesheet: String,
    pub script: String,
    pub favicon: String,
}

struct Bundle {
    urls: AssetUrls,
    css: String,
    /// `/assets/<this>/name.js`: modules find each other by relative names.
    script_dir: String,
}

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let css = stylesheet();
    let scripts: String = sorted::<Scripts>("").iter().map(|name| read::<Scripts>(name)).collect();
    let script_dir = format!("scripts-{}", short_hash(&scripts));
    let favicon = read::<Icons>("favicon.svg");
    let urls = AssetUrls {
        stylesheet: format!("/assets/app-{}.css", short_hash(&css)),
        script: format!("/assets/{script_dir}/app.js"),
        favicon: format!("/assets/favicon-{}.svg", short_hash(&favicon)),
    };
    Bundle { urls, css, script_dir }
});

/// The addresses of this build.
pub fn urls() -> &'static AssetUrls {
    &BUNDLE.urls
}

/// One embedded text by its folder and name: `icons/check.svg`.
pub fn text(path: &str) -> Option<String> {
    let (folder, name) = path.split_once('/')?;
    let file = match folder {
        "styles" => Styles::get(name),
        "scripts" => Scripts::get(name),
        "icons" => Icons::get(name),
        _ => None,
    }?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// `/assets/…` and the favicon under the name that old browsers ask for.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*path}", get(asset)).route(
        "/favicon.ico",
        get(|headers: HeaderMap| async move { serve(&urls().favicon["/assets/".len()..], &headers) }),
    )
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&path, &headers)
}

/// The answer for one name below `/assets/`. A name with an old hash is gone: the page that names it is old too.
fn serve(path: &str, headers: &HeaderMap) -> Response {
    let Some((kind, body)) = find(path) else { return StatusCode::NOT_FOUND.into_response() };
    let etag = format!("\"{}\"", short_hash(&body));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes());
    let mut answer = if known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let out = answer.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        out.insert(header::ETAG, value);
    }
    answer
}

fn find(path: &str) -> Option<(&'static str, String)> {
    let full = format!("/assets/{path}");
    let bundle = &*BUNDLE;
    if full == bundle.urls.stylesheet {
        return Some(("text/css; charset=utf-8", bundle.css.clone()));
    }
    if full == bundle.urls.favicon {
        return Some(("image/svg+xml", read::<Icons>("favicon.svg")));
    }
    let (dir, name) = path.split_once('/')?;
    let module = name.ends_with(".js") && dir == bundle.script_dir;
    module.then(|| text(&format!("scripts/{name}"))).flatten().map(|body| ("text/javascript; charset=utf-8", body))
}

fn stylesheet() -> String {
    let middle = sorted::<Styles>("components/").into_iter().chain(sorted::<Styles>("pages/"));
    let mut css = String::new();
    for name in FIRST.map(str::to_owned).into_iter().chain(middle).chain(LAST.map(str::to_owned)) {
        let _ = writeln!(css, "{}", slim(&read::<Styles>(&name)));
    }
    css
}

/// Comments and indentation are for us, not for the wire.
fn slim(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn sorted<E: RustEmbed>(prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = E::iter().map(|n| n.into_owned()).filter(|n| n.starts_with(prefix)).collect();
    names.sort();
    names
}

fn read<E: RustEmbed>(name: &str) -> String {
    E::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()).unwrap_or_default()
}

fn short_hash(text: &str) -> String {
    sha256_hex(text)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_holds_every_file_once_in_order() {
        let css = &BUNDLE.css;
        assert!(css.starts_with("@layer reset, tokens, base, components, pages, access;"));
        for mark in [".slot--now::before", ".board__head", ".con__nav", "prefers-reduced-motion"] {
            assert!(css.contains(mark), "{mark}");
        }
        assert!(!css.contains("/*"));
        let listed =
            FIRST.len() + LAST.len() + sorted::<Styles>("components/").len() + sorted::<Styles>("pages/").len();
        assert_eq!(listed, sorted::<Styles>("").len(), "a stylesheet lies outside the known folders");
    }

    #[test]
    fn assets_stay_small() {
        // Measured: the stylesheet shrinks to about a quarter in transit; the limits on the wire are 30 KB and 20 KB.
        assert!(BUNDLE.css.len() < 100_000, "{}", BUNDLE.css.len());
        let scripts: usize = sorted::<Scripts>("").iter().map(|name| read::<Scripts>(name).len()).sum();
        assert!(scripts < 20_000, "{scripts}");
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        let scripts: String = sorted::<Scripts>("").iter().map(|name| read::<Scripts>(name)).collect();
        for text in [&BUNDLE.css, &scripts] {
            assert!(!text.contains("http") && !text.contains("@import") && !text.contains("eval("));
        }
    }

    #[test]
    fn old_names_are_gone_and_known_ones_are_not_sent_again() {
        let none = HeaderMap::new();
        assert_eq!(serve("app-0123456789abcdef.css", &none).status(), StatusCode::NOT_FOUND);
        assert_eq!(serve("scripts-0/../../etc/passwd", &none).status(), StatusCode::NOT_FOUND);
        let path = urls().stylesheet.trim_start_matches("/assets/").to_owned();
        let first = serve(&path, &none);
        assert_eq!(first.status(), StatusCode::OK);
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(serve(&path, &again).status(), StatusCode::NOT_MODIFIED);
    }
}
