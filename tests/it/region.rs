//! An operator's own region: brought in by the command, in force from the next start on, for search and sign-up alike.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::kit::Serving;

fn program(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
    command.arg("--data-dir").arg(dir).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn square(name: &str, west: f64, zip: &str) -> Value {
    let (east, south, north) = (west + 0.02, 39.80, 39.82);
    json!({
        "type": "Feature", "properties": { "name": name, "zips": [zip] },
        "geometry": { "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
    })
}

async fn ask(server: &Serving, path: &str) -> Value {
    reqwest::get(format!("{}{path}", server.base)).await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_region_is_checked_brought_in_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("city.geojson");
    let write = |features: Vec<Value>| {
        std::fs::write(&file, json!({ "type": "FeatureCollection", "features": features }).to_string()).unwrap();
    };
    let bring = || {
        let name = ["--name", "Springfield", "--timezone", "America/Chicago", "--state", "IL"];
        let arguments = [&["region", "import", file.to_str().unwrap()][..], &name].concat();
        program(dir.path(), &arguments).output().unwrap()
    };
    write(vec![square("Old Town", -89.66, "62701"), square("Old Town", -89.60, "62702")]);
    let refused = bring();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("used twice"), "{said}");
    assert!(!dir.path().join("region").exists());

    write(vec![square("Old Town", -89.66, "62701"), square("Lakeside", -89.60, "62702")]);
    let brought = bring();
    let said = String::from_utf8(brought.stdout).unwrap();
    assert!(brought.status.success() && said.contains("2 neighborhoods of Springfield"), "{said}");
    {
        let server = Serving::on(dir.path());
        let parsed = ask(&server, "/sandbox/v1/search/parse?q=piano%20in%20lakeside").await;
        assert_eq!(parsed["parsed"]["location"], json!(["Lakeside"]), "{parsed}");
        let zip = ask(&server, "/api/v1/addresses/zip/is-nyc?zip=62702").await;
        assert_eq!(zip["is_nyc"], true, "{zip}");
    }
    let back = program(dir.path(), &["region", "reset"]).output().unwrap();
    assert!(back.status.success());
    let server = Serving::on(dir.path());
    let parsed = ask(&server, "/sandbox/v1/search/parse?q=piano%20in%20astoria").await;
    assert_eq!(parsed["parsed"]["location"], json!(["Astoria"]), "{parsed}");
}
