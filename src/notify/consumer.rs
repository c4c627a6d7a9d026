//! Follows the journal and decides whom each event concerns.

use crate::accounts::events::{
    AccountExists, BackupCodeUsed, EmailChangeAsked, EmailChanged, EmailCodeRequested, LockedOut, PasskeyChanged,
    PasswordChanged, PasswordResetRequested, RecoveryMoved, SessionOpened, StatusChanged, TwoFactorChanged, UserErased,
    UserRegistered,
};
use crate::accounts::model::User;
use crate::accounts::{self};
use crate::base::access::Role;
use crate::base::id::{BookingId, UserId};
use crate::base::refusal::Outcome;
use crate::base::time::plus_hours;
use crate::bookings::events::{
    BookingCancelled, BookingCompleted, BookingConfirmed, BookingNoShow, BookingRescheduled,
};
use crate::bookings::model::{Accused, Side};
use crate::instructors::events::CheckRunsOut;
use crate::jobs::Consumer;
use crate::payments::events::{
    AuthorizationFailed, AuthorizationWarning, BankPayoutFailed, BankPayoutSent, BooksDiffer, CaptureFailed,
    DisputeClosed, DisputeOpened, PaymentRefunded, PaymentsUnwell, PayoutSent, ReviewNeeded,
};
use crate::reviews::events::{ReviewCreated, ReviewResponded};
use crate::reviews::tables::of_booking;
use crate::search::demand::{self, DemandMatched};
use crate::site::Site;
use crate::store::{EventRecord, ReadExt as _, Tx, journal};

use super::letter::{Letter, Sender};
use super::mails::{self, Lesson, account, desk, lesson, money, review, trust, wish};
use super::model::Posting;
use super::{ops, reminders};

const NAME: &str = "notify";
/// A confirmed lesson without a working card is called off this long before it. // rule: 00§4
const CANCELLED_HOURS_BEFORE: i64 = 12;
const BOTH: [Side; 2] = [Side::Student, Side::Instructor];

pub fn consumer() -> Consumer {
    Consumer::new(NAME, |site: Site, events: Vec<EventRecord>| async move {
        let sender = ops::sender(&site);
        site.write(move |tx| {
            for event in &events {
                tell(tx, &sender, event)?;
            }
            match events.last() {
                Some(last) => journal::set_cursor(tx, NAME, last.seq),
                None => Ok(()),
            }
        })
        .await
    })
}

fn tell(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    let room = event.kind.split('.').next().unwrap_or_default();
    match room {
        "user" | "session" => about_account(tx, sender, event),
        "booking" => about_lesson(tx, sender, event),
        "payment" | "payout" => about_money(tx, sender, event),
        "review" => about_review(tx, sender, event),
        "search" => about_wish(tx, sender, event),
        "instructor" => about_trust(tx, sender, event),
        _ => Ok(()),
    }
}

fn about_account(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    if let Some(e) = event.decode::<EmailCodeRequested>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        return to_address(tx, sender, event, &letter.email, None, account::email_code(&letter.secret));
    }
    if let Some(e) = event.decode::<PasswordResetRequested>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        return to_user(tx, sender, event, e.user_id, |user| {
            Some(account::password_reset(sender, user, &letter.secret))
        });
    }
    if let Some(e) = event.decode::<AccountExists>() {
        return to_user(tx, sender, event, e.user_id, |user| Some(account::account_exists(sender, user)));
    }
    if let Some(e) = event.decode::<UserRegistered>() {
        return to_user(tx, sender, event, e.user_id, |user| {
            (e.role != Role::Admin).then(|| account::welcome(sender, user))
        });
    }
    if let Some(e) = event.decode::<PasswordChanged>() {
        return to_user(tx, sender, event, e.user_id, |user| Some(account::password_changed(sender, user, event.at)));
    }
    if let Some(e) = event.decode::<SessionOpened>() {
        return to_user(tx, sender, event, e.user_id, |user| {
            e.new_device.then(|| account::new_device(sender, user, &e.label, event.at))
        });
    }
    if let Some(e) = event.decode::<TwoFactorChanged>() {
        return to_user(tx, sender, event, e.user_id, |user| {
            Some(account::two_factor_changed(sender, user, e.enabled))
        });
    }
    if let Some(e) = event.decode::<RecoveryMoved>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        return to_user(tx, sender, event, e.user_id, |user| {
            Some(account::recovery(sender, user, e.opens_at, e.refused, &letter.secret))
        });
    }
    if let Some(e) = event.decode::<BackupCodeUsed>() {
        return to_user(tx, sender, event, e.user_id, |user| Some(account::backup_code_used(sender, user, e.left)));
    }
    if let Some(e) = event.decode::<PasskeyChanged>() {
        return to_user(tx, sender, event, e.user_id, |user| {
            Some(account::passkey_changed(sender, user, &e.name, e.added))
        });
    }
    if let Some(e) = event.decode::<EmailChangeAsked>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        let Some(change) = accounts::ops::change_email::by_token(tx, &letter.secret)? else { return Ok(()) };
        return to_user(tx, sender, event, e.user_id, |user| {
            Some(account::email_change_asked(sender, user, &change.new_email, &letter.secret))
        });
    }
    if let Some(e) = event.decode::<EmailChanged>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        let Some(user) = accounts::user(tx, e.user_id)? else { return Ok(()) };
        let told = account::email_changed(sender, &user, &letter.secret);
        to_address(tx, sender, event, &letter.email, None, told)?;
        return to_user(tx, sender, event, e.user_id, |user| Some(account::email_is_yours(sender, user)));
    }
    if let Some(e) = event.decode::<StatusChanged>() {
        return to_user(tx, sender, event, e.user_id, |user| Some(account::account_status(sender, user, e.to)));
    }
    if let Some(e) = event.decode::<UserErased>() {
        let Some(letter) = accounts::ops::take_letter(tx, e.letter_id)? else { return Ok(()) };
        return to_address(tx, sender, event, &letter.email, None, account::account_erased(sender, e.deleted));
    }
    if let Some(e) = event.decode::<LockedOut>() {
        return to_user(tx, sender, event, e.user_id, |user| Some(account::lockout(sender, user, e.until, e.failures)));
    }
    Ok(())
}

fn about_trust(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    let Some(e) = event.decode::<CheckRunsOut>() else { return Ok(()) };
    to_user(tx, sender, event, e.instructor_id, |user| Some(trust::check_runs_out(sender, user, e.valid_until, e.over)))
}

fn to_user(
    tx: &mut Tx,
    sender: &Sender,
    event: &EventRecord,
    id: UserId,
    write: impl Fn(&User) -> Option<Letter>,
) -> Outcome<()> {
    let Some(user) = accounts::user(tx, id)? else { return Ok(()) };
    match write(&user) {
        Some(letter) => to_address(tx, sender, event, &user.email, Some(id), letter),
        None => Ok(()),
    }
}

fn to_address(
    tx: &mut Tx,
    sender: &Sender,
    event: &EventRecord,
    to: &str,
    user_id: Option<UserId>,
    letter: Letter,
) -> Outcome<()> {
    let key = event_key(event, to);
    ops::post(tx, sender, Posting { key, to: to.to_owned(), user_id, booking_id: None, letter })
}

/// One letter to one reader about one event.
fn event_key(event: &EventRecord, to: &str) -> String {
    format!("event:{}:{to}", event.seq)
}

fn about_lesson(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    if let Some(e) = event.decode::<BookingConfirmed>() {
        reminders::plan(tx, e.lesson.booking_id, e.lesson.start_utc, event.at)?;
        let upcoming = e.lesson.start_utc > event.at;
        return to_parties(tx, sender, e.lesson.booking_id, &BOTH, |lesson, side| {
            // A moved lesson is told as moved, not as booked anew.
            let is_new = upcoming && lesson.booking.rescheduled_from.is_none();
            is_new.then(|| lesson::booking_confirmed(sender, lesson, side))
        });
    }
    if let Some(e) = event.decode::<BookingRescheduled>() {
        reminders::plan(tx, e.lesson.booking_id, e.lesson.start_utc, event.at)?;
        let Some(before) = mails::lesson(tx, e.from_booking_id)? else { return Ok(()) };
        return to_parties(tx, sender, e.lesson.booking_id, &BOTH, |lesson, side| {
            Some(lesson::booking_rescheduled(sender, lesson, side, &before.when(side)))
        });
    }
    if let Some(e) = event.decode::<BookingCancelled>() {
        // Nobody but its student ever heard of a hold; a moved lesson is told by its successor.
        if !e.was_confirmed || e.rescheduled_to_id.is_some() {
            return Ok(());
        }
        return to_parties(tx, sender, e.lesson.booking_id, &BOTH, |lesson, side| {
            Some(match e.by.as_str() {
                "system" => lesson::payment_cancelled(sender, lesson, side),
                by => lesson::booking_cancelled(sender, lesson, side, by, &e.reason),
            })
        });
    }
    if let Some(e) = event.decode::<BookingCompleted>() {
        return to_parties(tx, sender, e.lesson.booking_id, &BOTH, |lesson, side| {
            Some(lesson::lesson_completed(sender, lesson, side))
        });
    }
    if let Some(e) = event.decode::<BookingNoShow>() {
        let side = if e.accused == Accused::Student { Side::Student } else { Side::Instructor };
        return to_parties(tx, sender, e.lesson.booking_id, &[side], |lesson, _| {
            Some(lesson::no_show(sender, lesson, e.accused))
        });
    }
    Ok(())
}

fn about_money(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    let student = [Side::Student];
    if let Some(e) = event.decode::<AuthorizationFailed>() {
        let until = plus_hours(e.starts_at, -CANCELLED_HOURS_BEFORE);
        return to_parties(tx, sender, e.booking_id, &student, |lesson, _| {
            e.first.then(|| money::authorization_failed(sender, lesson, until))
        });
    }
    if let Some(e) = event.decode::<AuthorizationWarning>() {
        return to_parties(tx, sender, e.booking_id, &student, |lesson, _| {
            Some(money::authorization_warning(sender, lesson, e.cancelled_at))
        });
    }
    if let Some(e) = event.decode::<CaptureFailed>() {
        return to_parties(tx, sender, e.booking_id, &student, |lesson, _| Some(money::capture_failed(sender, lesson)));
    }
    if about_bank(tx, sender, event)? {
        return Ok(());
    }
    if let Some(e) = event.decode::<PayoutSent>() {
        return to_parties(tx, sender, e.booking_id, &[Side::Instructor], |lesson, _| {
            Some(money::payout_sent(sender, lesson, e.amount_cents))
        });
    }
    Ok(())
}

/// Payouts to banks, disputes, later refunds, and what the people who run this have to know.
fn about_bank(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<bool> {
    if let Some(e) = event.decode::<BankPayoutSent>() {
        to_user(tx, sender, event, e.user_id, |user| Some(desk::bank_payout(sender, user, e.amount_cents, e.instant)))?;
    } else if let Some(e) = event.decode::<BankPayoutFailed>() {
        to_user(tx, sender, event, e.user_id, |user| Some(desk::bank_payout_failed(sender, user, e.amount_cents)))?;
    } else if let Some(e) = event.decode::<DisputeOpened>() {
        let (what, path) = (lesson_words(tx, e.booking_id)?, format!("/instructor/bookings/{}", e.booking_id));
        to_user(tx, sender, event, e.instructor_id, |user| {
            Some(
                desk::dispute_opened(sender, user, &what, e.amount_cents, &path)
                    .datum("booking_id", e.booking_id.to_string()),
            )
        })?;
    } else if let Some(e) = event.decode::<DisputeClosed>() {
        let (what, path) = (lesson_words(tx, e.booking_id)?, format!("/instructor/bookings/{}", e.booking_id));
        to_user(tx, sender, event, e.instructor_id, |user| {
            Some(desk::dispute_closed(sender, user, &what, e.won, &path).datum("booking_id", e.booking_id.to_string()))
        })?;
    } else if let Some(e) = event.decode::<PaymentRefunded>() {
        let (what, path) = (lesson_words(tx, e.booking_id)?, format!("/student/lessons/{}", e.booking_id));
        to_user(tx, sender, event, e.student_id, |user| {
            Some(
                desk::refunded(sender, user, &what, e.amount_cents, &path)
                    .datum("booking_id", e.booking_id.to_string()),
            )
        })?;
    } else if let Some(e) = event.decode::<ReviewNeeded>() {
        // A report that nobody objects to is decided by time.
        if e.reason != "no_show_reported" {
            let (what, path) = (lesson_words(tx, e.booking_id)?, format!("/admin/bookings/{}", e.booking_id));
            to_admins(tx, sender, event, |user| desk::review_needed(sender, user, &what, &e.reason, &path))?;
        }
    } else if let Some(e) = event.decode::<BooksDiffer>() {
        to_admins(tx, sender, event, |user| desk::books_differ(sender, user, e.found))?;
    } else if let Some(e) = event.decode::<PaymentsUnwell>() {
        to_admins(tx, sender, event, |user| desk::payments_unwell(sender, user, &e.words))?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// "Piano on Thu Nov 12, 4:30 pm".
fn lesson_words(tx: &Tx, id: BookingId) -> Outcome<String> {
    let lesson = mails::lesson(tx, id)?;
    Ok(lesson.map_or_else(|| "a lesson".to_owned(), |l| format!("{} on {}", l.booking.service_name, l.starts())))
}

fn to_admins(tx: &mut Tx, sender: &Sender, event: &EventRecord, write: impl Fn(&User) -> Letter) -> Outcome<()> {
    ops::to_admins(tx, sender, |admin| event_key(event, &admin.email), write)
}

fn about_review(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    let came_in = event.decode::<ReviewCreated>().map(|e| (e.review, Side::Instructor));
    let answered = event.decode::<ReviewResponded>().map(|e| (e.review, Side::Student));
    let Some((facts, side)) = came_in.or(answered) else { return Ok(()) };
    let Some(row) = of_booking(tx, facts.booking_id)? else { return Ok(()) };
    to_parties(tx, sender, facts.booking_id, &[side], |lesson, side| {
        Some(match side {
            Side::Instructor => review::review_received(sender, lesson, &row),
            _ => review::review_reply(sender, lesson, &row),
        })
    })
}

fn about_wish(tx: &mut Tx, sender: &Sender, event: &EventRecord) -> Outcome<()> {
    let Some(matched) = event.decode::<DemandMatched>() else { return Ok(()) };
    let Some(demand) = tx.get(&demand::tables::DEMANDS, &matched.demand_id)? else { return Ok(()) };
    to_user(tx, sender, event, demand.owner, |user| Some(wish::demand_match(sender, user, &demand)))
}

/// Writes to the named sides of a lesson, each under a key of its own.
pub(super) fn to_parties(
    tx: &mut Tx,
    sender: &Sender,
    id: BookingId,
    sides: &[Side],
    write: impl Fn(&Lesson, Side) -> Option<Letter>,
) -> Outcome<()> {
    let Some(lesson) = mails::lesson(tx, id)? else { return Ok(()) };
    for side in sides {
        let Some(letter) = write(&lesson, *side) else { continue };
        let reader = lesson.reader(*side);
        let key = format!("booking:{id}:{}:{}", letter.template, reader.id);
        let (to, user_id) = (reader.email.clone(), Some(reader.id));
        ops::post(tx, sender, Posting { key, to, user_id, booking_id: Some(id), letter })?;
    }
    Ok(())
}
