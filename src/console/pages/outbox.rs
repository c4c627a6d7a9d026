//! `/admin/outbox`: every mail as it was written, and what became of it.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::confirm::{Confirm, ask, correctable};
use super::shell::{address, heading, moments, show, state, state_badge};
use crate::base::id::MailId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::normal_email;
use crate::console::words::{Moments, Mood};
use crate::notify::model::{Mail, MailStatus};
use crate::notify::{self, newest, unsent};
use crate::site::Site;
use crate::site::audit::By;
use crate::store::Read;
use crate::web::components::{
    Button, Col, Field, Pager, Row, Tab, Table, Tone, button, crumb, empty, facts, field, link_button, notice, pager,
    table, tabs,
};
use crate::web::{Answer, Chrome, Form, Id, Params, see_other};

const PATH: &str = "/admin/outbox";
const PER_PAGE: usize = 50;
/// Letters whose text opens a door for whoever reads it. Outside a sandbox not even admins do.
const KEYS: [&str; 4] = ["email_code", "password_reset", "email_changed", "beta_invite"];

fn is_readable(site: &Site, mail: &Mail) -> bool {
    site.is_sandbox() || !KEYS.contains(&mail.template.as_str())
}

/// How far back a search for a template looks.
const LOOKED_AT: usize = 20_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    to: String,
    template: String,
    status: String,
    page: String,
}

impl Filter {
    fn href(&self, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let parts = [("status", &self.status), ("to", &self.to), ("template", &self.template), ("page", &page)];
        address(PATH, &parts.map(|(name, value)| (name, value.as_str())))
    }

    fn found(&self, r: &dyn Read) -> Outcome<Vec<Mail>> {
        let to = normal_email(&self.to);
        let status = MailStatus::ALL.into_iter().find(|status| status.name() == self.status);
        let mails = match status {
            Some(status) if status != MailStatus::Sent => unsent(r, status, SCAN_ROWS)?,
            _ if to.contains('@') => newest(r, Some(&to), SCAN_ROWS)?,
            _ => newest(r, None, LOOKED_AT)?,
        };
        let template = self.template.trim();
        Ok(mails
            .into_iter()
            .filter(|mail| status.is_none_or(|status| mail.status == status))
            .filter(|mail| to.is_empty() || mail.to.contains(&to))
            .filter(|mail| template.is_empty() || mail.template.contains(template))
            .collect())
    }
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let times = moments(&site);
    let (found, tab_list) = site.read(|r| Ok((filter.found(r)?, statuses(r, &filter)?)))?;
    let number: usize = filter.page.parse().unwrap_or(1).clamp(1, 1_000_000);
    let from = (number - 1) * PER_PAGE;
    let rows: Vec<Row> = found.iter().skip(from).take(PER_PAGE).map(|mail| row(mail, &times)).collect();
    let pages = Pager {
        summary: format!("{} to {} of {}", from + 1, from + rows.len(), found.len()),
        back: (number > 1).then(|| ("Newer".to_owned(), filter.href(number - 1))),
        next: (from + rows.len() < found.len()).then(|| ("Older".to_owned(), filter.href(number + 1))),
    };
    let how = if site.is_sandbox() { "In a sandbox no mail leaves this machine." } else { "" };
    let body = html! {
        div.stack {
            (heading("Mails", html! { span.muted { (how) } }))
            (tabs("What became of them", &tab_list))
            (form(&filter))
            @if rows.is_empty() {
                (empty("No such mail", "Mails stand here from the moment they are written.", Some(link_button(PATH, &Button::line("Show all mails")))))
            } @else {
                (table(&Table {
                    caption: "Mails".to_owned(),
                    caption_hidden: true,
                    cols: vec![Col::new("Written"), Col::new("To"), Col::new("Subject"), Col::new("Template"), Col::new("State")],
                    rows,
                    foot: None,
                }))
                (pager(&pages))
            }
        }
    };
    Ok(show(&site, &chrome, "Mails", body)?)
}

fn statuses(r: &dyn Read, filter: &Filter) -> Outcome<Vec<Tab>> {
    let mut list = vec![("All".to_owned(), "")];
    for (status, label) in
        [(MailStatus::Pending, "Waiting"), (MailStatus::Failed, "Given up"), (MailStatus::Skipped, "Overtaken")]
    {
        list.push((format!("{label}, {}", unsent(r, status, SCAN_ROWS)?.len()), status.name()));
    }
    list.insert(1, ("Sent".to_owned(), MailStatus::Sent.name()));
    let tab = |(label, status): (String, &str)| {
        let to = Filter { status: status.to_owned(), page: String::new(), ..filter.clone() }.href(1);
        Tab::new(label, to, filter.status == status)
    };
    Ok(list.into_iter().map(tab).collect())
}

fn form(filter: &Filter) -> Markup {
    let input =
        |name, label, value| Field { name, label, value, small: true, maxlength: Some(200), ..Field::default() };
    html! {
        form.filters action=(PATH) {
            @if !filter.status.is_empty() { input type="hidden" name="status" value=(filter.status); }
            (field(&Field { kind: "search", ..input("to", "To", &filter.to) }))
            (field(&Field { kind: "search", ..input("template", "Template", &filter.template) }))
            div.row {
                (button(&Button::line("Apply").small()))
                @if !filter.to.is_empty() || !filter.template.is_empty() { a.small href=(PATH) { "Clear" } }
            }
        }
    }
}

fn mail_state(mail: &Mail) -> (Mood, &'static str) {
    match mail.status {
        MailStatus::Pending if mail.attempts > 0 => (Mood::Wait, "Tried, waits"),
        MailStatus::Pending => (Mood::Plain, "Waiting"),
        MailStatus::Sending => (Mood::Plain, "On its way"),
        MailStatus::Sent => (Mood::Plain, "Sent"),
        MailStatus::Failed => (Mood::Bad, "Given up"),
        MailStatus::Skipped => (Mood::Plain, "Overtaken"),
    }
}

fn row(mail: &Mail, times: &Moments) -> Row {
    Row::new(vec![
        html! { (times.at(mail.created_at)) },
        html! { (mail.to) },
        html! { a href={ (PATH) "/" (mail.id) } { (mail.subject) } },
        html! { code { (mail.template) } },
        state(mail_state(mail)),
    ])
}

fn load(site: &Site, id: MailId) -> Outcome<Mail> {
    let mail = site.read(|r| notify::mail(r, id))?;
    mail.ok_or_else(|| Refusal::not_found("MAIL_NOT_FOUND", "There is no such mail."))
}

pub async fn mail(State(site): State<Site>, chrome: Chrome, Id(id): Id<MailId>) -> Answer<Markup> {
    let (mail, times) = (load(&site, id)?, moments(&site));
    let mut rows = vec![
        (
            "To",
            match mail.user_id {
                Some(user) => html! { a href={ "/admin/users/" (user) } { (mail.to) } },
                None => html! { (mail.to) },
            },
        ),
        ("Written", html! { (times.at(mail.created_at)) }),
        ("Template", html! { code { (mail.template) } }),
    ];
    if let Some(at) = mail.sent_at {
        rows.push(("Sent", html! { (times.at(at)) }));
    }
    if let Some(booking) = mail.booking_id {
        rows.push(("About", html! { a href={ "/admin/bookings/" (booking) } { "the booking" } }));
    }
    if let Some(error) = &mail.last_error {
        rows.push(("Last failure", html! { (error) ", after " (mail.attempts) " tries" }));
    }
    let body = html! {
        div.stack.con__ask {
            header.stack.stack--s {
                (crumb("All mails", PATH))
                h1.h2 { (mail.subject) }
                p { (state_badge(mail_state(&mail))) }
            }
            (facts(&rows))
            @if mail.status == MailStatus::Failed {
                p { (link_button(&format!("{PATH}/{}/retry", mail.id), &Button::line("Try it again"))) }
            }
            @if is_readable(&site, &mail) {
                section.stack.stack--s {
                    h2.h3 { "As text" }
                    pre.con__letter { (mail.text) }
                    p.small {
                        a href={ (PATH) "/" (mail.id) "/print" } target="_blank" rel="noopener" { "As designed, on a page of its own" }
                    }
                }
            } @else {
                (notice(Tone::Info, "Its text carries a code or link that is meant for its reader alone, so it is not shown."))
            }
        }
    };
    Ok(show(&site, &chrome, mail.subject.as_str(), body)?)
}

/// The HTML print under a policy of its own: mails carry their styles with them and run nothing.
pub async fn print(State(site): State<Site>, Id(id): Id<MailId>) -> Answer<Response> {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox allow-popups; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
    ];
    let mail = load(&site, id)?;
    if !is_readable(&site, &mail) {
        return Err(Refusal::forbidden("MAIL_NOT_SHOWN", "This mail is meant for its reader alone.").into());
    }
    Ok((headers, mail.html).into_response())
}

fn question<'a>(mail: &Mail, back: &'a str, action: &'a str, reason: &'a str) -> Confirm<'a> {
    Confirm {
        title: format!("Send “{}” again?", mail.subject),
        back: ("The mail", back),
        action,
        effects: html! {
            ul.stack.stack--s {
                li { "The mail to " (mail.to) " gets five new tries, the first one now." }
                li { "Its words stay as they were written." }
            }
        },
        fields: html! {},
        button: Button::primary("Try it again").busy("Sending…"),
        keep: "Leave it",
        reason,
        unchanged: "The mail stays given up.",
    }
}

pub async fn ask_retry(State(site): State<Site>, chrome: Chrome, Id(id): Id<MailId>) -> Answer<Response> {
    let mail = load(&site, id)?;
    let (back, action) = (format!("{PATH}/{id}"), format!("{PATH}/{id}/retry"));
    ask(&site, &chrome, &question(&mail, &back, &action, ""), None)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Why {
    reason: String,
}

pub async fn retry(
    State(site): State<Site>,
    chrome: Chrome,
    by: By,
    Id(id): Id<MailId>,
    Form(why): Form<Why>,
) -> Answer<Response> {
    let tried = match by.because(&why.reason) {
        Ok(by) => notify::ops::retry(&site, by, id).await,
        Err(refusal) => Err(refusal),
    };
    let (back, action) = (format!("{PATH}/{id}"), format!("{PATH}/{id}/retry"));
    match tried {
        Ok(()) => Ok(see_other(&back)),
        Err(refusal) => {
            let (mail, refusal) = (load(&site, id)?, correctable(refusal)?);
            ask(&site, &chrome, &question(&mail, &back, &action, &why.reason), Some(&refusal))
        }
    }
}
