//! Followers of the journal, each at its own pace with its own cursor.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::base::limits::CONSUMER_BATCH;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::store::{EventRecord, journal};

type Running = Pin<Box<dyn Future<Output = Outcome<()>> + Send>>;
type Handler = dyn Fn(Site, Vec<EventRecord>) -> Running + Send + Sync;

/// Deals with every event once or more, in order. Effect first, cursor second: a handler that writes to the store
/// advances the cursor in the same write with [`journal::set_cursor`]; for the others the runner does it afterwards.
#[derive(Clone)]
pub struct Consumer {
    pub name: &'static str,
    handler: Arc<Handler>,
    /// One batch at a time, whoever asks.
    turn: Arc<Mutex<()>>,
}

impl Consumer {
    pub fn new<H, F>(name: &'static str, handler: H) -> Self
    where
        H: Fn(Site, Vec<EventRecord>) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome<()>> + Send + 'static,
    {
        Self { name, handler: Arc::new(move |site, events| Box::pin(handler(site, events))), turn: Arc::default() }
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
            (self.handler)(site.clone(), events).await?;
            let name = self.name;
            if site.read(|r| journal::cursor(r, name))? < last {
                site.write(move |tx| journal::set_cursor(tx, name, last)).await?;
            }
        }
    }
}
