//! To the people who run the marketplace.

use crate::accounts::model::User;
use crate::notify::alert::Alert;
use crate::notify::letter::{Letter, Sender};

pub fn alert(sender: &Sender, admin: &User, alert: &Alert) -> Letter {
    let letter = Letter::new("alert", &admin.first_name, alert.subject.as_str());
    let letter = alert.words.iter().fold(letter, |letter, words| letter.says(words.as_str()));
    let (label, path) = alert.look_at;
    letter.action(label, sender.url(path))
}
