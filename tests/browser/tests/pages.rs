//! Every page that can be reached by links, as a guest, a student, an instructor and the admin: it answers, nothing
//! sticks out sideways down to 320 px, it keeps its own content policy, and axe finds nothing wrong, on a phone and a desk, by day and by night.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use browser::{Browser, Scripts, Sheet, Shop, pictures};

use crate::{NOW, sign_in};

/// More different pages than any role has today; the walk ends there.
const MOST: usize = 120;

/// How long one page may take to be judged three times.
const PATIENCE: Duration = Duration::from_secs(60);

/// Files and ways out: nothing to look at.
const NOT_PAGES: &[&str] = &["/logout", "/api/", "/assets/", "/calendar/", "/openapi"];

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_guest() {
    judge("guest", "", &["/", "/nowhere"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_student() {
    let seeds = ["/student/lessons", "/student/dashboard", "/account/security", "/notifications"];
    judge("student", "emma.johnson@demo.example", &seeds).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_an_instructor() {
    judge("instructor", "sarah.chen@demo.example", &["/instructor/dashboard"]).await;
}

/// Laura’s check is still being made, so the way in lies ahead of her.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_way_in() {
    let seeds = ["/instructor/onboarding/welcome", "/instructor/onboarding/status", "/instructor/profile/skills/piano"];
    judge("newcomer", "laura.bennett@demo.example", &seeds).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_admin() {
    judge("admin", "alex.rivera@demo.example", &["/admin", "/admin/style"]).await;
}

/// Walks everything of one role and says all that is wrong at once.
async fn judge(who: &str, email: &str, seeds: &[&str]) {
    let shop = Shop::open(NOW).await;
    let browser = Browser::open(&shop.base).await;
    let sheet = browser.sheet(Scripts::On, 1280, false).await;
    sheet.go("/").await;
    if !email.is_empty() {
        sign_in(&shop, &sheet, email).await;
    }
    let mut walk = Walk { axe: axe(), who, seen: BTreeSet::new(), ahead: VecDeque::new(), wrong: Vec::new() };
    for seed in seeds {
        walk.meet(seed);
    }
    if who == "student" {
        walk.as_far_as_the_till(&sheet).await;
    }
    while let Some(path) = walk.ahead.pop_front() {
        let visit = tokio::time::timeout(PATIENCE, walk.visit(&sheet, &path)).await;
        assert!(visit.is_ok(), "{who} {path}: the browser waits for ever");
    }
    browser.close().await;
    shop.close().await;
    println!("{who}: {} pages: {}", walk.seen.len(), walk.seen.iter().cloned().collect::<Vec<_>>().join(" "));
    assert!(walk.wrong.is_empty(), "{}", walk.wrong.join("\n"));
}

struct Walk<'a> {
    axe: Option<String>,
    who: &'a str,
    /// Shapes of paths already met: `/instructors/{}`.
    seen: BTreeSet<String>,
    ahead: VecDeque<String>,
    wrong: Vec<String>,
}

impl Walk<'_> {
    fn meet(&mut self, path: &str) {
        // A mail as it was sent stands in a frame of its own, without scripts: nothing can be asked there.
        let page = path.starts_with('/')
            && !path.ends_with("/print")
            && !NOT_PAGES.iter().any(|p| path.starts_with(p))
            && !path.contains('#');
        let file = path.split('?').next().and_then(|p| p.rsplit('/').next()).is_some_and(|last| last.contains('.'));
        if page && !file && self.seen.len() < MOST && self.seen.insert(shape(path)) {
            self.ahead.push_back(path.to_owned());
        }
    }

    /// The pages between a result and a paid lesson, which are reached by buttons.
    async fn as_far_as_the_till(&mut self, sheet: &Sheet) {
        sheet.go("/search?q=piano+lessons+on+the+upper+west+side").await;
        sheet.click("main .res a.slot").await;
        if sheet.has("#meeting_location").await {
            sheet.fill("#meeting_location", "120 Riverside Drive, apartment 4").await;
        }
        sheet.click("#hold button.btn").await;
        sheet.is_at("/student/booking/confirm").await;
        let till = sheet.path().await;
        sheet.click("#card form button, form[action*='cards/new'] button").await;
        sheet.is_at("/sandbox/checkout/").await;
        let card = sheet.path().await;
        self.meet(&till);
        self.meet(&card);
    }

    async fn visit(&mut self, sheet: &Sheet, path: &str) {
        let (status, is_page) = sheet.asked(path).await;
        if status >= 400 && path != "/nowhere" {
            self.wrong.push(format!("{} {path}: answered {status}", self.who));
        }
        if status >= 400 && path != "/nowhere" || !is_page {
            return;
        }
        // Every second page is judged in the other pair of theme and width.
        let turned = self.seen.len().is_multiple_of(2);
        for (width, dark, read) in [(1280, turned, true), (390, !turned, true), (320, turned, false)] {
            sheet.shape(width, dark).await;
            sheet.go(path).await;
            let place = format!("{} {path} at {width}{}", self.who, if dark { " dark" } else { "" });
            let kept_out = sheet.kept_out().await;
            if !kept_out.is_empty() {
                self.wrong.push(format!("{place}: breaks its own content policy: {}", kept_out.join(", ")));
            }
            if let Some(what) = sheet.sideways().await {
                self.wrong.push(format!("{place}: scrolls sideways because of {what}"));
            }
            let broken = if read { sheet.broken_words().await } else { Vec::new() };
            if !broken.is_empty() {
                self.wrong.push(format!("{place}: breaks the words {}", broken.join(", ")));
            }
            if let (Some(axe), true) = (&self.axe, read) {
                let found = sheet.accessibility(axe).await;
                self.wrong.extend(found.into_iter().map(|found| format!("{place}: {found}")));
            }
            if read {
                let name: String = place.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(80).collect();
                sheet.picture(&pictures().join(format!("{name}.png"))).await;
            }
        }
        // The stand-in's pages play Stripe's, where nobody is signed in to us.
        if self.who != "guest" && !path.starts_with("/sandbox/") && !sheet.has("form[action='/logout']").await {
            self.wrong.push(format!("{} {path}: no way to sign out", self.who));
        }
        for link in sheet.links().await {
            self.meet(&link);
        }
    }
}

/// Paths of one page: identifiers, dates and numbers left out, and what follows the question mark.
fn shape(path: &str) -> String {
    let bare = path.split('?').next().unwrap_or(path);
    let part = |p: &str| if p.chars().any(|c| c.is_ascii_digit()) { "{}".to_owned() } else { p.to_owned() };
    // Categories, areas, topics and letters are many pages of one kind.
    let kinds = ["categories", "areas", "help", "mail-texts", "skill-selection", "skills"];
    let mut parts: Vec<String> = bare.split('/').map(part).collect();
    if let Some(kind) = parts.iter().position(|p| kinds.contains(&p.as_str())) {
        parts.iter_mut().skip(kind + 1).for_each(|p| "{}".clone_into(p));
    }
    parts.join("/")
}

/// axe is not part of this repository: `tests/run` fetches it and says where it is.
fn axe() -> Option<String> {
    let path = std::env::var("AXE_SOURCE").ok()?;
    Some(std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}")))
}
