//! `/admin/instructors`: how far everybody has come, and what holds them up.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;

use super::shell::{address, heading, moments, show, state};
use super::users::fits;
use crate::base::text::count;
use crate::console::figures::funnel::{STEPS, Stage, Teacher, funnel, step_words, teachers};
use crate::console::words::{Moments, Mood};
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Col, Field, Pager, Row, Tab, Table, button, empty, field, link_button, meter, pager, select, table,
    tabs,
};
use crate::web::{Answer, Chrome, Params};

const PATH: &str = "/admin/instructors";
const PER_PAGE: usize = 25;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    q: String,
    /// A stage's name.
    stage: String,
    /// A step that is missing.
    missing: String,
    page: String,
}

impl Filter {
    fn href(&self, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let parts = [("stage", &self.stage), ("missing", &self.missing), ("q", &self.q), ("page", &page)];
        address(PATH, &parts.map(|(name, value)| (name, value.as_str())))
    }

    fn keeps(&self, teacher: &Teacher) -> bool {
        (self.stage.is_empty() || teacher.stage.name() == self.stage)
            && (self.missing.is_empty() || teacher.missing.contains(&self.missing.as_str()))
            && fits(&teacher.user, &self.q)
    }
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let times = moments(&site);
    let all = site.read(|r| teachers(r, times.now))?;
    let found: Vec<&Teacher> = all.iter().filter(|teacher| filter.keeps(teacher)).collect();
    let number: usize = filter.page.parse().unwrap_or(1).clamp(1, 1_000_000);
    let from = (number - 1) * PER_PAGE;
    let rows: Vec<Row> = found.iter().skip(from).take(PER_PAGE).map(|teacher| row(teacher, &times)).collect();
    let pages = Pager {
        summary: format!("{} to {} of {}", from + 1, from + rows.len(), found.len()),
        back: (number > 1).then(|| ("Back".to_owned(), filter.href(number - 1))),
        next: (from + rows.len() < found.len()).then(|| ("More".to_owned(), filter.href(number + 1))),
    };
    let body = html! {
        (heading("Instructors", html! { span.muted { (count(all.len(), "account", "accounts")) } }))
        (steps(&all))
        div.stack {
            (tabs("Stages", &stages(&filter, &all)))
            (form(&filter))
            @if rows.is_empty() {
                (empty("Nobody fits", "Instructors appear here from the moment they sign up.", Some(link_button(PATH, &Button::line("Show everybody")))))
            } @else {
                (table(&listed(rows)))
                (pager(&pages))
            }
        }
    };
    Ok(show(&site, &chrome, "Instructors", body)?)
}

/// How many have each step behind them.
fn steps(all: &[Teacher]) -> Markup {
    let whole = all.len();
    let share = |done: usize| format!("{}%", (done * 100).checked_div(whole).unwrap_or(0));
    html! {
        section.stack.stack--s {
            h2.h3 { "From sign-up to live" }
            table.tbl {
                caption.vh { "Steps of going live, and how many have each behind them" }
                tbody {
                    @for (words, done) in funnel(all) {
                        tr {
                            th scope="row" { (words) }
                            td { (meter(done as u64, whole as u64)) }
                            td.end { b { (done) } }
                            td.end.muted { (share(done)) }
                        }
                    }
                }
            }
        }
    }
}

fn stages(filter: &Filter, all: &[Teacher]) -> Vec<Tab> {
    let to = |stage: &str| Filter { stage: stage.to_owned(), page: String::new(), ..filter.clone() }.href(1);
    let mut list = vec![Tab::new(format!("All, {}", all.len()), to(""), filter.stage.is_empty())];
    for stage in Stage::ALL {
        let n = all.iter().filter(|teacher| teacher.stage == stage).count();
        list.push(Tab::new(format!("{}, {n}", stage.words()), to(stage.name()), filter.stage == stage.name()));
    }
    list
}

fn form(filter: &Filter) -> Markup {
    let mut missing = vec![Choice::new("", "Anything or nothing", filter.missing.is_empty())];
    missing
        .extend(STEPS.iter().map(|(step, _)| Choice::new(*step, capital(step_words(step)), *step == filter.missing)));
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
            @if !filter.stage.is_empty() { input type="hidden" name="stage" value=(filter.stage); }
            (field(&search))
            (select(&Field { name: "missing", label: "Missing", small: true, ..Field::default() }, &missing))
            div.row {
                (button(&Button::line("Apply").small()))
                @if !filter.q.is_empty() || !filter.missing.is_empty() { a.small href=(PATH) { "Clear" } }
            }
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + letters.as_str()
}

fn listed(rows: Vec<Row>) -> Table {
    Table {
        caption: "Instructors".to_owned(),
        caption_hidden: true,
        cols: vec![
            Col::new("Name"),
            Col::new("Stage"),
            Col::new("Missing"),
            Col::end("Lessons offered"),
            Col::end("Fee"),
            Col::end("Joined"),
        ],
        rows,
        foot: None,
    }
}

fn row(teacher: &Teacher, times: &Moments) -> Row {
    let mood = match teacher.stage {
        Stage::Hidden => Mood::Wait,
        Stage::Public | Stage::Ready | Stage::Underway => Mood::Plain,
    };
    let missing: Vec<&str> = teacher.missing.iter().map(|step| step_words(step)).collect();
    let user = &teacher.user;
    Row::new(vec![
        html! { span { a href={ "/admin/users/" (user.id) } { b { (user.full_name()) } } br; small { (user.email) } } },
        state((mood, teacher.stage.words())),
        html! { @if missing.is_empty() { span.muted { "nothing" } } @else { (missing.join(", ")) } },
        html! { (teacher.offerings) },
        html! { (teacher.profile.current_tier.percent()) },
        html! { (times.day(user.created_at)) },
    ])
}
