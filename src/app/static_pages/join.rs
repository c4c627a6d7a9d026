//! `/instructor/join`: where instructors begin, and where guests are led while students cannot come yet. // rule: 50§0

use axum::extract::State;
use maud::{Markup, html};

use super::facts::Facts;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::site::settings::{Launch, launch};
use crate::web::components::{
    Button, Field, Tone, button, facts as fact_rows, field, link_button, notice, page_head, section,
};
use crate::web::{Answer, Chrome, Head, page};

pub async fn show(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    Ok(sheet(&site, &chrome)?)
}

fn sheet(site: &Site, chrome: &Chrome) -> Outcome<Markup> {
    let (facts, launch) = (Facts::read(site, chrome)?, site.read(launch)?);
    let head = Head {
        description: format!(
            "Teach in {}: publish your free hours, keep your price, be paid every Tuesday.",
            facts.city
        ),
        canonical: Some(site.url("/instructor/join")),
        ..Head::from("Teach here")
    };
    let lead = format!("Publish your free hours, name your price, and be paid every Tuesday. In {}.", facts.city);
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head("Teach here", lead, html! {}))
            div {
                @if launch.student != "open" { (not_yet(&facts)) }
                (section("begin", "Begin", "", begin(&launch)))
                (section("why", "What it brings you", "", perks(&facts)))
                (section("account", "You have an account", "", html! {
                    p { "Sign in to go on with your profile, your week and your lessons." }
                    p { (link_button("/login", &Button::line("Sign in"))) }
                }))
            }
        }
    };
    Ok(page(chrome, head, body))
}

fn not_yet(facts: &Facts) -> Markup {
    let words = format!("{} opens for students soon. First come the people who teach.", facts.brand);
    notice(Tone::Info, words)
}

fn begin(launch: &Launch) -> Markup {
    match launch.instructor.as_str() {
        "open" => html! {
            p { "Three steps: your e-mail address, the code we send to it, a few words about you." }
            p { (link_button("/signup?role=instructor", &Button::primary("Create an instructor account"))) }
        },
        "invite_only" => html! {
            p { "Teaching is by invitation for now. Your code stands in the mail we sent you." }
            form.stack method="get" action="/signup" {
                input type="hidden" name="role" value="instructor";
                (field(&Field {
                    name: "invite_code",
                    label: "Invitation code",
                    hint: "Eight characters, like ABCD-2345.",
                    class: "in--code",
                    autocomplete: "off",
                    maxlength: Some(9),
                    required: true,
                    ..Field::default()
                }))
                div.row { (button(&Button::primary("Go on with this code"))) }
            }
        },
        _ => {
            html! { p { "We take nobody new at the moment. Come back soon, or " a href="/contact" { "write to us" } "." } }
        }
    }
}

fn perks(facts: &Facts) -> Markup {
    fact_rows(&[
        ("Your price", html! { "You set it, per lesson and place; it never falls below a fair floor." }),
        (
            "Our share",
            html! { "Starts at " (facts.first_share().percent()) " and falls the more you teach. " a href="/help#fees" { "All fees" } },
        ),
        ("Your week", html! { "Students book only times you published. No calls, no haggling over dates." }),
        (
            "Founding instructors",
            html! {
                "The first " (facts.pricing.founding_cap) " keep a share of " (facts.pricing.founding_rate.percent()) " for good, and a badge."
            },
        ),
    ])
}
