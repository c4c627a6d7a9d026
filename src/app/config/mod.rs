//! What must be known before the store opens: `config.toml`, environment, flags, in rising precedence.
//!
//! Everything a business person would change lives in the store instead (`site::Setting`). The checked-in
//! `config.toml` is printed by `instainstru config describe`; a test keeps the two equal.

mod keys;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};

use axum::http::Uri;
use serde::Deserialize;

pub use self::keys::describe;
use self::keys::{KEYS, KeyDoc};

/// Every key is optional; unknown ones are an error that names them. Printed for debugging it says nothing: it holds
/// secrets.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub bind: SocketAddr,
    pub base_url: Option<String>,
    pub domain: Option<String>,
    pub plain_bind: SocketAddr,
    pub acme_directory: Option<String>,
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

/// Where it listens when nobody says anything, and where under a name of its own.
const BIND: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8080));
const BIND_HTTPS: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 443));
const BIND_PLAIN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 80));

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: BIND,
            base_url: None,
            domain: None,
            plain_bind: BIND_PLAIN,
            acme_directory: None,
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
    let mut config: Config = serde_path_to_error::deserialize(toml::Value::Table(table))
        .map_err(|e| format!("{}: {}: {}", file.display(), e.path(), e.inner().message()))?;
    config.settle();
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

    /// What follows from a domain where nothing else was said. // rule: 00§1
    pub fn settle(&mut self) {
        let Some(domain) = &mut self.domain else { return };
        domain.make_ascii_lowercase();
        if self.bind == BIND {
            self.bind = BIND_HTTPS;
        }
        if self.base_url.is_none() {
            self.base_url = Some(format!("https://{domain}"));
        }
    }

    /// A domain is a name that an issuer can sign for, and the one that the pages name.
    fn check_domain(&self) -> Result<(), String> {
        if let Some(issuer) = &self.acme_directory {
            let at = issuer.parse::<Uri>().ok();
            let is_here = |host: &str| host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            let is_safe = |at: &Uri| match at.scheme_str() {
                Some("https") => true,
                Some("http") => at.host().is_some_and(is_here),
                _ => false,
            };
            if !at.as_ref().is_some_and(is_safe) {
                return Err(format!("acme_directory = {issuer:?} must be an https address."));
            }
        }
        let Some(domain) = &self.domain else { return Ok(()) };
        if !is_public_name(domain) {
            return Err(format!("domain = {domain:?} must be a host name such as lessons.example.org, without more."));
        }
        let rest = self.base_url.as_deref().and_then(|url| url.strip_prefix("https://")).unwrap_or_default();
        if !rest.split(':').next().is_some_and(|host| host.eq_ignore_ascii_case(domain)) {
            return Err(format!("base_url must be https://{domain}, or be left out: that is what the domain serves."));
        }
        Ok(())
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
        self.check_domain()?;
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

/// Two labels or more, and not an address: nobody signs for those.
fn is_public_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(is_label)
        && !last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_file_is_the_described_one_and_states_true_defaults() {
        assert_eq!(include_str!("../../../config.toml"), describe());
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
            ("domain = \"localhost\"", "domain"),
            ("domain = \"198.51.100.7\"", "domain"),
            ("domain = \"https://school.example\"", "domain"),
            ("domain = \"school.example\"\nbase_url = \"http://school.example\"", "https://school.example"),
            ("domain = \"school.example\"\nbase_url = \"https://school.example.evil\"", "https://school.example"),
            ("acme_directory = \"http://issuer.example\"", "acme_directory"),
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
    #[test]
    fn a_domain_brings_its_ports_and_its_address() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let of = |text: &str| {
            std::fs::write(&file, text).unwrap();
            load(Some(&file), |_| None).unwrap()
        };
        let config = of("domain = \"School.Example\"");
        assert_eq!(config.bind.to_string(), "0.0.0.0:443");
        assert_eq!(config.base_url.as_deref(), Some("https://school.example"));
        let config =
            of("domain = \"school.example\"\nbind = \"[::]:8443\"\nbase_url = \"https://school.example:8443\"");
        assert_eq!(config.bind.to_string(), "[::]:8443");
    }
}
