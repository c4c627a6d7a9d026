//! What an instructor does with a lesson: says it took place, leaves a note.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::base::access::Actor;
use crate::base::id::BookingId;
use crate::bookings::ops;
use crate::site::Site;
use crate::web::{Answer, Form, Id, see_other};

pub async fn complete(State(site): State<Site>, actor: Actor, Id(id): Id<BookingId>) -> Answer<Response> {
    ops::complete::by_instructor(&site, id, actor.user_id, None).await?;
    Ok(see_other(&format!("/instructor/bookings/{id}?done=completed")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteForm {
    #[serde(default)]
    instructor_note: String,
    #[serde(default)]
    meeting_location: String,
}

pub async fn save_note(
    State(site): State<Site>,
    actor: Actor,
    Id(id): Id<BookingId>,
    Form(form): Form<NoteForm>,
) -> Answer<Response> {
    let change = ops::change::Change {
        instructor_note: Some(form.instructor_note),
        meeting_location: Some(form.meeting_location),
    };
    ops::change::change(&site, id, actor.user_id, change).await?;
    Ok(see_other(&format!("/instructor/bookings/{id}?done=saved")))
}
