//! What searching leaves behind: lists people own, names that are learned, wishes that wait, figures that are true.

use instainstru::accounts::ops::admin::{NewAdmin, create};
use instainstru::search::learning::tables::{UNHEARD_BY_WHO, VOTES_BY_WHO};
use instainstru::store::{Dir, ReadExt as _, Span};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Answered, Stage, answered};

const SECRET: &str = "seven copper kettles sing";

/// A stage with an admin, and any number of browsers without an account.
struct City {
    stage: Stage,
    admin: String,
}

/// One browser that we gave a mark.
struct Guest {
    id: String,
}

impl City {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let alex = NewAdmin {
            email: "alex.rivera@demo.example".into(),
            password: SECRET.into(),
            first_name: "Alex".into(),
            last_name: "Rivera".into(),
        };
        create(stage.app.site(), alex).await.unwrap();
        let admin = sign_in(&stage, "alex.rivera@demo.example", SECRET).await;
        Self { stage, admin }
    }

    async fn guest(&self) -> Guest {
        let answer = self.stage.app.post("/api/v1/public/session/guest", json!({})).await.expect(200);
        Guest { id: answer["guest_session_id"].as_str().unwrap().to_owned() }
    }

    async fn as_guest(&self, guest: &Guest, method: Method, path: &str, body: Option<Value>) -> Answered {
        let app = &self.stage.app;
        let mut request =
            app.http.request(method, format!("{}{path}", app.base)).header("x-guest-session-id", &guest.id);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answered(request).await
    }

    /// Searches as an account or a guest; answers the whole answer, written down by now.
    async fn search(&self, who: &Who<'_>, query: &str) -> Value {
        let path = format!("/api/v1/search?q={}", url(query));
        let found = match who {
            Who::Account(token) => self.stage.app.ask(Method::GET, &path, Some(token), None).await,
            Who::Guest(guest) => self.as_guest(guest, Method::GET, &path, None).await,
        }
        .expect(200);
        self.written(found["meta"]["search_query_id"].as_str().unwrap()).await;
        found
    }

    /// A search is written down beside its answer: waits for the row.
    async fn written(&self, id: &str) {
        let id = id.parse().unwrap();
        for _ in 0..500 {
            let read = self.stage.app.site().store.snapshot().unwrap();
            use instainstru::store::ReadExt as _;
            if read.has(&instainstru::search::log::tables::LOG, &id).unwrap() {
                return;
            }
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        panic!("the search was never written down");
    }

    async fn click(&self, who: &Who<'_>, found: &Value) {
        let body = json!({
            "search_query_id": found["meta"]["search_query_id"], "instructor_id": self.stage.sarah.id, "position": 1,
        });
        let path = "/api/v1/search/click";
        match who {
            Who::Account(token) => self.stage.app.ask(Method::POST, path, Some(token), Some(body)).await,
            Who::Guest(guest) => self.as_guest(guest, Method::POST, path, Some(body)).await,
        }
        .expect(200);
    }

    async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Answered {
        self.stage.app.ask(method, path, Some(&self.admin), body).await
    }

    async fn see(&self, path: &str) -> Value {
        self.admin(Method::GET, path, None).await.expect(200)
    }
}

enum Who<'a> {
    Account(&'a str),
    Guest(&'a Guest),
}

async fn sign_in(stage: &Stage, email: &str, password: &str) -> String {
    let form = [("username", email), ("password", password)];
    let answer = answered(stage.app.http.post(format!("{}/api/v1/auth/login", stage.app.base)).form(&form)).await;
    answer.expect(200)["access_token"].as_str().unwrap().to_owned()
}

fn url(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn queries(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|row| row["search_query"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_its_owners_and_follows_them_into_the_account() {
    let city = City::set().await;
    let (mine, other) = (city.guest().await, city.guest().await);
    let path = "/api/v1/search-history";
    city.stage.app.get(path).await.refused(401, "IDENTITY_REQUIRED");
    let say = |query: &str| Some(json!({ "search_query": query, "results_count": 3 }));
    for query in ["Piano  in Harlem", "piano in harlem", "violin", "chess"] {
        city.as_guest(&mine, Method::POST, path, say(query)).await.expect(200);
    }
    let list = city.as_guest(&mine, Method::GET, path, None).await.expect(200);
    let mut found = queries(&list);
    found.sort();
    assert_eq!(found, ["chess", "piano in harlem", "violin"]);
    let row = |query: &str| list["items"].as_array().unwrap().iter().find(|row| row["search_query"] == query).unwrap();
    let twice = row("piano in harlem");
    assert_eq!((&twice["search_count"], &twice["results_count"]), (&2.into(), &3.into()));
    assert_eq!(queries(&city.as_guest(&other, Method::GET, path, None).await.expect(200)), Vec::<String>::new());
    // Nobody takes from another's list.
    let one = format!("{path}/{}", row("chess")["id"].as_str().unwrap());
    city.as_guest(&other, Method::DELETE, &one, None).await.refused(404, "SEARCH_NOT_FOUND");
    city.as_guest(&mine, Method::DELETE, &one, None).await.expect(200);
    city.as_guest(&mine, Method::DELETE, &one, None).await.refused(404, "SEARCH_NOT_FOUND");
    // Signing in brings the list along: what is there already stays, what was taken away stays away.
    let emma = &city.stage.emma;
    city.stage.post(emma, path, json!({ "search_query": "violin" })).await.expect(200);
    let login = json!({ "email": emma.email, "password": "lantern orchard velvet", "guest_session_id": mine.id });
    city.stage.app.post("/api/v1/auth/login-with-session", login).await.expect(200);
    city.stage.app.settle().await;
    let list = city.stage.get(emma, path).await.expect(200);
    let mut found = queries(&list);
    found.sort();
    assert_eq!(found, ["piano in harlem", "violin"]);
    // Opting out erases and refuses.
    let off = json!({ "history": false, "suggestions": true });
    city.stage.app.ask(Method::PUT, "/api/v1/search-history/choices", Some(&emma.token), Some(off)).await.expect(200);
    assert_eq!(queries(&city.stage.get(emma, path).await.expect(200)), Vec::<String>::new());
    city.stage.post(emma, path, json!({ "search_query": "cello" })).await.refused(422, "HISTORY_OFF");
    for bad in [json!({}), json!({ "search_query": " " }), json!({ "search_query": "a", "x": 1 })] {
        city.as_guest(&mine, Method::POST, path, Some(bad)).await.expect(422);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_things_go_when_their_time_has_come() {
    use instainstru::base::time::plus_hours;
    use instainstru::search::{history::tables::RECENT, log::tables::LOG};
    let city = City::set().await;
    let (old, young) = (city.guest().await, city.guest().await);
    let path = "/api/v1/search-history";
    for guest in [&old, &young] {
        city.as_guest(guest, Method::POST, path, Some(json!({ "search_query": "piano" }))).await.expect(200);
        city.search(&Who::Guest(guest), "piano tomorrow").await;
    }
    let john = &city.stage.john;
    city.stage.post(john, path, json!({ "search_query": "chess" })).await.expect(200);
    // What the old browser left is a year and a day old by now, and so is John's.
    let owner = format!("g:{}", old.id);
    let johns = format!("u:{}", john.id);
    let aged = city.stage.app.site().write(move |tx| {
        let long_ago = plus_hours(tx.now(), -24 * 366);
        for (id, mut row) in tx.scan(&RECENT, Span::all(), 100, Dir::Up)? {
            if row.owner == owner || row.owner == johns {
                (row.first_at, row.last_at) = (long_ago, long_ago);
                tx.put(&RECENT, &id, &row)?;
            }
        }
        for (id, mut row) in tx.scan(&LOG, Span::all(), 100, Dir::Up)? {
            if row.identity.starts_with(&owner) {
                row.at = long_ago;
                tx.put(&LOG, &id, &row)?;
            }
        }
        Ok(())
    });
    aged.await.unwrap();
    let run =
        |dry: bool| city.stage.app.post("/sandbox/v1/jobs/run", json!({ "job": "search_cleanup", "dry_run": dry }));
    let report =
        |answer: Value| (answer["report"]["history_removed"].clone(), answer["report"]["events_removed"].clone());
    let both = (Value::from(1), Value::from(1));
    assert_eq!(report(run(true).await.expect(200)), both, "a dry run counts");
    assert_eq!(report(run(false).await.expect(200)), both, "and changed nothing");
    assert_eq!(report(run(false).await.expect(200)), (0.into(), 0.into()));
    let list = async |guest: &Guest| queries(&city.as_guest(guest, Method::GET, path, None).await.expect(200));
    assert_eq!((list(&old).await, list(&young).await), (Vec::<String>::new(), vec!["piano".to_owned()]));
    assert_eq!(queries(&city.stage.get(john, path).await.expect(200)), ["chess"], "an account's list stays");
    let read = city.stage.app.site().store.snapshot().unwrap();
    assert_eq!(read.scan(&LOG, Span::all(), 10, Dir::Up).unwrap().len(), 1);
}

/// Sarah teaches in exactly one neighborhood, so every vote is plain.
async fn settle_sarah(city: &City, area: &str) {
    let regions = city.see("/api/v1/admin/location-learning/regions").await;
    let all = regions["items"].as_array().unwrap();
    let id = all.iter().find(|row| row["name"] == area).unwrap_or_else(|| panic!("{area}"))["id"].clone();
    let sarah = &city.stage.sarah;
    let body = json!({ "neighborhood_ids": [id] });
    city.stage
        .app
        .ask(Method::PUT, "/api/v1/addresses/service-areas/me", Some(&sarah.token), Some(body))
        .await
        .expect(200);
    city.stage.app.settle().await;
}

const PHRASE: &str = "wibblethorpe";

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_learned_from_people_and_not_from_a_crowd_of_one() {
    let city = City::set().await;
    settle_sarah(&city, "Astoria (Central)").await;
    let wish = format!("piano near {PHRASE}");
    // One browser clicks all day, and forty more from its own network.
    let one = city.guest().await;
    for _ in 0..10 {
        let found = city.search(&Who::Guest(&one), &wish).await;
        assert_eq!(found["meta"]["location_not_found"], true, "{found:#}");
        city.click(&Who::Guest(&one), &found).await;
    }
    for _ in 0..40 {
        let sock = city.guest().await;
        let found = city.search(&Who::Guest(&sock), &wish).await;
        city.click(&Who::Guest(&sock), &found).await;
    }
    // A made-up mark has no say at all.
    let liar = Guest { id: "made-up-by-hand".into() };
    let found = city.search(&Who::Guest(&liar), &wish).await;
    city.click(&Who::Guest(&liar), &found).await;
    let names = city.see("/api/v1/admin/location-learning/aliases").await;
    assert_eq!(names["items"].as_array().unwrap().len(), 1, "{names:#}");
    assert_eq!((&names["items"][0]["status"], &names["items"][0]["votes"]), (&"pending_review".into(), &3.0.into()));
    let still = city.search(&Who::Guest(&one), &wish).await;
    assert_eq!(still["meta"]["location_not_found"], true, "nothing goes live without accounts");
    // Two accounts agree: now it is sure, and search knows it as soon as the journal is read.
    for person in [&city.stage.emma, &city.stage.john] {
        let found = city.search(&Who::Account(&person.token), &wish).await;
        city.click(&Who::Account(&person.token), &found).await;
    }
    city.stage.app.settle().await;
    let found = city.search(&Who::Guest(&one), &wish).await;
    assert_eq!(found["meta"]["location_not_found"], false, "{found:#}");
    assert_eq!(found["meta"]["location_resolved"], "Astoria", "{found:#}");
    assert_eq!(found["items"][0]["instructor_id"], city.stage.sarah.id.to_string());
    // It can be seen, undone and refused, and all of that is written down.
    let id = names["items"][0]["id"].as_str().unwrap();
    let base = format!("/api/v1/admin/location-learning/aliases/{id}");
    let impact = city.see(&format!("{base}/impact")).await;
    assert!(impact["searchers"].as_u64().unwrap() >= 5, "{impact:#}");
    city.admin(Method::POST, &format!("{base}/approve"), Some(json!({}))).await.refused(409, "ALIAS_ALREADY_ACTIVE");
    city.admin(Method::POST, &format!("{base}/reject"), Some(json!({ "reason": "Nobody calls it that." })))
        .await
        .expect(200);
    city.stage.app.settle().await;
    assert_eq!(city.search(&Who::Guest(&one), &wish).await["meta"]["location_not_found"], true);
    city.admin(Method::POST, &format!("{base}/undo"), Some(json!({}))).await.expect(200);
    city.stage.app.settle().await;
    assert_eq!(city.search(&Who::Guest(&one), &wish).await["meta"]["location_not_found"], false);
    let trail = city.see("/api/v1/admin/audit?limit=20").await.to_string();
    for action in ["search_name.learned", "search_name.reject", "search_name.undo"] {
        assert!(trail.contains(action), "{action}: {trail}");
    }
    city.stage.post(&city.stage.emma, &format!("{base}/reject"), json!({})).await.expect(403);
    // Whoever wants nothing remembered is taken out of the votes, whatever network they came from.
    let owner = format!("g:{}", one.id);
    let votes = || city.stage.app.site().read(|r| r.index_keys(&VOTES_BY_WHO, Span::all(), 100, Dir::Up)).unwrap();
    let heard = || city.stage.app.site().read(|r| r.index_keys(&UNHEARD_BY_WHO, Span::all(), 100, Dir::Up)).unwrap();
    let (before, theirs) = (votes().len(), |who: &str| who.starts_with(&owner));
    assert!(votes().iter().any(|((who,), _)| theirs(who)) && heard().iter().any(|((who,), _)| theirs(who)));
    let off = json!({ "history": false, "suggestions": true });
    city.as_guest(&one, Method::PUT, "/api/v1/search-history/choices", Some(off)).await.expect(200);
    assert!(!votes().iter().any(|((who,), _)| theirs(who)) && !heard().iter().any(|((who,), _)| theirs(who)));
    assert!(votes().len() + 1 == before && !heard().is_empty(), "everybody else's stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_does_not_count_and_has_a_limit_of_its_own() {
    use instainstru::search::history::{ops, tables::HISTORY_LIMIT};
    let city = City::set().await;
    let (mine, path) = (city.guest().await, "/api/v1/search-history");
    let owner = format!("g:{}", mine.id);
    let filled = city.stage.app.site().write(move |tx| {
        HISTORY_LIMIT.write(tx, &2, None)?;
        (0..200).try_for_each(|n| ops::save(tx, &owner, &format!("wish {n}"), true))
    });
    filled.await.unwrap();
    let save = |query: &str| Some(json!({ "search_query": query, "saved": true }));
    let saved = format!("{path}/saved");
    city.as_guest(&mine, Method::POST, &saved, save("one more")).await.refused(409, "TOO_MANY_SAVED");
    city.as_guest(&mine, Method::POST, &saved, save("wish 7")).await.expect(200);
    for query in ["piano", "chess", "violin"] {
        city.as_guest(&mine, Method::POST, path, Some(json!({ "search_query": query }))).await.expect(200);
    }
    let list = city.as_guest(&mine, Method::GET, &format!("{path}?limit=50"), None).await.expect(200);
    let unsaved: Vec<_> = queries(&list).into_iter().filter(|query| !query.starts_with("wish")).collect();
    assert_eq!(unsaved, ["violin", "chess"], "the newest two, whatever was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_gives_names_and_dismisses_phrases() {
    let city = City::set().await;
    settle_sarah(&city, "Astoria (Central)").await;
    let guest = city.guest().await;
    city.search(&Who::Guest(&guest), "piano near flimflam").await;
    let list = city.see("/api/v1/admin/location-learning/unresolved").await;
    assert_eq!(
        (&list["items"][0]["query_normalized"], &list["items"][0]["unique_searchers"]),
        (&"flimflam".into(), &1.into())
    );
    let dismiss = "/api/v1/admin/location-learning/unresolved/flimflam/dismiss";
    city.admin(Method::POST, dismiss, Some(json!({}))).await.expect(200);
    let list = city.see("/api/v1/admin/location-learning/unresolved").await;
    assert_eq!(list["items"], json!([]));
    city.admin(Method::POST, &dismiss.replace("flimflam", "nothing"), Some(json!({})))
        .await
        .refused(404, "PHRASE_NOT_FOUND");
    // A lesson by a name nobody wrote down.
    let piano = instainstru::catalog::catalogue().service_by_name("Piano").unwrap().id;
    let path = "/api/v1/admin/location-learning/aliases";
    let found = city.search(&Who::Guest(&guest), "grumblophone").await;
    assert_eq!(found["meta"]["total_results"], 0, "{found:#}");
    city.admin(Method::POST, path, Some(json!({ "alias": "Grumblophone", "service_catalog_id": piano })))
        .await
        .expect(200);
    city.stage.app.settle().await;
    let found = city.search(&Who::Guest(&guest), "grumblophone").await;
    assert_eq!(found["meta"]["parsed"]["services"], json!(["Piano"]), "{found:#}");
    assert_eq!(found["meta"]["total_results"], 1);
    city.admin(Method::POST, path, Some(json!({ "alias": "grumblophone", "service_catalog_id": piano })))
        .await
        .refused(409, "ALIAS_EXISTS");
    for bad in [json!({ "alias": "x", "service_catalog_id": piano }), json!({ "alias": "no target" }), json!({})] {
        city.admin(Method::POST, path, Some(bad)).await.expect(422);
    }
    city.stage.post(&city.stage.john, path, json!({})).await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_told_once_when_somebody_fits_all_of_it() {
    let mut city = City::set().await;
    let emma = city.stage.emma.clone();
    let path = "/api/v1/search/demand";
    city.stage.post(&emma, path, json!({ "q": "piano" })).await.refused(409, "DEMAND_ALREADY_MET");
    city.stage.post(&emma, path, json!({ "q": " " })).await.refused(400, "EMPTY_QUERY");
    city.stage.app.post(path, json!({ "q": "piano" })).await.expect(401);
    // Sarah's weeks are published up to November 29.
    let wish = city.stage.post(&emma, path, json!({ "q": "piano on december 12" })).await.expect(200);
    let same = city.stage.post(&emma, path, json!({ "q": "piano on december 12" })).await.expect(200);
    assert_eq!((&wish["id"], &wish["state"]), (&same["id"], &"waiting".into()));
    let look = json!({ "job": "demand_match" });
    let round = city.stage.app.post("/sandbox/v1/jobs/run", look.clone()).await.expect(200);
    assert_eq!((&round["report"]["looked_at"], &round["report"]["told"]), (&1.into(), &0.into()), "{round}");
    let day = json!({ "date": "2026-12-12", "start_time": "09:00", "end_time": "17:00" });
    let week = json!({ "week_start": "2026-12-07", "schedule": [day] });
    city.stage.post(&city.stage.sarah, "/api/v1/instructors/availability/week", week).await.expect(200);
    city.stage.app.settle().await;
    let round = city.stage.app.post("/sandbox/v1/jobs/run", look.clone()).await.expect(200);
    assert_eq!(round["report"]["told"], 1, "{round}");
    let mail = city.stage.app.mail(&emma.email, "demand_match").await;
    assert!(mail["text"].as_str().unwrap().contains("Sarah C."), "{mail:#}");
    // Told once, however often one looks.
    city.stage.at("2026-11-12T19:05:00Z").await;
    let mails =
        city.stage.app.get(&format!("/sandbox/v1/outbox?to={}&template=demand_match", emma.email)).await.expect(200);
    assert_eq!(mails["items"].as_array().unwrap().len(), 1);
    // The link in the mail needs no sign-in, and looking changes nothing.
    let second = city.stage.post(&city.stage.emma, path, json!({ "q": "violin in astoria" })).await.expect(200);
    let links = mail["links"].as_array().unwrap();
    let stop = links.iter().map(|link| link.as_str().unwrap()).find(|link| link.contains("/searches/stop/")).unwrap();
    let stop = &stop[stop.find("/searches").unwrap()..];
    let page = city.stage.app.get(stop).await;
    assert!(page.status == 200 && page.text.contains("Give this wish up?"), "{}", page.text);
    assert_eq!(city.stage.app.ask(Method::POST, stop, None, None).await.status, 303);
    assert!(city.stage.app.get(stop).await.text.contains("No more mails"));
    let one = format!("{path}/{}", second["id"].as_str().unwrap());
    city.stage.app.ask(Method::DELETE, &one, Some(&city.stage.john.token), None).await.refused(404, "DEMAND_NOT_FOUND");
    city.stage.app.ask(Method::DELETE, &one, Some(&city.stage.emma.token), None).await.expect(200);
    // A wish whose day has passed ends quietly.
    let late = city.stage.post(&city.stage.emma, path, json!({ "q": "cello tomorrow" })).await.expect(200);
    city.stage.at("2026-11-16T19:05:00Z").await;
    let list = city.stage.get(&city.stage.emma, path).await.expect(200);
    let row = list["items"].as_array().unwrap().iter().find(|row| row["id"] == late["id"]).unwrap();
    assert_eq!(row["state"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_counted_and_nobody_is_popular_alone() {
    let city = City::set().await;
    let guests = [city.guest().await, city.guest().await, city.guest().await];
    for guest in &guests {
        city.search(&Who::Guest(guest), "piano lessons").await;
    }
    city.search(&Who::Guest(&guests[0]), "xylophone on the moon").await;
    let found = city.search(&Who::Account(&city.stage.emma.token), "Piano tomorrow").await;
    city.click(&Who::Account(&city.stage.emma.token), &found).await;
    let popular = "/api/v1/search/analytics/popular?days=7";
    assert_eq!(city.see(popular).await["items"], json!([]), "four people are nobody's fashion");
    city.search(&Who::Account(&city.stage.john.token), "a piano teacher").await;
    let shown = city.see(popular).await;
    assert_eq!(
        (&shown["items"][0]["query"], &shown["items"][0]["unique_users"]),
        (&"Piano".into(), &5.into()),
        "{shown:#}"
    );
    assert_eq!(shown["items"][0]["search_count"], 5, "one wish, however it was worded");
    let metrics = city.see("/api/v1/search/analytics/metrics").await;
    assert_eq!((&metrics["total_searches"], &metrics["unique_searchers"]), (&6.into(), &5.into()), "{metrics:#}");
    let ms = |name: &str| metrics[name].as_f64().unwrap();
    assert!(ms("p50_latency_ms") > 0.0 && ms("p50_latency_ms") <= ms("p99_latency_ms"));
    assert_eq!(metrics["median_results"], 1);
    let summary = city.see("/api/v1/analytics/search/search-analytics-summary").await;
    assert_eq!((&summary["unique_users"], &summary["unique_guests"]), (&2.into(), &3.into()), "{summary:#}");
    assert_eq!((&summary["interactions"]["view"], &summary["positions"][0]["clicks"]), (&1.into(), &1.into()));
    let spread = city.see("/api/v1/analytics/search/search-performance").await;
    assert_eq!(spread["result_distribution"]["one_to_five"], 5, "{spread:#}");
    for path in [
        "search/analytics/zero-results",
        "analytics/search/search-trends",
        "analytics/search/popular-searches",
        "analytics/search/referrers",
        "analytics/search/conversion-metrics",
        "analytics/search/insights",
        "analytics/search/services",
        "analytics/search/candidates/summary",
        "analytics/search/candidates/category-trends",
        "analytics/search/candidates/top-services",
        "analytics/search/candidates/score-distribution",
    ] {
        let path = format!("/api/v1/{path}");
        city.see(&path).await;
        city.stage.get(&city.stage.emma, &path).await.expect(403);
        city.stage.app.get(&path).await.expect(401);
    }
    let piano = instainstru::catalog::catalogue().service_by_name("Piano").unwrap().id;
    let of = city.see(&format!("/api/v1/analytics/search/candidates/queries?service_catalog_id={piano}")).await;
    assert_eq!(of["items"].as_array().unwrap().len(), 5, "{of:#}");
    city.admin(Method::GET, "/api/v1/search/analytics/metrics?days=31", None).await.expect(422);
    // Taken away as a table that no spreadsheet runs, and written down.
    let export = |format: &str| Some(json!({ "table": "popular", "format": format }));
    let csv = city.admin(Method::POST, "/api/v1/analytics/export", export("csv")).await;
    assert!(csv.text.starts_with("wish,searches,people") && csv.text.contains("Piano,5,5"), "{}", csv.text);
    let items = city.admin(Method::POST, "/api/v1/analytics/export", export("json")).await.expect(200);
    assert_eq!(items["items"][0]["people"], 5);
    city.admin(Method::POST, "/api/v1/analytics/export", Some(json!({ "table": "users" }))).await.expect(422);
    let page = city.admin(Method::GET, "/admin/search/popular/csv", None).await;
    assert_eq!(page.text, csv.text, "the console hands out the same");
    assert_eq!(city.admin(Method::GET, "/admin/search/users/csv", None).await.status, 404);
    assert!(city.see("/api/v1/admin/audit?limit=5").await.to_string().contains("analytics.export"));
    // The pages are found where they used to be.
    for (old, page) in [
        ("/admin/nl-search?q=piano", "/admin/search/bench?q=piano"),
        ("/admin/location-learning", "/admin/search/names"),
        ("/admin/analytics/search", "/admin/search"),
        ("/admin/analytics/candidates", "/admin/search/unmet"),
    ] {
        let moved = city.admin(Method::GET, old, None).await;
        assert_eq!((moved.status.as_u16(), moved.headers["location"].to_str().unwrap()), (301, page), "{old}");
        assert_eq!(city.admin(Method::GET, page, None).await.status, 200, "{page}");
    }
    for job in ["search_metrics", "search_insights", "analytics", "daily_report", "location_learning", "embeddings"] {
        let run = city.stage.app.post("/sandbox/v1/jobs/run", json!({ "job": job })).await.expect(200);
        assert!(run["report"].is_object(), "{job}: {run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_that_came_of_a_search_is_traced_to_it() {
    let city = City::set().await;
    let emma = city.stage.emma.clone();
    city.search(&Who::Account(&emma.token), "piano tomorrow").await;
    city.stage.book(&emma, "2026-11-11", "16:00").await;
    city.stage.app.settle().await;
    let services = city.see("/api/v1/analytics/search/services").await;
    let piano = services["items"].as_array().unwrap().iter().find(|row| row["service_name"] == "Piano").unwrap();
    assert_eq!((&piano["bookings_30d"], &piano["searches_30d"]), (&1.into(), &1.into()), "{piano:#}");
    let summary = city.see("/api/v1/analytics/search/search-analytics-summary").await;
    assert_eq!(summary["interactions"]["book"], 1, "{summary:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_remember_offer_and_describe() {
    let city = City::set().await;
    let app = &city.stage.app;
    let page = app.get("/search?q=cello+in+harlem").await;
    let cookie = page.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert!(cookie.starts_with("guest_id="), "{cookie}");
    assert!(page.text.contains("/searches/notify?q=cello"), "{}", page.text);
    let as_browser = |path: &str| answered(app.http.get(format!("{}{path}", app.base)).header("cookie", &cookie));
    for _ in 0..200 {
        if as_browser("/searches").await.text.contains("cello in harlem") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(as_browser("/").await.text.contains("cello in harlem"), "the home page offers it again");
    // Kept on purpose by the button under the box, which stands in a form of its own.
    let same = "/search?q=cello+in+harlem";
    assert!(as_browser(same).await.text.contains("Save this search"));
    let keep = [("q", "cello in harlem"), ("saved", "true"), ("back", same)];
    let kept = app.http.post(format!("{}/searches/save", app.base)).header("cookie", &cookie).form(&keep);
    assert_eq!(answered(kept.header("origin", &app.base)).await.status, 303);
    assert!(as_browser(same).await.text.contains("Saved. Take it off"));
    // What nobody can see is neither shown nor kept.
    let unseen = as_browser("/search?q=viola%00%1b%E2%80%AE+in+harlem").await.text;
    assert!(unseen.contains("value=\"viola in harlem\""), "{unseen}");
    assert!(
        app.get("/search/suggestions?q=math%20tu").await.text.contains("q=Math\""),
        "a word for a lesson is no part of it"
    );
    assert!(as_browser("/search/suggestions?q=cel").await.text.contains("cello+in+harlem"));
    assert!(
        app.get("/search/suggestions?q=sarah").await.text.contains(&format!("/instructors/{}", city.stage.sarah.id))
    );
    assert!(!app.get("/").await.text.contains("cello in harlem"), "nobody else sees it");
    // A browser that asks not to be followed is not.
    let quiet = answered(app.http.get(format!("{}/search?q=oboe", app.base)).header("sec-gpc", "1")).await;
    assert!(!quiet.headers.contains_key("set-cookie"));
    // Who was asked for a lesson from a shelf gets that lesson.
    let piano = instainstru::catalog::catalogue().service_by_name("Piano").unwrap().id;
    let shelf = app.get(&format!("/search?service_catalog_id={piano}")).await;
    assert!(shelf.text.contains("value=\"Piano\""), "{}", shelf.text);
    // Pages for search engines.
    for path in ["/categories/music", "/areas/manhattan", "/areas/queens/astoria", "/"] {
        let page = app.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("rel=\"canonical\"") && page.text.contains("application/ld+json"), "{path}");
        let data = page.text.split("application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["@context"], "https://schema.org", "{path}");
    }
    assert_eq!(app.get("/areas/queens/nowhere").await.status, 404);
    assert!(app.get("/sitemap.xml").await.text.contains("/areas/queens/astoria"));
}
