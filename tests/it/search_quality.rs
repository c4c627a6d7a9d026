//! How well queries are understood, over the wire: the shares that the specification asks for (rule: 40§15), on our own
//! sentences and paraphrases. A sentence counts only if every slot is exactly as judged by hand.

use std::collections::BTreeMap;

use instainstru::catalog::catalogue;
use serde_json::{Map, Value};

use crate::kit::{TestApp, answered};

/// Judged on Tuesday, November 10, 2026, 2:05 pm in New York.
const NOW: &str = "2026-11-10T19:05:00Z";
const SENTENCES: &str = include_str!("../../src/search/tests/sentences.txt");
const PARAPHRASES: &str = include_str!("../../src/search/tests/paraphrases.txt");
/// Slots of the whole query, told by the services as well.
const DERIVED: [&str; 3] = ["category", "subcategory", "service_query"];

async fn parsed(app: &TestApp, query: &str) -> Map<String, Value> {
    let request = app.http.get(format!("{}/sandbox/v1/search/parse", app.base)).query(&[
        ("q", query),
        ("now", NOW),
        ("tz", "America/New_York"),
    ]);
    let answer = answered(request).await.expect(200);
    answer["parsed"].as_object().unwrap().clone()
}

/// Right and all, counted.
#[derive(Clone, Copy, Debug, Default)]
struct Share(usize, usize);

impl Share {
    fn count(&mut self, right: bool) {
        *self = Share(self.0 + usize::from(right), self.1 + 1);
    }
    fn at_least(self, percent: usize) -> bool {
        self.0 * 100 >= self.1 * percent
    }
}

/// What one wish is made of: one price with its unit, one day with its alternatives, one place with its kind.
fn constraints(expected: &Map<String, Value>) -> usize {
    let kind = |slot: &str| match slot {
        slot if slot.starts_with("price") => "price",
        slot if slot.starts_with("location") || slot == "radius_mi" => "place",
        slot if slot.starts_with("date") || slot == "weekdays" => "day",
        "time_after" | "time_before" => "time",
        "audience" | "age" | "age_max" | "grade" => "people",
        "lesson_type" | "place" => "format",
        "services" | "exclude_services" => "service",
        _ => "other",
    };
    let kinds: std::collections::BTreeSet<&str> = expected.keys().map(|slot| kind(slot)).collect();
    kinds.len() - usize::from(kinds.contains("service"))
}

#[tokio::test(flavor = "multi_thread")]
async fn sentences_are_understood_exactly() {
    let app = TestApp::empty_at(NOW).await;
    app.post("/sandbox/v1/switches", serde_json::json!({ "rate_limits": "off" })).await.expect(200);
    let (mut whole, mut simple) = (Share::default(), Share::default());
    let mut slots: BTreeMap<String, Share> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in SENTENCES.lines() {
        let (query, expected) = line.split_once(" => ").unwrap();
        let expected: Map<String, Value> = serde_json::from_str(expected).unwrap();
        let mut got = parsed(&app, query).await;
        DERIVED.iter().for_each(|slot| drop(got.remove(*slot)));
        for slot in got.keys().chain(expected.keys()).collect::<std::collections::BTreeSet<_>>() {
            slots.entry(slot.clone()).or_default().count(got.get(slot) == expected.get(slot));
        }
        whole.count(got == expected);
        if constraints(&expected) <= 1 {
            simple.count(got == expected);
        }
        if got != expected {
            wrong.push(format!("{query}\n  expected {expected:?}\n  got      {got:?}"));
        }
    }
    println!("exact {whole:?}, with one constraint {simple:?}, by slot {slots:#?}");
    assert!(whole.1 >= 300, "{} sentences are too few", whole.1);
    assert!(whole.at_least(90) && simple.at_least(95), "{whole:?} {simple:?}\n{}", wrong.join("\n"));
    for (slot, share) in slots {
        assert!(share.at_least(90), "{slot}: {share:?}\n{}", wrong.join("\n"));
    }
}

/// Paraphrases were written before looking at the catalogue's own terms; any of the named services counts.
#[tokio::test(flavor = "multi_thread")]
async fn paraphrases_find_their_service() {
    let app = TestApp::empty_at(NOW).await;
    app.post("/sandbox/v1/switches", serde_json::json!({ "rate_limits": "off" })).await.expect(200);
    let (mut first, mut first_five) = (Share::default(), Share::default());
    let mut missed = Vec::new();
    for line in PARAPHRASES.lines() {
        let (query, services) = line.split_once(" => ").unwrap();
        let meant: Vec<&str> = services.split('|').collect();
        let request = app.http.get(format!("{}/api/v1/search", app.base)).query(&[("q", query)]);
        let answer = answered(request).await.expect(200);
        let names = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let mut found = names(&answer["meta"]["parsed"]["services"]);
        // A whole shelf is answered with its services, the first of them first.
        if let Some(shelf) = answer["meta"]["parsed"]["subcategory"].as_str().filter(|_| found.is_empty()) {
            let shelf = catalogue().subcategories().iter().find(|known| known.name == shelf).unwrap();
            found.extend(catalogue().services_on(shelf.id).map(|service| service.name.clone()));
        }
        found.extend(names(&answer["meta"]["did_you_mean"]));
        let hit = |upto: usize| found.iter().take(upto).any(|service| meant.contains(&service.as_str()));
        first.count(hit(1));
        first_five.count(hit(5));
        if !hit(1) {
            missed.push(format!("{query} => {found:?} instead of {services}"));
        }
    }
    println!("recall at 1 {first:?}, at 5 {first_five:?}; missed {missed:#?}");
    assert!(first.at_least(85) && first_five.at_least(90), "{first:?} {first_five:?}\n{}", missed.join("\n"));
}
