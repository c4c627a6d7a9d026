//! Where the pay goes: the instructor's own account at Stripe.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::form::Faults;
use super::frame::Sheet;
use super::own::{DASHBOARD, Own, WAY_IN};
use super::words::earned;
use crate::base::access::Actor;
use crate::instructors::parts::Pay;
use crate::site::Site;
use crate::web::components::{Button, Icon, Tone, icon, link_button, notice, post_button, section};
use crate::web::{Answer, Chrome, see_other};

pub(super) const PATH: &str = "/instructor/onboarding/payment-setup";

pub(super) async fn moved() -> Response {
    see_other(PATH)
}

pub(super) async fn show(State(site): State<Site>, chrome: Chrome, actor: Actor) -> Answer<Response> {
    let own = Own::load(&site, &actor)?;
    if own.through {
        return Ok(see_other(DASHBOARD));
    }
    let hour = own.floors.in_person;
    let body = html! {
        (section("account", "Your account at Stripe", "Stripe pays lessons out to your bank. Your bank details never reach us.", account(&own.pay)))
        (section("share", "What you are paid", "", html! {
            p { "Of a lesson of " (hour.dollars()) " you are paid " b { (earned(hour, own.share).dollars()) } "; we keep " (own.share.percent()) ". Tips are all yours." }
            p.muted { "A lesson is paid out 24 hours after it ends." }
        }))
        div.row {
            @if own.pay.ready { (link_button(WAY_IN, &Button::primary("Go on"))) }
            @else { (link_button(WAY_IN, &Button::line("Skip for now"))) }
        }
    };
    let faults = Faults::default();
    let (title, lead) = ("Pay", "Where your money goes when a lesson is over.");
    Ok(Sheet { title, lead, here: PATH, said: "", faults: &faults }.answer(&chrome, &own, body))
}

fn account(pay: &Pay) -> Markup {
    let go = |label| {
        let to = format!("/payments/connect?next={PATH}");
        post_button(&to, &[], &Button::primary(label).busy("Opening Stripe…"))
    };
    let flags = [
        ("An account is open", pay.has_account),
        ("Your details are complete", pay.details_submitted),
        ("Lessons can be charged for you", pay.charges_enabled),
        ("Stripe can pay your bank", pay.payouts_enabled),
    ];
    html! {
        @if pay.ready { (notice(Tone::Ok, "Your account is ready. Lessons can be paid out.")) }
        @else if pay.has_account { (notice(Tone::Warn, "Stripe still needs something from you before lessons can be paid out.")) }
        @else { p { "Tell Stripe who you are and which bank to pay. It takes about five minutes." } }
        @if pay.has_account {
            ul.checklist {
                @for (label, done) in flags {
                    li { (icon(if done { Icon::Check } else { Icon::Minus })) (label) span.muted { @if done { "yes" } @else { "not yet" } } }
                }
            }
        }
        @if !pay.ready { (go(if pay.has_account { "Go on at Stripe" } else { "Set up pay at Stripe" })) }
    }
}
