//! How the program itself is doing, part by part: a word and the numbers behind it.

use crate::base::refusal::Outcome;
use crate::base::text::count;
use crate::base::time::SignedDuration;
use crate::jobs;
use crate::notify;
use crate::notify::model::MailStatus;
use crate::payments;
use crate::site::Site;
use crate::store::{Read, ReadExt, Span, journal};

/// More of anything is only "many".
const MANY: usize = 10_000;
/// An average commit slower than this is worth a look.
const SLOW_COMMIT_MICROS: u64 = 250_000;
/// A night was missed. // rule: 50§4 alerts
const STALE_BACKUP: SignedDuration = SignedDuration::from_hours(26);
/// Events a follower may be behind before it is worth a look.
const LAG: u64 = 200;

#[derive(Clone, Debug)]
pub struct Vital {
    pub name: String,
    pub fine: bool,
    pub words: String,
}

fn vital(name: &str, fine: bool, words: impl Into<String>) -> Vital {
    Vital { name: name.to_owned(), fine, words: words.into() }
}

pub fn vitals(site: &Site, r: &dyn Read) -> Outcome<Vec<Vital>> {
    let mut list = vec![store(site), queue(site, r)?, mail(r)?, stripe(site, r)?, backups(site, r)?];
    list.extend(followers(r)?);
    if site.is_sandbox() {
        let frozen = site.clock.is_frozen();
        list.push(vital("Clock", true, if frozen { "sandbox, stands still" } else { "sandbox, runs on" }));
    }
    Ok(list)
}

fn store(site: &Site) -> Vital {
    let figures = site.store.figures();
    let average = figures.commit_micros.checked_div(figures.commits).unwrap_or(0);
    let pace = if average >= 1000 { format!("{} ms", average / 1000) } else { format!("{average} µs") };
    let size = std::fs::metadata(site.data_dir.join("store.redb")).map(|file| file.len()).ok();
    let words = match size {
        Some(bytes) => format!("{pace} a commit, {}", bytes_words(bytes)),
        None => format!("{pace} a commit"),
    };
    vital("Store", average < SLOW_COMMIT_MICROS && figures.queued < 1000, words)
}

/// "1.2 GB"; whole numbers from 10 on.
pub fn bytes_words(bytes: u64) -> String {
    let (mut size, mut unit) = (bytes.saturating_mul(10), "bytes");
    for next in ["KB", "MB", "GB", "TB"] {
        if size < 10_240 {
            break;
        }
        (size, unit) = (size / 1024, next);
    }
    if size >= 100 || unit == "bytes" {
        format!("{} {unit}", size / 10)
    } else {
        format!("{}.{} {unit}", size / 10, size % 10)
    }
}

fn queue(site: &Site, r: &dyn Read) -> Outcome<Vital> {
    let now = site.now();
    let agenda = jobs::agenda(r, MANY)?;
    let due = agenda.iter().filter(|(at, _)| *at <= now).count();
    let dead = jobs::dead(r, MANY)?.len();
    Ok(vital("Jobs", dead == 0 && due < 100, format!("{dead} dead, {due} due, {} waiting", agenda.len() - due)))
}

fn mail(r: &dyn Read) -> Outcome<Vital> {
    let of = |status| Ok::<_, crate::base::refusal::Refusal>(notify::unsent(r, status, MANY)?.len());
    let (waiting, failed) = (of(MailStatus::Pending)? + of(MailStatus::Sending)?, of(MailStatus::Failed)?);
    Ok(vital("Mail", failed == 0, format!("{waiting} waiting, {failed} given up")))
}

fn stripe(site: &Site, r: &dyn Read) -> Outcome<Vital> {
    let open = payments::tables::unanswered(r, MANY)?;
    let who = if site.is_sandbox() { "stand-in" } else { "live" };
    Ok(vital("Stripe", open < 20, format!("{who}, {} open", count(open, "call", "calls"))))
}

/// A live marketplace without a fresh backup is not fine.
fn backups(site: &Site, r: &dyn Read) -> Outcome<Vital> {
    let last = crate::store::backup::recent(r, 1)?.pop();
    let newest = crate::store::backup::newest(r)?;
    let age = newest.map(|(at, _)| site.now().duration_since(at));
    let fresh = age.is_some_and(|age| age < STALE_BACKUP);
    let failed = last.is_some_and(|(_, row)| !row.is_good());
    let words = match age {
        Some(age) if age.as_hours() < 1 => "newest less than an hour old".to_owned(),
        Some(age) => format!("newest {} h old", age.as_hours()),
        None => "none yet".to_owned(),
    };
    let words = if failed { format!("{words}, the last try failed") } else { words };
    Ok(vital("Backups", !failed && (fresh || site.is_sandbox()), words))
}

/// Everything that follows the journal, and how far behind it is.
fn followers(r: &dyn Read) -> Outcome<Vec<Vital>> {
    let last = journal::last_seq(r)?;
    let cursors = r.scan(&journal::CURSORS, Span::all(), 100, crate::store::Dir::Up)?;
    let one = |(name, at): (String, u64)| {
        let behind = last.saturating_sub(at);
        let title = match name.as_str() {
            "notify" => "Letters".to_owned(),
            "search" => "Search index".to_owned(),
            other => capital(other),
        };
        vital(
            &title,
            behind < LAG,
            if behind == 0 { "up to date".to_owned() } else { format!("{behind} events behind") },
        )
    };
    Ok(cursors.into_iter().map(one).collect())
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str().replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::bytes_words;

    #[test]
    fn sizes_read_naturally() {
        for (bytes, want) in
            [(0, "0 bytes"), (512, "512 bytes"), (1536, "1.5 KB"), (20 << 20, "20 MB"), (1288490189, "1.2 GB")]
        {
            assert_eq!(bytes_words(bytes), want);
        }
    }
}
