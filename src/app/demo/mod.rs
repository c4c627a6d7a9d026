//! The demo marketplace (contract §6): a believable city of instructors and students with a past, made from a seed.
//!
//! Guarantees: the same seed and the same day give the same people, lessons and money; the past was played by the
//! production operations, jobs and adapters on a [`stage`] of its own, so the books add up and `verify` is clean; the
//! data directory appears whole or not at all; no letter about the past is ever sent.
//!
//! Deliberately not here: the program the demo runs in. A demo directory is opened like any other.

mod aftermath;
mod cast;
mod copies;
pub(super) mod dice;
mod hours;
mod lessons;
mod log_book;
mod people;
mod play;
mod searches;
mod season;
mod stage;
mod teacher;
mod words;

pub use log_book::{accounts, greeting, show_people, tables};

use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use super::config::Config;
use super::start;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{Clock, Timestamp};

/// Fills an empty directory where that was asked for: in sandbox mode, on loopback (contract §1).
pub async fn fill_when_empty(config: &Config, clock: Option<Timestamp>) -> Outcome<()> {
    let wanted = config.demo && config.is_sandbox() && config.is_loopback();
    // The cast lives in New York: a directory with a region of its own starts empty.
    let there = |name: &str| config.data_dir.join(name).exists();
    if !wanted || there("store.redb") || there("region") {
        return Ok(());
    }
    let now = clock.unwrap_or_else(|| Clock::system().now());
    // What went wrong in a past that was made up is nothing for today's log.
    let played = play::play(config, now).with_subscriber(NoSubscriber::default()).await?;
    played.save(&config.data_dir).await?;
    if config.demo_scale > 1 {
        let site = start::open_site(config, Some(now)).map_err(Refusal::internal)?;
        copies::add(&site, config.demo_scale - 1).await?;
        site.store.close();
    }
    Ok(())
}
