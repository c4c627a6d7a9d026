//! Where remembered searches rest.

use super::model::{Choices, Recent};
use crate::base::id::RecentSearchId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::site::Setting;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static RECENT: Table<RecentSearchId, Recent> =
    Table::new(0x1A24, "recentsearchid_recent").indexed(&[&BY_QUERY, &BY_LAST, &UNSAVED, &SAVED]);
/// Finds the row to count on; deleted ones too, so that nothing comes back unasked.
pub static BY_QUERY: Index<RecentSearchId, Recent, (String, String)> =
    Index::new(0x1A25, "owner_query_recentsearchid", |_, row| vec![(row.owner.clone(), row.query.clone())]);
/// What its owner sees.
pub static BY_LAST: Index<RecentSearchId, Recent, (String, Timestamp)> =
    Index::new(0x1A26, "owner_lastat_recentsearchid", |_, row| {
        if row.deleted_at.is_some() { Vec::new() } else { vec![(row.owner.clone(), row.last_at)] }
    });
/// Of these the ones that come and go by themselves, and the ones that were saved.
pub static UNSAVED: Index<RecentSearchId, Recent, (String, Timestamp)> =
    Index::new(0x1A62, "owner_lastat_unsaved", |_, row| match (row.deleted_at, row.saved_at) {
        (None, None) => vec![(row.owner.clone(), row.last_at)],
        _ => Vec::new(),
    });
pub static SAVED: Index<RecentSearchId, Recent, (String, Timestamp)> =
    Index::new(0x1A63, "owner_lastat_saved", |_, row| match (row.deleted_at, row.saved_at) {
        (None, Some(_)) => vec![(row.owner.clone(), row.last_at)],
        _ => Vec::new(),
    });
/// Searches one owner may keep on purpose.
pub const MOST_SAVED: usize = 200;

/// By owner.
pub static CHOICES: Table<String, Choices> = Table::new(0x1A27, "owner_choices");

/// Rows one owner may have (rule: 40§10, 0 = remember nothing).
pub static HISTORY_LIMIT: Setting<u32> = Setting {
    key: "search.history_limit",
    description: "Recent searches kept for each person; 0 keeps none.",
    default: || 1000,
    check: |n| if *n <= 10_000 { Ok(()) } else { Err("At most 10,000.") },
};

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&RECENT, &CHOICES]
}

/// What somebody sees of their list, newest first.
pub fn recent(read: &dyn Read, owner: &str, limit: usize) -> Outcome<Vec<Recent>> {
    let rows = read.by_index(&RECENT, &BY_LAST, Span::prefix(&(owner.to_owned(),)), limit, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

pub fn saved(read: &dyn Read, owner: &str) -> Outcome<Vec<Recent>> {
    let rows = read.by_index(&RECENT, &SAVED, Span::prefix(&(owner.to_owned(),)), SCAN_ROWS, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Everything of an owner, deleted rows too.
pub fn all_of(read: &dyn Read, owner: &str) -> Outcome<Vec<Recent>> {
    let rows = read.by_index(&RECENT, &BY_QUERY, Span::prefix(&(owner.to_owned(),)), SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

pub fn find(read: &dyn Read, owner: &str, query: &str) -> Outcome<Option<Recent>> {
    Ok(read.find(&RECENT, &BY_QUERY, &(owner.to_owned(), query.to_owned()))?.map(|(_, row)| row))
}

/// One's own row, or 404: nobody learns of another's.
pub fn own(read: &dyn Read, owner: &str, id: RecentSearchId) -> Outcome<Recent> {
    let found = read.get(&RECENT, &id)?.filter(|row| row.owner == owner && row.deleted_at.is_none());
    found.ok_or_else(|| Refusal::not_found("SEARCH_NOT_FOUND", "There is no such search."))
}

pub fn choices(read: &dyn Read, owner: &str) -> Outcome<Choices> {
    Ok(read.get(&CHOICES, &owner.to_owned())?.unwrap_or_default())
}
