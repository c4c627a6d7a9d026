//! Who holds what about a person: the sections of the privacy export, and how each is erased.
//!
//! `accounts` asks for them without knowing the rooms. Bookings, books and reviews stay when somebody leaves: the law
//! and the other party need them, and they name the person by an id that no name belongs to any more.

mod work;

use serde_json::{Value, json};

use crate::accounts::Accounts;
use crate::accounts::model::{AccountStatus, User};
use crate::base::refusal::Outcome;
use crate::bookings::tables::{of_instructor, of_student};
use crate::store::{Dir, Read, Tx};
use crate::{bookings, instructors, notify, payments, places, reviews, search};

/// Lessons of one person that are looked through.
const LESSONS: usize = 10_000;

/// Lets accounts count lessons ahead, export what other rooms hold, and take it away.
pub fn wire(people: Accounts) -> Accounts {
    people
        .with_lessons_ahead(bookings::lessons_ahead)
        .on_status(tell_instructors)
        .holds("addresses", addresses, erase_addresses)
        .holds("bookings", lessons, keep)
        .holds("teaching", work::teaching, |tx, user| instructors::ops::erase(tx, user.id))
        .holds("calendar", work::calendar, keep)
        .holds("payments", work::payments, keep)
        .holds("payment_methods", cards, keep)
        .holds("credits", credits, keep)
        .holds("reviews", reviews_written, keep)
        .holds("notification_preferences", preferences, erase_preferences)
        .holds("searches", searches, erase_searches)
        .holds("search_demand", wishes, erase_wishes)
        .holds("mails", mails, erase_mails)
        .holds("notifications", notifications, |tx, user| notify::centre::erase(tx, user.id))
}

/// Lists and search follow who can be booked; somebody who left is not live any more.
fn tell_instructors(tx: &mut Tx, user: &User) -> Outcome<()> {
    let Some(mut profile) = instructors::tables::profile(tx, user.id)? else { return Ok(()) };
    if user.status == AccountStatus::Deactivated && profile.is_live {
        profile.is_live = false;
        tx.put(&instructors::tables::PROFILES, &user.id, &profile)?;
    }
    instructors::ops::revise::changed(tx, user.id, "account_status")
}

fn keep(_: &mut Tx, _: &User) -> Outcome<()> {
    Ok(())
}

fn addresses(r: &dyn Read, user: &User) -> Outcome<Value> {
    serialised(&places::tables::addresses_of(r, user.id)?)
}

fn erase_addresses(tx: &mut Tx, user: &User) -> Outcome<()> {
    for id in places::tables::every_address_of(tx, user.id)? {
        tx.delete(&places::tables::ADDRESSES, &id)?;
    }
    Ok(())
}

fn lessons(r: &dyn Read, user: &User) -> Outcome<Value> {
    let lessons = [of_student(r, user.id, LESSONS, Dir::Up)?, of_instructor(r, user.id, LESSONS, Dir::Up)?];
    let rows = lessons.iter().flatten().map(|b| {
        json!({
            "id": b.id, "status": b.status, "service_name": b.service_name, "booking_date": b.date,
            "start_time": b.start_time, "end_time": b.end_time, "lesson_timezone": b.zone,
            "as": if b.student_id == user.id { "student" } else { "instructor" },
            "meeting_location": b.meeting_location, "student_note": b.student_note.as_ref().filter(|_| b.student_id == user.id),
            "total_price_cents": b.quote.lesson, "created_at": b.created_at, "cancelled_at": b.cancelled_at,
        })
    });
    Ok(rows.collect())
}

fn cards(r: &dyn Read, user: &User) -> Outcome<Value> {
    let rows = payments::tables::methods(r, user.id)?;
    let shown = rows.iter().map(
        |m| json!({ "id": m.id, "brand": m.brand, "last4": m.last4, "exp_month": m.exp_month, "exp_year": m.exp_year }),
    );
    Ok(shown.collect())
}

fn credits(r: &dyn Read, user: &User) -> Outcome<Value> {
    let rows = payments::tables::lots(r, user.id)?;
    let shown = rows.iter().map(|lot| {
        json!({
            "id": lot.id, "amount_cents": lot.amount, "status": lot.status, "source_type": lot.source_type,
            "created_at": lot.created_at, "expires_at": lot.expires_at, "used_at": lot.used_at,
        })
    });
    Ok(shown.collect())
}

fn reviews_written(r: &dyn Read, user: &User) -> Outcome<Value> {
    serialised(&reviews::tables::of_student(r, user.id)?)
}

fn preferences(r: &dyn Read, user: &User) -> Outcome<Value> {
    serialised(&notify::preferences::of(r, user.id)?.switches())
}

fn erase_preferences(tx: &mut Tx, user: &User) -> Outcome<()> {
    notify::forget_unsubscribes(tx, user.id)?;
    tx.delete(&notify::preferences::PREFERENCES, &user.id)
}

fn notifications(r: &dyn Read, user: &User) -> Outcome<Value> {
    let rows = notify::centre::of(r, user.id, false)?;
    let shown = rows
        .iter()
        .map(|n| json!({ "title": n.title, "body": n.body, "created_at": n.created_at, "read_at": n.read_at }));
    Ok(shown.collect())
}

fn searches(r: &dyn Read, user: &User) -> Outcome<Value> {
    search::history::ops::export(r, user.id)
}

fn erase_searches(tx: &mut Tx, user: &User) -> Outcome<()> {
    search::history::ops::erase(tx, &search::visitor::owner_of_user(user.id))
}

fn wishes(r: &dyn Read, user: &User) -> Outcome<Value> {
    search::demand::ops::export(r, user.id)
}

fn erase_wishes(tx: &mut Tx, user: &User) -> Outcome<()> {
    search::demand::ops::erase(tx, user.id)
}

fn mails(r: &dyn Read, user: &User) -> Outcome<Value> {
    let rows = notify::ops::letters_of(r, user.id, &user.email, LESSONS)?;
    let shown =
        rows.iter().map(|m| json!({ "subject": m.subject, "template": m.template, "created_at": m.created_at }));
    Ok(shown.collect())
}

fn erase_mails(tx: &mut Tx, user: &User) -> Outcome<()> {
    notify::ops::erase_letters_of(tx, user.id, &user.email)
}

fn serialised(rows: &impl serde::Serialize) -> Outcome<Value> {
    serde_json::to_value(rows).map_err(crate::base::refusal::Refusal::internal)
}
