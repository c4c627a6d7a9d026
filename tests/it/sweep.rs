//! Every route × every role. The table `access.txt` says in the specification's words who may call what; the router
//! must declare the same, and behave so: 401 signed out, 403 without the role or permission (404 where that is hidden),
//! before anything else.
//! `INSTAINSTRU_WRITE_ACCESS=1` writes the table anew after routes were added; what changed in it is then read line by
//! line, as any other change.

use std::collections::BTreeMap;

use instainstru::app::rooms;
use instainstru::base::access::{Permission, Role};
use instainstru::web::{Access, Declared};
use reqwest::Method;
use serde_json::json;

use super::kit::{Answered, Stage, answered};

/// Method, path, who may call, what it counts as.
const TABLE: &str = include_str!("access.txt");

/// `anyone`, `signed in`, `role student`, or a permission by its name.
fn words(access: Access) -> String {
    match access {
        Access::Public => "anyone".into(),
        Access::SignedIn => "signed in".into(),
        Access::Role(role) => format!("role {}", role.name()),
        Access::Can(permission) => permission.name().into(),
        Access::As(role, permission) => format!("{} {}", role.name(), permission.name()),
        Access::Either(one, other) => format!("{} or {}", one.name(), other.name()),
        Access::Loopback => "this machine".into(),
    }
}

fn line((method, path, rule): &Declared) -> String {
    let hidden = if rule.hidden { "hidden" } else { "" };
    let (who, counted, opening) = (words(rule.access), rule.counted_as(), rule.opening.words());
    let line = format!("{method:<6} {path:<70} {who:<28} {counted} {opening} {hidden}").replace("  hidden", " hidden");
    line.trim_end().to_owned()
}

fn declared() -> Vec<Declared> {
    let (api, pages) = (rooms::api(), rooms::pages());
    let mut all: Vec<Declared> = api.declared().iter().chain(pages.declared()).cloned().collect();
    all.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    all
}

#[test]
fn the_router_declares_what_the_table_says() {
    let lines: Vec<String> = declared().iter().map(line).collect();
    if std::env::var_os("INSTAINSTRU_WRITE_ACCESS").is_some() {
        let head = TABLE.lines().filter(|line| line.starts_with('#'));
        let text: String = head.chain(lines.iter().map(String::as_str)).flat_map(|line| [line, "\n"]).collect();
        return std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/access.txt"), text).unwrap();
    }
    let table: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let missing: Vec<_> = lines.iter().filter(|line| !table.contains(&line.as_str())).collect();
    let gone: Vec<_> = table.iter().filter(|line| !lines.iter().any(|l| l == *line)).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "tests/it/access.txt and the router differ. Declared and not in the table:\n{missing:#?}\nIn the table and not declared:\n{gone:#?}"
    );
    let mut seen = BTreeMap::new();
    for (method, path, _) in declared() {
        assert!(seen.insert((method.clone(), path.clone()), ()).is_none(), "{method} {path} twice");
    }
}

/// Who holds what, by part 20 §3; written out here so that the program's own table is not its own witness.
fn holds(role: Role, access: Access) -> bool {
    const SHARED: &str = "manage_own_profile view_own_bookings view_own_search_history change_own_password \
        delete_own_account send_messages view_messages";
    const STUDENT: &str =
        "view_instructors view_instructor_availability create_bookings cancel_own_bookings view_booking_details";
    const INSTRUCTOR: &str = "manage_instructor_profile manage_services manage_availability view_incoming_bookings \
        complete_bookings cancel_student_bookings view_own_instructor_analytics suspend_own_instructor_account";
    let among = |names: &str, permission: Permission| names.split_whitespace().any(|name| name == permission.name());
    match access {
        Access::Public | Access::SignedIn | Access::Loopback => true,
        Access::Role(wanted) => wanted == role,
        Access::As(wanted, permission) => wanted == role && holds(role, Access::Can(permission)),
        Access::Either(one, other) => holds(role, Access::Can(one)) || holds(role, Access::Can(other)),
        Access::Can(permission) => match role {
            Role::Admin => true,
            Role::Student => among(SHARED, permission) || among(STUDENT, permission),
            Role::Instructor => among(SHARED, permission) || among(INSTRUCTOR, permission),
        },
    }
}

fn concrete(path: &str) -> String {
    let part = |part: &str| match part.starts_with('{') {
        true => "01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(),
        false => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn ask(stage: &Stage, method: &str, path: &str, token: Option<&str>) -> Answered {
    let method: Method = method.parse().unwrap();
    let mut request = stage.app.http.request(method.clone(), format!("{}{}", stage.app.base, concrete(path)));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if method != Method::GET {
        // No handler takes this: whoever passes the guard changes nothing.
        request = request.header("content-type", "text/nothing").body("x");
    }
    answered(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_past_a_guard_that_is_not_theirs() {
    let stage = Stage::set().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    let admin = stage.admin().await;
    let mut asked = 0;
    for (method, path, rule) in declared() {
        let (access, page) = (rule.access, !path.starts_with("/api/") && !path.starts_with("/internal/"));
        if matches!(access, Access::Public | Access::Loopback) {
            continue;
        }
        let stranger = ask(&stage, &method, &path, None).await;
        match page {
            true => {
                let to = stranger.headers.get("location").map(|to| to.to_str().unwrap()).unwrap_or_default();
                assert!(
                    stranger.status == 303 && to.starts_with("/login?redirect="),
                    "{method} {path}: {}",
                    stranger.status
                );
            }
            false => {
                assert_eq!(stranger.headers["www-authenticate"], "Bearer", "{method} {path}");
                stranger.refused(401, "NOT_SIGNED_IN");
            }
        }
        for (role, person) in [(Role::Admin, &admin), (Role::Student, &stage.emma), (Role::Instructor, &stage.sarah)] {
            if holds(role, access) {
                continue;
            }
            asked += 1;
            let answer = ask(&stage, &method, &path, Some(&person.token)).await;
            let turned = match page {
                // Strays between the two sides are shown their own.
                true => answer.status == 403 || answer.status == 303,
                false if rule.hidden => answer.status == 404 && answer.json()["code"] == "NOT_FOUND",
                false => answer.status == 403 && answer.json()["code"] == "FORBIDDEN",
            };
            assert!(turned, "{method} {path} as {}: {} {}", role.name(), answer.status, answer.text);
        }
    }
    assert!(asked > 200, "{asked} pairs were asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_gets_past_the_guard() {
    let stage = Stage::set().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    let admin = stage.admin().await;
    for (method, path, rule) in declared() {
        // What takes no body would act on whoever asks; reading and bodies that are refused do not.
        let acts = method != "GET" && (method == "DELETE" || ENDS.iter().any(|end| path.contains(end)));
        if acts || rule.access == Access::Loopback {
            continue;
        }
        for (role, person) in [(Role::Admin, &admin), (Role::Student, &stage.emma), (Role::Instructor, &stage.sarah)] {
            if holds(role, rule.access) {
                let answer = ask(&stage, &method, &path, Some(&person.token)).await;
                let code = serde_json::from_str::<serde_json::Value>(&answer.text).unwrap_or_default()["code"].clone();
                let refused = answer.status == 401 || code == "FORBIDDEN" || answer.status.is_server_error();
                // A scraper has a key of its own, which is nobody's role.
                let refused = refused && code != "METRICS_AUTH_REQUIRED";
                let known = answer.status == 501 && path.starts_with("/api/v1/instructors/availability/");
                assert!(!refused || known, "{method} {path} as {}: {} {}", role.name(), answer.status, answer.text);
            }
        }
    }
}

/// Calls and pages that act without a body.
const ENDS: [&str; 10] =
    ["logout", "/end", "/suspend", "/deactivate", "/reactivate", "/pause", "/resume", "/close", "/2fa/", "two-factor"];

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_rights_holds_from_the_next_request_on() {
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let path = format!("/api/v1/admin/users/{}/permissions", stage.emma.id);
    let change = |grants: serde_json::Value, revokes: serde_json::Value| {
        let body = json!({ "grants": grants, "revokes": revokes, "reason": "to see whether it holds" });
        stage.app.ask(Method::PUT, &path, Some(&admin.token), Some(body))
    };
    let trail = || stage.get(&stage.emma, "/api/v1/admin/audit");
    trail().await.refused(403, "FORBIDDEN");
    change(json!(["admin:read"]), json!([])).await.expect(200);
    trail().await.expect(200);
    change(json!(["admin:read"]), json!(["admin:read"])).await.expect(200);
    trail().await.refused(403, "FORBIDDEN");
}

/// What a student and an instructor hold although nothing asks for it: the pages of instructors and their free time are
/// everybody's, and a booking is shown to whoever takes part in it. The two of messages wait for the messages.
const ASKED_NOWHERE: [&str; 5] =
    ["view_instructors", "view_instructor_availability", "view_booking_details", "send_messages", "view_messages"];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_is_gone() {
    let stage = Stage::set().await;
    stage.app.post("/sandbox/v1/switches", json!({ "rate_limits": "off" })).await.expect(200);
    let admin = stage.admin().await;
    let mut asked = std::collections::BTreeSet::from(ASKED_NOWHERE);
    for (role, person) in [(Role::Student, &stage.emma), (Role::Instructor, &stage.sarah)] {
        let all: Vec<&str> = role.permissions().iter().map(|permission| permission.name()).collect();
        let body = json!({ "grants": [], "revokes": all, "reason": "to see whether it holds" });
        let path = format!("/api/v1/admin/users/{}/permissions", person.id);
        stage.app.ask(Method::PUT, &path, Some(&admin.token), Some(body)).await.expect(200);
        for (method, path, rule) in declared() {
            let named = match rule.access {
                Access::Can(one) | Access::As(_, one) => vec![one.name()],
                Access::Either(one, other) => vec![one.name(), other.name()],
                _ => vec![],
            };
            if named.is_empty() || !holds(role, rule.access) {
                continue;
            }
            asked.extend(named);
            let answer = ask(&stage, &method, &path, Some(&person.token)).await;
            // A page sends strays home.
            let turned = answer.status == 403 || answer.status == 303 && !path.starts_with("/api/");
            assert!(turned, "{method} {path} as {}: {} {}", role.name(), answer.status, answer.text);
        }
    }
    stage.get(&stage.emma, "/api/v1/search-history").await.refused(403, "FORBIDDEN");
    asked.insert("view_own_search_history");
    for role in [Role::Student, Role::Instructor] {
        let unasked: Vec<_> = role.permissions().into_iter().filter(|held| !asked.contains(held.name())).collect();
        assert!(unasked.is_empty(), "nothing asks for {unasked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_student_takes_up_teaching_and_short_lists_come_in_pages_too() {
    let stage = Stage::set().await;
    let mut admin = stage.admin().await;
    let profile = json!({ "bio": "I run this place and would teach, too.", "years_experience": 3 });
    stage.post(&admin, "/api/v1/instructors/me", profile).await.refused(403, "FORBIDDEN");
    stage.again(&mut admin).await;
    for (query, status, rows) in [("", 200, 2), ("?limit=1", 200, 1), ("?limit=0", 422, 0), ("?cursor=zzz", 422, 0)] {
        let answer = stage.get(&admin, &format!("/api/v1/account/sessions{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}: {}", answer.text);
        if status == 200 {
            assert_eq!(answer.json()["items"].as_array().unwrap().len(), rows, "{query}");
        }
    }
}
