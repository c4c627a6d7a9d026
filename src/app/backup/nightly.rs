//! Every night's backup, and which older ones stay.

use super::{Place, take};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{SignedDuration, Timestamp, utc_to_local};
use crate::jobs::{Every, JobKind};
use crate::notify;
use crate::site::Site;
use crate::site::upkeep::{BACKUPS, BackupPlan};
use crate::store::backup::{self, time_of};

pub fn jobs() -> Vec<JobKind> {
    vec![JobKind::sweep("backup", Every::daily_utc(7, 40), |site, call| async move {
        let plan = site.read(|r| BACKUPS.read(r))?;
        if call.dry_run || (site.is_sandbox() && !plan.in_sandbox) {
            return Ok(serde_json::json!({ "taken": 0, "removed": 0 }));
        }
        let place = site.part::<Place>()?;
        let done = night(&site, &place, &plan).await;
        if let Err(error) = &done {
            warn_admins(&site, &place, error).await?;
        }
        let removed = done.map_err(Refusal::internal)?;
        Ok(serde_json::json!({ "taken": 1, "removed": removed }))
    })]
}

/// Takes one, then lets the surplus go; answers how many went.
async fn night(site: &Site, place: &Place, plan: &BackupPlan) -> Result<usize, String> {
    take(site, place).await?;
    let old = surplus(place.names().await?, site.now(), plan);
    for name in &old {
        place.remove(name).await?;
    }
    let (address, gone, count) = (place.address(), old.clone(), old.len());
    let forgotten = site.write(move |tx| backup::forget(tx, &address, &gone)).await;
    forgotten.map_err(|refusal| refusal.to_string())?;
    Ok(count)
}

/// One mail a day, however often the job tries again.
async fn warn_admins(site: &Site, place: &Place, error: &str) -> Outcome<()> {
    let newest = site.read(backup::newest)?;
    let last = newest.map_or("There is no good backup at all.".to_owned(), |(at, row)| {
        format!("The newest good one is {} of {}.", row.name, utc_to_local(at, &site.zone).0)
    });
    let alert = notify::Alert {
        key: format!("backup:{}", utc_to_local(site.now(), &site.zone).0),
        subject: "The backup failed".to_owned(),
        words: vec![
            format!("Tonight's backup into {} failed: {error}", place.address()),
            last,
            "It is tried again by itself. If the reason stays, the disk or the bucket needs a hand.".to_owned(),
        ],
        look_at: ("See the backups", "/admin/backups"),
    };
    let sender = notify::sender(site);
    site.write(move |tx| notify::alert(tx, &sender, &alert)).await
}

/// Which backups go: those beyond the count and those too old, but never the newest.
fn surplus(mut names: Vec<String>, now: Timestamp, plan: &BackupPlan) -> Vec<String> {
    names.retain(|name| time_of(name).is_some());
    names.sort_unstable_by(|a, b| b.cmp(a));
    let oldest = now - SignedDuration::from_hours(24 * i64::from(plan.keep_days));
    let goes = |(n, name): &(usize, String)| *n >= plan.keep_count || time_of(name).is_some_and(|at| at < oldest);
    names.into_iter().enumerate().skip(1).filter(goes).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backup::name_at;

    #[test]
    fn old_and_surplus_backups_go_but_never_the_newest() {
        let day = |n: i64| name_at(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n));
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 100);
        let plan = |keep_count, keep_days| BackupPlan { in_sandbox: false, keep_count, keep_days };
        let names = || vec![day(99), day(10), "notes".to_owned(), day(98), day(97)];
        assert_eq!(surplus(names(), now, &plan(3, 30)), [day(10)]);
        assert_eq!(surplus(names(), now, &plan(2, 1000)), [day(97), day(10)]);
        assert_eq!(surplus(vec![day(1)], now, &plan(1, 1)), Vec::<String>::new());
        assert_eq!(time_of(&day(7)).unwrap(), Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 7));
        assert_eq!(time_of("before-format-2-1970-01-08T00-00-00Z"), None, "one of an upgrade stays");
    }
}
