//! What the people who run the marketplace have to hear of at once.

use crate::accounts;
use crate::base::access::Role;
use crate::base::refusal::Outcome;
use crate::store::Tx;

use super::letter::Sender;
use super::model::Posting;
use super::{mails, ops};

/// More admins than anybody has.
const ADMINS: usize = 1000;

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
    for admin in accounts::users_with_role(tx, Role::Admin, ADMINS)? {
        let letter = mails::operations::alert(sender, &admin, alert);
        let key = format!("alert:{}:{}", alert.key, admin.id);
        let posting = Posting { key, to: admin.email, user_id: Some(admin.id), booking_id: None, letter };
        ops::post(tx, sender, posting)?;
    }
    Ok(())
}
