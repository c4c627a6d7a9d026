//! What an operator does on the command line, with and without a running server.

use std::path::Path;
use std::process::Command;

use crate::kit::TestApp;

const NOON: &str = "2026-11-10T17:00:00Z";

/// Runs a command on a data directory: whether it succeeded, and what it said.
fn run(dir: &Path, args: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_instainstru"))
        .args(["--data-dir", dir.to_str().unwrap()])
        .args(args)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[track_caller]
fn ok(dir: &Path, args: &[&str]) -> String {
    let (ok, said) = run(dir, args);
    assert!(ok, "{args:?}: {said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_running_server_is_restored_exported_and_imported() {
    let app = TestApp::empty_at(NOON).await;
    app.post("/api/v1/auth/send-email-verification", serde_json::json!({ "email": "a@example.org" })).await.expect(200);
    let said = ok(&app.site().data_dir, &["backup"]);
    let path = said.split(" holds ").next().unwrap();
    assert!(path.contains("/backups/2026-11-10T17-00-") && said.contains("verified"), "{said}");
    let (restored, imported) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let said = ok(restored.path(), &["restore", path]);
    assert!(said.contains("2026-11-10T17:00:"), "{said}");
    assert!(ok(restored.path(), &["verify"]).contains("in order"));
    let (again, said) = run(restored.path(), &["restore", path]);
    assert!(!again && said.contains("--force"), "{said}");
    ok(restored.path(), &["restore", path, "--force"]);
    let (running, said) = run(&app.site().data_dir, &["restore", path, "--force"]);
    assert!(!running && said.contains("another process"), "{said}");
    let file = imported.path().join("all.jsonl");
    ok(restored.path(), &["export", file.to_str().unwrap()]);
    let data = imported.path().join("data");
    ok(&data, &["import", file.to_str().unwrap()]);
    assert!(ok(&data, &["verify"]).contains("in order"));
    let second = imported.path().join("second.jsonl");
    ok(&data, &["export", second.to_str().unwrap()]);
    let rows = |file: &Path| -> Vec<String> {
        std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .skip(1)
            .filter(|l| l.starts_with("{\"table"))
            .map(Into::into)
            .collect()
    };
    assert_eq!(rows(&file), rows(&second));
}
