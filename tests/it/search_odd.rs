//! Search under odd circumstances: bad input, no network, a lost index directory, a full house, turned weights.

use instainstru::accounts::ops::admin::{NewAdmin, create};
use reqwest::Method;
use serde_json::{Value, json};

use crate::kit::{Answered, Stage, TestApp, answered};

const SECRET: &str = "seven copper kettles sing";

/// What anybody may send; every answer says something. That none takes long is a property of the grammar: its readings
/// are counted there.
async fn send(stage: &Stage, query: &[u8]) -> Answered {
    let encoded: String = query.iter().map(|byte| format!("%{byte:02X}")).collect();
    answered(stage.app.http.get(format!("{}/api/v1/search?q={encoded}", stage.app.base))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_is_answered() {
    let stage = Stage::set().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    let long = "piano ".repeat(83);
    let nasty: Vec<Vec<u8>> = [
        "a",
        "?",
        "%",
        "\u{0}\u{1}\u{7}\u{1b}[31m",
        "🎹🎻🥁",
        "piano\u{202e}onaip",
        "ピアノ 下北沢",
        "فصل بيانو",
        "(((((((((",
        "\"piano\" AND NOT (guitar OR *)",
        "name:piano^4 ~2 [a TO z]",
        "'; DROP TABLE users; --",
        "<img src=x onerror=alert(1)>",
        "{{7*7}} ${jndi:ldap://x}",
        "../../etc/passwd",
        "9999999999999999999999 dollars",
        "under $0",
        "under $-5",
        "in -3 days",
        "between 8 and 3 and 5 and 9",
        "2/30 31/31 0/0",
        "24:99",
        "at at at at in in in or or or not not",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "\u{feff}\u{200b}\u{200d}\u{2060}",
        "p\u{0336}i\u{0336}a\u{0336}n\u{0336}o",
        "ᴘɪᴀɴᴏ 𝓹𝓲𝓪𝓷𝓸 ｐｉａｎｏ",
        "👩‍🎤👨‍👩‍👧‍👦🏳️‍🌈",
        "пианино рядом со мной завтра",
        "ピアノ教室 明日 午後",
        "钢琴 老师 明天 下午",
        "בוקר טוב פסנתר",
        "^(a+)+$",
        "(?:(?:(?:a*)*)*)*b",
        "piano || 1=1 -- /* */",
        "SELECT * FROM users WHERE name LIKE '%'",
        "$where: function() { return true }",
        "piano\r\nSet-Cookie: a=b",
        "%00%0d%0a",
        "not not not not not not piano",
        "under under under 50 50 50 $ $ $ per per per hour",
        "1-2-3-4-5-6-7-8-9-10-11-12 am pm am pm",
        "a week from a week from a week from friday week",
        long.trim(),
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let mut seed = 7u32;
    let mut noise = |length: usize| -> Vec<u8> {
        (0..length)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect()
    };
    let random: Vec<Vec<u8>> = (1..60).map(|n| noise(n * 3)).collect();
    for query in nasty.iter().chain(&random) {
        let answer = send(&stage, query).await;
        match answer.status.as_u16() {
            200 => assert!(answer.json()["meta"]["parsed"].is_object()),
            400 | 422 => {
                assert!(answer.json()["detail"].as_str().is_some_and(|told| told.len() > 8), "{}", answer.text)
            }
            other => panic!("{query:?} is answered {other}: {}", answer.text),
        }
        let encoded: String = query.iter().map(|byte| format!("%{byte:02X}")).collect();
        let page = stage.app.get(&format!("/search?q={encoded}")).await;
        assert!(matches!(page.status.as_u16(), 200 | 400 | 422), "{query:?}: {}", page.status);
        assert!(!page.text.contains("<img src=x") && !page.text.contains("<script>alert"), "{query:?}");
    }
    send(&stage, b"").await.refused(400, "EMPTY_QUERY");
    send(&stage, b" \t ").await.refused(400, "EMPTY_QUERY");
    let told = send(&stage, "x".repeat(10_000).as_bytes()).await;
    assert!(matches!(told.status.as_u16(), 414 | 422), "{}", told.status);
}

/// Addresses of sockets this process has to other machines.
fn outbound() -> Vec<String> {
    let table = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let rows = [table("/proc/self/net/tcp"), table("/proc/self/net/tcp6"), table("/proc/self/net/udp")].concat();
    let own: std::collections::BTreeSet<String> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let remote = |row: &str| {
        let cells: Vec<&str> = row.split_whitespace().collect();
        let (far, inode) = (cells.get(2)?.split(':').next()?.to_owned(), *cells.get(9)?);
        // Nothing at the other end, or this machine: 127.0.0.1 as the kernel writes it.
        let here = far.chars().all(|digit| digit == '0') || far.ends_with("0100007F");
        (own.contains(inode) && !here && !far.ends_with("01000000")).then_some(far)
    };
    rows.lines().filter_map(remote).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_search_leaves_the_machine() {
    let stage = Stage::set().await;
    for query in ["piano in brooklyn tomorrow", "someone to calm my mind", "guitar near atlantis", "уроки гитары"]
    {
        send(&stage, query.as_bytes()).await.expect(200);
        assert_eq!(outbound(), Vec::<String>::new(), "{query}");
    }
}

/// A call that is refused or over at once leaves no socket to be seen, so the sources are read as well: nothing of
/// search, places and catalogue can open one.
#[test]
fn no_source_of_search_opens_a_socket() {
    const OPENERS: [&str; 9] = [
        "TcpStream",
        "TcpSocket",
        "UdpSocket",
        "UnixStream",
        "ToSocketAddrs",
        "lookup_host",
        "reqwest",
        "object_store",
        "Command::new",
    ];
    let mut rooms: Vec<std::path::PathBuf> = ["src/search", "src/places", "src/catalog"].map(Into::into).to_vec();
    let mut seen = 0;
    while let Some(path) = rooms.pop() {
        if path.is_dir() {
            rooms.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let opens = OPENERS.iter().find(|opener| text.contains(**opener));
            assert_eq!(opens, None, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen} files");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_is_made_again_at_the_start() {
    let mut stage = Stage::set().await;
    send(&stage, b"piano").await.expect(200);
    let dir = stage.app.close().await;
    drop(std::fs::remove_dir_all(dir.path().join("index")));
    stage.app = TestApp::on(dir, "2026-11-10T19:05:00Z").await;
    let found = send(&stage, b"piano").await.expect(200);
    assert_eq!((&found["meta"]["total_results"], &found["meta"]["degraded"]), (&1.into(), &false.into()), "{found:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_is_told_when_to_come_back() {
    let stage = Stage::set().await;
    let search = stage.app.site().part::<instainstru::search::Search>().unwrap();
    let places: Vec<_> = (0..64).map(|_| search.admit(64).unwrap_or_else(|_| panic!("there is room"))).collect();
    let told = send(&stage, b"piano").await;
    assert_eq!(told.headers["retry-after"], "2");
    told.refused(503, "SEARCH_BUSY");
    drop(places);
    send(&stage, b"piano").await.expect(200);
    // Under load the reading by meaning is left out, and said to be; results stay.
    let busy: Vec<_> = (0..50).map(|_| search.admit(64).unwrap_or_else(|_| panic!("there is room"))).collect();
    let found = send(&stage, b"piano").await.expect(200);
    assert_eq!(found["meta"]["degradation_reasons"], json!(["high_load"]));
    assert_eq!(found["meta"]["total_results"], 1);
    drop(busy);
}

#[tokio::test(flavor = "multi_thread")]
async fn search_is_turned_by_admins_with_a_history() {
    let stage = Stage::set().await;
    let alex = NewAdmin {
        email: "alex.rivera@demo.example".into(),
        password: SECRET.into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    create(stage.app.site(), alex).await.unwrap();
    let form = [("username", "alex.rivera@demo.example"), ("password", SECRET)];
    let request = stage.app.http.post(format!("{}/api/v1/auth/login", stage.app.base)).form(&form);
    let admin = answered(request).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let ask = |method: Method, path: &'static str, body: Option<Value>| {
        let (app, token) = (&stage.app, admin.clone());
        async move { app.ask(method, path, Some(&token), body).await }
    };
    let config = ask(Method::GET, "/api/v1/admin/search-config", None).await.expect(200);
    assert_eq!(config["config"], config["default"]);
    assert_eq!((&config["config"]["weights"]["relevance"], &config["index"]["instructors"]), (&json!(0.35), &json!(1)));
    let before = send(&stage, b"piano").await.expect(200)["items"][0]["score"].as_f64().unwrap();
    let wish = json!({ "weights": { "quality": 0.9 }, "reason": "reviews should count for more" });
    let changed = ask(Method::POST, "/api/v1/admin/search-config", Some(wish)).await.expect(200);
    assert_eq!(changed["config"]["weights"]["quality"], 0.9);
    assert_eq!(changed["history"][0]["reason"], "reviews should count for more");
    assert_eq!(changed["history"][0]["before"]["weights"]["quality"], 0.25);
    let after = send(&stage, b"piano").await.expect(200)["items"][0]["score"].as_f64().unwrap();
    assert!(after > before + 0.3, "{before} and {after}");
    ask(Method::PUT, "/api/v1/search/config", Some(json!({ "weights": { "fame": 1 } }))).await.expect(422);
    ask(Method::PUT, "/api/v1/search/config", Some(json!({ "nearby_km": 50.0 }))).await.expect(422);
    let reset = ask(Method::POST, "/api/v1/search/config/reset", None).await.expect(200);
    assert_eq!(reset["config"], reset["default"]);
    assert_eq!(reset["history"].as_array().map(Vec::len), Some(2));
    let token = stage.emma.token.clone();
    stage.app.ask(Method::GET, "/api/v1/search/config", Some(&token), None).await.expect(403);
    stage.app.get("/api/v1/admin/search-config").await.expect(401);
}
