//! Calls that once edited single windows. Weeks are saved as a whole now; these say so.

use std::convert::Infallible;

use crate::base::refusal::Refusal;
use crate::web::Answer;

const SENTENCE: &str = "Windows are not edited one by one. Save the week at /api/v1/instructors/availability/week.";

/// Gone: save the week instead.
#[utoipa::path(patch, path = "/api/v1/instructors/availability/bulk-update", tag = "availability",
    operation_id = "bulk_update_availability", responses((status = 410, description = "Gone")))]
pub(super) async fn bulk_update() -> Answer<Infallible> {
    Err(Refusal::new(410, "BULK_UPDATE_GONE", SENTENCE).into())
}

/// Not offered: save the week instead.
#[utoipa::path(patch, path = "/api/v1/instructors/availability/{window_id}", tag = "availability",
    operation_id = "change_availability_window", params(("window_id" = String, Path)),
    responses((status = 501, description = "Not offered")))]
pub(super) async fn change_window() -> Answer<Infallible> {
    Err(unsupported().into())
}

/// Not offered: save the week instead.
#[utoipa::path(delete, path = "/api/v1/instructors/availability/{window_id}", tag = "availability",
    operation_id = "delete_availability_window", params(("window_id" = String, Path)),
    responses((status = 501, description = "Not offered")))]
pub(super) async fn delete_window() -> Answer<Infallible> {
    Err(unsupported().into())
}

fn unsupported() -> Refusal {
    Refusal::new(501, "WINDOW_EDIT_UNSUPPORTED", SENTENCE)
}
