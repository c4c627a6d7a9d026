//! An operator's own region: brought in by the command, in force from the next start on, for search and sign-up alike.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

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

/// Ends with the test, whatever comes of it.
struct Server(Child, String);

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = program(dir, &["serve", "--no-demo", "--bind", "127.0.0.1:0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().split_once("ready at ").unwrap_or_else(|| panic!("{line}")).1.to_owned();
        Self(child, base)
    }

    async fn get(&self, path: &str) -> Value {
        reqwest::get(format!("{}{path}", self.1)).await.unwrap().json().await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
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
        let server = Server::start(dir.path());
        let parsed = server.get("/sandbox/v1/search/parse?q=piano%20in%20lakeside").await;
        assert_eq!(parsed["parsed"]["location"], json!(["Lakeside"]), "{parsed}");
        let zip = server.get("/api/v1/addresses/zip/is-nyc?zip=62702").await;
        assert_eq!(zip["is_nyc"], true, "{zip}");
    }
    let back = program(dir.path(), &["region", "reset"]).output().unwrap();
    assert!(back.status.success());
    let server = Server::start(dir.path());
    let parsed = server.get("/sandbox/v1/search/parse?q=piano%20in%20astoria").await;
    assert_eq!(parsed["parsed"]["location"], json!(["Astoria"]), "{parsed}");
}
