//! The outbox: mails by id (so by age), by key, by recipient.

use crate::base::id::MailId;
use crate::base::refusal::Outcome;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

use super::model::{Mail, MailStatus};
use super::preferences::PREFERENCES;

pub static MAILS: Table<MailId, Mail> = Table::new(0x1B01, "mailid_mail").indexed(&[&BY_KEY, &BY_TO, &BY_STATUS]);
pub static BY_KEY: Index<MailId, Mail, (String,)> =
    Index::new(0x1B02, "key_mailid", |_, mail| vec![(mail.key.clone(),)]);
pub static BY_TO: Index<MailId, Mail, (String,)> = Index::new(0x1B03, "to_mailid", |_, mail| vec![(mail.to.clone(),)]);

/// Whatever is not sent: waiting, given up, overtaken by events.
static BY_STATUS: Index<MailId, Mail, (String,)> = Index::new(0x1B10, "status_mailid", |_, mail| match mail.status {
    MailStatus::Sent => Vec::new(),
    open => vec![(open.name().to_owned(),)],
});

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&MAILS, &PREFERENCES]
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

/// Unsent mails of one status, newest first.
pub fn unsent(read: &dyn Read, status: MailStatus, limit: usize) -> Outcome<Vec<Mail>> {
    let rows = read.by_index(&MAILS, &BY_STATUS, Span::prefix(&(status.name().to_owned(),)), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, mail)| mail).collect())
}
