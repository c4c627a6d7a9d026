//! A background check that was made elsewhere: what of it counts here, and how long (part 20 §8).
//!
//! Deliberately not here: ordering checks and hearing their results from a provider, and turning somebody down, which
//! takes letters and a clock.

use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::{TimeZone, Timestamp, days_between, plus_hours, utc_to_local};
use crate::instructors::model::{Check, CheckStatus, Profile};

/// rule: 20§8 valid_until = completed + 365 d.
const VALID_HOURS: i64 = 365 * 24;

/// The check after an admin entered a clear result. It voids the clock of a letter, as every pass does.
pub fn passed(check: &Check, completed_at: Timestamp, env: &str, now: Timestamp) -> Outcome<Check> {
    let field = "completed_on";
    let valid_until = plus_hours(completed_at, VALID_HOURS);
    if completed_at > now {
        return Err(Refusal::invalid(field, "That day is still to come."));
    }
    if valid_until <= now {
        return Err(Refusal::invalid(field, "A check counts for 365 days; this one is older."));
    }
    if check.status == CheckStatus::Passed && check.valid_until.is_some_and(|until| until >= valid_until) {
        return Err(Refusal::conflict("ALREADY_PASSED", "A check that counts at least as long is on file already."));
    }
    Ok(Check {
        status: CheckStatus::Passed,
        env: Some(env.to_owned()),
        report_result: Some("clear".to_owned()),
        eta: None,
        completed_at: Some(completed_at),
        valid_until: Some(valid_until),
        told_days_left: None,
        in_dispute: false,
        pre_adverse_notice_id: None,
        pre_adverse_sent_at: None,
        ..check.clone()
    })
}

/// Days before its end at which an instructor hears that a check runs out. // rule: 20§11
const REMINDERS: [i64; 4] = [30, 14, 3, 0];

/// What is to be told about a check that runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// So many days are left at most.
    Ending(i64),
    Ended,
}

/// What an instructor has to hear now, once each; of reminders that were missed only the latest. Who was never live, or
/// is not live any more before the end, hears nothing.
pub fn due(profile: &Profile, zone: &TimeZone, now: Timestamp) -> Option<Telling> {
    let (check, until) = (&profile.check, profile.check.valid_until?);
    let day = |at| utc_to_local(at, zone).0;
    let telling = match days_between(day(now), day(until)) {
        _ if until <= now => Telling::Ended,
        left => Telling::Ending(REMINDERS.into_iter().filter(|days| left <= *days).min()?),
    };
    let concerned = match telling {
        Telling::Ended => profile.onboarding_completed_at.is_some(),
        Telling::Ending(_) => profile.is_live,
    };
    let told = |days: i64| check.told_days_left.is_some_and(|told| told <= days);
    (concerned && !told(telling.days_left())).then_some(telling)
}

impl Telling {
    /// As the profile keeps it; the end is below every reminder.
    pub fn days_left(self) -> i64 {
        match self {
            Self::Ending(days) => days,
            Self::Ended => -1,
        }
    }
}

/// Whether what is on file may be taken back. // rule: 20§10 reset-bgc, 400 if live
pub fn may_reset(profile: &Profile) -> Outcome<()> {
    if profile.is_live {
        return Err(Refusal::bad_request(
            "INSTRUCTOR_IS_LIVE",
            "The profile is live on the strength of this check. Pause the account instead.",
        ));
    }
    if profile.check.status == CheckStatus::NotStarted {
        return Err(Refusal::bad_request("NOTHING_ON_FILE", "There is nothing on file to take back."));
    }
    Ok(())
}

/// Whether there is anything to say about the names. // rule: 20§8 mismatch blocks go-live until admin clears
pub fn may_clear_mismatch(profile: &Profile) -> Outcome<()> {
    if !profile.identity.name_mismatch {
        return Err(Refusal::bad_request("NO_NAME_MISMATCH", "The names agree already."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-10T19:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// rule: 20§8: for 365 days from the day it was completed.
    #[test]
    fn a_result_counts_from_its_own_day() {
        let now = at(NOW);
        let rows = [
            ("2026-11-10T19:00:00Z", Ok("2027-11-10T19:00:00Z")),
            ("2026-01-05T05:00:00Z", Ok("2027-01-05T05:00:00Z")),
            ("2025-11-10T19:00:01Z", Ok("2026-11-10T19:00:01Z")),
            ("2025-11-10T19:00:00Z", Err("VALIDATION_ERROR")),
            ("2026-11-10T19:00:01Z", Err("VALIDATION_ERROR")),
        ];
        for (completed, want) in rows {
            let got = passed(&Check::default(), at(completed), "sandbox", now);
            match want {
                Ok(until) => assert_eq!(got.unwrap().valid_until, Some(at(until)), "{completed}"),
                Err(code) => assert_eq!(got.unwrap_err().code, code, "{completed}"),
            }
        }
    }

    #[test]
    fn a_pass_ends_a_dispute_and_is_never_shortened() {
        let now = at(NOW);
        let doubtful = Check {
            status: CheckStatus::Consider,
            in_dispute: true,
            pre_adverse_notice_id: Some("n".into()),
            report_id: Some("r".into()),
            ..Check::default()
        };
        let clear = passed(&doubtful, now, "sandbox", now).unwrap();
        assert!(clear.is_valid(now) && !clear.in_dispute && clear.pre_adverse_notice_id.is_none());
        assert_eq!(clear.report_id.as_deref(), Some("r"), "what the provider told stays");
        let older = passed(&clear, at("2026-10-01T04:00:00Z"), "sandbox", now);
        assert_eq!(older.unwrap_err().code, "ALREADY_PASSED");
    }

    /// rule: 20§11: 30, 14 and 3 days before and on the day, once each, then the end.
    #[test]
    fn each_reminder_is_due_once() {
        let (now, zone) = (at(NOW), crate::base::time::zone("America/New_York").unwrap());
        let mut profile =
            crate::instructors::ops::create::blank(crate::base::id::UserId::of_name("sarah"), String::new(), now);
        profile.check = passed(&profile.check, now, "sandbox", now).unwrap();
        let mut heard = Vec::new();
        let mut sweep = |profile: &mut Profile, days: i64| {
            if let Some(telling) = due(profile, &zone, plus_hours(now, days * 24)) {
                profile.check.told_days_left = Some(telling.days_left());
                heard.push((days, telling));
            }
        };
        sweep(&mut profile, 340);
        (profile.is_live, profile.onboarding_completed_at) = (true, Some(now));
        for day in (300..340).chain(355..368) {
            sweep(&mut profile, day);
        }
        let want =
            [(335, Telling::Ending(30)), (355, Telling::Ending(14)), (362, Telling::Ending(3)), (365, Telling::Ended)];
        assert_eq!(heard, want);
        profile.check.told_days_left = Some(3);
        let morning = due(&profile, &zone, at("2027-11-10T08:00:00Z"));
        assert_eq!(morning, Some(Telling::Ending(0)), "on the day itself");
    }

    #[test]
    fn what_carries_a_live_profile_is_not_taken_away() {
        let now = at(NOW);
        let mut profile =
            crate::instructors::ops::create::blank(crate::base::id::UserId::of_name("sarah"), String::new(), now);
        assert_eq!(may_reset(&profile).unwrap_err().code, "NOTHING_ON_FILE");
        profile.check = passed(&profile.check, now, "sandbox", now).unwrap();
        assert!(may_reset(&profile).is_ok());
        profile.is_live = true;
        assert_eq!(may_reset(&profile).unwrap_err().code, "INSTRUCTOR_IS_LIVE");
    }
}
