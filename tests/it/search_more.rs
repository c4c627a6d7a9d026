//! Search, what stands around it: places that may be several, filters with counts, the home page's ways in, and an
//! admin's bench.

use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Answered, Stage};

async fn found(stage: &Stage, query: &[(&str, &str)]) -> Value {
    let query = serde_urlencoded::to_string(query).unwrap();
    stage.app.get(&format!("/api/v1/search?{query}")).await.expect(200)
}

/// A page as somebody sees it.
async fn page(stage: &Stage, path: &str) -> Answered {
    let page = stage.app.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page
}

/// rule: 40§15 Location: a union, said to be one, with the ways to narrow it.
#[tokio::test(flavor = "multi_thread")]
async fn a_word_for_several_places_is_asked_back() {
    let stage = Stage::set().await;
    let answer = found(&stage, &[("q", "piano in midtown")]).await;
    let meta = &answer["meta"];
    assert_eq!(meta["parsed"]["location"], json!(["Midtown", "East Midtown", "Midtown South"]));
    assert_eq!(meta["parsed"]["location_ambiguous"], true);
    assert_eq!(meta["location_suggestions"], json!(["Midtown-Times Square", "East Midtown", "Midtown South"]));
    let shown = page(&stage, "/search?q=piano+in+midtown").await.text;
    assert!(shown.contains("That may be several places") && shown.contains("piano+in+Midtown-Times+Square"), "{shown}");
    let one = found(&stage, &[("q", "piano in Midtown-Times Square")]).await;
    assert_eq!(one["meta"]["parsed"]["location_ambiguous"], Value::Null, "{one:#}");
    assert_eq!(one["meta"]["location_suggestions"], json!([]));
}

/// rule: 50§7: filters with counts, and nothing that was chosen is lost on the way.
#[tokio::test(flavor = "multi_thread")]
async fn filters_count_and_keep_each_other() {
    let stage = Stage::set().await;
    let shown = page(&stage, "/search?q=piano&level=beginner&after=16:00&sort=price_asc").await.text;
    for kept in
        ["name=\"level\"", "name=\"after\"", "name=\"before\"", "name=\"rating\"", "name=\"sort\" value=\"price_asc\""]
    {
        assert!(shown.contains(kept), "{kept}: {shown}");
    }
    assert!(shown.contains("Highest price"));
    // Nobody has three reviews yet, so nobody is rated.
    let rated = page(&stage, "/search?q=piano&rating=4.5").await.text;
    assert!(rated.contains("Nobody found") && rated.contains("4.5 and up"), "{rated}");
    let kids = page(&stage, "/search?age_group=kids").await.text;
    assert!(kids.contains("children"), "{kids}");
    let home = page(&stage, "/?category=music").await.text;
    assert!(home.contains("/search?for=kids") && home.contains("Lessons in Music") && home.contains("All of Music"));
    assert!(!page(&stage, "/").await.text.contains("Lessons in Music"));
}

/// rule: 40§12, 50§3: what an admin may have go wrong, and how the answer came about.
#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_how_and_tries_and_saves() {
    let stage = Stage::set().await;
    let alex = stage.admin().await;
    let ask = |method: Method, path: &'static str, body: Option<Value>| {
        let (app, token) = (&stage.app, alex.token.clone());
        async move { app.ask(method, path, Some(&token), body).await }
    };
    let how = "/api/v1/search?q=piano&diagnostics=true&force_high_load=true&force_skip_embedding=true";
    let told = ask(Method::GET, how, None).await.expect(200);
    assert_eq!(told["meta"]["degradation_reasons"], json!(["high_load", "embedding_skipped"]));
    assert_eq!(told["meta"]["diagnostics"]["services"][0]["name"], "Piano");
    assert!(told["meta"]["diagnostics"]["funnel"]["instructors"].as_u64() > Some(0), "{told:#}");
    let guest = stage.app.get(how).await.expect(200);
    assert_eq!((&guest["meta"]["degraded"], &guest["meta"]["diagnostics"]), (&json!(false), &Value::Null));
    for path in ["/admin/search/bench?q=piano&force_no_index=true", "/admin/search/golden?price=60"] {
        let page = ask(Method::GET, path, None).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("search_index") || page.text.contains("Recall at 1"), "{}", page.text);
    }
}

/// rule: 40§10: who signs in finds at once what their browser searched.
#[tokio::test(flavor = "multi_thread")]
async fn searches_of_the_browser_are_there_with_the_sign_in() {
    let stage = Stage::set().await;
    for turn in 0..4 {
        let guest = stage.app.post("/api/v1/public/session/guest", json!({})).await.expect(200);
        let guest = guest["guest_session_id"].as_str().unwrap().to_owned();
        let query = format!("cello {turn}");
        let record = json!({ "search_query": query, "guest_session_id": guest });
        stage.app.post("/api/v1/search-history/guest", record).await.expect(200);
        let wish =
            json!({ "email": stage.emma.email, "password": "lantern orchard velvet", "guest_session_id": guest });
        stage.app.post("/api/v1/auth/login-with-session", wish).await.expect(200);
        let list = stage.get(&stage.emma, "/api/v1/search-history").await.expect(200);
        assert_eq!(list["items"][0]["search_query"], query.as_str(), "{list:#}");
    }
}
