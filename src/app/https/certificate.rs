//! The certificate in the data directory: kept, read, judged by its dates.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

use crate::base::time::{SignedDuration, Timestamp};
use crate::site::write_private;

const FILE: &str = "certificate.pem";
/// Begins the line that says who issued it.
const MARK: &str = "# issued by ";

/// Key and chain, and how long they are good.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// What is shown to browsers.
    pub(super) shown: CertifiedKey,
    /// Who issued it, where we asked; a certificate that somebody laid there does not say.
    by: Option<String>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Certificate {
    /// Refused where key and certificate are no pair, or not for this name.
    fn read(pem: &[u8], domain: &str) -> Result<Self, String> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        let leaf = chain.first().ok_or("it holds no certificate")?;
        let (_, parsed) = X509Certificate::from_der(leaf).map_err(|e| format!("it cannot be read: {e}"))?;
        let names = parsed.subject_alternative_name().ok().flatten();
        let is_ours = |name: &GeneralName| matches!(name, GeneralName::DNSName(n) if n.eq_ignore_ascii_case(domain));
        if !names.is_some_and(|names| names.value.general_names.iter().any(is_ours)) {
            return Err(format!("it is not for {domain}"));
        }
        let second = |at: i64| Timestamp::from_second(at).map_err(|e| format!("its dates cannot be read: {e}"));
        let (from, until) = (parsed.validity().not_before.timestamp(), parsed.validity().not_after.timestamp());
        let (from, until) = (second(from)?, second(until)?);
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|e| format!("its key cannot be read: {e}"))?;
        let key = any_supported_type(&key).map_err(|e| format!("its key cannot be used: {e}"))?;
        let shown = CertifiedKey::new(chain, key);
        shown.keys_match().map_err(|e| format!("its key is another's: {e}"))?;
        // Text before the first part is no part of a PEM file.
        let by = pem.strip_prefix(MARK.as_bytes()).and_then(|rest| rest.split(|b| *b == b'\n').next());
        let by = by.map(|issuer| String::from_utf8_lossy(issuer).into_owned());
        Ok(Self { shown, by, from, until })
    }

    /// Whether another issuer is wanted by now: somebody tried with one that browsers do not trust first.
    pub(super) fn is_of_another(&self, issuer: &str) -> bool {
        self.by.as_deref().is_some_and(|by| by != issuer)
    }

    /// When a third of its life is left.
    pub fn renew_at(&self) -> Timestamp {
        let life = self.until.duration_since(self.from).as_secs();
        self.until - SignedDuration::from_secs(life / 3)
    }
}

fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// The one that lies there, also when its time is over: a browser says more about that than about none. What cannot be
/// read, or is for another name, is as good as none: it is got anew.
pub(crate) fn kept(dir: &Path, domain: &str) -> Result<Option<Certificate>, String> {
    let path = path(dir);
    let pem = match std::fs::read(&path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    match Certificate::read(&pem, domain) {
        Ok(kept) => Ok(Some(kept)),
        Err(why) => {
            tracing::warn!(path = %path.display(), %why, "the kept certificate is of no use");
            Ok(None)
        }
    }
}

/// Keeps an issued one; what the issuer sent is looked at first.
pub(super) fn keep(dir: &Path, domain: &str, issuer: &str, key: &str, chain: &str) -> Result<Certificate, String> {
    let pem = format!("{MARK}{issuer}\n{key}\n{chain}");
    let fresh = Certificate::read(pem.as_bytes(), domain).map_err(|why| format!("the issued certificate: {why}"))?;
    write_private(&path(dir), pem.as_bytes()).map_err(|e| format!("{} cannot be written: {e}", path(dir).display()))?;
    Ok(fresh)
}
