//! Mails about what lets an instructor be listed.

use crate::accounts::model::User;
use crate::base::time::{TimeZone, Timestamp, fmt_date, rfc3339, utc_to_local, zone};
use crate::notify::letter::{Letter, Sender};

pub fn check_runs_out(sender: &Sender, user: &User, until: Timestamp, over: bool) -> Letter {
    let (day, _) = utc_to_local(until, &zone(&user.timezone).unwrap_or(TimeZone::UTC));
    let letter = match over {
        false => Letter::new(
            "bgc_expiring",
            &user.first_name,
            format!("Your background check runs out on {}", fmt_date(day)),
        )
        .says(
            "From then on students cannot find or book you, until a new check is on file. Lessons already booked stay.",
        )
        .says("We have a new one made with your written consent; it takes a few days, so do not wait for the last one.")
        .action("Ask for a new check", sender.url("/contact")),
        true => Letter::new("bgc_expired", &user.first_name, "Your background check has run out")
            .says("Students cannot find or book you until a new check is on file. Lessons already booked stay.")
            .action("See what is missing", sender.url("/instructor/onboarding/status"))
            .link("Ask us for a new check:", sender.url("/contact")),
    };
    letter.datum("valid_until", rfc3339(until))
}
