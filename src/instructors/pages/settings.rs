//! How much time an instructor wants before and between lessons, and the ways to everything else of their own.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::{Faults, whole};
use super::frame::Sheet;
use super::own::Own;
use super::stop;
use crate::base::access::Actor;
use crate::base::refusal::Outcome;
use crate::instructors::ops::update::update;
use crate::instructors::rules::profile::{Changes, Judged, judge};
use crate::site::Site;
use crate::web::components::{Button, Field, button, field, section};
use crate::web::{Answer, Chrome, Form, Params, see_other};

pub(super) const PATH: &str = "/instructor/settings";

/// What stands elsewhere: label, address, what one does there.
const ELSEWHERE: [(&str, &str, &str); 8] = [
    ("Your account", "/account", "Name, e-mail, phone, ZIP code, time zone"),
    ("Signing in", "/account/security", "Password, passkeys, where you are signed in"),
    ("Second factor", "/account/two-factor", "A code beside the password"),
    ("What we tell you", "/account/notifications", "Which mails you get, and when not"),
    ("Days off", "/instructor/availability", "Your week, holidays, single days"),
    ("Earnings", "/instructor/earnings", "Payout day, bank, statements"),
    ("Pause or leave", "/account/leave", "Hide your page for a while, take your data along, close the account"),
    ("Give up teaching", stop::PATH, "Stay with us as a student"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    min_advance_booking_hours: String,
    buffer_time_minutes: String,
}

impl Typed {
    fn of(own: &Own) -> Self {
        let profile = &own.facts.profile;
        Self {
            min_advance_booking_hours: profile.min_advance_booking_hours.to_string(),
            buffer_time_minutes: profile.buffer_time_minutes.to_string(),
        }
    }

    fn judged(&self, faults: &mut Faults) -> Outcome<Judged> {
        let field = "min_advance_booking_hours";
        let notice = whole(field, &self.min_advance_booking_hours)
            .and_then(|n| judge(&Changes { min_advance_booking_hours: Some(n), ..Changes::default() }));
        let notice = faults.keep(field, notice)?;
        let field = "buffer_time_minutes";
        let buffer = whole(field, &self.buffer_time_minutes)
            .and_then(|n| judge(&Changes { buffer_time_minutes: Some(n), ..Changes::default() }));
        let buffer = faults.keep(field, buffer)?;
        Ok(Judged {
            min_advance_booking_hours: notice.and_then(|j| j.min_advance_booking_hours),
            buffer_time_minutes: buffer.and_then(|j| j.buffer_time_minutes),
            ..Judged::default()
        })
    }
}

pub(super) async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    let said = if asked.done == "saved" { "Your settings are saved. Lessons already booked stay." } else { "" };
    Ok(render(&chrome, &own, &Typed::of(&own), &Faults::default(), said))
}

pub(super) async fn save(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    let mut faults = Faults::default();
    let wanted = typed.judged(&mut faults)?;
    if faults.is_empty() {
        update(&site, actor.user_id, wanted, None).await?;
        return Ok(see_other(&format!("{PATH}?done=saved")));
    }
    Ok(render(&chrome, &Own::load(&site, &actor)?, &typed, &faults, ""))
}

fn render(chrome: &Chrome, own: &Own, typed: &Typed, faults: &Faults, said: &str) -> Response {
    let body = html! {
        (section("time", "Time for yourself", "Counts for every time a student can book, at once.", time(typed, faults)))
        (section("else", "Everything else", "", html! {
            ul.offers { @for (label, href, what) in ELSEWHERE { li { div { a href=(href) { b { (label) } } p.small.muted { (what) } } } } }
        }))
    };
    let sheet = Sheet { title: "Settings", lead: "How you want to be booked.", here: PATH, said, faults };
    sheet.answer(chrome, own, body)
}

fn time(typed: &Typed, faults: &Faults) -> Markup {
    let number = |name, label, value, hint| Field {
        name,
        label,
        value,
        hint,
        inputmode: "numeric",
        maxlength: Some(3),
        required: true,
        error: faults.at(name),
        ..Field::default()
    };
    html! {
        form.stack method="post" action=(PATH) {
            div.fields {
                (field(&number("min_advance_booking_hours", "Notice before a lesson, in hours", &typed.min_advance_booking_hours, "0 to 168. A lesson is booked at least so long before it begins.")))
                (field(&number("buffer_time_minutes", "Pause between lessons, in minutes", &typed.buffer_time_minutes, "0 to 60. Kept free before and after every lesson.")))
            }
            div.row { (button(&Button::primary("Save").busy("Saving…"))) }
        }
    }
}
