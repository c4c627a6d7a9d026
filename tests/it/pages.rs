//! What every page for people has in common.

use reqwest::Method;

use crate::kit::{TestApp, answered};

const NOON: &str = "2026-11-10T17:00:00Z";

const SHEETS: [&str; 9] = [
    "/how-it-works",
    "/trust-safety",
    "/help",
    "/about",
    "/contact",
    "/terms",
    "/privacy",
    "/legal",
    "/referrals-terms",
];

/// One main, one first heading, a way to skip to it, nothing the policy forbids.
fn is_whole(path: &str, html: &str) {
    for (mark, times) in [("<main", 1), ("<h1", 1), ("class=\"skip\"", 1), ("<header class=\"sign", 1)] {
        assert_eq!(html.matches(mark).count(), times, "{path}: {mark}");
    }
    for banned in [" style=\"", " onclick", "javascript:", "http://fonts", "https://cdn"] {
        assert!(!html.contains(banned), "{path}: {banned}");
    }
    assert!(html.contains("class=\"ribbon\""), "{path}: a sandbox says so on every page");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_read_are_whole() {
    let app = TestApp::empty_at(NOON).await;
    for path in SHEETS {
        let page = app.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split("script-src 'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        assert!(
            page.text.contains(&format!("<script type=\"module\" nonce=\"{nonce}\"")),
            "{path}: its script may run"
        );
        assert_eq!(page.headers["cache-control"], "no-store", "{path}: a stored page would carry an old nonce");
        is_whole(path, &page.text);
    }
    let topic = app.get("/help/cancelling").await;
    assert_eq!((topic.status.as_u16(), topic.headers["location"].to_str().unwrap()), (303, "/help#cancelling"));
    assert_eq!(app.get("/help/nothing").await.status, 404);
    assert!(app.get("/robots.txt").await.text.contains("Disallow: /\n"), "a sandbox is not for search engines");
    let map = app.get("/sitemap.xml").await;
    let kind = map.headers["content-type"].to_str().unwrap();
    assert_eq!((map.status.as_u16(), kind), (200, "application/xml; charset=utf-8"));
    assert!(map.text.contains("/how-it-works</loc>") && map.text.contains("/categories/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_designed_page() {
    let app = TestApp::empty_at(NOON).await;
    let page = app.get("/no/such/page").await;
    assert_eq!(page.status, 404);
    is_whole("/no/such/page", &page.text);
    assert!(page.text.contains("action=\"/search\"") && page.text.contains("noindex"));
    assert!(page.text.contains("href=\"/login"), "a guest may sign in");
    let emma = app.student("emma").await;
    for (path, status) in [("/no/such/page", 404), ("/student/lessons/nothing", 404), ("/admin", 403)] {
        let page = emma.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.text.contains("action=\"/logout\""), "{path}: in the frame of the person asking");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_old_lead_to_where_they_are_now() {
    let app = TestApp::empty_at(NOON).await;
    for (old, new) in [
        ("/dashboard/instructor", "/instructor/dashboard"),
        ("/lhci/instructor", "/instructor/dashboard"),
        ("/checkout", "/student/lessons"),
    ] {
        let page = app.get(old).await;
        assert_eq!((page.status.as_u16(), page.headers["location"].to_str().unwrap()), (301, new), "{old}");
    }
    let sarah = app.teacher("sarah").await;
    // Looking at it signs nobody out.
    let leave = sarah.person.get("/logout").await;
    assert!(leave.status == 200 && leave.text.contains("Sign out?"), "{}", leave.text);
    assert_eq!(sarah.person.get("/account").await.status, 200);
    assert_eq!(app.get("/logout").await.headers["location"], "/login");
    let panel = sarah.person.get("/instructor/dashboard?panel=earnings").await;
    assert_eq!((panel.status.as_u16(), panel.headers["location"].to_str().unwrap()), (303, "/instructor/earnings"));
    assert_eq!(sarah.person.get("/instructor/dashboard?panel=dashboard").await.status, 200);
    let status = app.get("/status").await;
    assert!(status.status == 200 && status.text.contains("Everything runs."), "{}", status.text);
    is_whole("/status", &status.text);
    let secrets = app.get("/sandbox/v1/secrets").await.expect(200);
    assert!(secrets.as_object().is_some_and(|all| all.len() == 7 && all["checkr_user"].is_null()));
}

#[tokio::test(flavor = "multi_thread")]
async fn stylesheet_and_scripts_are_named_by_their_hash_and_kept() {
    let app = TestApp::empty_at(NOON).await;
    let html = app.get("/help").await.text;
    let named = |mark: &str| {
        let start = html.find(mark).unwrap_or_else(|| panic!("no {mark}"));
        html[start..].split('"').next().unwrap().to_owned()
    };
    for (mark, kind) in
        [("/assets/app-", "text/css"), ("/assets/scripts-", "text/javascript"), ("/assets/favicon-", "image/svg")]
    {
        let file = app.get(&named(mark)).await;
        assert_eq!(file.status, 200);
        assert!(file.headers["content-type"].to_str().unwrap().starts_with(kind));
        assert!(file.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
    assert_eq!(app.get("/assets/app-0000000000000000.css").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_kept_by_the_server() {
    let app = TestApp::empty_at(NOON).await;
    assert!(!app.get("/help").await.text.contains("data-theme=\""));
    let form = |body: &'static str| {
        let request = app.http.request(Method::POST, format!("{}/theme", app.base)).header("origin", &app.base);
        answered(request.header("content-type", "application/x-www-form-urlencoded").body(body))
    };
    let chosen = form("theme=dark&back=/help").await;
    assert_eq!((chosen.status.as_u16(), chosen.headers["location"].to_str().unwrap()), (303, "/help"));
    assert!(chosen.headers["set-cookie"].to_str().unwrap().starts_with("theme=dark; "));
    let away = form("theme=dark&back=https://evil.example/").await;
    assert_eq!(away.headers["location"], "/");
    let request = app.http.get(format!("{}/help", app.base)).header("cookie", "theme=dark");
    assert!(answered(request).await.text.contains("<html lang=\"en\" data-theme=\"dark\">"));
}
