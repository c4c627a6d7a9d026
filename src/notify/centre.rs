//! The notification centre: what was told to a person, on the site itself. // rule: 30§4.3 in-app
//!
//! A line is written beside the mail that tells the same, whether or not the person wants the mail. Codes and links
//! that open something never stand here.

use super::letter::{Block, Letter, Sender};
use super::model::Notification;
use super::preferences::Category;
use super::tables::{NOTES_BY_KEY, NOTES_BY_OWNER, NOTES_DELETED, NOTES_UNREAD, NOTIFICATIONS};
use crate::base::id::{NotificationId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// Lines of one person that a badge counts up to.
pub const COUNTED: usize = 100;
/// Lines of one person that are changed at once.
const AT_ONCE: usize = 2000;
const BODY_CHARS: usize = 200;

/// Mails that carry a key, or that are for somebody who is not here.
const NOT_HERE: [&str; 6] =
    ["email_code", "password_reset", "account_exists", "account_deleted", "account_anonymised", "account_deactivated"];

fn category(template: &str) -> &'static str {
    match (Category::of_template(template), template) {
        (Some(category), _) => category.name(),
        (
            None,
            "authorization_failed" | "authorization_warning" | "payment_cancelled" | "capture_failed" | "payout_sent",
        ) => "payments",
        _ => "security",
    }
}

/// Writes the line that says what a mail says.
pub(super) fn tell(
    tx: &mut Tx,
    sender: &Sender,
    user_id: UserId,
    key: &str,
    letter: &Letter,
    at: Timestamp,
) -> Outcome<()> {
    let carries_key = letter.data.contains_key("token") || letter.data.contains_key("code");
    if NOT_HERE.contains(&letter.template) || carries_key {
        return Ok(());
    }
    let owner = (user_id, key.to_owned());
    if !tx.index_keys(&NOTES_BY_KEY, Span::prefix(&owner), 1, Dir::Up)?.is_empty() {
        return Ok(());
    }
    let words = letter.blocks.iter().find_map(|block| match block {
        Block::Words(words) => Some(words.as_str()),
        _ => None,
    });
    let url = letter.links().first().and_then(|url| url.strip_prefix(&sender.base_url).map(str::to_owned));
    let note = Notification {
        // Ids grow with time, so that the newest stand first.
        id: tx.new_id_of(at),
        user_id,
        key: key.to_owned(),
        category: category(letter.template).to_owned(),
        kind: letter.template.to_owned(),
        title: letter.subject.clone(),
        body: words.unwrap_or_default().chars().take(BODY_CHARS).collect(),
        url: url.unwrap_or_else(|| "/notifications".to_owned()),
        created_at: at,
        read_at: None,
        deleted_at: None,
    };
    tx.put(&NOTIFICATIONS, &note.id, &note)
}

/// Marks a line as read long ago.
pub(super) fn mark_told_read(tx: &mut Tx, user: UserId, key: &str, at: Timestamp) -> Outcome<()> {
    for (_, id) in tx.index_keys(&NOTES_BY_KEY, Span::prefix(&(user, key.to_owned())), 1, Dir::Up)? {
        if let Some(mut note) = tx.get(&NOTIFICATIONS, &id)? {
            note.read_at = Some(at);
            tx.put(&NOTIFICATIONS, &id, &note)?;
        }
    }
    Ok(())
}

/// Somebody's lines, newest first.
pub fn of(read: &dyn Read, user: UserId, unread_only: bool) -> Outcome<Vec<Notification>> {
    let index = if unread_only { &NOTES_UNREAD } else { &NOTES_BY_OWNER };
    let rows = read.by_index(&NOTIFICATIONS, index, Span::prefix(&(user,)), AT_ONCE, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, note)| note).collect())
}

/// How many are unread, counted up to a hundred.
pub fn unread(read: &dyn Read, user: UserId) -> Outcome<usize> {
    Ok(read.index_keys(&NOTES_UNREAD, Span::prefix(&(user,)), COUNTED, Dir::Down)?.len())
}

fn own(tx: &Tx, user: UserId, id: NotificationId) -> Outcome<Notification> {
    let note = tx.get(&NOTIFICATIONS, &id)?.filter(|note| note.user_id == user && note.deleted_at.is_none());
    note.ok_or_else(|| Refusal::not_found("NOTIFICATION_NOT_FOUND", "You have no such notification."))
}

pub async fn mark_read(site: &Site, user: UserId, id: NotificationId) -> Outcome<Notification> {
    site.write(move |tx| {
        let mut note = own(tx, user, id)?;
        if note.read_at.is_none() {
            note.read_at = Some(tx.now());
            tx.put(&NOTIFICATIONS, &id, &note)?;
        }
        Ok(note)
    })
    .await
}

pub async fn mark_all_read(site: &Site, user: UserId) -> Outcome<usize> {
    site.write(move |tx| {
        let now = tx.now();
        let notes = of(tx, user, true)?;
        for note in &notes {
            tx.put(&NOTIFICATIONS, &note.id, &Notification { read_at: Some(now), ..note.clone() })?;
        }
        Ok(notes.len())
    })
    .await
}

/// Hidden now, gone after thirty days.
pub async fn delete(site: &Site, user: UserId, id: NotificationId) -> Outcome<()> {
    site.write(move |tx| {
        let mut note = own(tx, user, id)?;
        note.deleted_at = Some(tx.now());
        tx.put(&NOTIFICATIONS, &id, &note)
    })
    .await
}

pub async fn delete_all(site: &Site, user: UserId) -> Outcome<usize> {
    site.write(move |tx| {
        let now = tx.now();
        let notes = of(tx, user, false)?;
        for note in &notes {
            tx.put(&NOTIFICATIONS, &note.id, &Notification { deleted_at: Some(now), ..note.clone() })?;
        }
        Ok(notes.len())
    })
    .await
}

/// Nothing of it is left when an account is erased.
pub fn erase(tx: &mut Tx, user: UserId) -> Outcome<()> {
    // Hidden ones are found by their keys.
    for (_, id) in tx.index_keys(&NOTES_BY_KEY, Span::prefix(&(user,)), crate::base::limits::SCAN_ROWS, Dir::Up)? {
        tx.delete(&NOTIFICATIONS, &id)?;
    }
    Ok(())
}

/// Ids of lines written before `before`, oldest first; of those deleted before it when `hidden`.
pub fn older_than(read: &dyn Read, before: Timestamp, hidden: bool, limit: usize) -> Outcome<Vec<NotificationId>> {
    if hidden {
        let span = Span::from_to(&(Timestamp::MIN,), &(before,));
        let rows = read.index_keys(&NOTES_DELETED, span, limit, Dir::Up)?;
        return Ok(rows.into_iter().map(|(_, id)| id).collect());
    }
    // Ids grow with time.
    let rows = read.scan(&NOTIFICATIONS, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().filter(|(_, note)| note.created_at < before).map(|(id, _)| id).collect())
}

pub fn drop_one(tx: &mut Tx, id: NotificationId) -> Outcome<()> {
    tx.delete(&NOTIFICATIONS, &id)
}
