//! Followers of the journal, each at its own pace with its own cursor.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::Mutex;

use crate::base::limits::CONSUMER_BATCH;
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::store::{EventRecord, journal};

type Running = Pin<Box<dyn Future<Output = Outcome<()>> + Send>>;
type Handler = dyn Fn(Site, Vec<EventRecord>) -> Running + Send + Sync;
type Rebuild = dyn Fn(Site) -> Pin<Box<dyn Future<Output = Outcome<u64>> + Send>> + Send + Sync;

/// Deals with every event once or more, in order. Effect first, cursor second: a handler that writes to the store
/// advances the cursor in the same write with [`journal::set_cursor`]; for the others the runner does it afterwards.
#[derive(Clone)]
pub struct Consumer {
    pub name: &'static str,
    handler: Arc<Handler>,
    rebuild: Option<Arc<Rebuild>>,
    /// One batch at a time, whoever asks.
    turn: Arc<Mutex<()>>,
}

impl Consumer {
    pub fn new<H, F>(name: &'static str, handler: H) -> Self
    where
        H: Fn(Site, Vec<EventRecord>) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<()>> + Send + 'static,
    {
        let handler: Arc<Handler> = Arc::new(move |site, events| Box::pin(handler(site, events)));
        Self { name, handler, rebuild: None, turn: Arc::default() }
    }

    /// How what it keeps is thrown away and made anew from the store; answers how many entries that gave.
    #[must_use]
    pub fn rebuilt_by<H, F>(mut self, rebuild: H) -> Self
    where
        H: Fn(Site) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<u64>> + Send + 'static,
    {
        self.rebuild = Some(Arc::new(move |site| Box::pin(rebuild(site))));
        self
    }

    /// Starts over: what it keeps is made anew, and it goes on from where the journal was when that began. `None` for
    /// those that keep nothing.
    pub async fn start_over(&self, site: &Site) -> Outcome<Option<u64>> {
        let Some(rebuild) = &self.rebuild else { return Ok(None) };
        let made = {
            let _turn = self.turn.lock().await;
            let from = site.read(journal::last_seq)?;
            let made = rebuild(site.clone()).await?;
            let name = self.name;
            site.write(move |tx| journal::set_cursor(tx, name, from)).await?;
            made
        };
        self.catch_up(site).await?;
        Ok(Some(made))
    }

    /// Follows to the end of the journal; answers how many events it dealt with.
    pub async fn catch_up(&self, site: &Site) -> Outcome<u64> {
        let _turn = self.turn.lock().await;
        let mut dealt = 0;
        loop {
            let cursor = site.read(|r| journal::cursor(r, self.name))?;
            let events = site.read(|r| journal::events_after(r, cursor, CONSUMER_BATCH))?;
            let Some(last) = events.last().map(|event| event.seq) else { return Ok(dealt) };
            dealt += events.len() as u64;
            // One that panics is tried again like one that fails, and does not end its follower.
            let dealing = AssertUnwindSafe((self.handler)(site.clone(), events)).catch_unwind();
            dealing.await.unwrap_or_else(|_| Err(Refusal::internal("a consumer panicked")))?;
            let name = self.name;
            if site.read(|r| journal::cursor(r, name))? < last {
                site.write(move |tx| journal::set_cursor(tx, name, last)).await?;
            }
        }
    }
}
