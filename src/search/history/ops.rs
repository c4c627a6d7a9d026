//! Remembering, forgetting, saving, and taking over what a guest searched.

use serde_json::{Value, json};

use super::model::{Choices, Kind, Recent, normal};
use super::tables::{CHOICES, HISTORY_LIMIT, MOST_SAVED, RECENT, SAVED, UNSAVED, all_of, choices, find, own};
use crate::base::id::{RecentSearchId, UserId};
use crate::base::limits::{SCAN_ROWS, SEARCH_CHARS};
use crate::base::refusal::{Outcome, Refusal};
use crate::search::learning;
use crate::search::log::tables::{DEEDS, LOG, deeds, of_owner};
use crate::search::visitor::{owner_of_guest, owner_of_user};
use crate::store::{Dir, Read, ReadExt, Span, Tx};

/// Days that a search of a guest is traced to the account it became.
const TRACED_DAYS: i64 = 30;

/// The sentence as it is kept, or why it is none.
pub fn checked(query: &str) -> Outcome<String> {
    let query = normal(query);
    match query.chars().count() {
        0 => Err(Refusal::invalid("search_query", "Say what was searched.")),
        n if n > SEARCH_CHARS => Err(Refusal::invalid("search_query", format!("At most {SEARCH_CHARS} characters."))),
        _ => Ok(query),
    }
}

/// Counts a sentence for its owner; `None` when nothing is to be remembered.
pub fn remember(tx: &mut Tx, owner: &str, query: &str, kind: Kind, results: u64) -> Outcome<Option<Recent>> {
    let limit = HISTORY_LIMIT.read(tx)? as usize;
    if limit == 0 || query.is_empty() || choices(tx, owner)?.no_history {
        return Ok(None);
    }
    let now = tx.now();
    let row = match find(tx, owner, query)? {
        Some(known) => {
            let again = known.deleted_at.is_some();
            Recent {
                count: if again { 1 } else { known.count + 1 },
                last_at: now,
                results: Some(results),
                deleted_at: None,
                ..known
            }
        }
        None => Recent {
            id: tx.new_id(),
            owner: owner.to_owned(),
            query: query.to_owned(),
            kind,
            count: 1,
            first_at: now,
            last_at: now,
            results: Some(results),
            saved_at: None,
            deleted_at: None,
            converted_to: None,
            converted_at: None,
        },
    };
    tx.put(&RECENT, &row.id, &row)?;
    keep_within(tx, owner, limit)?;
    Ok(Some(row))
}

/// The oldest go; saved ones stay and do not count. // rule: 40§10
fn keep_within(tx: &mut Tx, owner: &str, limit: usize) -> Outcome<()> {
    let kept = tx.index_keys(&UNSAVED, Span::prefix(&(owner.to_owned(),)), SCAN_ROWS, Dir::Up)?;
    let over = kept.len().saturating_sub(limit);
    for (_, id) in kept.into_iter().take(over) {
        if let Some(row) = tx.get(&RECENT, &id)? {
            let gone = Some(tx.now());
            tx.put(&RECENT, &id, &Recent { deleted_at: gone, ..row })?;
        }
    }
    Ok(())
}

/// Hides one row at once; the job destroys it later.
pub fn forget(tx: &mut Tx, owner: &str, id: RecentSearchId) -> Outcome<()> {
    let mut row = own(tx, owner, id)?;
    row.deleted_at = Some(tx.now());
    row.saved_at = None;
    tx.put(&RECENT, &id, &row)
}

/// Keeps a sentence on purpose, or no longer.
pub fn save(tx: &mut Tx, owner: &str, query: &str, keep: bool) -> Outcome<()> {
    let now = tx.now();
    let known = find(tx, owner, query)?.filter(|row| row.deleted_at.is_none());
    let is_new = keep && known.as_ref().is_none_or(|row| row.saved_at.is_none());
    if is_new && tx.index_keys(&SAVED, Span::prefix(&(owner.to_owned(),)), MOST_SAVED, Dir::Up)?.len() == MOST_SAVED {
        let words = "You have saved 200 searches. Take one off first.";
        return Err(Refusal::conflict("TOO_MANY_SAVED", words));
    }
    let row = match known {
        Some(row) => row,
        None if !keep => return Ok(()),
        None => Recent {
            id: tx.new_id(),
            owner: owner.to_owned(),
            query: query.to_owned(),
            kind: Kind::NaturalLanguage,
            count: 1,
            first_at: now,
            last_at: now,
            results: None,
            saved_at: None,
            deleted_at: None,
            converted_to: None,
            converted_at: None,
        },
    };
    tx.put(&RECENT, &row.id.clone(), &Recent { saved_at: keep.then_some(now), ..row })
}

/// What somebody wants remembered. Opting out takes away what was.
pub fn choose(tx: &mut Tx, owner: &str, wanted: Choices) -> Outcome<()> {
    if wanted.no_history && !choices(tx, owner)?.no_history {
        erase(tx, owner)?;
    }
    tx.put(&CHOICES, &owner.to_owned(), &wanted)
}

/// Destroys what is kept of an owner: the list, and every trace in the log.
pub fn erase(tx: &mut Tx, owner: &str) -> Outcome<()> {
    for row in all_of(tx, owner)? {
        tx.delete(&RECENT, &row.id)?;
    }
    // The log counts on without the person.
    for row in of_owner(tx, owner, SCAN_ROWS)? {
        for (number, mut deed) in (0..).zip(deeds(tx, row.id)?) {
            deed.identity = String::new();
            tx.put(&DEEDS, &(row.id, number), &deed)?;
        }
        let mut bare = row;
        (bare.viewer, bare.guest, bare.identity, bare.query) = (None, None, String::new(), String::new());
        tx.put(&LOG, &bare.id.clone(), &bare)?;
    }
    learning::ops::forget(tx, owner)?;
    tx.delete(&CHOICES, &owner.to_owned())
}

/// Copies what a guest searched to the account they turned out to have, deleted rows too: what was taken away stays
/// away. What the account has already is left as it is (rule: 40§10).
pub fn adopt(tx: &mut Tx, user: UserId, guest: &str) -> Outcome<usize> {
    let (mine, theirs) = (owner_of_user(user), owner_of_guest(guest));
    let now = tx.now();
    let quiet = choices(tx, &mine)?.no_history;
    let mut copied = 0;
    for row in all_of(tx, &theirs)?.into_iter().filter(|row| row.converted_to.is_none()) {
        if !quiet && find(tx, &mine, &row.query)?.is_none() {
            let copy = Recent { id: tx.new_id(), owner: mine.clone(), ..row.clone() };
            tx.put(&RECENT, &copy.id, &copy)?;
            copied += 1;
        }
        let id = row.id;
        tx.put(&RECENT, &id, &Recent { converted_to: Some(user), converted_at: Some(now), ..row })?;
    }
    // What the browser did in the last days was this person's doing: a booking now can be traced to it.
    for mut row in of_owner(tx, &theirs, SCAN_ROWS)? {
        if now.duration_since(row.at).as_hours() <= 24 * TRACED_DAYS && !quiet {
            (row.viewer, row.identity) = (Some(user), mine.clone());
            tx.put(&LOG, &row.id.clone(), &row)?;
        }
    }
    Ok(copied)
}

/// The section of the privacy export.
pub fn export(read: &dyn Read, user: UserId) -> Outcome<Value> {
    let owner = owner_of_user(user);
    let rows = all_of(read, &owner)?;
    let shown = rows.iter().filter(|row| row.deleted_at.is_none()).map(|row| {
        json!({
            "search_query": row.query, "search_type": row.kind, "search_count": row.count,
            "first_searched_at": row.first_at, "last_searched_at": row.last_at, "saved": row.saved_at.is_some(),
        })
    });
    let chosen = choices(read, &owner)?;
    Ok(json!({
        "recent": shown.collect::<Vec<_>>(),
        "choices": { "no_history": chosen.no_history, "no_suggestions": chosen.no_suggestions },
    }))
}
