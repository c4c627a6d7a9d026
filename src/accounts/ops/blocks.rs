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

/// Addresses that one list looks at.
const LOOKED_AT: usize = 10_000;

/// What holds an address up, kind by kind.
pub type Blocks = Vec<(Block, Option<Timestamp>, usize)>;

pub fn all(site: &Site) -> Outcome<Vec<(String, Blocks)>> {
    let now = site.now();
    let rows = site.read(|r| r.by_index(&LOGIN_RECORDS, &RECORDS_BY_LAST, Span::all(), LOOKED_AT, Dir::Down))?;
    // Records of known browsers are nobody else's business: only the address is held up.
    let held = rows
        .into_iter()
        .filter(|(key, _)| !key.contains(' '))
        .map(|(email, record)| (email, rules::blocks(&record, now)));
    Ok(held.filter(|(_, blocks)| !blocks.is_empty()).collect())
}

pub fn of(site: &Site, email: &str) -> Outcome<(String, Blocks)> {
    let email = normal_email(email);
    let record = site.read(|r| r.get(&LOGIN_RECORDS, &email))?.unwrap_or_default();
    let blocks = rules::blocks(&record, site.now());
    if blocks.is_empty() { Err(none()) } else { Ok((email, blocks)) }
}

/// Takes the named blocks away (all when none is named); answers those there were.
pub async fn clear(site: &Site, by: By, email: &str, kinds: Vec<Block>, reason: &str) -> Outcome<Vec<Block>> {
    let by = by.because(reason)?;
    let email = normal_email(email);
    site.write(move |tx| {
        let record: LoginRecord = tx.get(&LOGIN_RECORDS, &email)?.unwrap_or_default();
        let held: Vec<Block> = rules::blocks(&record, tx.now()).into_iter().map(|(kind, ..)| kind).collect();
        let cleared: Vec<Block> = held.into_iter().filter(|k| kinds.is_empty() || kinds.contains(k)).collect();
        if cleared.is_empty() {
            return Err(none());
        }
        let record = rules::cleared(&record, &cleared);
        tx.put(&LOGIN_RECORDS, &email, &record)?;
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
