//! `/admin/users/{id}`: who somebody is, what they may, where they are signed in, their lessons and money.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::list::{role_words, status_state};
use crate::accounts::model::{AccountStatus, Session, User};
use crate::accounts::{must_user, ops};
use crate::base::access::{Permission, Role};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{fmt_clock, fmt_date};
use crate::bookings::model::Booking;
use crate::bookings::tables::{of_instructor, of_student};
use crate::console::figures::funnel::{Stage, Teacher, step_words, teacher};
use crate::console::pages::shell::{address, moments, show, state, state_badge};
use crate::console::words::{Moments, Mood, lesson_state};
use crate::instructors::rules::check::may_reset;
use crate::payments;
use crate::payments::tables::{account, methods};
use crate::site::Site;
use crate::store::{Dir, Read};
use crate::web::components::{Button, Col, Row, Table, Tone, badge, crumb, empty, facts, link_button, notice, table};
use crate::web::{Answer, Chrome, Id, Params};

/// Lessons shown on the page; the list behind has all of them.
const LESSONS: usize = 10;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// How many sessions were just ended.
    ended: Option<usize>,
}

pub async fn file(
    State(site): State<Site>,
    chrome: Chrome,
    Id(id): Id<UserId>,
    Params(done): Params<Done>,
) -> Answer<Markup> {
    let times = moments(&site);
    let sessions = ops::session::list(&site, id)?;
    let (name, body) = site.read(|r| {
        let user = must_user(r, id)?;
        let body = html! {
            (head(&user, &done))
            div.two {
                (part("Person", facts(&person_facts(&user, &times))))
                (part("Money", facts(&money_facts(r, &user, &times)?)))
            }
            @if let Some(teacher) = teacher(r, id, times.now)? { (teaching(&teacher, &times)) }
            (rights(&user))
            (account_actions(&user))
            (lessons(r, &user, &times)?)
            (signed_in(&user, &sessions, &times))
        };
        Ok((user.full_name(), body))
    })?;
    Ok(show(&site, &chrome, name, body)?)
}

fn part(title: &str, body: Markup) -> Markup {
    html! { section.stack.stack--s { h2.h3 { (title) } (body) } }
}

fn head(user: &User, done: &Done) -> Markup {
    html! {
        header.stack.stack--s {
            (crumb("All users", "/admin/users"))
            h1.h2 { (user.full_name()) }
            p.row { (badge(Tone::Plain, role_words(user))) (state_badge(status_state(user))) }
            @if let Some(ended) = done.ended {
                (notice(Tone::Ok, format!("Signed out everywhere: {} ended.", count(ended, "session", "sessions"))))
            }
        }
    }
}

fn person_facts(user: &User, times: &Moments) -> Vec<(&'static str, Markup)> {
    let verified = if user.email_verified { "verified" } else { "not verified" };
    let phone = user.phone.clone().unwrap_or_else(|| "none".to_owned());
    let zip = if user.zip_code.is_empty() { "none" } else { user.zip_code.as_str() };
    vec![
        ("E-mail", html! { (user.email) br; span.muted { (verified) } }),
        ("Phone", html! { (phone) }),
        ("ZIP", html! { (zip) }),
        ("Time zone", html! { (user.timezone.replace('_', " ")) }),
        ("Second factor", html! { (if user.totp_enabled { "on" } else { "off" }) }),
        ("Joined", html! { (times.at(user.created_at)) }),
        ("User id", html! { code { (user.id) } }),
    ]
}

fn money_facts(r: &dyn Read, user: &User, times: &Moments) -> Outcome<Vec<(&'static str, Markup)>> {
    let credit = payments::ops::holdings(r, user.id, times.now)?;
    let standing = payments::ops::standing(r, user.id)?;
    let cards: Vec<String> = methods(r, user.id)?.iter().filter(|card| card.listed).map(|card| card.label()).collect();
    let until = credit.expires_at.map(|at| format!(", the first until {}", times.day(at))).unwrap_or_default();
    let barred = match (standing.locked, standing.restricted) {
        (true, _) => (Mood::Bad, "Locked: a charge failed for good"),
        (_, true) => (Mood::Wait, "Restricted"),
        _ if standing.is_barred() => (Mood::Wait, "In debt"),
        _ => (Mood::Plain, "May buy"),
    };
    let mut rows = vec![
        ("Standing", state(barred)),
        ("Credit", html! { (credit.available.dollars()) (until) }),
        ("In use", html! { (credit.reserved.dollars()) " for lessons to come" }),
        ("Cards", html! { (if cards.is_empty() { "none saved".to_owned() } else { cards.join(", ") }) }),
    ];
    if standing.balance.0 != 0 {
        rows.push(("Owes", html! { ((-standing.balance).dollars()) }));
    }
    let to = |what: &str| format!("/admin/users/{}/{what}", user.id);
    rows.push((
        "Change",
        html! {
            a href=(to("credit")) { "Give credit" }
            @if standing.is_barred() { ", " a href=(to("lift")) { "let them book again" } }
        },
    ));
    if let Some(payout) = account(r, user.id)? {
        let ready = if payout.onboarded() { (Mood::Good, "Ready") } else { (Mood::Wait, "Not ready") };
        rows.push(("Payout account", html! { (state(ready)) br; code.small { (payout.account_id) } }));
        rows.push(("Earned so far", html! { (payments::ops::earnings(r, user.id)?.earned.dollars()) }));
    }
    Ok(rows)
}

fn teaching(teacher: &Teacher, times: &Moments) -> Markup {
    let profile = &teacher.profile;
    let mood = match teacher.stage {
        Stage::Public => Mood::Good,
        Stage::Hidden => Mood::Wait,
        Stage::Ready | Stage::Underway => Mood::Plain,
    };
    let missing: Vec<&str> = teacher.missing.iter().map(|step| step_words(step)).collect();
    let check = match profile.check.valid_until {
        Some(until) if until > times.now => format!("{}, until {}", profile.check.status.name(), times.day(until)),
        Some(until) => format!("{}, ended {}", profile.check.status.name(), times.day(until)),
        None => profile.check.status.name().replace('_', " "),
    };
    let to = |word: &str| format!("/admin/users/{}/trust/{word}", teacher.user.id);
    let rows = [
        ("Stage", state((mood, teacher.stage.words()))),
        ("Missing", html! { (if missing.is_empty() { "nothing".to_owned() } else { missing.join(", ") }) }),
        ("Lessons offered", html! { (teacher.offerings) }),
        ("Instructor fee", html! { (profile.current_tier.percent()) @if profile.is_founding() { ", founding" } }),
        (
            "Background check",
            html! {
                (check) br;
                a href=(to("background-check")) { "Enter a result" }
                @if may_reset(profile).is_ok() { ", " a href=(to("check-reset")) { "take it back" } }
            },
        ),
        (
            "Identity",
            html! {
                (if profile.identity.verified_at.is_some() { "verified" } else { "not verified" })
                @if profile.identity.name_mismatch { ", under another last name: " a href=(to("same-person")) { "judge it" } }
            },
        ),
        ("Public page", html! { a href={ "/instructors/" (teacher.user.id) } { "Profile" } }),
    ];
    part("Teaching", facts(&rows))
}

/// Only what differs from the roles.
fn rights(user: &User) -> Markup {
    let names = |list: &std::collections::BTreeSet<Permission>| {
        list.iter().map(|permission| permission.name()).collect::<Vec<_>>().join(", ")
    };
    if user.grants.is_empty() && user.revokes.is_empty() {
        return html! {};
    }
    let mut rows = Vec::new();
    if !user.grants.is_empty() {
        rows.push(("Granted", html! { (names(&user.grants)) }));
    }
    if !user.revokes.is_empty() {
        rows.push(("Taken away", html! { (names(&user.revokes)) }));
    }
    part("Rights beside the role’s", facts(&rows))
}

/// What fits the account as it stands.
fn account_actions(user: &User) -> Markup {
    let to = |what: &str| format!("/admin/users/{}/{what}", user.id);
    let teaches = user.is(Role::Instructor);
    let let_in: Vec<&str> = user.let_in().into_iter().map(Role::name).collect();
    if !user.is_active {
        return html! {};
    }
    let body = html! {
        @if !let_in.is_empty() { p { "Let in before the doors open: " (let_in.join(" and ")) "." } }
        div.row {
            @match user.status {
                AccountStatus::Active if teaches => (link_button(&to("account/pause"), &Button::bad("Pause").small())),
                AccountStatus::Active => {},
                AccountStatus::Suspended => (link_button(&to("account/resume"), &Button::line("Resume").small())),
                AccountStatus::Deactivated => (link_button(&to("account/reopen"), &Button::line("Open again").small())),
            }
            @if !user.is(Role::Admin) { (link_button(&to("let-in"), &Button::line("Let in early").small())) }
            (link_button(&address("/admin/ops/auth-blocks", &[("q", &user.email)]), &Button::line("Held at the door?").small()))
        }
    };
    part("Account", body)
}

fn lessons(r: &dyn Read, user: &User, times: &Moments) -> Outcome<Markup> {
    let mut all = of_student(r, user.id, LESSONS, Dir::Down)?;
    all.extend(of_instructor(r, user.id, LESSONS, Dir::Down)?);
    all.sort_by_key(|booking| std::cmp::Reverse(booking.start));
    all.truncate(LESSONS);
    if all.is_empty() && !user.is(Role::Admin) {
        return Ok(part("Latest lessons", empty("No lessons", "Nothing was booked on either side so far.", None)));
    } else if all.is_empty() {
        return Ok(html! {});
    }
    let rows: Outcome<Vec<Row>> = all.iter().map(|booking| lesson_row(r, user, booking, times)).collect();
    let listed = Table {
        caption: "Latest lessons".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Starts"), Col::new("Lesson"), Col::new("With"), Col::end("Price"), Col::new("State")],
        rows: rows?,
        foot: None,
    };
    let every = address("/admin/bookings", &[("q", &user.email)]);
    let body = html! { (table(&listed)) p.small { a href=(every) { "All bookings of " (user.first_name) } } };
    Ok(part("Latest lessons", body))
}

fn lesson_row(r: &dyn Read, user: &User, booking: &Booking, times: &Moments) -> Outcome<Row> {
    let other = if booking.student_id == user.id { booking.instructor_id } else { booking.student_id };
    let other_user = crate::accounts::user(r, other)?;
    Ok(Row::new(vec![
        html! { span {
            a href={ "/admin/bookings/" (booking.id) } { b { (fmt_clock(booking.start_time)) } }
            br; small { (fmt_date(booking.date)) }
        } },
        html! { span { (booking.service_name) br; small { (booking.minutes) " min" } } },
        crate::console::pages::shell::person(other_user.as_ref(), other),
        html! { (booking.quote.lesson.dollars()) },
        state(lesson_state(booking, times.now)),
    ]))
}

fn signed_in(user: &User, sessions: &[Session], times: &Moments) -> Markup {
    if sessions.is_empty() {
        return part("Signed in", empty("Not signed in", "No browser or program holds a session at the moment.", None));
    }
    let row = |session: &Session| {
        Row::new(vec![
            html! { span { b { (session.label) } br; small { (session.ip) } } },
            html! { (times.distance(session.last_seen_at)) },
            html! { (times.at(session.created_at)) },
            html! { (times.at(session.idle_expires_at.min(session.expires_at))) },
        ])
    };
    let listed = Table {
        caption: "Sessions".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Browser"), Col::new("Seen"), Col::new("Since"), Col::new("Ends")],
        rows: sessions.iter().map(row).collect(),
        foot: None,
    };
    let to = |what: &str| format!("/admin/users/{}/{what}", user.id);
    html! {
        (part("Signed in", html! {
            (table(&listed))
            p { (link_button(&to("sign-out"), &Button::bad("Sign out everywhere").small())) }
        }))
        (part("Their data", html! {
            div.row {
                (link_button(&to("export"), &Button::line("Take it out").small()))
                (link_button(&to("erase"), &Button::bad("Erase for good").small()))
            }
        }))
    }
}
