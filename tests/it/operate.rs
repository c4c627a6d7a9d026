//! What an operator does on the command line, with and without a running server, and what the nights do.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use instainstru::accounts::ops::admin::{NewAdmin, create};
use instainstru::site::upkeep::{BACKUPS, BackupPlan};
use instainstru::store::backup;
use reqwest::Method;
use serde_json::json;

use crate::kit::{Stage, TestApp, answered};

const NOON: &str = "2026-11-10T17:00:00Z";
const DAY: i64 = 86_400;

/// Runs a command on a data directory: whether it succeeded, and what it said.
pub fn run(dir: &Path, args: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_instainstru"))
        .args(["--data-dir", dir.to_str().unwrap()])
        .args(args)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

#[track_caller]
pub fn ok(dir: &Path, args: &[&str]) -> String {
    let (ok, said) = run(dir, args);
    assert!(ok, "{args:?}: {said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_running_server_is_restored_exported_and_imported() {
    let app = TestApp::empty_at(NOON).await;
    app.post("/api/v1/auth/send-email-verification", json!({ "email": "a@example.org" })).await.expect(200);
    let site = app.site();
    let photo = site.store.put_blob(site.stamp(), b"a photo".to_vec()).await.unwrap();
    site.write(move |tx| instainstru::store::blobs::keep(tx, photo, "test.photo")).await.unwrap();
    let said = ok(&site.data_dir, &["backup"]);
    let path = said.split(" holds ").next().unwrap();
    assert!(
        path.contains("/backups/2026-11-10T17-00-") && said.contains("1 files") && said.contains("verified"),
        "{said}"
    );
    let kept: Vec<_> = backup::manifest(Path::new(path)).unwrap().files.into_iter().map(|file| file.path).collect();
    assert!(kept.contains(&format!("blobs/{}", photo.path().display())), "{kept:?}");
    assert!(!kept.iter().any(|file| file.contains("keys")) && site.data_dir.join("keys").exists(), "{kept:?}");
    let (restored, imported) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let said = ok(restored.path(), &["restore", path]);
    assert!(said.contains("2026-11-10T17:00:") && said.contains("holds no keys"), "{said}");
    let said = ok(restored.path(), &["verify"]);
    assert!(said.contains("in order") && said.contains("1 files of"), "{said}");
    let (again, said) = run(restored.path(), &["restore", path]);
    assert!(!again && said.contains("--force"), "{said}");
    ok(restored.path(), &["restore", path, "--force"]);
    let (running, said) = run(&site.data_dir, &["restore", path, "--force"]);
    assert!(!running && said.contains("another process"), "{said}");
    let file = imported.path().join("all.zip");
    assert!(ok(restored.path(), &["export", file.to_str().unwrap()]).contains("files are in"));
    let data = imported.path().join("data");
    assert!(ok(&data, &["import", file.to_str().unwrap()]).contains("verified"));
    let said = ok(&data, &["verify"]);
    assert!(said.contains("in order") && said.contains("1 files of"), "{said}");
    let (again, said) = run(&data, &["import", file.to_str().unwrap()]);
    assert!(!again && said.contains("holds a marketplace already. Name an empty --data-dir."), "{said}");
    let (twice, said) = run(&data, &["export", file.to_str().unwrap()]);
    assert!(!twice && said.contains("all.zip is there already."), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_index_is_rebuilt_on_demand_and_when_it_is_missing() {
    let mut app = TestApp::demo_at(NOON).await;
    let found =
        async |app: &TestApp| app.get("/api/v1/search?q=piano").await.expect(200)["meta"]["total_results"].clone();
    let before = found(&app).await;
    assert!(before.as_u64().unwrap() > 0);
    let said = ok(&app.site().data_dir, &["reindex"]);
    assert!(said.contains("search with") && !said.contains("with 0 entries"), "{said}");
    assert_eq!(found(&app).await, before);
    let dir = app.close().await;
    assert!(ok(dir.path(), &["reindex"]).contains("search with"), "without a server too");
    drop(std::fs::remove_dir_all(dir.path().join("index")));
    let app = TestApp::on(dir, NOON).await;
    assert_eq!(found(&app).await, before);
}

/// A marketplace whose nights take backups, and an admin who reads mail.
async fn nightly(keep_count: usize) -> TestApp {
    let app = TestApp::empty_at(NOON).await;
    let alex = NewAdmin {
        email: "alex.rivera@demo.example".into(),
        password: "seven copper kettles sing".into(),
        first_name: "Alex".into(),
        last_name: "Rivera".into(),
    };
    create(app.site(), alex).await.unwrap();
    let plan = BackupPlan { in_sandbox: true, keep_count, keep_days: 30 };
    app.site().write(move |tx| BACKUPS.write(tx, &plan, None)).await.unwrap();
    app
}

async fn backups_page(app: &TestApp) -> String {
    let form = [("username", "alex.rivera@demo.example"), ("password", "seven copper kettles sing")];
    let asked = app.http.post(format!("{}/api/v1/auth/login", app.base)).form(&form);
    let token = answered(asked).await.expect(200)["access_token"].as_str().unwrap().to_owned();
    let page = app.ask(Method::GET, "/admin/backups", Some(&token), None).await;
    assert_eq!(page.status, 200);
    page.text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_night_takes_a_backup_and_lets_the_oldest_go() {
    let app = nightly(2).await;
    for _ in 0..3 {
        app.advance(DAY).await;
    }
    let there = std::fs::read_dir(app.site().data_dir.join("backups")).unwrap().map(|e| e.unwrap().file_name());
    let mut there: Vec<_> = there.map(|name| name.into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, ["2026-11-12T07-40-00Z", "2026-11-13T07-40-00Z"]);
    let rows = app.site().read(|r| backup::recent(r, 100)).unwrap();
    let told: Vec<_> = rows.iter().rev().map(|(_, row)| row.name.clone()).collect();
    assert_eq!(told, there, "what was removed is no longer told of");
    assert!(rows.iter().all(|(_, row)| row.is_good() && row.rows > 0 && row.bytes > 0));
    let page = backups_page(&app).await;
    assert!(page.contains("2026-11-13T07-40-00Z") && page.contains("Verified"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_without_a_backup_is_told_once_to_every_admin() {
    let app = nightly(2).await;
    app.post("/sandbox/v1/jobs/run", json!({ "job": "backup" })).await.expect(200);
    let place = app.site().data_dir.join("backups");
    std::fs::rename(&place, place.with_extension("away")).unwrap();
    std::fs::write(&place, "in the way").unwrap();
    app.advance(DAY).await;
    let mails = app.get("/sandbox/v1/outbox?to=alex.rivera@demo.example&template=alert").await.expect(200);
    let mails = mails["items"].as_array().unwrap();
    assert_eq!(mails.len(), 1, "it was tried again and again, and told once");
    let text = mails[0]["text"].as_str().unwrap();
    assert!(text.contains(place.to_str().unwrap()) && text.contains("2026-11-10T17-00-"), "{text}");
    let page = backups_page(&app).await;
    assert!(page.contains("The last try failed") && page.contains("Failed"), "{page}");
    let home = app.site().read(backup::newest).unwrap().unwrap().1;
    assert!(home.name.starts_with("2026-11-10"), "the good one still stands: {home:?}");
    std::fs::remove_file(&place).unwrap();
    std::fs::rename(place.with_extension("away"), &place).unwrap();
    app.advance(3600).await;
    assert!(app.site().read(|r| backup::recent(r, 1)).unwrap()[0].1.is_good(), "it came right by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_is_locked_out_gets_in_again_from_the_machine() {
    const NEW: &str = "forty quiet otters paint the harbor";
    let stage = Stage::set().await;
    let admin = stage.admin().await;
    let dir = stage.app.site().data_dir.clone();
    let reset = |email: &str, password: &str| {
        let mut asked = Command::new(env!("CARGO_BIN_EXE_instainstru"))
            .args(["--data-dir", dir.to_str().unwrap(), "admin", "reset", "--email", email])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        asked.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        let done = asked.wait_with_output().unwrap();
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    for (email, password, word) in
        [(stage.emma.email.as_str(), NEW, "No administrator"), (&admin.email, "too short", "15 characters")]
    {
        let (done, said) = reset(email, password);
        assert!(!done && said.contains(word), "{said}");
    }
    let (done, said) = reset(&admin.email, NEW);
    assert!(done && said.contains("new password"), "{said}");
    stage.get(&admin, "/api/v1/auth/me").await.refused(401, "NOT_SIGNED_IN");
    let back = stage.app.sign_in(&admin.email, NEW).await;
    let trail = stage.app.ask(Method::GET, "/api/v1/admin/audit?action=user.password_reset", Some(&back.token), None);
    assert_eq!(trail.await.expect(200)["items"][0]["entity_id"], admin.id.to_string());
}

#[test]
fn the_program_says_how_it_is_and_how_to_run_it() {
    let dir = tempfile::tempdir().unwrap();
    let well = ok(dir.path(), &["doctor"]);
    assert!(well.contains("sandbox: no money moves") && well.contains("empty so far"), "{well}");
    let unit = ok(dir.path(), &["service", "print"]);
    let data = format!("ReadWritePaths={}", dir.path().display());
    assert!(
        unit.contains("[Install]") && unit.contains(&data) && unit.contains(env!("CARGO_BIN_EXE_instainstru")),
        "{unit}"
    );
    let omitted = ok(dir.path(), &["openapi", "--omitted"]);
    assert!(omitted.lines().any(|line| line.starts_with("POST   /api/v1/uploads/r2/proxy  ")), "{omitted}");
    let with = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
        command.args(["config", "check"]).current_dir(dir.path()).env(name, "1").output().unwrap()
    };
    let odd = with("INSTAINSTRU_STRIPE_SECRETKEY");
    let said = String::from_utf8(odd.stderr).unwrap();
    assert!(!odd.status.success() && said.contains("INSTAINSTRU_STRIPE_SECRETKEY"), "{said}");
    assert!(with("INSTAINSTRU_FUZZ_SEED").status.success());
}

#[test]
fn the_first_admin_can_be_made_before_anything_else() {
    let dir = tempfile::tempdir().unwrap();
    let new = dir.path().join("new");
    let args = [
        "--data-dir",
        new.to_str().unwrap(),
        "admin",
        "create",
        "--email",
        "a@mail.example",
        "--first-name",
        "Ada",
        "--last-name",
        "Lovelace",
    ];
    let made = |password: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
        let mut child =
            command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        child.wait_with_output().unwrap()
    };
    let done = made("gravel lantern orchard 42");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!made("gravel lantern orchard 42").status.success(), "the address is taken");
    assert!(ok(&new, &["verify"]).contains("in order"));
}
