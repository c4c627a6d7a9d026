//! Asking to be told, and ending that: from one's list, or from the link in a mail without signing in.

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::{ops, tables};
use crate::base::access::Actor;
use crate::base::id::DemandId;
use crate::base::refusal::Refusal;
use crate::search::demand::State as DemandState;
use crate::search::pages::SearchParams;
use crate::site::Site;
use crate::web::components::{Button, button, link_button, page_head, post_button};
use crate::web::{Access, Answer, Chrome, Form, Head, Id, Pages, Params, page, see_other};

pub fn routes(pages: Pages) -> Pages {
    pages
        .get(Access::SignedIn, "/searches/notify", ask)
        .post(Access::SignedIn, "/searches/notify", wish)
        .post(Access::SignedIn, "/searches/notify/{id}/stop", stop)
        .get(Access::Public, "/searches/stop/{token}", ask_stop)
        .post(Access::Public, "/searches/stop/{token}", stop_by_link)
}

/// Where somebody who had to sign in first says yes.
async fn ask(chrome: Chrome, Params(params): Params<SearchParams>) -> Answer<Markup> {
    let body = html! {
        div.wrap.wrap--text.stack {
            (page_head("Shall we write to you?", html! { "You are looking for " b { (params.query()) } ". Nobody fits all of it yet." }, html! {}))
            p { "We send one mail the first time an instructor fits all of it. You can give the wish up at any time." }
            form.row method="post" action="/searches/notify" {
                (hidden(&params))
                (button(&Button::primary("Tell me when somebody fits").busy("Keeping it…")))
                (link_button(&params.href(), &Button::line("Back to the search")))
            }
        }
    };
    Ok(page(&chrome, Head { robots: Some("noindex".to_owned()), ..Head::from("Shall we write to you?") }, body))
}

/// The search as hidden fields of a form.
pub fn hidden(params: &SearchParams) -> Markup {
    let text = serde_urlencoded::to_string(params).unwrap_or_default();
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(&text).unwrap_or_default();
    html! { @for (name, value) in &fields { input type="hidden" name=(name) value=(value); } }
}

async fn wish(State(site): State<Site>, actor: Actor, Form(params): Form<SearchParams>) -> Answer<Response> {
    match ops::wish(&site, actor.user_id, params.clone()).await {
        Ok(_) => Ok(see_other("/searches?done=wished")),
        // Somebody fits by now: that is better than a mail.
        Err(Refusal { code: "DEMAND_ALREADY_MET", .. }) => Ok(see_other(&params.href())),
        Err(refusal) => Err(refusal.into()),
    }
}

async fn stop(State(site): State<Site>, actor: Actor, Id(id): Id<DemandId>) -> Answer<Response> {
    site.write(move |tx| ops::stop(tx, actor.user_id, id)).await?;
    Ok(see_other("/searches?done=stopped"))
}

async fn ask_stop(State(site): State<Site>, chrome: Chrome, Path(token): Path<String>) -> Answer<Markup> {
    let demand = site.read(|r| tables::by_token(r, &token))?;
    let over = demand.state == DemandState::Stopped;
    let body = html! {
        div.wrap.wrap--text.stack {
            @if over {
                (page_head("No more mails about this", html! { "You will hear no more about " b { (demand.query) } "." }, html! {}))
                (link_button("/search", &Button::line("Find a lesson")))
            } @else {
                (page_head("Give this wish up?", html! { "You asked to be told about " b { (demand.query) } "." }, html! {}))
                (post_button(&format!("/searches/stop/{token}"), &[], &Button::primary("Send me no more about it")))
            }
        }
    };
    Ok(page(&chrome, Head { robots: Some("noindex".to_owned()), ..Head::from("Your wish") }, body))
}

async fn stop_by_link(State(site): State<Site>, Path(token): Path<String>) -> Answer<Response> {
    let of = token.clone();
    site.write(move |tx| ops::stop_by_token(tx, &of)).await?;
    Ok(see_other(&format!("/searches/stop/{token}")))
}
