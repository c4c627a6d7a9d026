//! The control socket: commands that need the store, asked of the server that holds it.
//!
//! One JSON line in, one JSON line out, over a Unix socket in the data directory that only its owner may open. When no
//! server runs, the same [`answer`] works on a store opened for the occasion.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

use super::config::Config;
use super::{backup, rooms, start};
use crate::accounts;
use crate::jobs::Runner;
use crate::site::Site;
use crate::store::{Store, journal};

#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Request {
    Verify,
    Backup { to: Option<PathBuf> },
    Export { to: PathBuf },
    Reindex,
    AdminCreate { email: String, first_name: String, last_name: String, password: String },
    AdminReset { email: String, password: String },
}

#[derive(Serialize, Deserialize)]
struct Reply {
    ok: bool,
    text: String,
}

const LINE_BYTES: u64 = 64 * 1024;

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// Asks the running server, or does it here when there is none.
pub fn ask(config: &Config, request: &Request) -> Result<String, String> {
    match UnixStream::connect(path(&config.data_dir)) {
        Ok(stream) => over(stream, request),
        Err(_) => alone(config, request),
    }
}

fn over(mut stream: UnixStream, request: &Request) -> Result<String, String> {
    let broken = |e: std::io::Error| format!("the running server did not answer: {e}");
    let mut line = serde_json::to_string(request).map_err(|e| e.to_string())?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(broken)?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).map_err(broken)?;
    let reply: Reply = serde_json::from_str(&answer).map_err(|e| format!("the running server's answer is odd: {e}"))?;
    if reply.ok { Ok(reply.text) } else { Err(reply.text) }
}

fn alone(config: &Config, request: &Request) -> Result<String, String> {
    let begins = matches!(request, Request::AdminCreate { .. });
    if begins {
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|error| format!("{} cannot be made: {error}", config.data_dir.display()))?;
    } else if !config.data_dir.join("store.redb").exists() {
        return Err(format!(
            "{} holds no marketplace yet. Start one with `instainstru serve`.",
            config.data_dir.display()
        ));
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        if matches!(request, Request::Verify) {
            Store::open_checked(&config.data_dir).map_err(|e| e.to_string())?.close();
        }
        let site = start::open_site(config, None).map_err(|e| e.to_string())?;
        rooms::wire(&site).map_err(|e| e.to_string())?;
        let runner = Runner::new(site.clone(), rooms::jobs(), rooms::consumers());
        let answered = answer(&site, &runner, request).await;
        site.store.close();
        answered
    })
}

async fn answer(site: &Site, runner: &Runner, request: &Request) -> Result<String, String> {
    match request {
        Request::Verify => {
            let site = site.clone();
            tokio::task::spawn_blocking(move || verify(&site)).await.map_err(|e| e.to_string())?
        }
        Request::Backup { to } => {
            let into = backup::place_of(site, to.clone()).map_err(|refusal| sentence(&refusal))?;
            backup::take(site, &into).await.map(|taken| backup::told(&taken))
        }
        Request::Export { to } => backup::export(site, to.clone()).await,
        Request::Reindex => reindex(site, runner).await,
        Request::AdminCreate { email, first_name, last_name, password } => {
            let given = accounts::ops::admin::NewAdmin {
                email: email.clone(),
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                password: password.clone(),
            };
            let user = accounts::ops::admin::create(site, given).await.map_err(|refusal| sentence(&refusal))?;
            Ok(format!("{} can now sign in as administrator.", user.email))
        }
        Request::AdminReset { email, password } => {
            let user =
                accounts::ops::admin::reset(site, email, password).await.map_err(|refusal| sentence(&refusal))?;
            Ok(format!("{} has the new password. Set up a second factor again after signing in.", user.email))
        }
    }
}

fn verify(site: &Site) -> Result<String, String> {
    let report = site.store.verify(&rooms::catalogue()).map_err(|e| e.to_string())?;
    let walked = format!(
        "{} tables with {} rows, {} indexes with {} entries, {} files of {} kB and {} promises checked in {:.2} s",
        report.tables,
        report.rows,
        report.indexes,
        report.entries,
        report.blobs,
        report.blob_bytes / 1024,
        report.checks,
        report.took.as_secs_f64()
    );
    if report.wrong.is_empty() {
        Ok(format!("{walked}: everything is in order."))
    } else {
        Err(format!("{walked}: {} things are wrong:\n{}", report.wrong.len(), report.wrong.join("\n")))
    }
}

async fn reindex(site: &Site, runner: &Runner) -> Result<String, String> {
    let began = std::time::Instant::now();
    let made = runner.reindex().await.map_err(|refusal| sentence(&refusal))?;
    let told: Vec<String> = made.iter().map(|(name, entries)| format!("{name} with {entries} entries")).collect();
    let last = site.read(journal::last_seq).map_err(|refusal| sentence(&refusal))?;
    let took = began.elapsed().as_secs_f64();
    Ok(format!("Rebuilt from the store in {took:.2} s: {}. It goes on from event {last}.", told.join(", ")))
}

fn sentence(refusal: &crate::base::refusal::Refusal) -> String {
    let fields = refusal.errors.iter().map(|e| format!("\n  {}: {}", e.field, e.message));
    std::iter::once(refusal.detail.clone()).chain(fields).collect()
}

/// Listens until the server stops; the socket file goes with it.
pub async fn listen(site: Site, runner: Runner, data_dir: PathBuf, mut stop: tokio::sync::watch::Receiver<bool>) {
    let path = path(&data_dir);
    drop(std::fs::remove_file(&path));
    let listener = match UnixListener::bind(&path) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "no control socket: commands cannot reach this server");
            return;
        }
    };
    drop(std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)));
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(tokio::spawn(serve_one(site.clone(), runner.clone(), stream))),
                // No file handles are left; they come back as connections end.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
    drop(std::fs::remove_file(&path));
}

async fn serve_one(site: Site, runner: Runner, stream: tokio::net::UnixStream) {
    use tokio::io::AsyncReadExt as _;
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(read.take(LINE_BYTES));
    if reader.read_line(&mut line).await.is_err() {
        return;
    }
    let answered = match serde_json::from_str::<Request>(&line) {
        Ok(request) => answer(&site, &runner, &request).await,
        Err(error) => Err(format!("this server does not know that command: {error}")),
    };
    let reply = match answered {
        Ok(text) => Reply { ok: true, text },
        Err(text) => Reply { ok: false, text },
    };
    let mut out = serde_json::to_string(&reply).unwrap_or_default();
    out.push('\n');
    drop(write.write_all(out.as_bytes()).await);
}
