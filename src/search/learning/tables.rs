//! Where phrases, votes and names rest.

use super::model::{Alias, Named, Unheard, Vote};
use crate::base::id::AliasId;
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Date;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

/// By kind and phrase.
pub static UNHEARD: Table<(String, String), Unheard> =
    Table::new(0x1A28, "kind_phrase_unheard").indexed(&[&UNHEARD_BY_WHO]);
/// Those that somebody searched for, by who did.
pub static UNHEARD_BY_WHO: Index<(String, String), Unheard, (String,)> =
    Index::new(0x1A60, "identity_kind_phrase", |_, row| row.searchers.keys().map(|who| (who.clone(),)).collect());
/// By kind and phrase, who, and on which day.
pub static VOTES: Table<(String, String, String, Date), Vote> =
    Table::new(0x1A29, "kind_phrase_identity_date_vote").indexed(&[&VOTES_BY_WHO]);
pub static VOTES_BY_WHO: Index<(String, String, String, Date), Vote, (String,)> =
    Index::new(0x1A61, "identity_kind_phrase_identity_date", |at, _| vec![(at.2.clone(),)]);
pub static ALIASES: Table<AliasId, Alias> = Table::new(0x1A2A, "aliasid_alias").indexed(&[&BY_PHRASE]);
/// Names in force or waiting to be.
pub static BY_PHRASE: Index<AliasId, Alias, (String, String)> =
    Index::new(0x1A2B, "kind_phrase_aliasid", |_, alias| {
        if alias.status.is_live() { vec![key(alias.kind, &alias.phrase)] } else { Vec::new() }
    });

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&UNHEARD, &VOTES, &ALIASES]
}

pub fn key(kind: Named, phrase: &str) -> (String, String) {
    (kind.name().to_owned(), phrase.to_owned())
}

pub fn votes(read: &dyn Read, kind: Named, phrase: &str) -> Outcome<Vec<(String, Vote)>> {
    let rows = read.scan(&VOTES, Span::prefix(&key(kind, phrase)), SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().map(|((_, _, who, _), vote)| (who, vote)).collect())
}

/// The name in force or waiting for a phrase.
pub fn alias_for(read: &dyn Read, kind: Named, phrase: &str) -> Outcome<Option<Alias>> {
    Ok(read.find(&ALIASES, &BY_PHRASE, &key(kind, phrase))?.map(|(_, alias)| alias))
}

pub fn alias(read: &dyn Read, id: AliasId) -> Outcome<Alias> {
    read.get(&ALIASES, &id)?.ok_or_else(|| Refusal::not_found("ALIAS_NOT_FOUND", "There is no such name."))
}

pub fn all_aliases(read: &dyn Read) -> Outcome<Vec<Alias>> {
    Ok(read.scan(&ALIASES, Span::all(), SCAN_ROWS, Dir::Down)?.into_iter().map(|(_, alias)| alias).collect())
}

pub fn all_unheard(read: &dyn Read) -> Outcome<Vec<Unheard>> {
    Ok(read.scan(&UNHEARD, Span::all(), SCAN_ROWS, Dir::Up)?.into_iter().map(|(_, row)| row).collect())
}
