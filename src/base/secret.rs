//! Randomness, hashes and comparisons that keep secrets secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Keeps what holds secrets out of logs: printed for debugging, it says only what it is.
macro_rules! silent {
    ($($name:ty),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), " { .. }"))
            }
        })+
    };
}
pub(crate) use silent;

/// Where random bytes come from: the operating system, or a seed when a run must replay exactly.
#[derive(Clone, Debug)]
pub struct Entropy {
    seed: Option<std::sync::Arc<Seeded>>,
}

#[derive(Debug)]
struct Seeded {
    seed: u64,
    drawn: std::sync::atomic::AtomicU64,
}

impl Entropy {
    pub fn system() -> Self {
        Self { seed: None }
    }

    /// The same seed gives the same bytes in the same order. Never for real secrets.
    pub fn seeded(seed: u64) -> Self {
        Self { seed: Some(std::sync::Arc::new(Seeded { seed, drawn: 0.into() })) }
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        match &self.seed {
            None => getrandom::fill(&mut out).expect("the operating system always has random bytes"),
            Some(seeded) => {
                let draw = seeded.drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                expand(&[seeded.seed.to_be_bytes(), draw.to_be_bytes()].concat(), &mut out);
            }
        }
        out
    }

    /// A 256-bit token as 43 URL-safe characters.
    pub fn token(&self) -> String {
        token_text(&self.bytes::<32>())
    }
}

/// Stretches `seed` into as many bytes as wanted (SHA-256 in counter mode).
pub fn expand(seed: &[u8], out: &mut [u8]) {
    for (i, chunk) in out.chunks_mut(32).enumerate() {
        let block = Sha256::new().chain_update(seed).chain_update((i as u64).to_be_bytes()).finalize();
        chunk.copy_from_slice(&block[..chunk.len()]);
    }
}

pub fn token_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Lower-case hex SHA-256: the form in which tokens rest in the store.
pub fn sha256_hex(data: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(data.as_ref()))
}

pub fn hmac_sha256_hex(key: &[u8], data: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(data);
    hex::encode(mac.finalize().into_bytes())
}

/// Equal, in a time that does not depend on where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
