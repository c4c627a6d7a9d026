//! `/admin/users`: everybody, newest first, by name, role and status.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use crate::accounts::model::{AccountStatus, User};
use crate::accounts::{users, users_with_role};
use crate::base::access::Role;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::bookings::tables::{count_of_instructor, count_of_student};
use crate::console::pages::shell::{address, heading, moments, show, state};
use crate::console::words::{Moments, Mood};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{
    Button, Choice, Col, Field, Pager, Row, Tab, Table, button, empty, field, link_button, pager, select, table, tabs,
};
use crate::web::{Answer, Chrome, Params};

const PATH: &str = "/admin/users";
const PER_PAGE: usize = 25;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    q: String,
    role: String,
    status: String,
    page: String,
}

impl Filter {
    fn href(&self, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        address(PATH, &[("q", &self.q), ("role", &self.role), ("status", &self.status), ("page", &page)])
    }

    fn found(&self, r: &dyn Read) -> Outcome<Vec<User>> {
        let everybody = match Role::ALL.into_iter().find(|role| role.name() == self.role) {
            Some(role) => users_with_role(r, role, SCAN_ROWS)?.into_iter().rev().collect(),
            None => users(r, SCAN_ROWS)?,
        };
        let by_status = |user: &User| self.status.is_empty() || user.status.name() == self.status;
        Ok(everybody.into_iter().filter(|user| by_status(user) && fits(user, &self.q)).collect())
    }
}

/// Whether a search speaks of this person: name, address or id.
pub fn fits(user: &User, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.is_empty()
        || user.full_name().to_lowercase().contains(&text)
        || user.email.contains(&text)
        || user.id.to_string().eq_ignore_ascii_case(&text)
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let times = moments(&site);
    let number: usize = filter.page.parse().unwrap_or(1).clamp(1, 1_000_000);
    let from = (number - 1) * PER_PAGE;
    let (found, rows) = site.read(|r| {
        let found = filter.found(r)?;
        let rows: Outcome<Vec<Row>> = found.iter().skip(from).take(PER_PAGE).map(|user| row(r, user, &times)).collect();
        Ok((found.len(), rows?))
    })?;
    let pages = Pager {
        summary: format!("{} to {} of {found}", from + 1, from + rows.len()),
        back: (number > 1).then(|| ("Back".to_owned(), filter.href(number - 1))),
        next: (from + rows.len() < found).then(|| ("More".to_owned(), filter.href(number + 1))),
    };
    let body = html! {
        div.stack {
            (heading("Users", html! { span.muted { (count(found, "person", "people")) } }))
            (tabs("Roles", &roles(&filter)))
            (form(&filter))
            @if rows.is_empty() {
                (empty("Nobody fits", "Try a part of the name or of the address.", Some(link_button(PATH, &Button::line("Show everybody")))))
            } @else {
                (table(&people(rows)))
                (pager(&pages))
            }
        }
    };
    Ok(show(&site, &chrome, "Users", body)?)
}

fn roles(filter: &Filter) -> Vec<Tab> {
    [("Everybody", ""), ("Students", "student"), ("Instructors", "instructor"), ("Admins", "admin")]
        .into_iter()
        .map(|(label, role)| {
            let other = Filter { role: role.to_owned(), page: String::new(), ..filter.clone() };
            Tab::new(label, other.href(1), filter.role == role)
        })
        .collect()
}

fn form(filter: &Filter) -> Markup {
    let statuses = [AccountStatus::Active, AccountStatus::Suspended, AccountStatus::Deactivated];
    let mut choices = vec![Choice::new("", "Any", filter.status.is_empty())];
    choices.extend(statuses.map(|s| Choice::new(s.name(), status_words(s), s.name() == filter.status)));
    let search = Field {
        name: "q",
        label: "Name, address or id",
        kind: "search",
        value: &filter.q,
        small: true,
        maxlength: Some(200),
        ..Field::default()
    };
    html! {
        form.filters action=(PATH) {
            @if !filter.role.is_empty() { input type="hidden" name="role" value=(filter.role); }
            (field(&search))
            (select(&Field { name: "status", label: "Account", small: true, ..Field::default() }, &choices))
            div.row {
                (button(&Button::line("Apply").small()))
                @if !filter.q.is_empty() || !filter.status.is_empty() { a.small href=(PATH) { "Clear" } }
            }
        }
    }
}

pub fn status_words(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Active => "Active",
        AccountStatus::Suspended => "Paused",
        AccountStatus::Deactivated => "Closed",
    }
}

pub fn status_state(user: &User) -> (Mood, &'static str) {
    match user.status {
        AccountStatus::Active if user.is_active => (Mood::Plain, "Active"),
        AccountStatus::Active => (Mood::Wait, "Shut out"),
        other => (Mood::Wait, status_words(other)),
    }
}

pub fn role_words(user: &User) -> String {
    let words = user.roles.iter().map(|role| match role {
        Role::Admin => "Admin",
        Role::Instructor => "Instructor",
        Role::Student => "Student",
    });
    words.collect::<Vec<_>>().join(", ")
}

fn people(rows: Vec<Row>) -> Table {
    Table {
        caption: "Users".to_owned(),
        caption_hidden: true,
        cols: vec![Col::new("Name"), Col::new("Role"), Col::new("Account"), Col::end("Bookings"), Col::end("Joined")],
        rows,
        foot: None,
    }
}

fn row(r: &dyn Read, user: &User, times: &Moments) -> Outcome<Row> {
    let lessons = count_of_student(r, user.id)? + count_of_instructor(r, user.id)?;
    Ok(Row::new(vec![
        html! { span { a href={ (PATH) "/" (user.id) } { b { (user.full_name()) } } br; small { (user.email) } } },
        html! { (role_words(user)) },
        state(status_state(user)),
        html! { (lessons) },
        html! { (times.day(user.created_at)) },
    ]))
}
