//! From a configuration to a running marketplace: store, clock, stand-ins, rooms, jobs, router.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::backup::{self, Place};
use super::config::{Config, Environment};
use super::https::Https;
use super::metrics::Scraper;
use super::sandbox::SandboxPart;
use super::{control, demo, listen, rooms, sandbox, sandbox_clock};
use crate::accounts::Leaked;
use crate::base::secret::Entropy;
use crate::base::time::{Timestamp, zone};
use crate::console::ReloadSecret;
use crate::jobs::Runner;
use crate::notify::Transport;
use crate::outside::choose_tls;
use crate::outside::sandbox::stripe::{SECRET_KEY, StandIn, StandInSettings};
use crate::outside::stripe::{Stripe, StripeSettings};
use crate::places;
use crate::search;
use crate::site::{Mode, Parts, Seal, Site, SiteParts};
use crate::store::Store;
use crate::web::limits::RATE_LIMITS;
use crate::web::{Hosts, Proxies, assemble};

/// A marketplace that answers.
pub struct Running {
    pub address: SocketAddr,
    /// With a domain: where people are sent to https.
    pub plain_address: Option<SocketAddr>,
    /// With a domain: no browser gets in before its certificate is there.
    pub awaits_certificate: bool,
    pub site: Site,
    pub runner: Runner,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Where the signing secret of the stand-in's events comes from.
struct Secrets {
    webhook: String,
}

/// The site without any server: enough for commands.
pub fn open_site(config: &Config, sandbox_clock_start: Option<Timestamp>) -> Result<Site, String> {
    choose_tls();
    let open = if config.rehearse_writes { Store::open_rehearsing } else { Store::open };
    let store = open(&config.data_dir).map_err(|e| e.to_string())?;
    backup::upgrade(config, &store)?;
    let mode = if config.is_sandbox() { Mode::Sandbox } else { Mode::Live };
    let clock = sandbox_clock::restore(&store, mode, sandbox_clock_start)
        .map_err(|why| format!("{} {why}", config.data_dir.display()))?;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{}", loopback(config.bind)));
    let zone = zone(&config.timezone).ok_or_else(|| format!("{} is not a time zone", config.timezone))?;
    places::packs::activate(&config.data_dir).map_err(|e| e.to_string())?;
    let parts = Parts::default();
    parts.put(Place::configured(config)?);
    if let (Some(url), Some(from)) = (&config.smtp_url, &config.mail_from) {
        parts.put(Transport::new(url, from).map_err(|refusal| refusal.detail)?);
    }
    if let Some(file) = &config.leaked_passwords {
        parts.put(Leaked::open(file)?);
    }
    Ok(Site::new(SiteParts {
        store,
        clock,
        entropy: Entropy::system(),
        order: crate::base::id::Order::default(),
        mode,
        base_url,
        zone,
        zone_name: config.timezone.clone(),
        data_dir: config.data_dir.clone(),
        parts,
    }))
}

/// Binds, wires and serves. Returns as soon as requests are answered.
pub async fn start(config: &Config, sandbox_clock_start: Option<Timestamp>) -> Result<Running, String> {
    let listener = TcpListener::bind(config.bind)
        .await
        .map_err(|e| format!("{} cannot be listened on: {e}. Is another server using it? Try --bind.", config.bind))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let https = Https::open(config).await?;
    let mut config = config.clone();
    config.bind = address;
    demo::fill_when_empty(&config, sandbox_clock_start).await.map_err(|e| e.to_string())?;
    if config.environment == Environment::Production && !Seal::exists(&config.data_dir) {
        return Err(format!(
            "environment = \"production\" needs a master key in {}/keys. Make one with `instainstru keys new` and keep a \
             copy apart from the data: without it, what is sealed there cannot be read again.",
            config.data_dir.display()
        ));
    }
    let site = open_site(&config, sandbox_clock_start)?;
    rooms::wire(&site).map_err(|e| e.to_string())?;
    search::warm(&site);
    demo::show_people(&site).map_err(|e| e.to_string())?;
    let reload = config.reload_secret.clone().or_else(|| site.is_sandbox().then(|| site.entropy.token()));
    site.parts.put(ReloadSecret(reload));
    site.parts.put(Proxies::parse(&config.trusted_proxies)?);
    site.parts.put(Scraper::of(&config, &site)?);
    site.read(|r| RATE_LIMITS.read(r)).map_err(|e| format!("the stored limits do not fit this version: {e}"))?;
    let inner = if https.is_some() { inner_wire(&site).await? } else { None };
    let told_at =
        inner.as_ref().map_or(Ok(loopback(config.bind)), TcpListener::local_addr).map_err(|e| e.to_string())?;
    let stand_in = connect_stripe(&config, &site, told_at).await?;
    let runner = Runner::new(site.clone(), rooms::jobs(), rooms::consumers());
    site.parts.put(SandboxPart { runner: runner.clone(), stand_in, moving: tokio::sync::Mutex::default() });
    runner.prepare().await.map_err(|e| e.to_string())?;
    let hosts =
        Hosts::new(&site.base_url, config.is_loopback() || config.bind.ip().is_unspecified() || inner.is_some());
    let (router, _) = assemble(&site, hosts, sandbox::routes(rooms::api(), &site), rooms::pages());
    let (stop, stopped) = watch::channel(false);
    let tls = https.as_ref().map(Https::acceptor);
    let mut tasks = vec![
        tokio::spawn(listen::serve(listener, router.clone(), stopped.clone(), tls)),
        tokio::spawn(runner.clone().run(stopped.clone())),
        tokio::spawn(control::listen(site.clone(), runner.clone(), config.data_dir.clone(), stopped.clone())),
    ];
    tasks.extend(inner.map(|inner| tokio::spawn(listen::serve(inner, router, stopped.clone(), None))));
    let plain_address = https.as_ref().and_then(Https::plain_address);
    let awaits_certificate = https.as_ref().is_some_and(|https| !https.has_certificate());
    if let Some(https) = https {
        site.parts.put(https.trouble.clone());
        tasks.push(tokio::spawn(https.run(stopped)));
    }
    Ok(Running { address, plain_address, awaits_certificate, site, runner, stop, tasks })
}

/// Where everybody has to speak https under our name, the stand-in's events come over a wire of their own.
async fn inner_wire(site: &Site) -> Result<Option<TcpListener>, String> {
    if !site.is_sandbox() {
        return Ok(None);
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map(Some).map_err(|e| e.to_string())
}

/// The adapter to Stripe; in sandbox mode its other end is our own stand-in.
async fn connect_stripe(config: &Config, site: &Site, told_at: SocketAddr) -> Result<Option<StandIn>, String> {
    let (settings, stand_in) = match &config.stripe_secret_key {
        Some(secret_key) => {
            let secrets = config.stripe_webhook_secret.iter().flat_map(|s| s.split(',')).map(|s| s.trim().to_owned());
            let webhook_secrets = secrets.collect();
            (
                StripeSettings {
                    secret_key: secret_key.clone(),
                    base_url: None,
                    webhook_secrets,
                    currency: "usd".into(),
                },
                None,
            )
        }
        None => {
            let secrets = Secrets { webhook: format!("whsec_{}", site.entropy.token()) };
            let settings = StandInSettings {
                public_url: site.base_url.clone(),
                webhook_url: format!("http://{told_at}/api/v1/payments/webhooks/stripe"),
                webhook_secret: secrets.webhook.clone(),
            };
            let dir = config.data_dir.join("sandbox");
            std::fs::create_dir_all(&dir).map_err(|e| format!("{} cannot be made: {e}", dir.display()))?;
            let stand_in = StandIn::start(&dir, site.clock.clone(), site.entropy.clone(), settings)
                .await
                .map_err(|e| format!("the Stripe stand-in cannot start: {e}"))?;
            let settings = StripeSettings {
                secret_key: SECRET_KEY.into(),
                base_url: Some(stand_in.base_url().to_owned()),
                webhook_secrets: vec![secrets.webhook.clone()],
                currency: "usd".into(),
            };
            site.parts.put(sandbox::SandboxSecrets { stripe_webhook: secrets.webhook });
            site.parts.put(stand_in.clone());
            (settings, Some(stand_in))
        }
    };
    site.parts.put(Stripe::new(settings)?);
    Ok(stand_in)
}

/// The stand-in runs beside us, whatever address we serve.
fn loopback(bind: SocketAddr) -> SocketAddr {
    if bind.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], bind.port())) } else { bind }
}

impl Running {
    /// Stops: no new connections, open requests finished (up to ten seconds), jobs ended, store released.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let all = async {
            for task in self.tasks {
                drop(task.await);
            }
        };
        if tokio::time::timeout(std::time::Duration::from_secs(10), all).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        drop(sandbox_clock::keep(&self.site).await);
        self.site.store.close();
        self.site.parts.clear();
    }
}
