//! A stand-in for Stripe: its HTTP protocol on a loopback port, with books that survive a crash; or, for a past that is
//! made up and for the simulator, the same judgement without port and log.
//!
//! Guarantees: objects have the shape `async-stripe` reads; a payment walks Stripe's states, manual capture included;
//! an idempotency key replays its first answer for 24 hours and refuses another body; every change is in an fsynced
//! log before it is answered; events are signed with the marketplace's clock and sent until they are taken. Cards are
//! judged when they are charged, never when they are saved. Faults that a test orders hit exactly the calls it named;
//! a time-out hangs up at once instead of holding the line, which to the caller is the same unknown outcome.
//!
//! It deliberately knows nothing of the marketplace: only what arrives over HTTP, and what a person would do on
//! Stripe's own pages ([`StandIn::onboard`], [`StandIn::complete_card_page`] …). It is the one room below `web` that
//! names axum, for its own server.

mod accounts;
mod answer;
mod books;
mod card_page;
mod cards;
mod control;
mod customers;
mod deliver;
mod form;
mod intents;
mod moves;
mod paydays;
mod routes;
mod server;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::base::secret::Entropy;
use crate::base::time::Clock;
use books::Books;

pub use card_page::{AuthenticationPage, CardChoice, CardPage};
pub use control::{FaultOrder, Position};

/// The key our own adapter uses against the stand-in; any `sk_test_` key is taken.
pub const SECRET_KEY: &str = "sk_test_sandbox";

/// Where the stand-in belongs: which pages it sends people to and who hears its events.
#[derive(Clone, Debug)]
pub struct StandInSettings {
    /// The marketplace's address as people see it; the hosted pages live under it at `/sandbox/…`.
    pub public_url: String,
    /// `http://127.0.0.1:PORT/path` of our webhook.
    pub webhook_url: String,
    pub webhook_secret: String,
}

#[derive(Clone)]
pub struct StandIn {
    inner: Arc<Inner>,
}

struct Inner {
    books: Mutex<Books>,
    clock: Clock,
    entropy: Entropy,
    settings: StandInSettings,
    base_url: String,
    /// Rung when there are events to deliver.
    bell: Notify,
}

impl StandIn {
    /// Opens the books in `dir`, listens on a free loopback port and begins to deliver events.
    pub async fn start(dir: &Path, clock: Clock, entropy: Entropy, settings: StandInSettings) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}/", listener.local_addr()?);
        let stand_in = Self::over(Books::open(dir)?, clock, entropy, settings, base_url);
        tokio::spawn(server::serve(stand_in.clone(), listener));
        tokio::spawn(deliver::run(stand_in.clone()));
        Ok(stand_in)
    }

    /// One without log and port, for callers of this process: its events wait to be taken ([`Self::take_events`]).
    pub fn in_memory(clock: Clock, entropy: Entropy, settings: StandInSettings) -> Self {
        Self::over(Books::in_memory(), clock, entropy, settings, String::new())
    }

    fn over(books: Books, clock: Clock, entropy: Entropy, settings: StandInSettings, base_url: String) -> Self {
        let (books, bell) = (Mutex::new(books), Notify::new());
        Self { inner: Arc::new(Inner { books, clock, entropy, settings, base_url, bell }) }
    }

    /// Leaves every object in `dir`, where [`Self::start`] finds it.
    pub fn save_objects(&self, dir: &Path) -> std::io::Result<()> {
        self.books().save_objects(dir)
    }

    /// What the adapter is given as Stripe's address.
    pub fn base_url(&self) -> &str {
        &self.inner.base_url
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.inner.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
