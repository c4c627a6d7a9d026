//! Password hashes: Argon2id with the parameters of rule 20§2, off the async threads, a few at a time.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::rules::password;
use crate::base::limits::{CONCURRENT_HASHES, HASH_WAIT_SECONDS};
use crate::base::refusal::{Outcome, Refusal};

/// How far hashing steps back behind everything else (0 is equal, 19 the least).
const NICE: i32 = 10;
/// Memory in KiB, passes, lanes, bytes of hash.
const COST: (u32, u32, u32, usize) = (19_456, 2, 1, 32);

type Job = Box<dyn FnOnce() + Send>;

#[derive(Clone)]
pub struct Hasher {
    slots: Arc<Semaphore>,
    jobs: mpsc::Sender<Job>,
    /// What a guess at an unknown address is compared with, so that it takes as long as at a known one.
    dummy: Arc<str>,
    /// Where the wait for a turn is written down, if anybody reads it.
    pub waited: Option<prometheus::Histogram>,
}

impl Hasher {
    pub fn new() -> Outcome<Self> {
        let dummy = hash_now("no account has this password")?;
        let slots = Arc::new(Semaphore::new(CONCURRENT_HASHES));
        Ok(Self { slots, jobs: start_threads()?, dummy: dummy.into(), waited: None })
    }

    pub async fn hash(&self, password: &str) -> Outcome<String> {
        let password = password.to_owned();
        self.in_turn(move || hash_now(&password)).await
    }

    /// Whether the password fits; `None` stands for an unknown account and never fits.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Outcome<bool> {
        let password = password::normal(password);
        let known = hash.is_some();
        let hash = hash.map_or_else(|| self.dummy.to_string(), str::to_owned);
        self.in_turn(move || {
            let parsed = PasswordHash::new(&hash).map_err(Refusal::internal)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let asked = Instant::now();
        let turn = tokio::time::timeout(Duration::from_secs(HASH_WAIT_SECONDS), self.slots.clone().acquire_owned());
        let turn = turn.await;
        if let Some(waited) = &self.waited {
            waited.observe(asked.elapsed().as_secs_f64());
        }
        let Ok(Ok(slot)) = turn else {
            return Err(Refusal::too_many("DOOR_BUSY", "Many people are signing in. Try again in a few seconds.", 5));
        };
        let (tell, told) = tokio::sync::oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody listening any more is no fault: the person went away.
            drop(tell.send(work()));
            drop(slot);
        });
        self.jobs.send(job).map_err(Refusal::internal)?;
        told.await.map_err(Refusal::internal)?
    }
}

/// Threads of their own, and modest ones: while a crowd signs in, everybody else's requests go first. They end with the
/// last [`Hasher`].
fn start_threads() -> Outcome<mpsc::Sender<Job>> {
    let (jobs, waiting) = mpsc::channel::<Job>();
    let waiting = Arc::new(Mutex::new(waiting));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for n in 0..CONCURRENT_HASHES.min(cores) {
        let waiting = waiting.clone();
        let work = move || {
            // Where the system does not let us step back, hashing is only less polite.
            let _polite = rustix::process::nice(NICE);
            loop {
                let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(job) = job else { return };
                job();
            }
        };
        std::thread::Builder::new().name(format!("hash-{n}")).spawn(work).map_err(Refusal::internal)?;
    }
    Ok(jobs)
}

fn engine() -> Outcome<Argon2<'static>> {
    let (memory, passes, lanes, bytes) = COST;
    let params = Params::new(memory, passes, lanes, Some(bytes)).map_err(Refusal::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes on the calling thread: for the command line and for filling a demo.
pub fn hash_now(password: &str) -> Outcome<String> {
    let hash = engine()?.hash_password(password::normal(password).as_bytes()).map_err(Refusal::internal)?;
    Ok(hash.to_string())
}

/// Made with other parameters than today's.
pub fn is_outdated(hash: &str) -> bool {
    let (memory, passes, lanes, _) = COST;
    !hash.starts_with(&format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_fit_their_password_only() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let hasher = Hasher::new().unwrap();
            let hash = hasher.hash("u\u{308}ber alles 7").await.unwrap();
            assert!(!is_outdated(&hash), "{hash}");
            assert!(hasher.fits("\u{fc}ber alles 7", Some(&hash)).await.unwrap());
            assert!(!hasher.fits("uber alles 7", Some(&hash)).await.unwrap());
            assert!(!hasher.fits("no account has this password", None).await.unwrap());
        });
    }
}
