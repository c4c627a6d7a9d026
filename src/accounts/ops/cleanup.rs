//! What ended by itself at the door goes (job `session_cleanup`): sessions, proofs, codes, links, set-ups, challenges.
//!
//! However much came in the hour goes too, in writes of a bounded size, so that nobody waits behind the cleaning and
//! no visitor can make a table grow without end.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::accounts::rules::{email_code, recovery, sign_in};
use crate::accounts::tables::{
    BY_END, DOOR_PRESSURE, EMAIL_CHANGES, EMAIL_CODES, EMAIL_PROOFS, LOGIN_CHALLENGES, LOGIN_RECORDS,
    PASSKEY_CEREMONIES, PENDING_TWO_FACTORS, PROOFS_BY_END, RECORDS_BY_LAST, RECOVERIES, SESSIONS, SPENT_CHALLENGES,
    TRUSTED_DEVICES,
};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::Outcome;
use crate::base::time::{Timestamp, plus_hours};
use crate::site::Site;
use crate::store::{Dir, Index, Key, ReadExt, Span, Table};

/// Rows of one write.
const CHUNK: usize = 1000;

/// Answers how many sessions went.
pub async fn clean_up(site: &Site) -> Outcome<usize> {
    let now = site.now();
    let ended = clear_until(site, &SESSIONS, &BY_END, now).await?;
    clear_until(site, &EMAIL_PROOFS, &PROOFS_BY_END, now).await?;
    let old = Span::from_to(&Timestamp::MIN, &plus_hours(now, -24 * sign_in::REMEMBERED_DAYS));
    let old = site.read(|r| r.by_index(&LOGIN_RECORDS, &RECORDS_BY_LAST, old, SCAN_ROWS, Dir::Up))?;
    let old = old.into_iter().filter(|(_, record)| sign_in::is_forgotten(record, now)).map(|(email, _)| email);
    delete(site, &LOGIN_RECORDS, &old.collect::<Vec<_>>(), sign_in::is_forgotten).await?;
    clear(site, &SPENT_CHALLENGES, |end, now| *end <= now).await?;
    clear(site, &EMAIL_CODES, email_code::is_forgotten).await?;
    clear(site, &DOOR_PRESSURE, |pressure, now| pressure.of_the_hour(now) == 0).await?;
    clear(site, &LOGIN_CHALLENGES, |challenge, now| challenge.expires_at <= now).await?;
    clear(site, &PENDING_TWO_FACTORS, |pending, now| pending.expires_at < now).await?;
    clear(site, &TRUSTED_DEVICES, |device, now| device.expires_at <= now).await?;
    clear(site, &PASSKEY_CEREMONIES, |ceremony, now| ceremony.expires_at <= now).await?;
    clear(site, &EMAIL_CHANGES, |change, now| change.expires_at <= now).await?;
    clear(site, &RECOVERIES, |row, now| !recovery::is_live(row, now)).await?;
    Ok(ended)
}

/// Deletes the rows an index puts before an instant.
async fn clear_until<K, V>(
    site: &Site,
    table: &'static Table<K, V>,
    index: &'static Index<K, V, (Timestamp,)>,
    until: Timestamp,
) -> Outcome<usize>
where
    K: Key + Send + Sync + 'static,
    V: Serialize + DeserializeOwned + 'static,
{
    let mut gone = 0;
    loop {
        let over = Span::from_to(&Timestamp::MIN, &until);
        if site.read(|r| r.index_keys(index, over, 1, Dir::Up))?.is_empty() {
            return Ok(gone);
        }
        let some = site
            .write(move |tx| {
                let over = tx.index_keys(index, Span::from_to(&Timestamp::MIN, &until), CHUNK, Dir::Up)?;
                for (_, key) in &over {
                    tx.delete(table, key)?;
                }
                Ok(over.len())
            })
            .await?;
        gone += some;
    }
}

/// Deletes the rows that are over.
async fn clear<K, V>(
    site: &Site,
    table: &'static Table<K, V>,
    is_over: impl Fn(&V, Timestamp) -> bool + Copy + Send + Sync + 'static,
) -> Outcome<()>
where
    K: Key + Clone + Send + Sync + 'static,
    V: Serialize + DeserializeOwned + 'static,
{
    let now = site.now();
    let mut over = Vec::new();
    site.read(|r| {
        r.each(table, |key, row| {
            if is_over(&row, now) {
                over.push(key);
            }
            Ok(())
        })
    })?;
    delete(site, table, &over, is_over).await
}

/// Judges once more in each write: a row may have been made anew meanwhile.
async fn delete<K, V>(
    site: &Site,
    table: &'static Table<K, V>,
    keys: &[K],
    is_over: impl Fn(&V, Timestamp) -> bool + Copy + Send + Sync + 'static,
) -> Outcome<()>
where
    K: Key + Clone + Send + Sync + 'static,
    V: Serialize + DeserializeOwned + 'static,
{
    for some in keys.chunks(CHUNK) {
        let some = some.to_vec();
        site.write(move |tx| {
            for key in &some {
                if tx.get(table, key)?.is_some_and(|row| is_over(&row, tx.now())) {
                    tx.delete(table, key)?;
                }
            }
            Ok(())
        })
        .await?;
    }
    Ok(())
}
