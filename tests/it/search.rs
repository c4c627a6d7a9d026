//! Search over HTTP: what is understood, who is found, and that what is shown can be booked.

use serde_json::Value;

use crate::kit::Stage;

async fn search(stage: &Stage, query: &str) -> Value {
    let query: String = url(query);
    stage.app.get(&format!("/api/v1/search?q={query}")).await.expect(200)
}

/// Percent-encoded.
fn url(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_can_be_booked_and_is_gone_then() {
    let stage = Stage::set().await;
    let found = search(&stage, "piano tomorrow after 4pm under $90").await;
    let card = &found["items"][0];
    assert_eq!(card["instructor_id"], stage.sarah.id.to_string(), "{found:#}");
    assert_eq!(card["group"], "exact");
    assert_eq!(card["instructor"]["last_initial"], "C");
    assert_eq!(found["meta"]["mode"], "specific");
    let slot = &card["next_slots"][0];
    assert_eq!((&slot["date"], &slot["start_time"]), (&"2026-11-11".into(), &"16:00".into()));
    stage.book(&stage.emma, "2026-11-11", "16:00").await;
    let again = search(&stage, "piano tomorrow after 4pm under $90").await;
    // The lesson shown is the shortest, so the next start is behind the buffer of the one just sold.
    assert_eq!(again["items"][0]["next_slots"][0]["start_time"], "17:15", "{again:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_are_let_go_one_after_another() {
    let stage = Stage::set().await;
    let late = search(&stage, "piano tomorrow after 10pm").await;
    assert_eq!(late["items"][0]["group"], "other_times", "{late:#}");
    assert_eq!(late["meta"]["relaxed"], serde_json::json!(["time"]));
    let far = search(&stage, "piano on december 20").await;
    assert_eq!(far["items"][0]["group"], "other_dates", "{far:#}");
    let dear = search(&stage, "piano under $70").await;
    assert_eq!(dear["items"][0]["group"], "over_price", "{dear:#}");
    let cheap = search(&stage, "piano under $30").await;
    assert_eq!(cheap["items"], serde_json::json!([]));
    let other = search(&stage, "violin").await;
    assert_eq!(other["meta"]["total_results"], 0, "{other:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn edges_are_refused_in_words() {
    let stage = Stage::set().await;
    stage.app.get("/api/v1/search").await.refused(400, "EMPTY_QUERY");
    stage.app.get("/api/v1/search?q=%20%20").await.refused(400, "EMPTY_QUERY");
    stage.app.get(&format!("/api/v1/search?q={}", "a".repeat(501))).await.expect(422);
    stage.app.get("/api/v1/search?q=piano&lat=40").await.expect(422);
    stage.app.get("/api/v1/search?q=piano&limit=0").await.expect(422);
    stage.app.get("/api/v1/search?q=piano&sort=best").await.expect(422);
    assert_eq!(stage.app.get("/api/v1/search/health").await.expect(200)["status"], "ok");
    let parsed = stage
        .app
        .get("/sandbox/v1/search/parse?q=tonight&now=2026-11-10T19:05:00Z&tz=America%2FNew_York")
        .await
        .expect(200);
    assert_eq!(parsed["parsed"]["time_after"], "17:00");
    let found = search(&stage, "piano").await;
    let id = found["meta"]["search_query_id"].clone();
    let click = serde_json::json!({ "search_query_id": id, "instructor_id": stage.sarah.id, "position": 1 });
    stage.app.post("/api/v1/search/click", click).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_true_slots_and_never_dead_ends() {
    let stage = Stage::set().await;
    let page = stage.app.get("/search?q=piano+tomorrow+after+4pm+under+%2490").await;
    assert_eq!(page.status, 200);
    let slot = format!("/book/{}/{}?date=2026-11-11&amp;time=16%3A00&amp;minutes=30", stage.sarah.id, stage.piano);
    assert!(page.text.contains(&slot), "{}", page.text);
    // Half an hour at $80, with 12% booking protection.
    assert!(page.text.contains("$44.80") && page.text.contains("30 min, all in"));
    // Taking a chip back leaves the rest of the sentence.
    assert!(page.text.contains("href=\"/search?q=piano+after+4pm+under+%2490\""), "{}", page.text);
    let book = stage.app.get(&slot.replace("&amp;", "&")).await;
    assert_eq!(book.status, 200);
    for nobody in ["/search?q=plumber", "/search?q=violin", "/search?q=piano+under+%2410", "/search?q=%F0%9F%8E%B9"] {
        let page = stage.app.get(nobody).await;
        assert_eq!(page.status, 200, "{nobody}");
        assert!(page.text.contains("/categories/music") && page.text.contains("/services"), "{nobody}");
    }
    for kindly in [
        "/search",
        "/search?q=",
        "/search?q=piano&max=abc&date=never&sort=x&page=0&minutes=1",
        "/search?q=piano&page=9",
    ] {
        assert_eq!(stage.app.get(kindly).await.status, 200, "{kindly}");
    }
    let links = stage.app.get("/search/suggestions?q=pia").await;
    assert!(links.text.contains("/search?q=Piano"), "{}", links.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_leaves_out_what_was_taken() {
    let stage = Stage::set().await;
    let home = stage.app.get("/").await;
    assert_eq!(home.status, 200);
    // 2:05 pm with an hour's notice: the first quarter hour after 3:05.
    assert!(home.text.contains("datetime=\"2026-11-10T15:15\""), "{}", home.text);
    stage.book(&stage.emma, "2026-11-10", "15:15").await;
    let later = stage.app.get("/").await;
    assert!(later.text.contains("datetime=\"2026-11-10T16:30\""), "{}", later.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_out_of_order_is_said_and_answers_go_on() {
    let stage = Stage::set().await;
    let fault = |state: &str| serde_json::json!({ "search_index": state });
    stage.app.post("/sandbox/v1/faults", fault("down")).await.expect(200);
    let found = search(&stage, "piano").await;
    assert_eq!((&found["meta"]["degraded"], &found["meta"]["total_results"]), (&true.into(), &1.into()), "{found:#}");
    assert_eq!(stage.app.get("/api/v1/search/health").await.expect(200)["status"], "degraded");
    stage.app.post("/sandbox/v1/faults", fault("up")).await.expect(200);
    let found = search(&stage, "piano").await;
    assert_eq!((&found["meta"]["degraded"], &found["meta"]["total_results"]), (&false.into(), &1.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pauses_is_gone_at_once_and_after_the_index_follows() {
    let stage = Stage::set().await;
    assert_eq!(search(&stage, "piano").await["meta"]["total_results"], 1);
    let sarah = stage.sarah.id;
    let site = stage.app.site().clone();
    let pause = move |live: bool| {
        let site = site.clone();
        async move {
            let change = move |tx: &mut instainstru::store::Tx| {
                instainstru::instructors::ops::revise::revise(tx, sarah, "live", |profile| {
                    profile.is_live = live;
                    Ok(())
                })
            };
            site.write(change).await.unwrap();
        }
    };
    pause(false).await;
    assert_eq!(search(&stage, "piano").await["items"], serde_json::json!([]));
    stage.app.settle().await;
    assert_eq!(search(&stage, "piano").await["meta"]["total_results"], 0);
    pause(true).await;
    stage.app.settle().await;
    assert_eq!(search(&stage, "piano").await["meta"]["total_results"], 1);
}
