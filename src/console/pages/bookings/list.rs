//! `/admin/bookings`: views, filters, rows, totals.

use axum::extract::State;
use maud::{Markup, html};

use super::filter::{Filter, PATH, PER_PAGE, total};
use super::parts::{Case, full_name};
use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::{Timestamp, fmt_clock, fmt_date};
use crate::bookings::model::{Booking, Status};
use crate::console::figures::attention::bookings_needing_action;
use crate::console::figures::today::{Day, lessons};
use crate::console::pages::shell::{heading, show, state};
use crate::console::words::{lesson_state, money_state};
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Col, Field, Icon, Pager, Row, Tab, Table, button, empty, field, icon, link_button, pager, select,
    table, tabs,
};
use crate::web::{Answer, Chrome, Params};

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let found = filter.found(&site)?;
    let sum: Cents = found.iter().map(total).sum();
    let from = (filter.number() - 1) * PER_PAGE;
    let shown: Vec<Booking> = found.iter().skip(from).take(PER_PAGE).cloned().collect();
    let cases: Vec<Case> = site.read(|r| shown.into_iter().map(|booking| Case::load(r, booking)).collect())?;
    let csv = filter.href("/admin/bookings.csv", &[]);
    let csv_words = format!(" CSV of {}", count(found.len(), "booking", "bookings"));
    let body = html! {
        div.stack {
            (heading("Bookings", html! { @if !found.is_empty() { a href=(csv) download { (icon(Icon::Download)) (csv_words) } } }))
            (tabs("Views", &views(&site, &filter)?))
            (form(&filter))
            @if cases.is_empty() {
                (nothing(&filter, found.len()))
            } @else {
                (table(&rows(&filter, &cases, found.len(), sum, site.now())))
                (pager(&pages(&filter, from, cases.len(), found.len())))
            }
        }
    };
    Ok(show(&site, &chrome, "Bookings", body)?)
}

fn views(site: &Site, filter: &Filter) -> Outcome<Vec<Tab>> {
    let (open, today) = site.read(|r| {
        let today = lessons(r, &Day::today(site.now(), &site.zone), site.now())?;
        Ok((bookings_needing_action(r)?.len(), today.total()))
    })?;
    let tab = |label: String, view: &str| {
        Tab::new(label, Filter { view: view.to_owned(), ..Filter::default() }.href(PATH, &[]), filter.view == view)
    };
    Ok(vec![
        tab("All".to_owned(), ""),
        tab(format!("Needs action, {open}"), "action"),
        tab(format!("Lessons today, {today}"), "today"),
        tab("Disputed".to_owned(), "disputed"),
    ])
}

fn form(filter: &Filter) -> Markup {
    let errors = filter.errors();
    let error = |name: &str| errors.iter().find(|(field, _)| *field == name).map(|(_, words)| *words);
    let input = |name, label, value, kind| Field { name, label, value, kind, small: true, ..Field::default() };
    html! {
        form.filters action=(PATH) {
            @if !filter.view.is_empty() { input type="hidden" name="view" value=(filter.view); }
            @if !filter.sort.is_empty() { input type="hidden" name="sort" value=(filter.sort); }
            (field(&Field { maxlength: Some(200), ..input("q", "Person, service, ref.", &filter.q, "search") }))
            (select(&input("status", "Lesson", "", ""), &statuses(&filter.status)))
            (select(&input("payment", "Money", "", ""), &payments(&filter.payment)))
            (field(&Field { error: error("from"), ..input("from", "From", &filter.from, "date") }))
            (field(&Field { error: error("to"), ..input("to", "To", &filter.to, "date") }))
            div.row {
                (button(&Button::line("Apply").small()))
                @if filter.is_narrowed() { a.small href=(PATH) { "Clear" } }
            }
        }
    }
}

fn statuses(chosen: &str) -> Vec<Choice> {
    let words = |status| match status {
        Status::Pending => "Held, not paid",
        Status::Confirmed => "Confirmed",
        Status::Completed => "Completed",
        Status::Cancelled => "Cancelled",
        Status::NoShow => "No-show",
        Status::PaymentFailed => "Not paid in time",
    };
    let any = Choice::new("", "Any", chosen.is_empty());
    let rest = Status::ALL.into_iter().map(|s| Choice::new(s.name(), words(s), s.name().eq_ignore_ascii_case(chosen)));
    std::iter::once(any).chain(rest).collect()
}

fn payments(chosen: &str) -> Vec<Choice> {
    let all = [
        ("", "Any"),
        ("scheduled", "Scheduled"),
        ("authorized", "Authorised"),
        ("payment_method_required", "Card needed"),
        ("locked", "Locked in"),
        ("manual_review", "Manual review"),
        ("settled", "Settled"),
    ];
    all.iter().map(|(value, label)| Choice::new(*value, *label, *value == chosen)).collect()
}

fn rows(filter: &Filter, cases: &[Case], found: usize, sum: Cents, now: Timestamp) -> Table {
    let sorted = |col: Col, name: &str| {
        let (href, descending) = filter.sort_of(name);
        col.sort(href, descending)
    };
    let blank = || html! {};
    Table {
        caption: "Bookings".to_owned(),
        caption_hidden: true,
        cols: vec![
            sorted(Col::new("Starts"), "start"),
            Col::new("Student"),
            Col::new("Instructor"),
            Col::new("Lesson"),
            sorted(Col::end("Total"), "total"),
            Col::new("Lesson state"),
            Col::new("Money"),
        ],
        rows: cases.iter().map(|case| row(case, now)).collect(),
        foot: Some(vec![
            html! { (count(found, "booking", "bookings")) },
            blank(),
            blank(),
            blank(),
            html! { (sum.dollars()) },
            blank(),
            blank(),
        ]),
    }
}

fn row(case: &Case, now: Timestamp) -> Row {
    let b = &case.booking;
    let two = |first: Markup, second: String| html! { span { (first) br; small { (second) } } };
    let day = if b.date.year() == b.created_at.to_zoned(crate::base::time::TimeZone::UTC).year() {
        fmt_date(b.date)
    } else {
        b.date.strftime("%b %-d, %Y").to_string()
    };
    let start = html! { a href={ "/admin/bookings/" (b.id) } { b { (fmt_clock(b.start_time)) } } };
    Row::new(vec![
        two(start, day),
        two(html! { (full_name(case.student.as_ref())) }, b.reference()),
        html! { (full_name(case.instructor.as_ref())) },
        two(html! { (b.service_name) }, format!("{} min", b.minutes)),
        html! { (total(b).dollars()) },
        state(lesson_state(b, now)),
        state(money_state(&case.payment)),
    ])
}

fn pages(filter: &Filter, from: usize, shown: usize, found: usize) -> Pager {
    let number = filter.number();
    let to = |page: usize| filter.href(PATH, &[("page", &page.to_string())]);
    Pager {
        summary: format!("{} to {} of {found}", from + 1, from + shown),
        back: (number > 1).then(|| ("Back".to_owned(), to(number - 1))),
        next: (from + shown < found).then(|| ("More".to_owned(), to(number + 1))),
    }
}

fn nothing(filter: &Filter, found: usize) -> Markup {
    if found > 0 {
        let first = link_button(&filter.href(PATH, &[]), &Button::line("To the first page"));
        return empty("No such page", "The list is shorter than that.", Some(first));
    }
    if filter.is_narrowed() {
        let all = link_button(PATH, &Button::line("Show all bookings"));
        return empty("Nothing fits", "No booking matches all of these. Your filters are kept above.", Some(all));
    }
    empty("No bookings yet", "As soon as somebody takes a time, it stands here.", None)
}
