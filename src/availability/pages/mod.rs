//! The instructor's week: painted in a grid or written as text, saved against its version; days off.
//!
//! Nothing here needs a script. Painting and dragging come from `assets/scripts/week.js`; the boxes and the text form
//! do the same.

mod conflict;
mod days_off;
mod editor;
mod grid;
mod input;
mod written;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use self::editor::{Facts, Typed, editor_page};
use self::input::Fields;
use super::ops::blackouts::{self, NewBlackout};
use super::ops::calendar_of;
use super::ops::editor::{paint_week, preview, write_weeks};
use super::ops::week::Editor;
use crate::base::access::{Actor, Permission};
use crate::base::id::BlackoutId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Date;
use crate::site::Site;
use crate::site::audit::By;
use crate::web::{Access, Answer, Chrome, Form, Id, Opening, Pages, Params, see_other};

pub fn routes(pages: Pages) -> Pages {
    let own = Access::can(Permission::ManageAvailability).opens(Opening::Teaching);
    pages
        .get(own, "/instructor/availability", show)
        .post(own, "/instructor/availability", paint)
        .get(own, "/instructor/availability/preview", look_ahead)
        .post(own, "/instructor/availability/written", write)
        .post(own, "/instructor/availability/days-off", take_off)
        .post(own, "/instructor/availability/days-off/{id}/removal", give_back)
}

/// The editor's address; `done` names the sentence that says what happened.
fn address(week: Date, done: &str) -> String {
    if done.is_empty() {
        format!("/instructor/availability?week={week}")
    } else {
        format!("/instructor/availability?week={week}&done={done}")
    }
}

#[derive(Debug, Default, Deserialize)]
struct Query {
    /// Any day of the week to show; this week without.
    week: Option<Date>,
    /// `all` for the whole day.
    hours: Option<String>,
    done: Option<String>,
}

async fn show(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Params(query): Params<Query>,
) -> Answer<Response> {
    let whole_day = query.hours.as_deref() == Some("all");
    let facts = site.read(|r| Facts::load(r, site.now(), actor.user_id, query.week, whole_day))?;
    let done = query.done.as_deref().unwrap_or_default();
    Ok(editor_page(&chrome, &facts, &Typed::default(), done).into_response())
}

type Pairs = Form<Vec<(String, String)>>;

/// Saves painted half hours; a week that somebody saved meanwhile is shown beside what was painted.
async fn paint(State(site): State<Site>, actor: Actor, chrome: Chrome, Form(pairs): Pairs) -> Answer<Response> {
    let fields = Fields(pairs);
    let (week, painted) = (fields.week()?, fields.painted()?);
    let (mode, who, by, seen) = (site.mode, actor.user_id, By::of(&actor), fields.seen());
    let attempt = painted.clone();
    let saved = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            paint_week(tx, &editor, week, &attempt, seen.as_deref())
        })
        .await;
    match saved {
        Ok(saved) => Ok(see_other(&address(week, if saved.plan.writes.is_empty() { "same" } else { "saved" }))),
        Err(refusal) if refusal.code == "VERSION_CONFLICT" => {
            let now = site.read(|r| super::ops::week::read_week(r, who, week))?;
            let mine = painted.over(&now.days);
            let page = conflict::conflict_page(&chrome, &now, &mine, "/instructor/availability", &fields.resent());
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// What written hours would change. A line that cannot be read leads back to the form with everything kept.
async fn look_ahead(
    State(site): State<Site>,
    actor: Actor,
    chrome: Chrome,
    Params(pairs): Params<Vec<(String, String)>>,
) -> Answer<Response> {
    let fields = Fields(pairs);
    let (week, who) = (fields.week()?, actor.user_id);
    let written = match fields.written(week) {
        Ok(written) => written,
        Err(errors) => return refused(&site, &actor, &chrome, week, &Typed { written: errors, ..fields.typed() }),
    };
    let page = site.read(|r| {
        let editor = Editor::of(r, site.mode, site.now(), who, &By::of(&actor))?;
        let (plan, current) = preview(r, &editor, who, &written)?;
        written::preview_page(r, &chrome, who, &written, (&plan, &current), &fields)
    })?;
    Ok(page.into_response())
}

async fn write(State(site): State<Site>, actor: Actor, chrome: Chrome, Form(pairs): Pairs) -> Answer<Response> {
    let fields = Fields(pairs);
    let (week, mode, who, by) = (fields.week()?, site.mode, actor.user_id, By::of(&actor));
    let written = match fields.written(week) {
        Ok(written) => written,
        Err(errors) => return refused(&site, &actor, &chrome, week, &Typed { written: errors, ..fields.typed() }),
    };
    let attempt = written.clone();
    let saved = site
        .write(move |tx| {
            let editor = Editor::of(tx, mode, tx.now(), who, &by)?;
            write_weeks(tx, &editor, &attempt)
        })
        .await;
    match saved {
        Ok(_) => Ok(see_other(&address(week, "saved"))),
        Err(refusal) if refusal.code == "VERSION_CONFLICT" => {
            let now = site.read(|r| super::ops::week::read_week(r, who, week))?;
            let action = "/instructor/availability/written";
            let page = conflict::conflict_page(&chrome, &now, &written.days, action, &fields.resent());
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn take_off(State(site): State<Site>, actor: Actor, chrome: Chrome, Form(pairs): Pairs) -> Answer<Response> {
    let fields = Fields(pairs);
    let week = fields.week()?;
    let added = match fields.day_off() {
        Ok(new) => add_day_off(&site, &actor, new).await,
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok(()) => Ok(see_other(&format!("{}#off", address(week, "off")))),
        Err(refusal) if matches!(refusal.status, 409 | 422) => {
            refused(&site, &actor, &chrome, week, &Typed { off_refused: Some(refusal), ..fields.typed() })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn add_day_off(site: &Site, actor: &Actor, new: NewBlackout) -> Outcome<()> {
    let (who, by) = (actor.user_id, By::of(actor));
    site.write(move |tx| blackouts::add(tx, &by, who, &calendar_of(tx, who)?, &new)).await.map(|_| ())
}

async fn give_back(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BlackoutId>,
    Form(pairs): Pairs,
) -> Answer<Response> {
    let (week, who, by) = (Fields(pairs).week()?, actor.user_id, By::of(&actor));
    site.write(move |tx| blackouts::delete(tx, &by, who, id)).await?;
    Ok(see_other(&format!("{}#off", address(week, "back"))))
}

/// The editor again, 422, with what was typed and what is wrong with it.
fn refused(site: &Site, actor: &Actor, chrome: &Chrome, week: Date, typed: &Typed) -> Answer<Response> {
    let facts = site.read(|r| Facts::load(r, site.now(), actor.user_id, Some(week), false))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, editor_page(chrome, &facts, typed, "")).into_response())
}

/// A form field that our own page always sends was missing or damaged.
fn damaged() -> Refusal {
    Refusal::invalid("week", "The form came incomplete. Open the week again.")
}
