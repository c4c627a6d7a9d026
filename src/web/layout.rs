//! The frame of every page: head, sandbox ribbon, street sign, one `<main>`, footer.
//!
//! [`page`] picks the header for who is looking: guest, student, instructor or, under `/admin`, the console. Every link
//! here resolves.

use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::components::{Button, Icon, button, icon, sprite};
use crate::base::access::Role;

/// The marketplace's name as it is written on the sign and under its mails.
pub const BRAND: &str = "iNSTAiNSTRU";

/// Who is looking and from where: all the frame needs to know.
#[derive(Clone, Debug)]
pub struct Chrome {
    pub viewer: Option<Viewer>,
    /// Path and query of the page: marks the current entry, and a theme choice returns to it.
    pub path: String,
    /// Show the sandbox ribbon.
    pub sandbox: bool,
    /// The stored choice; absent follows the system.
    pub theme: Option<Theme>,
    /// What was told and not read yet, shown beside the bell.
    pub unread: usize,
    /// An instructor's public page.
    pub public_profile: Option<String>,
    /// The wordmark and the last part of every title.
    pub brand: String,
    /// The zone that times are meant in unless a line says otherwise: "New York".
    pub city: String,
    /// What lets the page's script run: `web::policy` says it to the browser beside the page.
    pub nonce: String,
}

impl Default for Chrome {
    fn default() -> Self {
        Self {
            viewer: None,
            path: "/".to_owned(),
            sandbox: false,
            theme: None,
            unread: 0,
            public_profile: None,
            brand: BRAND.to_owned(),
            city: "New York".to_owned(),
            nonce: String::new(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub first_name: String,
    pub last_initial: String,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
    /// Of a cookie or a form; anything else means: as the system.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Guest,
    Student,
    Instructor,
    Console,
}

impl Chrome {
    pub fn audience(&self) -> Audience {
        match &self.viewer {
            Some(v) if v.role == Role::Admin && is_within(&self.path, "/admin") => Audience::Console,
            Some(v) if v.role == Role::Instructor => Audience::Instructor,
            Some(_) => Audience::Student,
            None => Audience::Guest,
        }
    }
}

/// What stands in `<head>`. A bare title will do: `page(&chrome, "Your lessons", body)`.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub title: String,
    pub description: String,
    pub canonical: Option<String>,
    /// `noindex` for anything personal; pages for signed-in people get it by themselves.
    pub robots: Option<String>,
    /// Structured data and the like.
    pub extra: Markup,
}

impl From<&str> for Head {
    fn from(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }
}
impl From<String> for Head {
    fn from(title: String) -> Self {
        Self { title, ..Self::default() }
    }
}

/// A whole page. `body` fills `<main>` and brings its own `.wrap`; a `dock` comes last in it, outside the wrap.
pub fn page(chrome: &Chrome, head: impl Into<Head>, body: Markup) -> Markup {
    let audience = chrome.audience();
    frame(chrome, &head.into(), audience, &body)
}

fn frame(chrome: &Chrome, head: &Head, audience: Audience, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[chrome.theme.map(Theme::name)] {
            (head_part(chrome, head))
            body {
                a.skip href="#main" { "Skip to content" }
                (sprite())
                @if chrome.sandbox { (ribbon()) }
                @if audience == Audience::Console { (console_sign(chrome)) } @else { (sign(chrome, audience)) }
                main id="main" tabindex="-1" { (body) }
                @if audience != Audience::Console { (footer(chrome)) }
            }
        }
    }
}

fn head_part(chrome: &Chrome, head: &Head) -> Markup {
    let personal = chrome.viewer.is_some().then_some("noindex");
    let robots = head.robots.as_deref().or(personal);
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (head.title) " · " (chrome.brand) }
            @if !head.description.is_empty() {
                meta name="description" content=(head.description);
                meta property="og:title" content=(head.title);
                meta property="og:description" content=(head.description);
            }
            @if let Some(robots) = robots { meta name="robots" content=(robots); }
            @if let Some(canonical) = &head.canonical { link rel="canonical" href=(canonical); }
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#120D18";
            link rel="icon" type="image/svg+xml" href=(assets::urls().favicon);
            link rel="stylesheet" href=(assets::urls().stylesheet);
            script type="module" nonce=(chrome.nonce) src=(assets::urls().script) {}
            (head.extra)
        }
    }
}

fn ribbon() -> Markup {
    html! {
        aside.ribbon aria-label="Sandbox" {
            p { b { "Sandbox." } " Lessons and people are made up, no card is charged, no mail leaves this machine." }
        }
    }
}

struct Entry<'a> {
    label: &'a str,
    href: &'a str,
}

fn entry<'a>(label: &'a str, href: &'a str) -> Entry<'a> {
    Entry { label, href }
}

/// Site header: a street sign.
fn sign(chrome: &Chrome, audience: Audience) -> Markup {
    let (main, account) = entries(chrome, audience);
    let signed_in = chrome.viewer.is_some();
    let list = |entries: &[Entry]| html! { @for one in entries { (entry_link(chrome, one)) } };
    html! {
        header.sign {
            div.wrap {
                (mark(&chrome.brand, "/"))
                nav aria-label="Main" { (list(&main)) }
                nav aria-label="Account" { @if signed_in { (bell(chrome)) } (list(&account)) @if signed_in { (sign_out()) } }
                details.sign__menu {
                    summary { (icon(Icon::Menu)) " Menu" }
                    div { (list(&main)) @if signed_in { (bell(chrome)) } (list(&account)) @if signed_in { (sign_out()) } }
                }
            }
        }
    }
}

fn entries(chrome: &Chrome, audience: Audience) -> (Vec<Entry<'_>>, Vec<Entry<'_>>) {
    let own = |href| Entry { label: chrome.viewer.as_ref().map_or("", |v| v.first_name.as_str()), href };
    match audience {
        Audience::Guest | Audience::Console => (
            vec![
                entry("Find a lesson", "/search"),
                entry("How it works", "/how-it-works"),
                entry("Trust and safety", "/trust-safety"),
            ],
            vec![entry("Sign in", "/login"), entry("Create account", "/signup")],
        ),
        Audience::Student => {
            let mut account = vec![own("/student/dashboard")];
            if chrome.viewer.as_ref().is_some_and(|v| v.role == Role::Admin) {
                account.insert(0, entry("Console", "/admin"));
            }
            let main = vec![entry("Find a lesson", "/search"), entry("Lessons", "/student/lessons")];
            (main, account)
        }
        Audience::Instructor => {
            let mut account = vec![own("/instructor/dashboard")];
            if let Some(href) = chrome.public_profile.as_deref() {
                account.insert(0, entry("Public profile", href));
            }
            let main = vec![
                entry("Week", "/instructor/availability"),
                entry("Lessons", "/instructor/bookings"),
                entry("Earnings", "/instructor/earnings"),
                entry("Profile", "/instructor/profile"),
            ];
            (main, account)
        }
    }
}

/// The way to the notification centre, with how much is new there.
fn bell(chrome: &Chrome) -> Markup {
    let current = is_within(&chrome.path, "/notifications").then_some("page");
    html! {
        a.sign__bell href="/notifications" aria-current=[current] {
            (icon(Icon::Bell)) span.sign__word { " Notifications" }
            @if chrome.unread > 0 { " " span.badge { (chrome.unread) " new" } }
        }
    }
}

fn entry_link(chrome: &Chrome, one: &Entry) -> Markup {
    let current = is_within(&chrome.path, one.href).then_some("page");
    let own = chrome.viewer.as_ref().filter(|v| v.first_name == one.label);
    html! {
        a href=(one.href) aria-current=[current] {
            (one.label)
            @if let Some(viewer) = own { " " (viewer.last_initial) "." }
        }
    }
}

fn sign_out() -> Markup {
    html! { form method="post" action="/logout" { (button(&Button::link("Sign out"))) } }
}

/// The wordmark beside a square clock.
pub fn mark(words: &str, href: &str) -> Markup {
    html! {
        a.mark href=(href) {
            svg viewBox="0 0 24 24" aria-hidden="true" { path d="M2.5 2.5h19v19h-19zM12 7v5.5h5" {} }
            (words)
        }
    }
}

fn console_sign(chrome: &Chrome) -> Markup {
    let name = chrome.viewer.as_ref().map(|v| format!("{} {}.", v.first_name, v.last_initial)).unwrap_or_default();
    html! {
        header.sign.sign--con {
            div.wrap.wrap--full {
                (mark("console", "/admin"))
                form.con__find role="search" aria-label="Find in the console" action="/admin/find" {
                    label.vh for="find" { "Find a person, booking, reference or request id" }
                    input.in.in--s id="find" name="q" type="search" placeholder="Person, booking, reference, request id";
                }
                div.con__who.small {
                    span.con__name { (name) }
                    a href="/" { "Site" }
                    (sign_out())
                }
            }
        }
    }
}

/// One group of the console's left column.
#[derive(Clone, Debug)]
pub struct NavGroup {
    /// Empty for the first entries, which need no heading.
    pub title: String,
    pub items: Vec<NavItem>,
}

#[derive(Clone, Debug)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    /// What waits there.
    pub count: usize,
}

/// A console page: the groups at the left, `body` beside them. `split` leaves room for a drawer inside `body`.
pub fn console_page(chrome: &Chrome, head: impl Into<Head>, groups: &[NavGroup], body: Markup) -> Markup {
    let path = chrome.path.split('?').next().unwrap_or_default();
    let items = || groups.iter().flat_map(|g| &g.items);
    let current = items().filter(|i| is_within(path, &i.href)).max_by_key(|i| i.href.len()).map(|i| i.href.as_str());
    let whole = html! {
        div.con {
            nav.con__nav aria-label="Console" {
                details.unfold {
                    summary { "Sections" }
                    @for group in groups {
                        @if !group.title.is_empty() { h2 { (group.title) } }
                        ul.con__list {
                            @for item in &group.items {
                                li {
                                    a href=(item.href) aria-current=[(current == Some(&item.href)).then_some("page")] {
                                        (item.label) @if item.count > 0 { " " b { (item.count) } }
                                    }
                                }
                            }
                        }
                    }
                    (theme_choice(chrome))
                }
            }
            div.con__main.stack.stack--l { (body) }
        }
    };
    frame(chrome, &head.into(), Audience::Console, &whole)
}

type Column = (&'static str, &'static [(&'static str, &'static str)]);

const FOOT: [Column; 4] = [
    ("Learn", &[("Find a lesson", "/search"), ("All services", "/services"), ("How it works", "/how-it-works")]),
    ("Teach", &[("Publish your week", "/instructor/join"), ("Fees and payouts", "/help#fees")]),
    (
        "Trust",
        &[
            ("Checks and reviews", "/trust-safety"),
            ("Cancelling and refunds", "/help#cancelling"),
            ("Bring a friend", "/referrals-terms"),
        ],
    ),
    ("Help", &[("Questions and answers", "/help"), ("Contact", "/contact"), ("About", "/about")]),
];

fn footer(chrome: &Chrome) -> Markup {
    html! {
        footer.foot {
            div.wrap {
                @for (title, links) in FOOT {
                    div { h2 { (title) } ul.foot__list { @for (label, href) in links { li { a href=(href) { (label) } } } } }
                }
                div.foot__end {
                    p { "All times are " (chrome.city) " time unless a line says otherwise." }
                    p.row { a href="/terms" { "Terms" } a href="/privacy" { "Privacy" } }
                    (theme_choice(chrome))
                }
            }
        }
    }
}

/// Light, dark, or as the system. Kept by the server in a cookie, so nothing flashes.
pub fn theme_choice(chrome: &Chrome) -> Markup {
    let now = chrome.theme.map_or("system", Theme::name);
    html! {
        form method="post" action="/theme" data-theme-choice {
            input type="hidden" name="back" value=(chrome.path);
            div.theme role="group" aria-label="Colours" {
                @for (value, label) in [("light", "Light"), ("dark", "Dark"), ("system", "As the system")] {
                    button name="theme" value=(value) aria-pressed=(now == value) { (label) }
                }
            }
        }
    }
}

/// `/admin` holds `/admin` and `/admin/users?page=2`, not `/administer`.
fn is_within(path: &str, root: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
