//! What one wants to be told about, as a form.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::preferences::{self, Category, Channel, Preferences};
use crate::base::access::Actor;
use crate::base::refusal::Refusal;
use crate::base::time::WallTime;
use crate::site::Site;
use crate::web::components::{
    Button, Choice, Field, Pick, Tone, account_tabs, button, field, notice, page_head, pick, section,
};
use crate::web::{Access, Answer, Chrome, Form, Pages, Params, page, see_other};

mod centre;
pub mod unsubscribe;

pub fn pages(pages: Pages) -> Pages {
    let pages = pages.get(Access::SignedIn, "/account/notifications", show).post(
        Access::SignedIn,
        "/account/notifications",
        save,
    );
    centre::pages(unsubscribe::pages(pages))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    saved: bool,
}

async fn show(
    State(site): State<Site>,
    chrome: Chrome,
    actor: Actor,
    Params(asked): Params<Asked>,
) -> Answer<Response> {
    let preferences = site.read(|r| preferences::of(r, actor.user_id))?;
    Ok(render(&chrome, &preferences, asked.saved, None).into_response())
}

/// The boxes that are ticked, by category; an absent one is off.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    lesson_updates: Option<String>,
    messages: Option<String>,
    reviews: Option<String>,
    learning_tips: Option<String>,
    system_updates: Option<String>,
    promotional: Option<String>,
    quiet_from: String,
    quiet_to: String,
}

impl Input {
    fn ticked(&self, category: Category) -> bool {
        match category {
            Category::LessonUpdates => &self.lesson_updates,
            Category::Messages => &self.messages,
            Category::Reviews => &self.reviews,
            Category::LearningTips => &self.learning_tips,
            Category::SystemUpdates => &self.system_updates,
            Category::Promotional => &self.promotional,
        }
        .is_some()
    }
}

async fn save(State(site): State<Site>, chrome: Chrome, actor: Actor, Form(input): Form<Input>) -> Answer<Response> {
    let wall =
        |text: &str| text.parse::<WallTime>().map_err(|_| Refusal::invalid("quiet_from", "A time such as 22:00."));
    let quiet = wall(&input.quiet_from).and_then(|from| Ok((from, wall(&input.quiet_to)?)));
    let switches: Vec<_> = Category::ALL.map(|c| (c, Channel::Email, input.ticked(c))).into();
    match quiet {
        Ok(quiet) => {
            site.write(move |tx| preferences::change(tx, actor.user_id, &switches, Some(quiet))).await?;
            Ok(see_other("/account/notifications?saved=true"))
        }
        Err(refusal) => {
            let preferences = site.read(|r| preferences::of(r, actor.user_id))?;
            let page = render(&chrome, &preferences, false, Some(&refusal));
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn render(chrome: &Chrome, preferences: &Preferences, saved: bool, refused: Option<&Refusal>) -> Markup {
    let from = preferences.quiet_from.to_string();
    let to = preferences.quiet_to.to_string();
    let time = |name, label, value| Field {
        name,
        label,
        kind: "time",
        value,
        required: true,
        error: refused.filter(|_| name == "quiet_from").map(|r| r.errors[0].message.as_str()),
        ..Field::default()
    };
    page(
        chrome,
        "What we tell you",
        html! {
            div.wrap.stack.stack--l {
                (page_head("What we tell you", "By mail. Mails about your password, your sign-ins and your money always come.", html! {}))
                (account_tabs("/account/notifications"))
                @if saved { (notice(Tone::Ok, "Saved.")) }
                form.stack.stack--l method="post" action="/account/notifications" {
                    (section("mails", "Mails", "Tick what you want to hear about.", html! {
                        @for category in Category::ALL {
                            @let (label, note) = category.words();
                            @let on = preferences.wants(category, Channel::Email);
                            (pick(Pick::Many, category.name(), &Choice::new("on", label, on).note(note)))
                        }
                    }))
                    (section("quiet", "Quiet hours", "What is not urgent waits until they are over. Your own time zone counts.", html! {
                        (field(&time("quiet_from", "From", &from)))
                        (field(&time("quiet_to", "To", &to)))
                    }))
                    div.row { (button(&Button::primary("Save").busy("Saving…"))) }
                }
            }
        },
    )
}
