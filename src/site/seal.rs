//! Secrets at rest: AES-256-GCM under a key that lies beside the store, not in it. // rule: 20§13 secrets
//!
//! A sealed value opens only in the place it was sealed for (`table|id|field`), and names the key it was sealed with:
//! `v2:<key>:<nonce and text>`. A key file may hold several keys, the newest first; the older ones still open.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf;

use super::private_file::write_private;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::{Entropy, hmac_sha256_hex, same, sha256_hex};

const VERSION: &str = "v2";
/// The place of the mark that a browser without an account carries.
pub const GUEST_MARK: &str = "guest";

fn master(data_dir: &Path) -> PathBuf {
    data_dir.join("keys").join("master")
}

fn told(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::internal(format!("{}: {error}", path.display()))
}

/// The keys of one marketplace, newest first.
pub struct Seal {
    keys: Vec<(String, LessSafeKey)>,
    /// Sign what strangers carry for us; made of the same keys, but not the same.
    marks: Vec<String>,
    masters: Vec<[u8; 32]>,
}

impl Seal {
    pub fn of(keys: &[[u8; 32]]) -> Outcome<Self> {
        let one = |key: &[u8; 32]| {
            let unbound = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Refusal::internal("not an AES-256 key"))?;
            Ok((sha256_hex(key)[..8].to_owned(), LessSafeKey::new(unbound)))
        };
        let mark = |key: &[u8; 32]| hmac_sha256_hex(key, b"marks");
        let marks = keys.iter().map(mark).collect();
        Ok(Self { keys: keys.iter().map(one).collect::<Outcome<_>>()?, marks, masters: keys.to_vec() })
    }

    /// `text` with a mark that only this marketplace can make, for one `place`: what a browser brings back unchanged.
    pub fn marked(&self, place: &str, text: &str) -> Outcome<String> {
        let key = self.marks.first().ok_or_else(|| Refusal::internal("there is no key to sign with"))?;
        Ok(format!("{text}.{}", mark(key, place, text)))
    }

    /// Whether `token` was [`Self::marked`] here for `place`.
    pub fn is_marked(&self, place: &str, token: &str) -> bool {
        let Some((text, claimed)) = token.rsplit_once('.') else { return false };
        self.marks.iter().any(|key| same(mark(key, place, text).as_bytes(), claimed.as_bytes()))
    }

    /// Keys for another purpose, one of each master key, newest first: knowing one says nothing about any other.
    pub fn derived(&self, purpose: &str) -> Vec<[u8; 32]> {
        let one = |master: &[u8; 32]| {
            let mut key = [0; 32];
            let told = hkdf::Salt::new(hkdf::HKDF_SHA256, b"instainstru").extract(master);
            // 32 bytes is what the algorithm gives; nothing can be too long here.
            let filled = told.expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key));
            debug_assert!(filled.is_ok());
            key
        };
        self.masters.iter().map(one).collect()
    }

    /// Reads `keys/master` below the data directory, or makes it, readable by its owner only.
    pub fn at(data_dir: &Path, entropy: &Entropy) -> Outcome<Self> {
        if !Self::exists(data_dir) {
            Self::add_key(data_dir, entropy)?;
        }
        let path = master(data_dir);
        let text = std::fs::read_to_string(&path).map_err(|e| told(&path, &e))?;
        let keys: Option<Vec<[u8; 32]>> =
            text.split_whitespace().map(|line| hex::decode(line).ok()?.try_into().ok()).collect();
        let keys = keys.filter(|keys| !keys.is_empty());
        Self::of(&keys.ok_or_else(|| Refusal::internal(format!("{} holds no keys", path.display())))?)
    }

    pub fn exists(data_dir: &Path) -> bool {
        master(data_dir).exists()
    }

    /// Puts a new key before those there are; answers how many there are now. What was sealed before still opens.
    pub fn add_key(data_dir: &Path, entropy: &Entropy) -> Outcome<usize> {
        let path = master(data_dir);
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(told(&path, &error)),
        };
        let text = format!("{}\n{before}", hex::encode(entropy.bytes::<32>()));
        write_private(&path, text.as_bytes()).map_err(|e| told(&path, &e))?;
        Ok(text.lines().count())
    }

    /// Seals for one place; `nonce` must be fresh (inside a write: `tx.random_bytes()`).
    pub fn seal(&self, place: &str, secret: &[u8], nonce: [u8; NONCE_LEN]) -> Outcome<String> {
        let (name, key) = self.keys.first().ok_or_else(|| Refusal::internal("there is no key to seal with"))?;
        let mut sealed = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| Refusal::internal("a secret could not be sealed"))?;
        Ok(format!("{VERSION}:{name}:{}", URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what was sealed for `place`. There is no fallback: what does not open is an error.
    pub fn open(&self, place: &str, text: &str) -> Outcome<Vec<u8>> {
        let broken = || Refusal::internal(format!("the secret of {place} does not open"));
        let mut parts = text.splitn(3, ':');
        let (Some(VERSION), Some(name), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(broken());
        };
        let (_, key) = self.keys.iter().find(|(known, _)| known == name).ok_or_else(broken)?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut sealed = sealed.to_vec();
        let plain = key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut sealed).map_err(|_| broken())?;
        Ok(plain.to_vec())
    }
}

/// 64 bits are plenty for something that cannot be tried offline.
fn mark(key: &str, place: &str, text: &str) -> String {
    hmac_sha256_hex(key.as_bytes(), format!("{place}\n{text}").as_bytes())[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_where_it_was_sealed_and_old_keys_still_open() {
        let old = Seal::of(&[[1; 32]]).unwrap();
        let sealed = old.seal("users|7|totp", b"secret", [9; 12]).unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(old.open("users|7|totp", &sealed).unwrap(), b"secret");
        assert!(old.open("users|8|totp", &sealed).is_err());
        let both = Seal::of(&[[2; 32], [1; 32]]).unwrap();
        assert_eq!(both.open("users|7|totp", &sealed).unwrap(), b"secret");
        assert!(both.seal("x", b"y", [0; 12]).unwrap() != old.seal("x", b"y", [0; 12]).unwrap());
        assert!(Seal::of(&[[3; 32]]).unwrap().open("users|7|totp", &sealed).is_err());
        assert!(old.open("users|7|totp", "secret").is_err(), "no plain text is taken");
    }

    #[test]
    fn a_mark_holds_for_its_place_and_text_only() {
        let (here, there) = (Seal::of(&[[1; 32]]).unwrap(), Seal::of(&[[2; 32]]).unwrap());
        let token = here.marked("guest", "abc").unwrap();
        assert!(here.is_marked("guest", &token) && token.len() == 20);
        assert!(!here.is_marked("other", &token) && !there.is_marked("guest", &token));
        assert!(!here.is_marked("guest", &token.replace("abc", "abd")) && !here.is_marked("guest", "abc"));
        assert!(Seal::of(&[[3; 32], [1; 32]]).unwrap().is_marked("guest", &token), "an older key still counts");
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = Seal::at(dir.path(), &Entropy::system()).unwrap().seal("p", b"s", [1; 12]).unwrap();
        assert_eq!(Seal::at(dir.path(), &Entropy::system()).unwrap().open("p", &sealed).unwrap(), b"s");
        assert_eq!(Seal::add_key(dir.path(), &Entropy::system()).unwrap(), 2);
        let rotated = Seal::at(dir.path(), &Entropy::system()).unwrap();
        assert_eq!(rotated.open("p", &sealed).unwrap(), b"s", "the older key still opens");
        assert_ne!(rotated.seal("p", b"s", [1; 12]).unwrap(), sealed, "the newer one seals");
        assert_ne!(rotated.derived("a")[0], rotated.derived("b")[0]);
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.path().join("keys/master")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
