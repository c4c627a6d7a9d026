//! What stands around every page of the console, and the small parts several of them share.

use maud::{Markup, Render, html};

use crate::accounts::model::User;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::console::figures::attention::bookings_needing_action;
use crate::console::words::{Moments, Mood};
use crate::jobs;
use crate::notify;
use crate::notify::model::MailStatus;
use crate::reviews;
use crate::search::learning::{self, AliasStatus};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Tone, badge};
use crate::web::layout::{NavGroup, NavItem, console_page};
use crate::web::{Chrome, Head};

/// What waits behind an entry of the navigation.
#[derive(Clone, Copy)]
enum Waiting {
    Nothing,
    Bookings,
    Reviews,
    DeadJobs,
    FailedMails,
    Names,
}

type Section = (&'static str, &'static [(&'static str, &'static str, Waiting)]);

const SECTIONS: [Section; 5] = [
    ("", &[("Home", "/admin", Waiting::Nothing)]),
    (
        "People",
        &[
            ("Users", "/admin/users", Waiting::Nothing),
            ("Instructors", "/admin/instructors", Waiting::Nothing),
            ("Reviews", "/admin/reviews", Waiting::Reviews),
            ("Privacy", "/admin/privacy", Waiting::Nothing),
        ],
    ),
    (
        "Bookings and money",
        &[
            ("Bookings", "/admin/bookings", Waiting::Bookings),
            ("Payment health", "/admin/payments", Waiting::Nothing),
            ("Prices", "/admin/settings/pricing", Waiting::Nothing),
        ],
    ),
    (
        "Search",
        &[("Figures and wishes", "/admin/search", Waiting::Nothing), ("Names", "/admin/search/names", Waiting::Names)],
    ),
    (
        "Operations",
        &[
            ("Jobs", "/admin/jobs", Waiting::DeadJobs),
            ("Mails", "/admin/outbox", Waiting::FailedMails),
            ("Mail texts", "/admin/mail-texts", Waiting::Nothing),
            ("Rate limits", "/admin/rate-limits", Waiting::Nothing),
            ("Held at the door", "/admin/ops/auth-blocks", Waiting::Nothing),
            ("Backups", "/admin/backups", Waiting::Nothing),
            ("Audit", "/admin/audit", Waiting::Nothing),
            ("Settings", "/admin/settings", Waiting::Nothing),
            ("Style guide", "/admin/style", Waiting::Nothing),
        ],
    ),
];

/// A page of the console.
pub fn show(site: &Site, chrome: &Chrome, head: impl Into<Head>, body: Markup) -> Outcome<Markup> {
    Ok(console_page(chrome, head, &site.read(sections)?, body))
}

fn sections(r: &dyn Read) -> Outcome<Vec<NavGroup>> {
    const COUNTED: usize = 1000;
    let count = |waiting| -> Outcome<usize> {
        Ok(match waiting {
            Waiting::Nothing => 0,
            Waiting::Bookings => bookings_needing_action(r)?.len(),
            Waiting::Reviews => reviews::tables::with_status(r, reviews::model::Status::Flagged, COUNTED)?.len(),
            Waiting::DeadJobs => jobs::dead(r, COUNTED)?.len(),
            Waiting::FailedMails => notify::unsent(r, MailStatus::Failed, COUNTED)?.len(),
            Waiting::Names => learning::aliases(r, Some(AliasStatus::PendingReview))?.len(),
        })
    };
    let item = |&(label, href, waiting): &(&str, &str, Waiting)| {
        Ok(NavItem { label: label.to_owned(), href: href.to_owned(), count: count(waiting)? })
    };
    let group = |&(title, items): &Section| {
        Ok(NavGroup { title: title.to_owned(), items: items.iter().map(item).collect::<Outcome<_>>()? })
    };
    SECTIONS.iter().map(group).collect()
}

pub fn moments(site: &Site) -> Moments {
    Moments { now: site.now(), zone: site.zone.clone() }
}

/// The page's heading, tighter than elsewhere, with what stands at its right.
pub fn heading(title: impl Render, aside: Markup) -> Markup {
    html! { header.row.row--split { h1.h2 { (title) } @if !aside.0.is_empty() { div.row.small { (aside) } } } }
}

/// When the page was true, and the way to a newer one.
pub fn as_of(chrome: &Chrome, times: &Moments) -> Markup {
    html! {
        span.muted { "As of " time datetime=(times.now) { (times.second(times.now)) } ", " (chrome.city) "." }
        a href=(chrome.path) { "Refresh" }
    }
}

/// A state: a badge where it asks for something, a plain word otherwise.
pub fn state((mood, words): (Mood, &str)) -> Markup {
    match mood {
        Mood::Plain => html! { (words) },
        Mood::Good => badge(Tone::Ok, words),
        Mood::Wait => badge(Tone::Warn, words),
        Mood::Bad => badge(Tone::Bad, words),
    }
}

/// The same always as a badge, beside a heading.
pub fn state_badge((mood, words): (Mood, &str)) -> Markup {
    match mood {
        Mood::Plain => badge(Tone::Plain, words),
        other => state((other, words)),
    }
}

/// A person's full name, leading to their page.
pub fn person(user: Option<&User>, id: UserId) -> Markup {
    let name = user.map_or_else(|| "Nobody known".to_owned(), User::full_name);
    html! { a href={ "/admin/users/" (id) } { (name) } }
}

/// An address within the console: path and those parameters that say something.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let said: Vec<_> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    match serde_urlencoded::to_string(&said) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}
