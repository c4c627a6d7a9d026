//! Chromium, and what a person does in it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chromiumoxide::cdp::browser_protocol::emulation::{MediaFeature, SetEmulatedMediaParams};
use chromiumoxide::cdp::browser_protocol::network::{BlockPattern, EnableParams, SetBlockedUrLsParams};
use chromiumoxide::cdp::browser_protocol::page::{AddScriptToEvaluateOnNewDocumentParams, CaptureScreenshotFormat};
use chromiumoxide::cdp::browser_protocol::web_authn::{
    self, AddVirtualAuthenticatorParams, AuthenticatorProtocol, AuthenticatorTransport, VirtualAuthenticatorOptions,
};
use chromiumoxide::handler::viewport::Viewport;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{BrowserConfig, Page};
use futures_util::StreamExt as _;
use serde_json::Value;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Off means that no script file ever arrives: all of ours are files (the content policy forbids inline ones), while
/// the driver itself could not look at a page whose script engine is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    On,
    Off,
}

pub struct Browser {
    inner: chromiumoxide::Browser,
    pump: tokio::task::JoinHandle<()>,
    base: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub async fn open(base: &str) -> Self {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let config = BrowserConfig::builder()
            .chrome_executable("/usr/bin/chromium")
            .no_sandbox()
            .user_data_dir(profile.path())
            .args([
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .request_timeout(Duration::from_secs(60))
            .build()
            .expect("a browser configuration");
        let (inner, mut events) = chromiumoxide::Browser::launch(config).await.expect("Chromium starts");
        let pump = tokio::spawn(async move { while events.next().await.is_some() {} });
        Self { inner, pump, base: base.to_owned(), _profile: profile }
    }

    /// A tab of its own; cookies are shared with the browser's other tabs.
    pub async fn sheet(&self, scripts: Scripts, width: u32, dark: bool) -> Sheet {
        let page = self.inner.new_page("about:blank").await.expect("a tab");
        if scripts == Scripts::Off {
            page.execute(EnableParams::default()).await.expect("requests are watched");
            let files = BlockPattern::new("*://*:*/assets/*.js", true);
            page.execute(SetBlockedUrLsParams::builder().url_pattern(files).build())
                .await
                .expect("scripts are kept out");
        }
        let watch = AddScriptToEvaluateOnNewDocumentParams::new(WATCH);
        page.execute(watch).await.expect("breaches of the content policy are watched");
        let sheet = Sheet { page, base: self.base.clone() };
        sheet.shape(width, dark).await;
        sheet
    }

    /// Everybody is signed out.
    pub async fn forget(&self) {
        self.inner.clear_cookies().await.expect("cookies are cleared");
    }

    pub async fn close(mut self) {
        drop(self.inner.close().await);
        drop(self.inner.wait().await);
        self.pump.abort();
    }
}

/// Keeps what the page's content policy kept out, from the first byte of every document on.
const WATCH: &str = "window.keptOut = []; document.addEventListener('securitypolicyviolation', \
                     e => window.keptOut.push(e.effectiveDirective + ' ' + (e.blockedURI || 'inline')));";

pub struct Sheet {
    page: Page,
    base: String,
}

impl Sheet {
    pub async fn shape(&self, width: u32, dark: bool) {
        let viewport = Viewport { width, height: 900, device_scale_factor: Some(1.0), ..Viewport::default() };
        let metrics = chromiumoxide::cdp::browser_protocol::emulation::SetDeviceMetricsOverrideParams::new(
            i64::from(viewport.width),
            i64::from(viewport.height),
            1.0,
            width < 600,
        );
        self.page.execute(metrics).await.expect("the viewport is set");
        let scheme = MediaFeature::new("prefers-color-scheme", if dark { "dark" } else { "light" });
        // A click during a page transition is swallowed, which no test of ours is about.
        let still = MediaFeature::new("prefers-reduced-motion", "reduce");
        let media = SetEmulatedMediaParams::builder().features([scheme, still]).build();
        self.page.execute(media).await.expect("the theme is set");
    }

    /// Gives the browser a device with a fingerprint reader that always knows its owner.
    pub async fn has_passkeys(&self) {
        let options = VirtualAuthenticatorOptions::builder()
            .protocol(AuthenticatorProtocol::Ctap2)
            .transport(AuthenticatorTransport::Internal)
            .has_resident_key(true)
            .has_user_verification(true)
            .is_user_verified(true)
            .automatic_presence_simulation(true)
            .build()
            .expect("an authenticator");
        self.page.execute(web_authn::EnableParams::default()).await.expect("WebAuthn is simulated");
        self.page.execute(AddVirtualAuthenticatorParams::new(options)).await.expect("the authenticator is there");
    }

    /// Opens a path of the marketplace.
    pub async fn go(&self, path: &str) {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.page.goto(url).await.expect("the page opens");
    }

    pub async fn path(&self) -> String {
        let url = self.page.url().await.ok().flatten().unwrap_or_default();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    /// The words a person sees.
    pub async fn text(&self) -> String {
        match self.page.find_element("body").await {
            Ok(body) => body.inner_text().await.ok().flatten().unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page shows these words.
    pub async fn sees(&self, words: &str) {
        let started = Instant::now();
        loop {
            let text = self.text().await;
            if text.to_lowercase().contains(&words.to_lowercase()) {
                return;
            }
            if started.elapsed() > PATIENCE {
                self.picture(&pictures().join("failed.png")).await;
                panic!("{} does not say {words:?}; it says:\n{text}", self.path().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the address begins like this.
    pub async fn is_at(&self, path: &str) {
        let started = Instant::now();
        while !self.path().await.starts_with(path) {
            assert!(started.elapsed() < PATIENCE, "at {} and not at {path}:\n{}", self.path().await, self.text().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn has(&self, selector: &str) -> bool {
        self.page.find_element(selector).await.is_ok()
    }

    pub async fn count(&self, selector: &str) -> usize {
        self.page.find_elements(selector).await.map(|all| all.len()).unwrap_or(0)
    }

    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.element(selector).await.attribute(name).await.ok().flatten()
    }

    async fn element(&self, selector: &str) -> chromiumoxide::Element {
        let started = Instant::now();
        loop {
            if let Ok(element) = self.page.find_element(selector).await {
                return element;
            }
            if started.elapsed() > PATIENCE {
                self.picture(&pictures().join("failed.png")).await;
                panic!("{} has no {selector}; it says:\n{}", self.path().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Types into an empty field, and looks whether the words arrived.
    pub async fn fill(&self, selector: &str, text: &str) {
        for _ in 0..20 {
            let field = self.element(selector).await;
            let value = || async { field.string_property("value").await.ok().flatten().unwrap_or_default() };
            if value().await.is_empty() && field.focus().await.is_ok() {
                let typed = chromiumoxide::cdp::browser_protocol::input::InsertTextParams::new(text);
                drop(self.page.execute(typed).await);
            }
            if value().await == text {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{selector} on {} does not take {text:?}", self.path().await);
    }

    /// Clicks, and lets the next page load.
    pub async fn click(&self, selector: &str) {
        let element = self.element(selector).await;
        element.scroll_into_view().await.ok();
        element.click().await.unwrap_or_else(|e| panic!("{selector} cannot be clicked: {e}"));
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(tokio::time::timeout(PATIENCE, self.page.wait_for_navigation()).await);
    }

    /// A full-page picture.
    pub async fn picture(&self, path: &Path) {
        let params = ScreenshotParams::builder().format(CaptureScreenshotFormat::Png).full_page(true).build();
        self.page.save_screenshot(params, path).await.expect("a picture");
    }

    /// What the server answers to this path (after redirects), and whether that is a page.
    pub async fn asked(&self, path: &str) -> (u16, bool) {
        let ask = format!(
            "(async () => {{ const stop = new AbortController(); const r = await fetch({path:?}, {{signal: stop.signal}}); \
             const kind = r.headers.get('content-type') ?? ''; stop.abort(); \
             return [r.status, kind.startsWith('text/html')]; }})()"
        );
        self.page.evaluate(ask).await.expect("the server answers").into_value().expect("a status")
    }

    /// Paths within the marketplace that the page leads to.
    pub async fn links(&self) -> Vec<String> {
        let hrefs = "[...document.querySelectorAll('a[href]:not([download])')].filter(a => a.origin === location.origin)\
                     .map(a => a.pathname + a.search)";
        self.page.evaluate(hrefs).await.ok().and_then(|v| v.into_value().ok()).unwrap_or_default()
    }

    /// What sticks out sideways, if the page can be scrolled that way.
    pub async fn sideways(&self) -> Option<String> {
        let out = "(() => { const all = document.documentElement; if (all.scrollWidth <= all.clientWidth) return null; \
                   return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > \
                   all.clientWidth + 1).map(e => e.tagName + '.' + e.className).slice(0, 6).join(' ') || 'something' })()";
        self.page.evaluate(out).await.ok().and_then(|v| v.into_value().ok()).flatten()
    }

    /// Words of ordinary length that were broken over two lines because their box is too narrow.
    pub async fn broken_words(&self) -> Vec<String> {
        let out = "(() => { const found = new Set(), range = document.createRange(); \
                   const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
                   while (texts.nextNode()) { const text = texts.currentNode; \
                   if (!text.parentElement.checkVisibility() || text.parentElement.closest('.vh')) continue; \
                   for (const word of text.data.matchAll(/\\S+/g)) { \
                   if (!/^[(]?[A-Za-z]{2,14}[.,;:!?)]*$/.test(word[0])) continue; \
                   range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length); \
                   const seen = [...range.getClientRects()].filter(r => r.width > 2 && r.height > 2); \
                   const lines = new Set(seen.map(r => Math.round(r.top))); \
                   if (lines.size > 1) found.add(word[0]); } } return [...found].slice(0, 6); })()";
        self.page.evaluate(out).await.ok().and_then(|v| v.into_value().ok()).unwrap_or_default()
    }

    /// What the page wanted to load or run and its own content policy forbade.
    pub async fn kept_out(&self) -> Vec<String> {
        let out = "[...new Set(window.keptOut)]";
        self.page.evaluate(out).await.expect("the page is asked").into_value().expect("a list")
    }

    /// What axe finds wrong: rule and the elements it is about. Scripts must be on.
    pub async fn accessibility(&self, axe: &str) -> Vec<String> {
        self.page.evaluate(axe).await.expect("axe loads");
        let run = "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + \
                   v.nodes.map(n => n.target.join(' ')).slice(0, 5).join(' | ')))";
        let found: Value = self.page.evaluate(run).await.expect("axe runs").into_value().expect("a list");
        found.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    }
}

/// Where pictures go: `target/pictures`.
pub fn pictures() -> PathBuf {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pictures");
    std::fs::create_dir_all(&dir).expect("a folder for pictures");
    dir
}
