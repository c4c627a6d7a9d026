//! `--domain`: https under a name of one's own, with a certificate that is got and renewed by itself (ACME, HTTP-01).
//!
//! Guarantees
//! - Certificate, key and the issuer's account lie in the data directory (`https/`), readable by their owner alone. A
//!   backup leaves them out: they are got anew.
//! - The kept certificate serves while it is renewed and while the issuer is away; `ready`, `doctor` and the log say
//!   what is wrong. Asking again waits longer each time, below what issuers allow.
//! - Only the one name is served; port 80 answers the issuer's question and sends everybody else to https.
//! - Validity is judged by the machine's clock, as browsers do, also where a sandbox's clock was moved.
//!
//! Not guaranteed: a page before the first certificate is there. That takes seconds, or until the name leads here.

pub(super) mod certificate;
mod issue;
mod plain;

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use self::certificate::Certificate;
use self::issue::Answers;
use super::config::Config;
use super::listen;
use crate::base::time::{Clock, SignedDuration, Timestamp};
use crate::site::write_private;

const ISSUER: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// The longest sleep: a machine that slept itself looks at its clock again.
const LONGEST: Duration = Duration::from_secs(3600);
/// An issuer whose certificates are due as they come is not asked without end.
const SOONEST: SignedDuration = SignedDuration::from_hours(1);

/// What is shown to browsers now, and for which name.
#[derive(Clone, Debug)]
struct Shown(Arc<RwLock<Option<Arc<CertifiedKey>>>>, Arc<str>);

impl Shown {
    fn show(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key));
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let ours = hello.server_name().is_none_or(|name| name.eq_ignore_ascii_case(&self.1));
        let shown = self.0.read().unwrap_or_else(PoisonError::into_inner);
        ours.then(|| shown.clone()).flatten()
    }
}

/// What is wrong with the certificate at present, if anything. Also written beside it, for `doctor`.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble(Arc<RwLock<Option<String>>>);

impl Trouble {
    pub fn now(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is(&self, dir: &Path, what: Option<String>) {
        let path = failure(dir);
        drop(match &what {
            Some(words) => write_private(&path, words.as_bytes()),
            None => std::fs::remove_file(path),
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = what;
    }
}

fn failure(dir: &Path) -> PathBuf {
    dir.join("failure")
}

/// Where all this lies below the data directory.
pub(super) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("https")
}

/// What the server last said about a renewal that failed.
pub(super) fn last_failure(data_dir: &Path) -> Option<String> {
    std::fs::read_to_string(failure(&folder(data_dir))).ok()
}

/// One name, its certificate, who issues it, and the port that everybody is sent away from.
pub(super) struct Https {
    domain: String,
    base_url: String,
    issuer: String,
    dir: PathBuf,
    shown: Shown,
    answers: Answers,
    kept: Option<Certificate>,
    plain: TcpListener,
    pub(super) trouble: Trouble,
}

impl Https {
    /// Takes port 80 and reads what is kept. `None` without a domain.
    pub async fn open(config: &Config) -> Result<Option<Self>, String> {
        let (Some(domain), Some(base_url)) = (config.domain.clone(), config.base_url.clone()) else { return Ok(None) };
        let plain = TcpListener::bind(config.plain_bind).await.map_err(|e| {
            format!(
                "{} cannot be listened on: {e}. With a domain this port answers the certificate's issuer: is another \
                 server using it, or is it root's alone? `instainstru service print` writes a unit that may have it.",
                config.plain_bind
            )
        })?;
        let dir = folder(&config.data_dir);
        let kept = certificate::kept(&dir, &domain)?;
        let shown = Shown(Arc::default(), domain.as_str().into());
        if let Some(kept) = &kept {
            shown.show(kept.shown.clone());
        }
        let issuer = config.acme_directory.clone().unwrap_or_else(|| ISSUER.to_owned());
        let (answers, trouble) = (Answers::default(), Trouble::default());
        Ok(Some(Self { domain, base_url, issuer, dir, shown, answers, kept, plain, trouble }))
    }

    /// Where port 80 really is.
    pub fn plain_address(&self) -> Option<std::net::SocketAddr> {
        self.plain.local_addr().ok()
    }

    /// Whether browsers get in at once.
    pub fn has_certificate(&self) -> bool {
        self.kept.is_some()
    }

    /// How connections become encrypted ones.
    pub fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(Arc::new(self.shown.clone()));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    /// Serves port 80 and keeps the certificate fresh until `stop`.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let Self { domain, base_url, issuer, dir, shown, answers, kept, plain, trouble } = self;
        let router = plain::router(base_url, answers.clone());
        let renewal = Renewal { domain, issuer, dir, shown, answers, kept, trouble };
        tokio::join!(listen::serve(plain, router, stop.clone(), None), renewal.run(stop));
    }
}

struct Renewal {
    domain: String,
    issuer: String,
    dir: PathBuf,
    shown: Shown,
    answers: Answers,
    kept: Option<Certificate>,
    trouble: Trouble,
}

impl Renewal {
    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut failures = 0;
        let kept = self.kept.as_ref().filter(|kept| !kept.is_of_another(&self.issuer));
        let mut due = kept.map_or(Timestamp::UNIX_EPOCH, Certificate::renew_at);
        if Clock::system().now() < due {
            self.trouble.is(&self.dir, None);
        }
        while !*stop.borrow() {
            let now = Clock::system().now();
            if now < due {
                let sleep = Duration::try_from(due.duration_since(now)).unwrap_or(LONGEST).min(LONGEST);
                tokio::select! {
                    _ = stop.changed() => {}
                    () = tokio::time::sleep(sleep) => {}
                }
                continue;
            }
            let got = tokio::select! {
                _ = stop.changed() => break,
                got = issue::issue(&self.dir, &self.issuer, &self.domain, &self.answers) => got,
            };
            let now = Clock::system().now();
            due = match got {
                Ok(fresh) => {
                    failures = 0;
                    self.use_it(fresh).max(now + SOONEST)
                }
                Err(why) => {
                    failures += 1;
                    self.complain(now, &why);
                    now + pause(failures)
                }
            };
        }
    }

    /// Answers when the next one is due.
    fn use_it(&mut self, fresh: Certificate) -> Timestamp {
        self.shown.show(fresh.shown.clone());
        self.trouble.is(&self.dir, None);
        tracing::info!(domain = %self.domain, until = %fresh.until, "a new certificate is in use");
        let due = fresh.renew_at();
        self.kept = Some(fresh);
        due
    }

    fn complain(&self, now: Timestamp, why: &str) {
        let domain = &self.domain;
        let state = match &self.kept {
            None => "there is none yet".to_owned(),
            Some(kept) if kept.until <= now => format!("the old one ended on {}", kept.until),
            Some(kept) => format!("the old one serves until {}", kept.until),
        };
        let words = format!(
            "No certificate for {domain} was issued, and {state}. The issuer, {}: {why}. The name has to lead to this \
             machine (DNS), and its port 80 to this program.",
            self.issuer
        );
        tracing::error!("{words}");
        self.trouble.is(&self.dir, Some(words));
    }
}

/// Two minutes, then twice as long each time, to six hours: issuers allow about five failures an hour.
fn pause(failures: u32) -> SignedDuration {
    SignedDuration::from_mins((1 << failures.min(9)).min(360))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_that_fails_is_asked_five_times_in_the_first_hour_and_then_seldom() {
        let mut at = SignedDuration::ZERO;
        let mut within_the_hour = 1;
        for failures in 1..200 {
            at += pause(failures);
            within_the_hour += u32::from(at < SignedDuration::from_hours(1));
            assert!(pause(failures) <= SignedDuration::from_hours(6), "{failures}");
        }
        assert_eq!(within_the_hour, 5);
        assert_eq!(pause(100), SignedDuration::from_hours(6));
    }
}
