//! `/status`: whether everything runs, for people; programs ask `/api/v1/ready`.

use axum::extract::State;
use maud::{Markup, html};

use crate::app::probes::Condition;
use crate::base::time::{fmt_clock, fmt_date, utc_to_local};
use crate::site::Site;
use crate::web::components::{Tone, facts, notice, page_head};
use crate::web::{Answer, Chrome, Head, page};

pub async fn show(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    let now = Condition::of(&site);
    let word = |well: bool| if well { "Running" } else { "Disturbed" };
    let all = now.store && now.search && now.mail;
    let (date, time) = utc_to_local(site.now(), &site.zone);
    let body = html! {
        div.wrap.stack.stack--l {
            (page_head("Status", "Looked at the moment you opened this page.", html! {}))
            @if all {
                (notice(Tone::Ok, html! { "Everything runs." }))
            } @else {
                (notice(Tone::Warn, html! { "Something does not run as it should. Booked lessons stand, and nothing is charged twice." }))
            }
            (facts(&[
                ("Bookings and payments", html! { (word(now.store)) }),
                ("Search", html! { (word(now.search)) }),
                ("Mail", html! { (word(now.mail)) }),
                ("As of", html! { (fmt_date(date)) ", " (fmt_clock(time)) }),
            ]))
        }
    };
    let head = Head { robots: Some("noindex".into()), ..Head::from("Status") };
    Ok(page(&chrome, head, body))
}
