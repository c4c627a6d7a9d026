//! Saying that somebody did not come, objecting to it, contesting a completion: a page each, for either side.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::load::Lesson;
use super::one::load;
use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::plus_hours;
use crate::bookings::model::{Accused, Side, Status};
use crate::bookings::ops::no_show;
use crate::bookings::pages::words::moment;
use crate::bookings::rules::lists::awaits_completion;
use crate::bookings::rules::no_show::{DISPUTE_HOURS, may_dispute};
use crate::site::Site;
use crate::web::components::{Button, Field, button, crumb, error_summary, field, link_button};
use crate::web::{Answer, Chrome, Form, Id, page, see_other};

/// What somebody wants to say about a lesson that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    /// The other side did not come.
    Report,
    /// "I did come."
    Object,
    /// The instructor: it did not take place, though it counts as complete.
    Contest,
}

impl Matter {
    fn path(self) -> &'static str {
        match self {
            Self::Report => "no-show",
            Self::Object => "objection",
            Self::Contest => "contest",
        }
    }

    /// Whether it can be said now.
    fn is_open(self, lesson: &Lesson) -> bool {
        let (booking, now) = (&lesson.booking, lesson.now);
        match self {
            Self::Report => {
                booking.status == Status::Confirmed
                    && now >= booking.start
                    && now <= plus_hours(booking.end, DISPUTE_HOURS)
            }
            Self::Object => {
                booking.status == Status::NoShow && may_dispute(booking.no_show.as_ref(), lesson.side, now).is_ok()
            }
            Self::Contest => {
                let over = booking.status == Status::Completed || awaits_completion(booking, now);
                let waits = !lesson.payment.is_settled() && lesson.payment.settling.is_none();
                lesson.side == Side::Instructor && over && waits && booking.contested.is_none()
            }
        }
    }

    fn label(self, lesson: &Lesson) -> String {
        match self {
            Self::Report => format!("{} did not come", lesson.other.first_name),
            Self::Object => "I did come".to_owned(),
            Self::Contest => "It did not take place".to_owned(),
        }
    }

    fn title(self, lesson: &Lesson) -> String {
        match self {
            Self::Report => format!("Report that {} did not come?", lesson.other.first_name),
            Self::Object => "Object to the report?".to_owned(),
            Self::Contest => "Contest that the lesson took place?".to_owned(),
        }
    }

    fn words(self, lesson: &Lesson) -> Markup {
        let other = &lesson.other.first_name;
        match (self, lesson.side) {
            (Self::Report, Side::Instructor) => html! {
                p { (other) " has 24 hours to object. If nobody does, the card is charged in full and you are paid as if the lesson had taken place." }
            },
            (Self::Report, _) => html! {
                p { (other) " has 24 hours to object. If nobody does, you pay nothing: everything comes back, protection and credit included." }
            },
            (Self::Object, _) => html! {
                @if let Some(report) = &lesson.booking.no_show {
                    p { (other) " said so " (moment(report.reported_at, &lesson.tz)) ". You can object until " (moment(plus_hours(report.reported_at, DISPUTE_HOURS), &lesson.tz)) "." }
                }
                p { "A person of ours then looks at it and decides. Until then no money moves." }
            },
            (Self::Contest, _) => html! {
                p { "The payment waits until a person of ours has looked at it. Nothing is charged and nothing is paid out before." }
            },
        }
    }
}

const MATTERS: [Matter; 3] = [Matter::Report, Matter::Object, Matter::Contest];

/// Links to what can be said about a lesson now.
pub fn links(lesson: &Lesson) -> Markup {
    html! {
        @for matter in MATTERS {
            @if matter.is_open(lesson) {
                (link_button(&format!("{}/{}", lesson.root(), matter.path()), &Button::line(&matter.label(lesson)).wide()))
            }
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Said {
    reason: String,
}

fn shown(chrome: &Chrome, lesson: &Lesson, matter: Matter, said: &Said, error: Option<&str>) -> Markup {
    let (root, title) = (lesson.root(), matter.title(lesson));
    let hint = match matter {
        Matter::Report => "Our people read it if the report is disputed.",
        Matter::Object | Matter::Contest => "Our people read it. Say what shows it, such as a message or a call.",
    };
    let body = html! {
        div.wrap.narrow.stack.stack--l {
            header.pagehead {
                (crumb("Back to the lesson", &root))
                h1 { (title) }
                @if let Some(error) = error { (error_summary(&[("reason", error)], "Nothing was reported.")) }
            }
            div.prose { (matter.words(lesson)) }
            form.stack method="post" action={ (root) "/" (matter.path()) } {
                (field(&Field {
                    name: "reason",
                    label: "What happened?",
                    value: &said.reason,
                    hint,
                    error,
                    rows: Some(4),
                    maxlength: Some(500),
                    required: matter != Matter::Report,
                    optional: matter == Matter::Report,
                    ..Field::default()
                }))
                div.row {
                    (button(&Button::primary(&matter.label(lesson)).busy("Sending…")))
                    (link_button(&root, &Button::line("Leave it")))
                }
            }
        }
    };
    page(chrome, title.as_str(), body)
}

fn found(site: &Site, actor: &Actor, id: BookingId, side: Side) -> Outcome<Lesson> {
    site.read(|r| load(r, site, id, actor.user_id, side))
}

fn ask(site: &Site, chrome: &Chrome, actor: &Actor, id: BookingId, side: Side, matter: Matter) -> Answer<Response> {
    let lesson = found(site, actor, id, side)?;
    if !matter.is_open(&lesson) {
        return Ok(see_other(&lesson.root()));
    }
    Ok(shown(chrome, &lesson, matter, &Said::default(), None).into_response())
}

async fn say(
    site: &Site,
    chrome: &Chrome,
    actor: &Actor,
    id: BookingId,
    side: Side,
    matter: Matter,
    said: &Said,
) -> Answer<Response> {
    let lesson = found(site, actor, id, side)?;
    let reason = said.reason.trim().to_owned();
    let done = match matter {
        Matter::Report => {
            let accused = if side == Side::Instructor { Accused::Student } else { Accused::Instructor };
            let reason = Some(reason).filter(|reason| !reason.is_empty());
            no_show::report(site, id, (actor.user_id, false), accused, reason).await
        }
        Matter::Object => no_show::dispute(site, id, actor.user_id, &reason).await,
        Matter::Contest => no_show::dispute_completion(site, id, actor.user_id, &reason).await,
    };
    match done {
        Ok(_) => Ok(see_other(&format!("{}?done={}", lesson.root(), matter.path()))),
        Err(refusal) => refused(chrome, &lesson, matter, said, refusal),
    }
}

fn refused(chrome: &Chrome, lesson: &Lesson, matter: Matter, said: &Said, refusal: Refusal) -> Answer<Response> {
    if !matches!(refusal.status, 409 | 422 | 429) {
        return Err(refusal.into());
    }
    let words = refusal.errors.first().map_or(refusal.detail.as_str(), |error| error.message.as_str());
    let page = shown(chrome, lesson, matter, said, Some(words));
    Ok((StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY), page).into_response())
}

macro_rules! matter_pages {
    ($($show:ident $post:ident $side:ident $matter:ident;)+) => {$(
        pub async fn $show(
            State(site): State<Site>,
            chrome: Chrome,
            actor: Actor,
            Id(id): Id<BookingId>,
        ) -> Answer<Response> {
            ask(&site, &chrome, &actor, id, Side::$side, Matter::$matter)
        }
        pub async fn $post(
            State(site): State<Site>,
            chrome: Chrome,
            actor: Actor,
            Id(id): Id<BookingId>,
            Form(said): Form<Said>,
        ) -> Answer<Response> {
            say(&site, &chrome, &actor, id, Side::$side, Matter::$matter, &said).await
        }
    )+};
}

matter_pages! {
    student_report_page student_report Student Report;
    student_objection_page student_objection Student Object;
    instructor_report_page instructor_report Instructor Report;
    instructor_objection_page instructor_objection Instructor Object;
    instructor_contest_page instructor_contest Instructor Contest;
}
