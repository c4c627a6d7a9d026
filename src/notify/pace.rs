//! When a mail may leave: what is urgent at once; the rest outside quiet hours, and two a day. // rule: 30§4.3

use super::preferences::{self, Category};
use super::tables::PACED;
use crate::accounts;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::base::time::{TimeZone, Timestamp, utc_to_local, zone};
use crate::store::{ReadExt, Tx};

/// Mails of one day that could have waited.
const A_DAY: u32 = 2;
/// How far ahead a full day pushes a mail before it is left out: nobody reads yesterday's news of three months.
const DAYS_AHEAD: usize = 30;

/// When the reader wants to have it; `None` when they do not.
pub(super) fn wanted_at(tx: &mut Tx, reader: Option<UserId>, template: &str) -> Outcome<Option<Timestamp>> {
    let Some(reader) = reader else { return Ok(Some(tx.now())) };
    let tz = accounts::user(tx, reader)?.and_then(|user| zone(&user.timezone)).unwrap_or(TimeZone::UTC);
    let preferences = preferences::of(tx, reader)?;
    let Some(mut at) = preferences.send_at(template, tx.now(), &tz) else { return Ok(None) };
    if !Category::of_template(template).is_some_and(Category::can_wait) {
        return Ok(Some(at));
    }
    for _ in 0..DAYS_AHEAD {
        let day = (reader, utc_to_local(at, &tz).0);
        let so_far = tx.get(&PACED, &day)?.unwrap_or_default();
        if so_far < A_DAY {
            tx.put(&PACED, &day, &(so_far + 1))?;
            return Ok(Some(at));
        }
        at = preferences.next_morning(day.1, &tz, at);
    }
    Ok(None)
}
