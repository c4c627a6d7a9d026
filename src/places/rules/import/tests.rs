//! Files of cities, sound and not.

use serde_json::{Value, json};

use super::{Wish, import};
use crate::base::geo::Point;
use crate::places::Gazetteer;

fn wish() -> Wish {
    Wish {
        name: "Springfield".into(),
        timezone: "America/Chicago".into(),
        state: "IL".into(),
        country: "US".into(),
        name_field: "name".into(),
        parent_field: None,
        parent_label: "district".into(),
        source: "the city".into(),
        licence: "open".into(),
    }
}

fn square(name: &str, west: f64) -> Value {
    let east = west + 0.02;
    json!({
        "type": "Feature", "properties": { "name": name, "zips": ["62701"], "aliases": "downtown;the loop" },
        "geometry": { "type": "Polygon", "coordinates": [[
            [west, 39.8], [east, 39.8], [east, 39.81], [east, 39.82], [west, 39.82], [west, 39.8],
        ]] },
    })
}

fn file(features: Vec<Value>) -> String {
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[test]
fn a_sound_file_becomes_a_pack_that_answers() {
    let text = file(vec![
        square("Old Town", -89.66),
        json!({
            "type": "Feature", "properties": { "name": "Lakeside" },
            "geometry": { "type": "MultiPolygon", "coordinates": [[[[-89.6, 39.8], [-89.55, 39.8], [-89.5, 39.8], [-89.5, 39.9], [-89.6, 39.8]]]] },
        }),
    ]);
    let imported = import(&text, &wish()).unwrap();
    assert_eq!(imported.count, 2);
    let map = Gazetteer::read(imported.text()).unwrap();
    assert_eq!(map.resolve("the loop").names, ["Old Town"]);
    assert_eq!(map.resolve("lakeside, springfield").names, ["Lakeside"]);
    assert!(map.zip_in_region("62701") && !map.zip_in_region("10024"));
    assert!(map.at(Point { lat: 39.805, lon: -89.65 }).is_some());
    assert!(imported.notes.iter().any(|note| note.contains("thinned")), "{:?}", imported.notes);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let bad = |change: &dyn Fn(&mut Value)| {
        let mut feature = square("Old Town", -89.66);
        change(&mut feature);
        import(&file(vec![square("Hilltop", -89.7), feature]), &wish()).unwrap_err().0
    };
    let ring = |f: &mut Value, ring: Value| f["geometry"]["coordinates"] = json!([ring]);
    let rows: [(String, &str); 8] = [
        (
            bad(&|f| f["properties"] = json!({ "NAME": "x" })),
            "Feature 2 has no text in its property \"name\". Its properties are: NAME",
        ),
        (bad(&|f| f["geometry"] = json!({ "type": "Point", "coordinates": [0, 0] })), "it is Point"),
        (bad(&|f| ring(f, json!([[0, 0], [1, 0], [1, 1], [0, 1]]))), "not closed"),
        (
            bad(&|f| {
                ring(f, json!([[583_000, 4_500_000], [583_100, 4_500_000], [583_100, 4_500_100], [583_000, 4_500_000]]))
            }),
            "WGS84",
        ),
        (bad(&|f| ring(f, json!([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]))), "crosses itself"),
        (bad(&|f| f["properties"]["name"] = json!("Hilltop")), "used twice"),
        (bad(&|f| f["properties"]["zips"] = json!(["627"])), "no five-digit ZIP"),
        (bad(&|f| f["geometry"]["coordinates"] = json!("x")), "no rings"),
    ];
    for (got, part) in rows {
        assert!(got.contains(part), "{got} does not say {part}");
    }
    assert!(import("{", &wish()).unwrap_err().0.contains("not JSON"));
    assert!(import(&file(vec![]), &wish()).unwrap_err().0.contains("0 features"));
    let elsewhere = Wish { timezone: "Mars/Olympus".into(), ..wish() };
    assert!(import(&file(vec![square("A", 0.0)]), &elsewhere).unwrap_err().0.contains("no time zone"));
}

#[test]
fn names_that_are_easily_mixed_up_are_told() {
    let imported = import(&file(vec![square("Westwood", -89.7), square("Eastwood", -89.6)]), &wish()).unwrap();
    assert!(imported.notes.iter().any(|note| note.contains("Westwood")), "{:?}", imported.notes);
}
