//! Where searches and deeds rest.

use super::model::{Deed, LogRow};
use crate::base::id::SearchId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_seconds};
use crate::search::visitor::is_account;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static LOG: Table<SearchId, LogRow> = Table::new(0x1A20, "searchid_logrow").indexed(&[&BY_AT, &BY_IDENTITY]);
pub static BY_AT: Index<SearchId, LogRow, (Timestamp,)> = Index::new(0x1A21, "at_searchid", |_, row| vec![(row.at,)]);
/// Only those of people who can be told apart.
pub static BY_IDENTITY: Index<SearchId, LogRow, (String, Timestamp)> =
    Index::new(0x1A22, "identity_at_searchid", |_, row| {
        if row.identity.is_empty() { Vec::new() } else { vec![(row.identity.clone(), row.at)] }
    });
/// By search and a number that keeps the order.
pub static DEEDS: Table<(SearchId, u32), Deed> = Table::new(0x1A23, "searchid_number_deed");

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&LOG, &DEEDS]
}

/// The newest searches from `from` to `to`, newest first; at most what one scan returns.
pub fn between(read: &dyn Read, from: Timestamp, to: Timestamp, limit: usize) -> Outcome<Vec<LogRow>> {
    let rows =
        read.by_index(&LOG, &BY_AT, Span::from_to(&(from,), &(plus_seconds(to, 1),)), limit.min(SCAN_ROWS), Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// One person's searches, newest first.
pub fn of_identity(read: &dyn Read, identity: &str, limit: usize) -> Outcome<Vec<LogRow>> {
    let rows = read.by_index(&LOG, &BY_IDENTITY, Span::prefix(&(identity.to_owned(),)), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

pub fn deeds(read: &dyn Read, search: SearchId) -> Outcome<Vec<Deed>> {
    const MOST: usize = 1000;
    let rows = read.scan(&DEEDS, Span::prefix(&(search,)), MOST, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, deed)| deed).collect())
}

/// The same for an owner: a guest is one browser, in whatever network.
pub fn of_owner(read: &dyn Read, owner: &str, limit: usize) -> Outcome<Vec<LogRow>> {
    if is_account(owner) {
        return of_identity(read, owner, limit);
    }
    // A guest's identities are the owner, a colon, and the network; a semicolon follows the colon.
    let span = Span::from_to(&(format!("{owner}:"),), &(format!("{owner};"),));
    let rows = read.by_index(&LOG, &BY_IDENTITY, span, limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}
