//! What must be known before the store opens: `config.toml`, environment, flags, in rising precedence.
//!
//! Everything a business person would change lives in the store instead (`site::Setting`). The checked-in
//! `config.toml` is printed by `instainstru config describe`; a test keeps the two equal.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Every key is optional; unknown ones are an error that names them. Printed for debugging it says nothing: it holds
/// secrets.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub bind: SocketAddr,
    pub base_url: Option<String>,
    pub data_dir: PathBuf,
    pub backup_dir: Option<PathBuf>,
    pub backup_bucket: Option<String>,
    pub s3_endpoint: Option<String>,
    pub s3_region: Option<String>,
    pub s3_access_key: Option<String>,
    pub s3_secret_key: Option<String>,
    pub environment: Environment,
    pub demo: bool,
    /// How many times its size a demo has; only the command line says so.
    #[serde(skip)]
    pub demo_scale: u32,
    pub timezone: String,
    pub log: String,
    pub log_json: bool,
    pub stripe_secret_key: Option<String>,
    pub stripe_webhook_secret: Option<String>,
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    pub trusted_proxies: String,
    pub reload_secret: Option<String>,
    pub leaked_passwords: Option<PathBuf>,
    pub metrics_user: String,
    pub metrics_password: Option<String>,
    pub metrics_networks: Option<String>,
    /// Tests run every write twice, to find those that are not re-runnable.
    #[serde(skip)]
    pub rehearse_writes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Sandbox when no keys are set, live when they are.
    Auto,
    /// Refuses to start in sandbox mode.
    Production,
}

crate::base::secret::silent!(Config);

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: None,
            data_dir: PathBuf::from("data"),
            backup_dir: None,
            backup_bucket: None,
            s3_endpoint: None,
            s3_region: None,
            s3_access_key: None,
            s3_secret_key: None,
            environment: Environment::Auto,
            demo: true,
            demo_scale: 1,
            timezone: "America/New_York".to_owned(),
            log: "info".to_owned(),
            log_json: false,
            stripe_secret_key: None,
            stripe_webhook_secret: None,
            smtp_url: None,
            mail_from: None,
            trusted_proxies: String::new(),
            reload_secret: None,
            leaked_passwords: None,
            metrics_user: "metrics".to_owned(),
            metrics_password: None,
            metrics_networks: None,
            rehearse_writes: false,
        }
    }
}

/// One key as it is described: name, default as TOML, meaning.
struct KeyDoc {
    name: &'static str,
    default: &'static str,
    doc: &'static str,
}

const KEYS: &[KeyDoc] = &[
    KeyDoc {
        name: "bind",
        default: "\"127.0.0.1:8080\"",
        doc: "Address and port to listen on. On any address but loopback nothing is filled with demo data.",
    },
    KeyDoc {
        name: "base_url",
        default: "\"http://127.0.0.1:8080\"",
        doc: "The address people type, without a trailing slash. Links in mails use it; other host names are refused.\nLeft out, it follows from `bind`.",
    },
    KeyDoc {
        name: "data_dir",
        default: "\"data\"",
        doc: "The one directory that holds everything. Back it up, mount it, move it.",
    },
    KeyDoc {
        name: "backup_dir",
        default: "\"\"",
        doc: "Where backups go, by night and by hand; best on another disk. Left out: `backups` in the data directory.",
    },
    KeyDoc {
        name: "backup_bucket",
        default: "\"\"",
        doc: "An S3-compatible bucket that gets the backups instead, as s3://bucket/prefix.",
    },
    KeyDoc {
        name: "s3_endpoint",
        default: "\"\"",
        doc: "The bucket's provider, as https://host. Left out: Amazon's own.",
    },
    KeyDoc { name: "s3_region", default: "\"\"", doc: "The bucket's region. Left out: us-east-1." },
    KeyDoc {
        name: "s3_access_key",
        default: "\"\"",
        doc: "Who uses the bucket, and the secret beside it; better given as INSTAINSTRU_S3_SECRET_KEY.",
    },
    KeyDoc { name: "s3_secret_key", default: "\"\"", doc: "The secret that belongs to `s3_access_key`." },
    KeyDoc {
        name: "environment",
        default: "\"auto\"",
        doc: "\"auto\": sandbox without Stripe keys, live with them. \"production\": refuses to start without keys.",
    },
    KeyDoc {
        name: "demo",
        default: "true",
        doc: "Fill an empty data directory with the demo marketplace (loopback and sandbox only).",
    },
    KeyDoc {
        name: "timezone",
        default: "\"America/New_York\"",
        doc: "The marketplace's own zone (an IANA name): its days, its nightly jobs, its search for \"tomorrow\".",
    },
    KeyDoc {
        name: "log",
        default: "\"info\"",
        doc: "What to log: error, warn, info, debug or trace, also per module: \"info,instainstru::jobs=debug\".",
    },
    KeyDoc { name: "log_json", default: "false", doc: "One JSON object a line instead of text." },
    KeyDoc {
        name: "stripe_secret_key",
        default: "\"\"",
        doc: "Stripe's secret key (sk_live_… or sk_test_…). Better given as INSTAINSTRU_STRIPE_SECRET_KEY.",
    },
    KeyDoc {
        name: "stripe_webhook_secret",
        default: "\"\"",
        doc: "The signing secret of the webhook endpoint (whsec_…). Several, separated by commas, while one is replaced.",
    },
    KeyDoc {
        name: "smtp_url",
        default: "\"\"",
        doc: "The server that takes our mail: smtps://user:password@mail.example.org, or smtp://host:587?tls=required.\nBetter given as INSTAINSTRU_SMTP_URL. Left out, a live marketplace keeps its mails waiting in the outbox.",
    },
    KeyDoc {
        name: "mail_from",
        default: "\"\"",
        doc: "Who writes them: \"Board <hello@example.org>\". Needed beside smtp_url.",
    },
    KeyDoc {
        name: "trusted_proxies",
        default: "\"\"",
        doc: "Addresses or networks of proxies in front of us, separated by commas: \"10.0.0.0/8, ::1\". Only they are\nbelieved when they say who asks (X-Forwarded-For, X-Forwarded-Proto, CF-Connecting-IP).",
    },
    KeyDoc {
        name: "reload_secret",
        default: "\"\"",
        doc: "Signs POST /api/v1/internal/config/reload, by which a program changes limits. Left out: the call is refused.",
    },
    KeyDoc {
        name: "leaked_passwords",
        default: "\"\"",
        doc: "A file of passwords nobody may choose, of any size, sorted by bytes (LC_ALL=C sort): one a line, or their\nSHA-1 or SHA-256 in hexadecimal, also as HASH:COUNT.",
    },
    KeyDoc {
        name: "metrics_user",
        default: "\"metrics\"",
        doc: "Who scrapes GET /api/v1/internal/metrics (basic auth).",
    },
    KeyDoc {
        name: "metrics_password",
        default: "\"\"",
        doc: "And with which password; better given as INSTAINSTRU_METRICS_PASSWORD. Left out, nobody does.",
    },
    KeyDoc {
        name: "metrics_networks",
        default: "\"\"",
        doc: "From which addresses or networks, separated by commas. Left out: this machine only.",
    },
];

/// The commented file that `config describe` prints.
pub fn describe() -> String {
    let mut out = String::from(
        "# Configuration of instainstru. Every key is optional; the defaults are shown.\n\
         # An environment variable INSTAINSTRU_<KEY> overrides a key, a command-line flag overrides both.\n\
         # This file is printed by `instainstru config describe`. What a business person would change (prices, fees,\n\
         # limits, launch state) is not here: it lives in the store and is edited in the console.\n",
    );
    for key in KEYS {
        out.push('\n');
        for line in key.doc.lines() {
            out.push_str(&format!("# {line}\n"));
        }
        out.push_str(&format!("# {} = {}\n", key.name, key.default));
    }
    out
}

/// Reads the file (missing is fine unless it was asked for), then the environment.
pub fn load(path: Option<&Path>, env: impl Fn(&str) -> Option<String>) -> Result<Config, String> {
    let file = path.unwrap_or(Path::new("config.toml"));
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.is_none() => String::new(),
        Err(error) => return Err(format!("{} cannot be read: {error}", file.display())),
    };
    let mut table: toml::Table =
        toml::from_str(&text).map_err(|e| format!("{} is not valid TOML: {e}", file.display()))?;
    for key in KEYS {
        if let Some(value) = env(&format!("INSTAINSTRU_{}", key.name.to_uppercase())) {
            table.insert(key.name.to_owned(), from_env(key, value));
        }
    }
    table.retain(|_, value| value.as_str() != Some(""));
    let config: Config = serde_path_to_error::deserialize(toml::Value::Table(table))
        .map_err(|e| format!("{}: {}: {}", file.display(), e.path(), e.inner().message()))?;
    config.check()?;
    Ok(config)
}

/// Variables of our own prefix that are no keys: what our tests, benches and whoever drives them are told by.
const NO_KEYS: [&str; 12] = [
    "WEED",
    "LOCALSTRIPE",
    "STRIPE_API",
    "COMMIT",
    "WRITE_ACCESS",
    "BIN",
    "BINARY",
    "EXE",
    "PROGRAM",
    "URL",
    "HOST",
    "PORT",
];
const NO_KEYS_BEGIN: [&str; 4] = ["BENCH_", "CRASH_", "FUZZ_", "TEST_"];

/// A misspelt variable must not pass for a key left out: it would make a sandbox of a live marketplace.
pub fn check_variables(names: impl Iterator<Item = String>) -> Result<(), String> {
    for name in names {
        let Some(key) = name.strip_prefix("INSTAINSTRU_") else { continue };
        let known = KEYS.iter().any(|known| known.name.eq_ignore_ascii_case(key) && key == key.to_ascii_uppercase());
        if !known && !NO_KEYS.contains(&key) && !NO_KEYS_BEGIN.iter().any(|start| key.starts_with(start)) {
            return Err(format!(
                "the environment variable {name} is no key of the configuration. `instainstru config describe` lists them."
            ));
        }
    }
    Ok(())
}

fn from_env(key: &KeyDoc, value: String) -> toml::Value {
    match (key.default, value.as_str()) {
        ("true" | "false", "true" | "1") => toml::Value::Boolean(true),
        ("true" | "false", "false" | "0") => toml::Value::Boolean(false),
        _ => toml::Value::String(value),
    }
}

impl Config {
    pub fn is_sandbox(&self) -> bool {
        self.stripe_secret_key.is_none()
    }

    pub fn backup_dir(&self) -> PathBuf {
        self.backup_dir.clone().unwrap_or_else(|| self.data_dir.join("backups"))
    }

    pub fn is_loopback(&self) -> bool {
        self.bind.ip().is_loopback()
    }

    /// Refuses combinations that cannot mean well.
    pub fn check(&self) -> Result<(), String> {
        if self.environment == Environment::Production && self.is_sandbox() {
            return Err(
                "environment = \"production\" needs stripe_secret_key; without it this would be a sandbox that \
                 takes nobody's money. Set the key, or leave environment at \"auto\"."
                    .into(),
            );
        }
        if crate::base::time::zone(&self.timezone).is_none() {
            return Err(format!("timezone = {:?} is not an IANA zone such as America/New_York.", self.timezone));
        }
        if let Some(url) = &self.base_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['/', ' ', '?', '#'])) {
                return Err(format!("base_url = {url:?} must be http(s)://host, without a path."));
            }
        }
        if self.smtp_url.is_some() != self.mail_from.is_some() {
            return Err("smtp_url and mail_from are needed together: where mail goes, and who writes it.".into());
        }
        crate::web::Proxies::parse(&self.trusted_proxies).map_err(|why| format!("trusted_proxies: {why}."))?;
        let scrapers = self.metrics_networks.as_deref().unwrap_or_default();
        crate::web::Proxies::parse(scrapers).map_err(|why| format!("metrics_networks: {why}."))?;
        if !self.is_sandbox() && self.stripe_webhook_secret.is_none() {
            return Err(
                "stripe_secret_key needs stripe_webhook_secret beside it, or Stripe's events are refused.".into()
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_file_is_the_described_one_and_states_true_defaults() {
        assert_eq!(include_str!("../../config.toml"), describe());
        let uncommented: String = describe()
            .lines()
            .filter(|line| line.contains(" = ") && KEYS.iter().any(|k| line.starts_with(&format!("# {} =", k.name))))
            .map(|line| format!("{}\n", &line[2..]))
            .filter(|line| !line.contains("\"\"") && !line.starts_with("base_url"))
            .collect();
        assert_eq!(toml::from_str::<Config>(&uncommented).unwrap(), Config::default());
        assert!(KEYS.len() <= 40);
    }

    #[test]
    fn a_misspelt_variable_is_named_and_a_tests_own_is_not() {
        let check = |name: &str| check_variables(std::iter::once(name.to_owned()));
        for good in
            ["PATH", "INSTAINSTRU_DEMO", "INSTAINSTRU_STRIPE_SECRET_KEY", "INSTAINSTRU_WEED", "INSTAINSTRU_FUZZ_SEED"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["INSTAINSTRU_FOO", "INSTAINSTRU_STRIPE_SECRETKEY", "INSTAINSTRU_demo", "INSTAINSTRU_"] {
            assert!(check(bad).unwrap_err().contains(bad), "{bad}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        for (text, hint) in [
            ("colour = 1", "colour"),
            ("bind = \"x\"", "bind"),
            ("timezone = \"Mars/Olympus\"", "timezone"),
            ("environment = \"production\"", "stripe_secret_key"),
            ("base_url = \"example.org\"", "base_url"),
            ("smtp_url = \"smtps://mail.example.org\"", "mail_from"),
            ("bind = ", "TOML"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = load(Some(&file), |_| None).unwrap_err();
            assert!(error.contains(hint), "{text}: {error}");
        }
        std::fs::write(&file, "demo = true").unwrap();
        let config = load(Some(&file), |key| (key == "INSTAINSTRU_DEMO").then(|| "false".into())).unwrap();
        assert!(!config.demo);
    }
}
