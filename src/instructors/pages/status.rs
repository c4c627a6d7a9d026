//! The beginning and the end of the way in: welcome, what is still missing, going live.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::form::Faults;
use super::frame::Sheet;
use super::own::{DASHBOARD, Own, STEPS, WAY_IN, Way};
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::base::text::count;
use crate::instructors::ops::live;
use crate::instructors::rules::live::may_go_live;
use crate::site::Site;
use crate::web::components::{
    Button, Icon, Tone, button, icon, link_button, notice, page_head, post_button, section, stops,
};
use crate::web::{Answer, Chrome, page, see_other};

pub(super) const WELCOME: &str = "/instructor/onboarding/welcome";

/// Where an instructor lands who did not ask for a page. // rule: 50§0 after sign-in
pub(super) async fn home(State(site): State<Site>, actor: Actor) -> Answer<Response> {
    let through = Own::load(&site, &actor)?.through;
    Ok(see_other(if through { DASHBOARD } else { WAY_IN }))
}

pub(super) async fn welcome(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    if own.through {
        return Ok(see_other(DASHBOARD));
    }
    let name = &own.facts.user.first_name;
    let lead = "Five short steps, in any order. Leave one out and come back to it; nothing is shown to students before you say so.";
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head(&format!("Welcome, {name}"), lead, html! {}))
            (section("steps", "How it goes", "", stops(&[
                ("You", "A few lines about how you teach, and the neighborhoods you travel to."),
                ("Lessons", "What you teach, for whom, and what an hour costs. You see at once what you earn."),
                ("Verification", "Your identity, and a background check on file."),
                ("Pay", "An account at Stripe, so that money reaches your bank."),
                ("Go live", "You press the button. Students find you from that moment."),
            ])))
            div.row {
                (link_button(Way::In.about(), &Button::primary("Begin")))
                (link_button(WAY_IN, &Button::line("See the checklist")))
            }
        }
    };
    Ok(page(&chrome, "Welcome", body).into_response())
}

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    if own.through {
        return Ok(see_other(DASHBOARD));
    }
    Ok(render(&site, &chrome, &own, None))
}

pub(super) async fn go_live(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    match live::go_live(&site, actor.user_id).await {
        Ok(()) => Ok(see_other("/instructor/dashboard?done=live")),
        // The page says what is in the way.
        Err(refusal) if refusal.status == 400 => {
            let own = Own::load(&site, &actor)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&site, &chrome, &own, Some(&refusal))).into_response())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn render(site: &Site, chrome: &Chrome, own: &Own, refused: Option<&Refusal>) -> Response {
    let facts = &own.facts;
    let judged = may_go_live(&facts.profile, &facts.user, &facts.offerings, &facts.areas, site.now());
    let lead = match own.missing.len() {
        0 => "Everything is there.".to_owned(),
        n => format!("{} before students can find you.", count(n, "step is left", "steps are left")),
    };
    let body = html! {
        @if let Some(refusal) = refused { (notice(Tone::Bad, html! { (refusal.detail) " You are not live yet." })) }
        (section("list", "What it takes", "In any order. Everything can be changed later.", checklist(own)))
        (section("live", "Go live", "From then on students find you and book the free times of your week.", html! {
            @match &judged {
                Ok(()) => {
                    p { "Students see " a href={ "/instructors/" (facts.profile.user_id) } { "your page" } " as you see it there." }
                    (post_button(WAY_IN, &[], &Button::primary("Go live").busy("Going live…")))
                }
                Err(why) => {
                    p { (why.detail) @if why.code == "ACCOUNT_NOT_ACTIVE" { " " a href="/account/leave" { "Resume your account" } } }
                    div { (button(&Button::primary("Go live").disabled(true))) }
                }
            }
        }))
    };
    let faults = Faults::default();
    Sheet { title: "Before you go live", lead: &lead, here: WAY_IN, said: "", faults: &faults }
        .answer(chrome, own, body)
}

fn checklist(own: &Own) -> Markup {
    html! {
        ul.checklist {
            @for (step, label, href) in STEPS {
                @let done = !own.lacks(step);
                li {
                    (icon(if done { Icon::Check } else { Icon::Minus }))
                    a href=(href) { (label) }
                    span.muted { @if done { "done" } @else { "still to do" } }
                }
            }
        }
    }
}
