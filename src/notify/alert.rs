//! What the people who run the marketplace have to hear of at once.

use crate::accounts::model::User;
use crate::base::refusal::Outcome;
use crate::store::Tx;

use super::letter::Sender;
use super::{mails, ops};

/// Something that needs a hand.
#[derive(Clone, Debug)]
pub struct Alert {
    /// The same alert under the same key is told once.
    pub key: String,
    pub subject: String,
    pub words: Vec<String>,
    /// Label and path of the page that shows more.
    pub look_at: (&'static str, &'static str),
}

/// One mail to every administrator.
pub fn alert(tx: &mut Tx, sender: &Sender, alert: &Alert) -> Outcome<()> {
    let key = |admin: &User| format!("alert:{}:{}", alert.key, admin.id);
    ops::to_admins(tx, sender, key, |admin| mails::operations::alert(sender, admin, alert))
}
