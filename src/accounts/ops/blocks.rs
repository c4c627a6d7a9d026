//! Who is held up at the door, and letting them through. // rule: 00§7 auth-blocks

use crate::accounts::events::BlocksCleared;
use crate::accounts::model::LoginRecord;
use crate::accounts::rules::sign_in::{self as rules, Block};
use crate::accounts::tables::{LOGIN_RECORDS, RECORDS_BY_LAST};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::{masked_email, normal_email};
use crate::base::time::Timestamp;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::{Dir, ReadExt, Span};

use super::knock::records;

/// Addresses that one list looks at.
const LOOKED_AT: usize = 10_000;

/// What holds an address up, kind by kind.
pub type Blocks = Vec<(Block, Option<Timestamp>, usize)>;

pub fn all(site: &Site) -> Outcome<Vec<(String, Blocks)>> {
    let now = site.now();
    let rows = site.read(|r| r.by_index(&LOGIN_RECORDS, &RECORDS_BY_LAST, Span::all(), LOOKED_AT, Dir::Down))?;
    let mut held: Vec<(String, Blocks)> = Vec::new();
    for (key, record) in rows {
        let (email, blocks) = (door_of(&key, &record), rules::blocks(&record, now));
        match held.iter_mut().find(|(known, _)| *known == email) {
            Some((_, known)) => *known = joined(std::mem::take(known), blocks),
            None if !blocks.is_empty() && !email.is_empty() => held.push((email, blocks)),
            None => {}
        }
    }
    Ok(held)
}

pub fn of(site: &Site, email: &str) -> Outcome<(String, Blocks)> {
    let (email, now) = (normal_email(email), site.now());
    let records = site.read(|r| records(r, &email))?;
    let blocks = records.iter().fold(Blocks::new(), |held, (_, record)| joined(held, rules::blocks(record, now)));
    if blocks.is_empty() { Err(none()) } else { Ok((email, blocks)) }
}

/// Whose door a record is about. One of a known browser does not say so in its key.
fn door_of(key: &str, record: &LoginRecord) -> String {
    if record.email.is_empty() && !key.contains(' ') { key.to_owned() } else { record.email.clone() }
}

/// Of each kind the one that holds longest.
fn joined(mut held: Blocks, more: Blocks) -> Blocks {
    for (kind, until, failures) in more {
        match held.iter_mut().find(|(known, ..)| *known == kind) {
            Some(known) => (known.1, known.2) = (known.1.max(until), known.2.max(failures)),
            None => held.push((kind, until, failures)),
        }
    }
    held
}

/// Takes the named blocks away (all when none is named); answers those there were.
pub async fn clear(site: &Site, by: By, email: &str, kinds: Vec<Block>, reason: &str) -> Outcome<Vec<Block>> {
    let by = by.because(reason)?;
    let email = normal_email(email);
    site.write(move |tx| {
        let (records, now) = (records(tx, &email)?, tx.now());
        let held = records.iter().fold(Blocks::new(), |held, (_, record)| joined(held, rules::blocks(record, now)));
        let held: Vec<Block> = held.into_iter().map(|(kind, ..)| kind).collect();
        let cleared: Vec<Block> = held.into_iter().filter(|k| kinds.is_empty() || kinds.contains(k)).collect();
        if cleared.is_empty() {
            return Err(none());
        }
        for (key, record) in records {
            tx.put(&LOGIN_RECORDS, &key, &rules::cleared(&record, &cleared))?;
        }
        let names: Vec<String> = cleared.iter().map(|kind| kind.name().to_owned()).collect();
        let deed = Deed::on("auth_block.clear", "address", masked_email(&email));
        audit::record(
            tx,
            &by,
            deed.change(serde_json::json!({ "blocks": names }), serde_json::json!({ "blocks": [] })),
        )?;
        let reason = by.reason.clone().unwrap_or_default();
        tx.emit(&BlocksCleared { email: masked_email(&email), by: by.user()?, kinds: names, reason })?;
        Ok(cleared)
    })
    .await
}

fn none() -> Refusal {
    Refusal::not_found("NO_AUTH_BLOCKS", "Nothing holds this address up at the door.")
}
