//! Mails about money that has no lesson of its own to tell it: bank payouts, disputes, what a person has to look at.

use crate::accounts::model::User;
use crate::base::money::Cents;
use crate::notify::letter::{Letter, Sender};

pub fn bank_payout(sender: &Sender, user: &User, amount: Cents, instant: bool) -> Letter {
    let how = if instant { "as you asked, at once" } else { "as every week" };
    Letter::new("payout_sent", &user.first_name, format!("{} was paid to your bank", amount.dollars()))
        .says(format!("Stripe paid {} to your bank account, {how}.", amount.dollars()))
        .action("See your payouts", sender.url("/instructor/earnings"))
        .datum("amount_cents", amount.0)
}

pub fn bank_payout_failed(sender: &Sender, user: &User, amount: Cents) -> Letter {
    Letter::new("alert", &user.first_name, format!("Your bank did not take {}", amount.dollars()))
        .says(format!(
            "Stripe tried to pay {} to your bank account, and the bank sent it back. The money is safe in your balance.",
            amount.dollars()
        ))
        .says("Please check your bank details at Stripe.")
        .action("Open your earnings", sender.url("/instructor/earnings"))
        .datum("amount_cents", amount.0)
}

pub fn dispute_opened(sender: &Sender, user: &User, lesson: &str, amount: Cents, path: &str) -> Letter {
    Letter::new("alert", &user.first_name, format!("A payment is disputed: {lesson}"))
        .says(format!("The student’s bank asks for {} back. What you were paid for this lesson waits with us meanwhile.", amount.dollars()))
        .says("We answer the bank for you. If the lesson took place as agreed, reply to this mail with anything that shows it.")
        .action("See the lesson", sender.url(path))
        .datum("amount_cents", amount.0)
}

pub fn dispute_closed(sender: &Sender, user: &User, lesson: &str, won: bool, path: &str) -> Letter {
    let told = Letter::new("alert", &user.first_name, format!("The dispute is decided: {lesson}"));
    let told = match won {
        true => told.says("The bank agreed with us. What had waited is paid to you again."),
        false => told.says("The bank decided for the student, so this lesson is not paid. We are sorry."),
    };
    told.action("See the lesson", sender.url(path))
}

pub fn refunded(sender: &Sender, user: &User, lesson: &str, amount: Cents, path: &str) -> Letter {
    Letter::new("alert", &user.first_name, format!("{} goes back to your card", amount.dollars()))
        .says(format!("We gave {} back for {lesson}. Your bank usually shows it within a few days.", amount.dollars()))
        .action("See the lesson", sender.url(path))
        .datum("amount_cents", amount.0)
}

/// For those who run the marketplace.
pub fn review_needed(sender: &Sender, user: &User, lesson: &str, reason: &str, path: &str) -> Letter {
    let words = match reason {
        "provider_unanswered" => {
            "Stripe did not answer when money was on its way. It is asked again and again, and all goes on when it does."
                .to_owned()
        }
        _ => {
            let reason = reason.replace('_', " ");
            format!("Automation stays away from this payment until somebody has looked: {reason}.")
        }
    };
    Letter::new("alert", &user.first_name, format!("A payment needs you: {lesson}"))
        .says(words)
        .action("Open the booking", sender.url(path))
        .datum("reason", reason)
}

pub fn books_differ(sender: &Sender, user: &User, found: usize) -> Letter {
    Letter::new("alert", &user.first_name, "Our books and Stripe’s differ".to_owned())
        .says(format!("Tonight’s comparison found {found} that nobody had noticed yet. Nothing was changed."))
        .action("Open payment health", sender.url("/admin/payments"))
        .datum("found", found)
}

pub fn payments_unwell(sender: &Sender, user: &User, words: &str) -> Letter {
    Letter::new("alert", &user.first_name, "Payments are not well".to_owned())
        .says(words.to_owned())
        .action("Open payment health", sender.url("/admin/payments"))
}
