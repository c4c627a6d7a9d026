//! `serve`: starts, says how to get in, runs until told to stop.

use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use super::cli::print;
use super::config::Config;
use super::{rooms, start};
use crate::base::time::Timestamp;

pub fn run(config: &Config, sandbox_clock: Option<Timestamp>) -> Result<(), String> {
    log_to_stderr(config);
    if sandbox_clock.is_some() {
        check_clock_flag(config, &config.data_dir)?;
    }
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let running = start::start(config, sandbox_clock).await?;
        print(&rooms::greeting(&running.site).await.map_err(|e| e.to_string())?)?;
        if running.awaits_certificate {
            print("Its certificate is being asked for. Browsers get in once the log says that it is in use.")?;
        }
        let mut broken = running.site.store.broken();
        let ended = tokio::select! {
            told = wait_for_the_end() => told,
            // A process that cannot save is of no use; the next start says whether the disk works again.
            broken = broken.wait_for(Option::is_some) => Err(broken.ok().and_then(|why| why.clone()).unwrap_or_default()),
        };
        print("Stopping: finishing what is open.")?;
        running.stop().await;
        ended
    })
}

/// Where time starts can be chosen once, before there is any history.
fn check_clock_flag(config: &Config, dir: &Path) -> Result<(), String> {
    if !config.is_sandbox() {
        return Err("--sandbox-clock is for sandbox mode only.".into());
    }
    if dir.join("store.redb").exists() {
        return Err(format!(
            "--sandbox-clock needs an empty directory, and {} already has a history. Move the clock over \
             POST /sandbox/v1/clock instead.",
            dir.display()
        ));
    }
    Ok(())
}

fn log_to_stderr(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = if config.log_json { builder.json().try_init() } else { builder.compact().try_init() };
    drop(set);
}

async fn wait_for_the_end() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.map_err(|e| e.to_string())?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
