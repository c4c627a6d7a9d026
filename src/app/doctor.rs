//! `instainstru doctor`: what could keep a marketplace from running well, one line each, with the way out.
//!
//! It changes nothing and asks nobody outside: a name is looked up, a mail server is not written to.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::config::{Config, Environment};
use super::https;
use crate::base::time::{Clock, TimeZone, fmt_date, utc_to_local, zone};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Good,
    /// It runs, and somebody should know.
    Note,
    Bad,
}

struct Line {
    mark: Mark,
    what: &'static str,
    words: String,
}

fn line(mark: Mark, what: &'static str, words: impl Into<String>) -> Line {
    Line { mark, what, words: words.into() }
}

/// Below this the next backup or a busy day may find the disk full.
const LITTLE_BYTES: u64 = 1 << 30;

/// The report; an error with the same text when something keeps the program from running.
pub fn report(config: &Config) -> Result<String, String> {
    let mut lines = vec![
        mode(config),
        directory(&config.data_dir),
        held(config),
        key(config),
        disk(&config.data_dir),
        clock(config),
        address(config),
        port(config, config.bind),
        stripe(config),
        mail(config),
        backups(config),
    ];
    if let Some(domain) = &config.domain {
        lines.push(port(config, config.plain_bind));
        lines.push(certificate(config, domain));
    }
    let mut text = String::new();
    for Line { mark, what, words } in &lines {
        let sign = match mark {
            Mark::Good => "ok  ",
            Mark::Note => "note",
            Mark::Bad => "BAD ",
        };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{sign} {what:<10} {words}");
    }
    let bad = lines.iter().filter(|line| line.mark == Mark::Bad).count();
    let text = text.trim_end().to_owned();
    if bad == 0 { Ok(text) } else { Err(format!("{bad} of {} checks failed.\n{text}", lines.len())) }
}

fn mode(config: &Config) -> Line {
    match (config.is_sandbox(), config.environment) {
        (true, _) => line(Mark::Note, "mode", "sandbox: no money moves. Set stripe_secret_key to go live."),
        (false, Environment::Auto) => line(
            Mark::Note,
            "mode",
            "live. Set environment = \"production\" so that a lost key cannot make it a sandbox.",
        ),
        (false, Environment::Production) => line(Mark::Good, "mode", "live."),
    }
}

fn directory(dir: &Path) -> Line {
    let shown = dir.display();
    match std::fs::metadata(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            line(Mark::Note, "data", format!("{shown} is not there yet; `serve` makes it."))
        }
        Err(e) => line(Mark::Bad, "data", format!("{shown} cannot be looked at: {e}. Check owner and rights.")),
        Ok(found) if !found.is_dir() => {
            line(Mark::Bad, "data", format!("{shown} is a file. Choose another --data-dir."))
        }
        // A file that is gone again at once says more than the mode bits.
        Ok(_) => match touched(&dir.join(format!(".doctor-{}", std::process::id()))) {
            Ok(()) => line(Mark::Good, "data", format!("{shown} can be written.")),
            Err(e) => line(
                Mark::Bad,
                "data",
                format!("{shown} cannot be written: {e}. Give it to the user that runs the server."),
            ),
        },
    }
}

fn touched(file: &Path) -> std::io::Result<()> {
    std::fs::File::create_new(file)?;
    std::fs::remove_file(file)
}

fn held(config: &Config) -> Line {
    if UnixStream::connect(config.data_dir.join("control.sock")).is_ok() {
        return line(Mark::Good, "store", "a server has it open and answers commands.");
    }
    if !config.data_dir.join("store.redb").exists() {
        return line(Mark::Note, "store", "empty so far.");
    }
    match crate::store::Store::open(&config.data_dir) {
        Ok(store) => {
            store.close();
            line(Mark::Good, "store", "opens; no server has it. `instainstru verify` looks at every row.")
        }
        Err(error) => line(
            Mark::Bad,
            "store",
            format!("{error}. If another process holds it, end that; else `instainstru restore` a backup."),
        ),
    }
}

fn key(config: &Config) -> Line {
    match (crate::site::Seal::exists(&config.data_dir), config.environment) {
        (true, _) => line(Mark::Good, "key", "the master key is there. Keep a copy apart from the data."),
        (false, Environment::Production) => {
            line(Mark::Bad, "key", "no master key, and production does not start without. Run `instainstru keys new`.")
        }
        (false, Environment::Auto) => line(Mark::Note, "key", "no master key yet; the first start makes one."),
    }
}

fn disk(dir: &Path) -> Line {
    let there = dir.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(there).map(|space| space.f_bavail.saturating_mul(space.f_frsize)) {
        Err(e) => line(Mark::Note, "disk", format!("its free space is not known: {e}.")),
        Ok(free) if free < LITTLE_BYTES => {
            line(Mark::Bad, "disk", format!("{} MB free. Make room, or move the data directory.", free >> 20))
        }
        Ok(free) => line(Mark::Good, "disk", format!("{} GB free.", free >> 30)),
    }
}

fn clock(config: &Config) -> Line {
    let now = Clock::system().now();
    let Some(zone) = zone(&config.timezone) else {
        return line(Mark::Bad, "clock", format!("{} is no time zone.", config.timezone));
    };
    let (date, time) = utc_to_local(now, &zone);
    let words = format!("{} {time} in {}.", fmt_date(date), config.timezone);
    // A machine without a clock of its own starts long ago.
    if date.year() < 2026 {
        return line(Mark::Bad, "clock", format!("{words} That is in the past: let the machine ask a time server."));
    }
    line(Mark::Good, "clock", words)
}

fn address(config: &Config) -> Line {
    let Some(url) = &config.base_url else {
        return match config.is_loopback() {
            true => line(Mark::Good, "address", format!("http://{}, from this machine only.", config.bind)),
            false => {
                line(Mark::Bad, "address", "no base_url: links in mails would name nobody’s address. Set base_url.")
            }
        };
    };
    let (scheme, authority) = url.split_once("://").unwrap_or(("http", url));
    let with_port = if authority.contains(':') { authority.to_owned() } else { format!("{authority}:443") };
    match with_port.to_socket_addrs() {
        Err(e) => line(Mark::Bad, "address", format!("{authority} has no address: {e}. Add a DNS record for it.")),
        Ok(found) => {
            let found: Vec<String> = found.map(|at| at.ip().to_string()).collect();
            let words = format!("{url} is {}.", found.join(", "));
            match scheme {
                "https" => line(Mark::Good, "address", words),
                _ => line(Mark::Note, "address", format!("{words} Without https cookies are not safe on the way.")),
            }
        }
    }
}

fn port(config: &Config, at: SocketAddr) -> Line {
    match TcpListener::bind(at) {
        Ok(_) => line(Mark::Good, "port", format!("{at} is free.")),
        Err(_) if UnixStream::connect(config.data_dir.join("control.sock")).is_ok() => {
            line(Mark::Good, "port", format!("{at} is taken, as it should be: a server of this data runs."))
        }
        Err(e) => line(Mark::Bad, "port", format!("{at}: {e}. Choose another address, or end what listens there.")),
    }
}

/// What lies in the data directory; nobody is connected to.
fn certificate(config: &Config, domain: &str) -> Line {
    let said = https::last_failure(&config.data_dir);
    let now = Clock::system().now();
    match https::certificate::kept(&https::folder(&config.data_dir), domain) {
        Err(why) => line(Mark::Bad, "https", format!("{why}. Give it to the user that runs the server.")),
        Ok(None) => match said {
            Some(said) => line(Mark::Bad, "https", said),
            None => line(Mark::Note, "https", format!("no certificate for {domain} yet; `serve` asks for one.")),
        },
        Ok(Some(kept)) => {
            let until = fmt_date(utc_to_local(kept.until, &TimeZone::UTC).0);
            let ask = || "Start the server: it asks for another.".to_owned();
            match said {
                said if kept.until <= now => {
                    line(Mark::Bad, "https", format!("the certificate ended on {until}. {}", said.unwrap_or_else(ask)))
                }
                Some(said) => line(Mark::Note, "https", said),
                None => line(Mark::Good, "https", format!("the certificate for {domain} is good until {until}.")),
            }
        }
    }
}

fn stripe(config: &Config) -> Line {
    let Some(key) = &config.stripe_secret_key else {
        return line(Mark::Good, "stripe", "its stand-in, as in every sandbox.");
    };
    let kind = ["sk_live_", "rk_live_", "sk_test_", "rk_test_"].into_iter().find(|start| key.starts_with(start));
    let hooks = config.stripe_webhook_secret.as_deref().unwrap_or_default();
    match kind {
        None => line(Mark::Bad, "stripe", "stripe_secret_key does not look like one (sk_live_…). Copy it again."),
        Some(_) if !hooks.split(',').all(|secret| secret.trim().starts_with("whsec_")) => {
            line(Mark::Bad, "stripe", "stripe_webhook_secret does not look like one (whsec_…). Copy it again.")
        }
        Some(kind) if kind.ends_with("test_") => line(Mark::Note, "stripe", "a test key: no real money moves."),
        Some(_) => line(Mark::Good, "stripe", "a live key and a signing secret."),
    }
}

fn mail(config: &Config) -> Line {
    match (&config.smtp_url, &config.mail_from) {
        (Some(url), Some(from)) => match crate::notify::Transport::new(url, from) {
            Ok(_) => line(Mark::Good, "mail", "goes out by smtp_url; the console’s page of mails shows how it fares."),
            Err(refusal) => line(Mark::Bad, "mail", format!("{} Look at smtp_url and mail_from.", refusal.detail)),
        },
        _ if config.is_sandbox() => line(Mark::Good, "mail", "stays in the sandbox’s outbox."),
        _ => line(Mark::Bad, "mail", "none leaves: nobody could join or reset a password. Set smtp_url and mail_from."),
    }
}

fn backups(config: &Config) -> Line {
    match (&config.backup_bucket, config.is_sandbox()) {
        (Some(bucket), _) => line(Mark::Good, "backups", format!("go to {bucket}.")),
        (None, true) => line(Mark::Note, "backups", "a sandbox takes none by night unless the console says so."),
        (None, false) if config.backup_dir.is_none() => {
            line(Mark::Note, "backups", "lie in the data directory, on the same disk. Set backup_dir or backup_bucket.")
        }
        (None, false) => line(Mark::Good, "backups", format!("go to {}.", config.backup_dir().display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_sandbox_is_well_and_each_fault_has_its_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let well =
            Config { data_dir: dir.path().to_owned(), bind: "127.0.0.1:0".parse().unwrap(), ..Config::default() };
        let text = report(&well).unwrap();
        assert_eq!(text.lines().count(), 11, "{text}");
        let file = dir.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let live = Config {
            stripe_secret_key: Some("pk_live_x".into()),
            stripe_webhook_secret: Some("whsec_x".into()),
            environment: Environment::Production,
            ..well.clone()
        };
        for (config, what) in [
            (Config { data_dir: file, ..well.clone() }, "--data-dir"),
            (Config { bind: "0.0.0.0:0".parse().unwrap(), ..well.clone() }, "Set base_url"),
            (Config { base_url: Some("https://no.such.invalid".into()), ..well.clone() }, "DNS record"),
            (live.clone(), "keys new"),
            (live.clone(), "sk_live_"),
            (live, "smtp_url and mail_from"),
        ] {
            let text = report(&config).unwrap_err();
            assert!(text.contains(what) && text.contains("BAD "), "{what}: {text}");
        }
    }
}
