//! The outbox: mails by id (so by age), by key, by recipient.

use crate::base::id::{AnyId as _, BookingId, MailId, NotificationId, UserId, bits_of_draw};
use crate::base::refusal::Outcome;
use crate::base::time::{Date, Timestamp};
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table, Tx};

use super::model::{Mail, MailStatus, Notification, Unsubscribe};
use super::preferences::PREFERENCES;
use super::words::{FORMER_WORDS, MAIL_WORDS};

pub static MAILS: Table<MailId, Mail> =
    Table::new(0x1B01, "mailid_mail").indexed(&[&BY_KEY, &BY_TO, &BY_USER, &BY_STATUS]);
pub static BY_KEY: Index<MailId, Mail, (String,)> =
    Index::new(0x1B02, "key_mailid", |_, mail| vec![(mail.key.clone(),)]);
pub static BY_TO: Index<MailId, Mail, (String,)> = Index::new(0x1B03, "to_mailid", |_, mail| vec![(mail.to.clone(),)]);

/// Whoever they were written to, at whatever address.
static BY_USER: Index<MailId, Mail, (UserId,)> =
    Index::new(0x1B1A, "userid_mailid", |_, mail| mail.user_id.map(|user| (user,)).into_iter().collect());

/// Whatever is not sent: waiting, given up, overtaken by events.
static BY_STATUS: Index<MailId, Mail, (String,)> = Index::new(0x1B10, "status_mailid", |_, mail| match mail.status {
    MailStatus::Sent => Vec::new(),
    open => vec![(open.name().to_owned(),)],
});

pub static NOTIFICATIONS: Table<NotificationId, Notification> = Table::new(0x1B11, "notificationid_notification")
    .indexed(&[&NOTES_BY_OWNER, &NOTES_UNREAD, &NOTES_BY_KEY, &NOTES_DELETED]);
/// Those somebody still sees; ids grow with time.
pub static NOTES_BY_OWNER: Index<NotificationId, Notification, (UserId,)> =
    Index::new(0x1B12, "userid_notificationid", |_, note| match note.deleted_at {
        None => vec![(note.user_id,)],
        Some(_) => Vec::new(),
    });
pub static NOTES_UNREAD: Index<NotificationId, Notification, (UserId,)> =
    Index::new(0x1B13, "userid_unread_notificationid", |_, note| match (note.read_at, note.deleted_at) {
        (None, None) => vec![(note.user_id,)],
        _ => Vec::new(),
    });
pub static NOTES_BY_KEY: Index<NotificationId, Notification, (UserId, String)> =
    Index::new(0x1B14, "userid_key_notificationid", |_, note| vec![(note.user_id, note.key.clone())]);

/// Those somebody took away, by when.
pub static NOTES_DELETED: Index<NotificationId, Notification, (Timestamp,)> =
    Index::new(0x1B1B, "deletedat_notificationid", |_, note| note.deleted_at.map(|at| (at,)).into_iter().collect());

/// Links that end mails of a kind; one per person and kind, for as long as the account lives.
pub static UNSUBSCRIBES: Table<String, Unsubscribe> =
    Table::new(0x1B15, "token_unsubscribe").indexed(&[&UNSUBSCRIBES_BY_OWNER]);
pub static UNSUBSCRIBES_BY_OWNER: Index<String, Unsubscribe, (UserId, String)> =
    Index::new(0x1B16, "userid_category_token", |_, row| vec![(row.user_id, row.category.name().to_owned())]);

/// Mails that could have waited, by person and their own day: two a day are enough.
pub static PACED: Table<(UserId, Date), u32> = Table::new(0x1B17, "userid_date_mails");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&MAILS, &PREFERENCES, &NOTIFICATIONS, &UNSUBSCRIBES, &PACED, &MAIL_WORDS, &FORMER_WORDS]
}

/// Newest first.
pub fn newest(read: &dyn Read, to: Option<&str>, limit: usize) -> Outcome<Vec<Mail>> {
    let rows = match to {
        Some(to) => read.by_index(&MAILS, &BY_TO, Span::prefix(&(to.to_owned(),)), limit, Dir::Down)?,
        None => read.scan(&MAILS, Span::all(), limit, Dir::Down)?,
    };
    Ok(rows.into_iter().map(|(_, mail)| mail).collect())
}

pub fn mail(read: &dyn Read, id: MailId) -> Outcome<Option<Mail>> {
    read.get(&MAILS, &id)
}

/// What one person was sent, to a former address too, newest first.
pub fn mails_of(read: &dyn Read, user: UserId, limit: usize) -> Outcome<Vec<Mail>> {
    let rows = read.by_index(&MAILS, &BY_USER, Span::prefix(&(user,)), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, mail)| mail).collect())
}

/// What these people were told about one lesson, oldest first.
pub fn about_booking(read: &dyn Read, booking: BookingId, readers: &[String]) -> Outcome<Vec<Mail>> {
    const LOOKED_AT: usize = 2000;
    let named = booking.to_string();
    let about = |mail: &Mail| {
        mail.booking_id == Some(booking) || mail.data.get("booking_id").and_then(|id| id.as_str()) == Some(&named)
    };
    let mut told = Vec::new();
    for reader in readers {
        told.extend(newest(read, Some(reader), LOOKED_AT)?.into_iter().filter(about));
    }
    told.sort_by_key(|mail| mail.id);
    Ok(told)
}

/// Unsent mails of one status, newest first.
pub fn unsent(read: &dyn Read, status: MailStatus, limit: usize) -> Outcome<Vec<Mail>> {
    let rows = read.by_index(&MAILS, &BY_STATUS, Span::prefix(&(status.name().to_owned(),)), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, mail)| mail).collect())
}

/// Ids of mails written before an instant that are not on their way any more, oldest first.
pub fn mails_before(read: &dyn Read, before: Timestamp, limit: usize) -> Outcome<Vec<MailId>> {
    let end = MailId::from_bits(bits_of_draw(before.as_millisecond(), [0; 10]));
    let over = |mail: &Mail| !matches!(mail.status, MailStatus::Pending | MailStatus::Sending);
    let mut found = Vec::new();
    let mut from = MailId::from_bits(0);
    // Those that wait do not hide what lies behind them.
    loop {
        let rows = read.scan(&MAILS, Span::from_to(&from, &end), limit, Dir::Up)?;
        let (seen, last) = (rows.len(), rows.last().map(|(id, _)| *id));
        found.extend(rows.into_iter().filter(|(_, mail)| over(mail)).map(|(id, _)| id).take(limit - found.len()));
        match last {
            Some(last) if seen == limit && found.len() < limit => from = MailId::from_bits(last.bits() + 1),
            _ => return Ok(found),
        }
    }
}

pub fn drop_mail(tx: &mut Tx, id: MailId) -> Outcome<()> {
    tx.delete(&MAILS, &id)
}
