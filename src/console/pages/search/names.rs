//! `/admin/search/names`: names that were learned or given, those that wait first; each with what it would change.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::way;
use crate::base::id::{AliasId, NeighborhoodId, ServiceId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::count;
use crate::catalog::catalogue;
use crate::console::pages::confirm::correctable;
use crate::console::pages::shell::{heading, moments, show};
use crate::console::words::Moments;
use crate::search::learning::{
    self, AliasStatus, AliasView, Impact, Named, Source, Wish, approve, impact, many as decide_many, reject, undo,
};
use crate::site::Site;
use crate::site::audit::By;
use crate::web::components::{
    Button, Choice, Col, Field, Row, Tab, Table, Tone, badge, button, crumb, empty, error_summary, facts, field,
    notice, post_button, select, table, tabs,
};
use crate::web::{Answer, Chrome, Form, Id, Params, see_other};

const PATH: &str = "/admin/search/names";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    show: String,
    done: String,
    /// A phrase to be given a meaning.
    phrase: String,
    kind: String,
}

impl Filter {
    fn status(&self) -> AliasStatus {
        match self.show.as_str() {
            "active" => AliasStatus::Active,
            "gone" => AliasStatus::Deprecated,
            _ => AliasStatus::PendingReview,
        }
    }
}

pub async fn list(State(site): State<Site>, chrome: Chrome, Params(filter): Params<Filter>) -> Answer<Markup> {
    let typed = Typed { alias: filter.phrase.clone(), kind: filter.kind.clone(), ..Typed::default() };
    Ok(page(&site, &chrome, &filter, &typed, None)?)
}

fn page(site: &Site, chrome: &Chrome, filter: &Filter, typed: &Typed, refused: Option<&Refusal>) -> Outcome<Markup> {
    let rows = site.read(|r| learning::aliases(r, Some(filter.status())))?;
    let waiting = site.read(|r| learning::aliases(r, Some(AliasStatus::PendingReview)))?.len();
    let times = moments(site);
    let tab = |label: String, show: &str| {
        Tab::new(
            label,
            format!("{PATH}?show={show}"),
            filter.status() == Filter { show: show.to_owned(), ..Filter::default() }.status(),
        )
    };
    let said = match filter.done.as_str() {
        "approve" => "In force from now on.",
        "reject" => "Out of force from now on.",
        "undo" => "Taken back.",
        "create" => "Given; search knows it.",
        "many" => "Decided; what could not be is still here.",
        _ => "",
    };
    let body = html! {
        (heading("Names", html! {}))
        (way(PATH))
        @if !said.is_empty() { (notice(Tone::Ok, said)) }
        (tabs("Names", &[tab(format!("Waiting, {waiting}"), "waiting"), tab("In force".into(), "active"), tab("Out of force".into(), "gone")]))
        @if rows.is_empty() { (empty("Nothing here", "Names that people taught us wait here for somebody’s eyes.", None)) }
        @else { (listed(&rows, filter, &times)) }
        (give(typed, refused))
    };
    show(site, chrome, "Names", body)
}

fn listed(rows: &[AliasView], filter: &Filter, times: &Moments) -> Markup {
    let waiting = filter.status() == AliasStatus::PendingReview;
    let row = |one: &AliasView| {
        let pick =
            html! { input type="checkbox" name="id" value=(one.id) aria-label={ "Choose " (one.alias) } form="many"; };
        let mut cells = vec![
            html! { @if waiting { (pick) " " } a href={ (PATH) "/" (one.id) } { b { (one.alias) } } " " (badge(Tone::Plain, if one.kind == Named::Place { "place" } else { "lesson" })) },
            html! { (meaning(one)) },
            html! { (if one.source == Source::Manual { "given" } else { "learned" }) },
            html! { (format!("{:.0}%", one.confidence * 100.0)) },
            html! { (one.voters) },
            html! { (one.usage_count) },
            html! { (times.at(one.decided_at.unwrap_or(one.created_at))) },
        ];
        cells.push(html! {
            div.row {
                @if one.status != AliasStatus::Active { (post_button(&format!("{PATH}/{}/approve", one.id), &[], &Button::line("Approve").small().says(&format!("Approve {}", one.alias)))) }
                @if one.status != AliasStatus::Deprecated { (post_button(&format!("{PATH}/{}/reject", one.id), &[], &Button::link("Reject").says(&format!("Reject {}", one.alias)))) }
            }
        });
        Row::new(cells)
    };
    let cols = vec![
        Col::new("Name"),
        Col::new("Means"),
        Col::new("How"),
        Col::end("Agree"),
        Col::end("People"),
        Col::end("Used"),
        Col::new("Since"),
        Col::new(""),
    ];
    html! {
        (table(&Table { caption: "Names".into(), caption_hidden: true, cols, rows: rows.iter().map(row).collect(), foot: None }))
        @if waiting {
            form.row id="many" method="post" action={ (PATH) "/many" } {
                (button(&Button::line("Approve the chosen").small().sends("action", "approve")))
                (button(&Button::bad("Reject the chosen").small().sends("action", "reject")))
            }
        }
    }
}

fn meaning(one: &AliasView) -> String {
    match one.meaning.as_slice() {
        [] => "nothing that is here any more".to_owned(),
        [first, rest @ ..] if rest.len() > 2 => format!("{first} and {} more", rest.len()),
        all => all.join(" or "),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    alias: String,
    kind: String,
    region: String,
    region_too: String,
    service: String,
}

/// The form that gives a name by hand.
fn give(typed: &Typed, refused: Option<&Refusal>) -> Markup {
    let at = |name: &str| refused.and_then(|r| r.errors.iter().find(|e| e.field == name)).map(|e| e.message.as_str());
    let errors: Vec<(&str, &str)> = match refused {
        None => Vec::new(),
        Some(r) if r.errors.is_empty() => vec![("alias", r.detail.as_str())],
        Some(r) => r.errors.iter().map(|e| (e.field.as_str(), e.message.as_str())).collect(),
    };
    let mut places = vec![Choice::new("", "No place", typed.region.is_empty())];
    places.extend(learning::regions().into_iter().map(|(id, name, borough)| {
        let id = id.to_string();
        Choice { selected: id == typed.region, ..Choice::new(id, format!("{name}, {borough}"), false) }
    }));
    let mut more = places.clone();
    more.iter_mut().for_each(|choice| choice.selected = choice.value == typed.region_too);
    if let Some(none) = more.first_mut() {
        none.label = "No second place".to_owned();
    }
    let mut lessons = vec![Choice::new("", "No lesson", typed.service.is_empty())];
    lessons.extend(catalogue().services().iter().map(|service| {
        let id = service.id.to_string();
        Choice { selected: id == typed.service, ..Choice::new(id, service.name.clone(), false) }
    }));
    html! {
        section.stack.stack--s {
            h2.h3 { "Give a name" }
            p.small.muted { "For what people call a place or a lesson. With two places it is shown as ambiguous, with links to narrow." }
            (error_summary(&errors, "Nothing was changed."))
            form.stack method="post" action=(PATH) {
                input type="hidden" name="kind" value=(typed.kind);
                (field(&Field { name: "alias", label: "The words", value: &typed.alias, maxlength: Some(60), error: at("alias"), required: true, ..Field::default() }))
                @if typed.kind != Named::Service.name() {
                    (select(&Field { name: "region", label: "Means the neighborhood", error: at("region_ids"), ..Field::default() }, &places))
                    (select(&Field { name: "region_too", label: "Or also", ..Field::default() }, &more))
                }
                @if typed.kind != Named::Place.name() {
                    (select(&Field { name: "service", label: "Means the lesson", error: at("service_catalog_id"), ..Field::default() }, &lessons))
                }
                div.row { (button(&Button::primary("Give the name").busy("Giving…"))) }
            }
        }
    }
}

impl Typed {
    fn wish(&self) -> Wish {
        let region = |text: &String| text.parse::<NeighborhoodId>().ok();
        Wish {
            phrase: self.alias.clone(),
            regions: [&self.region, &self.region_too].into_iter().filter_map(region).collect(),
            service: self.service.parse::<ServiceId>().ok(),
        }
    }
}

pub async fn create(State(site): State<Site>, chrome: Chrome, by: By, Form(typed): Form<Typed>) -> Answer<Response> {
    let wish = typed.wish();
    match site.write(move |tx| learning::create(tx, &by, &wish)).await {
        Ok(_) => Ok(see_other("/admin/search/names?show=active&done=create")),
        Err(refusal) => {
            let refusal = correctable(refusal)?;
            let shown = page(&site, &chrome, &Filter::default(), &typed, Some(&refusal))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
    }
}

/// Boxes that are ticked, in the order of the form.
pub async fn many(State(site): State<Site>, by: By, Form(pairs): Form<Vec<(String, String)>>) -> Answer<Response> {
    let wanted = pairs.iter().any(|(name, value)| name == "action" && value == "approve");
    let ids: Vec<AliasId> =
        pairs.iter().filter(|(name, _)| name == "id").filter_map(|(_, value)| value.parse().ok()).take(100).collect();
    site.write(move |tx| decide_many(tx, &by, &ids, wanted)).await?;
    Ok(see_other("/admin/search/names?done=many"))
}

pub async fn one(State(site): State<Site>, chrome: Chrome, Id(id): Id<AliasId>) -> Answer<Markup> {
    let view: AliasView = site.read(|r| learning::tables::alias(r, id))?.into();
    let inside = site.clone();
    let found = tokio::task::spawn_blocking(move || impact(&inside, id)).await.map_err(Refusal::internal)??;
    let times = moments(&site);
    let path = |what: &str| format!("{PATH}/{id}/{what}");
    let body = html! {
        (crumb("All names", PATH))
        (heading(html! { "“" (view.alias) "”" }, html! { (state(view.status)) }))
        (facts(&[
            ("Means", html! { (view.meaning.join(", ")) }),
            ("How", html! { (if view.source == Source::Manual { "Given by hand" } else { "Learned from what people chose" }) }),
            ("Agreement", html! { (format!("{:.0}%", view.confidence * 100.0)) " of " (format!("{:.0}", view.votes)) " votes by " (count(usize::try_from(view.voters).unwrap_or(0), "person", "people")) }),
            ("Used", html! { (count(usize::try_from(view.usage_count).unwrap_or(0), "search", "searches")) @if let Some(at) = view.last_used_at { ", last " (times.at(at)) } }),
            ("Decided", html! { @match view.decided_at { Some(at) => (times.at(at)), None => "by nobody yet" } }),
        ]))
        (changes(&found))
        div.row {
            @if view.status != AliasStatus::Active { (post_button(&path("approve"), &[], &Button::primary("Approve"))) }
            @if view.status != AliasStatus::Deprecated { (post_button(&path("reject"), &[], &Button::bad("Reject"))) }
            @if view.decided_at.is_some() { (post_button(&path("undo"), &[], &Button::line("Take the last decision back"))) }
        }
    };
    Ok(show(&site, &chrome, format!("“{}”", view.alias), body)?)
}

fn state(status: AliasStatus) -> Markup {
    match status {
        AliasStatus::Active => badge(Tone::Ok, "in force"),
        AliasStatus::PendingReview => badge(Tone::Warn, "waits"),
        AliasStatus::Deprecated => badge(Tone::Plain, "out of force"),
    }
}

fn changes(found: &Impact) -> Markup {
    let rows = found.samples.iter().map(|tried| {
        Row::new(vec![
            html! { "“" (tried.query) "”" },
            html! { (tried.results_before) },
            html! { (tried.results_after) },
        ])
    });
    let cols = vec![Col::new("What people typed"), Col::end("Found without it"), Col::end("With it")];
    html! {
        section.stack.stack--s {
            h2.h3 { "What it changes" }
            p.small.muted { (found.searches) " searches by " (count(usize::try_from(found.searchers).unwrap_or(0), "person", "people")) " used these words and were not understood." }
            (table(&Table { caption: "Searches without and with the name".into(), caption_hidden: true, cols, rows: rows.collect(), foot: None }))
        }
    }
}

pub async fn decide(State(site): State<Site>, by: By, Path((id, what)): Path<(String, String)>) -> Answer<Response> {
    let gone = || Refusal::not_found("ALIAS_NOT_FOUND", "There is no such name.");
    let id: AliasId = id.parse().map_err(|_| gone())?;
    let act = match what.as_str() {
        "approve" => approve,
        "reject" => reject,
        "undo" => undo,
        _ => return Err(gone().into()),
    };
    site.write(move |tx| act(tx, &by, id)).await?;
    Ok(see_other(&format!("{PATH}?done={what}")))
}
