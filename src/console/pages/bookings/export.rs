//! The filtered list as CSV.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::filter::{Filter, total};
use super::parts::{Case, full_name};
use crate::accounts::model::User;
use crate::base::csv::Csv;
use crate::base::money::Cents;
use crate::base::time::today_in;
use crate::site::Site;
use crate::web::{Answer, Params};

const COLUMNS: [&str; 19] = [
    "booking_id",
    "reference",
    "lesson_date",
    "start_time",
    "timezone",
    "start_utc",
    "minutes",
    "service",
    "student",
    "student_email",
    "instructor",
    "instructor_email",
    "status",
    "payment_status",
    "settlement_outcome",
    "lesson_price",
    "total",
    "instructor_payout",
    "created_at",
];

pub async fn csv(State(site): State<Site>, Params(filter): Params<Filter>) -> Answer<Response> {
    let found = filter.found(&site)?;
    let mut csv = Csv::with_head(&COLUMNS);
    site.read(|r| {
        for booking in found {
            csv.row(&cells(&Case::load(r, booking)?));
        }
        Ok(())
    })?;
    let name = format!("attachment; filename=\"bookings-{}.csv\"", today_in(site.now(), &site.zone));
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], csv.finish()).into_response())
}

fn cells(case: &Case) -> [String; COLUMNS.len()] {
    let (b, payment) = (&case.booking, &case.payment);
    let email = |user: Option<&User>| user.map_or_else(String::new, |user| user.email.clone());
    [
        b.id.to_string(),
        b.reference(),
        b.date.to_string(),
        b.start_time.to_string(),
        b.zone.clone(),
        b.start.to_string(),
        b.minutes.to_string(),
        b.service_name.clone(),
        full_name(case.student.as_ref()),
        email(case.student.as_ref()),
        full_name(case.instructor.as_ref()),
        email(case.instructor.as_ref()),
        b.status.name().to_owned(),
        payment.status.name().to_owned(),
        payment.outcome.map_or_else(String::new, |outcome| outcome.name().to_owned()),
        plain(b.quote.lesson),
        plain(total(b)),
        plain(payment.instructor_payout),
        b.created_at.to_string(),
    ]
}

/// "89.60": a number that every spreadsheet adds up.
fn plain(cents: Cents) -> String {
    let sign = if cents.0 < 0 { "-" } else { "" };
    let abs = cents.0.unsigned_abs();
    format!("{sign}{}.{:02}", abs / 100, abs % 100)
}
