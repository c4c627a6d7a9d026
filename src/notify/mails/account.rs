//! Mails about one's account: the door, the password, who signed in.

use super::moment;
use crate::accounts::model::{AccountStatus, User};
use crate::base::access::Role;
use crate::base::time::{TimeZone, Timestamp, zone};
use crate::notify::letter::{Letter, Sender};

pub fn email_code(code: &str) -> Letter {
    Letter::new("email_code", "", format!("{code} is your code"))
        .says("Here is the code that proves this address is yours. It works for five minutes.")
        .code(code)
        .says("You did not ask for it? Then somebody mistyped their address, and you can forget this mail.")
        .datum("code", code)
}

pub fn account_exists(sender: &Sender, user: &User) -> Letter {
    Letter::new("account_exists", &user.first_name, "You already have an account")
        .says("Somebody, probably you, tried to create an account with this address. It has one already, so nothing was changed.")
        .action("Sign in", sender.url("/login"))
        .link("If you forgot the password, set a new one here:", sender.url("/forgot-password"))
}

pub fn welcome(sender: &Sender, user: &User) -> Letter {
    let letter = Letter::new("welcome", &user.first_name, "Welcome, your account is ready");
    if user.is(Role::Instructor) {
        return letter
            .says("Good to have you. Before students can find you, tell them what you teach, where, and when you are free.")
            .action("Finish your profile", sender.url("/instructor/onboarding/status"))
            .says("You keep your own hours: publish only the times you want to teach.");
    }
    letter
        .says("Good to have you. Say what you want to learn in your own words, and take a free time that suits you.")
        .action("Find a lesson", sender.url("/search"))
        .says("You see the whole price before you pay, and cancelling is free until 24 hours before a lesson.")
}

pub fn password_reset(sender: &Sender, user: &User, token: &str) -> Letter {
    let url = sender.url(&format!("/reset-password?token={token}"));
    Letter::new("password_reset", &user.first_name, "Set a new password")
        .says("You asked for a new password. This link works once, for an hour.")
        .action("Set a new password", url)
        .says("You did not ask? Then leave it: your password stays as it is.")
        .datum("token", token)
}

pub fn password_changed(sender: &Sender, user: &User, at: Timestamp) -> Letter {
    Letter::new("password_changed", &user.first_name, "Your password was changed")
        .says(format!("Your password was changed on {}. Other browsers are signed out.", own_moment(user, at)))
        .says("If that was not you, set a new one at once.")
        .action("Set a new password", sender.url("/forgot-password"))
}

pub fn new_device(sender: &Sender, user: &User, label: &str, at: Timestamp) -> Letter {
    Letter::new("new_device", &user.first_name, "A new sign-in to your account")
        .says("Somebody signed in to your account on a browser we have not seen before.")
        .facts(vec![("Browser", label.to_owned()), ("When", own_moment(user, at))])
        .says("If that was you, there is nothing to do. If not, end that session and change your password.")
        .action("See where you are signed in", sender.url("/account/security#sessions"))
        .datum("label", label)
}

pub fn lockout(sender: &Sender, user: &User, until: Timestamp, failures: usize) -> Letter {
    Letter::new("lockout", &user.first_name, "Somebody tried many passwords for your account")
        .says(format!(
            "There were {failures} wrong passwords within an hour, so signing in is stopped until {}.",
            own_moment(user, until)
        ))
        .says("If that was you, wait until then, or set a new password.")
        .action("Set a new password", sender.url("/forgot-password"))
}

pub fn two_factor_changed(sender: &Sender, user: &User, enabled: bool) -> Letter {
    let (subject, words) = if enabled {
        ("Your second step is on", "From now on signing in takes a code from your phone beside the password.")
    } else {
        ("Your second step is off", "From now on the password alone opens your account.")
    };
    Letter::new("two_factor_changed", &user.first_name, subject)
        .says(words)
        .says("If that was not you, set a new password at once.")
        .action("Look at your account", sender.url("/account/two-factor"))
}

/// Somebody with the password says the second factor is lost. Every letter of it can stop it.
pub fn recovery(sender: &Sender, user: &User, opens_at: Option<Timestamp>, refused: bool, token: &str) -> Letter {
    let (subject, words, stage) = match opens_at {
        Some(at) => {
            let words = format!(
                "The document Stripe was shown bears your name. From {} on your account opens with the password alone; \
                 your second step, passkeys and trusted browsers go.",
                own_moment(user, at)
            );
            ("Your account opens without its second step in a day", words, "waiting")
        }
        None if refused => {
            let words =
                "Somebody with your password showed Stripe a document with another name than yours, so nothing \
                         was opened."
                    .to_owned();
            ("Nobody was let in without your second step", words, "refused")
        }
        None => {
            let words = "Somebody with your password said that your phone and your recovery codes are lost. They must \
                         show Stripe your identity document, and wait a day after that."
                .to_owned();
            ("Is your second step lost?", words, "asked")
        }
    };
    Letter::new("two_factor_changed", &user.first_name, subject)
        .says(words)
        .says("If that was not you, stop it here and set a new password at once: somebody knows yours.")
        .action("Stop it", sender.url(&format!("/login/recover/stop?token={token}")))
        .datum("stage", stage)
        .datum("token", token)
}

pub fn backup_code_used(sender: &Sender, user: &User, left: usize) -> Letter {
    Letter::new("backup_code_used", &user.first_name, "A recovery code was used")
        .says(format!("Somebody signed in with one of your recovery codes. You have {left} left."))
        .says("If that was not you, set a new password at once.")
        .action("Make new codes", sender.url("/account/two-factor"))
        .datum("left", left)
}

pub fn passkey_changed(sender: &Sender, user: &User, name: &str, added: bool) -> Letter {
    let (subject, words) = if added {
        ("A passkey was added", "From now on this passkey opens your account.")
    } else {
        ("A passkey was removed", "This passkey does not open your account any more.")
    };
    Letter::new("passkey_changed", &user.first_name, subject)
        .says(words)
        .facts(vec![("Passkey", name.to_owned())])
        .says("If that was not you, remove it and set a new password at once.")
        .action("Look at your passkeys", sender.url("/account/passkeys"))
        .datum("added", added)
}

/// To the old address, before anything has changed.
pub fn email_change_asked(sender: &Sender, user: &User, new_email: &str, token: &str) -> Letter {
    Letter::new("email_changed", &user.first_name, "Another address for your account?")
        .says(format!("You asked to sign in with {new_email} from now on. Agree here, within a day."))
        .action("Look at the change", sender.url(&format!("/account/email/link?token={token}")))
        .says("You did not ask? Then do nothing, and set a new password: somebody knows yours.")
        .datum("stage", "asked")
        .datum("token", token)
}

/// To the old address, once it is done.
pub fn email_changed(sender: &Sender, user: &User, token: &str) -> Letter {
    Letter::new("email_changed", &user.first_name, "Your address is changed")
        .says(format!("Your account is reached under {} from now on; this address gets no more mails.", user.email))
        .says("If that was not you, take it back within three days. Everybody is signed out then.")
        .action("Take it back", sender.url(&format!("/account/email/link?token={token}")))
        .datum("stage", "done")
        .datum("token", token)
}

/// To the new address, once it is done.
pub fn email_is_yours(sender: &Sender, user: &User) -> Letter {
    Letter::new("email_changed", &user.first_name, "This is your address now")
        .says("Your account is reached under this address from now on. Sign in with it.")
        .action("Sign in", sender.url("/login"))
        .datum("stage", "new")
}

pub fn account_status(sender: &Sender, user: &User, now: AccountStatus) -> Letter {
    match now {
        AccountStatus::Suspended => Letter::new("account_paused", &user.first_name, "Your account is paused")
            .says("Students cannot find or book you for now. Lessons already booked stay as they are.")
            .action("Resume when you like", sender.url("/account/leave")),
        AccountStatus::Active => Letter::new("account_resumed", &user.first_name, "Welcome back")
            .says("Your account is active again: students can find and book you.")
            .action("Check your week", sender.url("/instructor/availability")),
        AccountStatus::Deactivated => Letter::new("account_deactivated", &user.first_name, "Your account is closed")
            .says("You asked us to close your account, and it is done. Nobody can sign in to it any more.")
            .link("If you change your mind, write to us:", sender.url("/contact")),
    }
}

pub fn account_erased(sender: &Sender, deleted: bool) -> Letter {
    let (template, subject) = if deleted {
        ("account_deleted", "Your account is deleted")
    } else {
        ("account_anonymised", "Your account is anonymous now")
    };
    Letter::new(template, "", subject)
        .says("Your name, addresses, contact data and devices are erased. What law and bookkeeping need stays, without your name.")
        .says("Nobody can sign in to that account any more. You are welcome to make a new one.")
        .link("Questions?", sender.url("/contact"))
}

fn own_moment(user: &User, at: Timestamp) -> String {
    moment(at, &zone(&user.timezone).unwrap_or(TimeZone::UTC))
}
