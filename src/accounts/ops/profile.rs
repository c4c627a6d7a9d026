//! What people tell about themselves, and change.

use serde_json::{Value, json};

use crate::accounts::events::ProfileChanged;
use crate::accounts::model::User;
use crate::accounts::parts::{Accounts, MeFacts};
use crate::accounts::rules::person;
use crate::accounts::tables::{USERS, must_user};
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};

use super::settings;

/// What is to change; absent fields stay. A blank phone number is taken away.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub zip_code: Option<String>,
    pub timezone: Option<String>,
}

pub fn me(site: &Site, user: UserId) -> Outcome<(User, MeFacts)> {
    let parts = site.part::<Accounts>()?;
    site.read(|r| {
        let user = must_user(r, user)?;
        let mut facts = MeFacts::default();
        for hook in &parts.on_me {
            hook(r, &user, &mut facts)?;
        }
        Ok((user, facts))
    })
}

pub async fn change(site: &Site, by: By, id: UserId, changes: Changes) -> Outcome<User> {
    let parts = site.part::<Accounts>()?;
    let region_only = settings::joining(site)?.region_zip_only;
    site.write(move |tx| {
        let before = must_user(tx, id)?;
        let mut user = before.clone();
        if let Some(name) = &changes.first_name {
            user.first_name = person::name("first_name", name)?;
        }
        if let Some(name) = &changes.last_name {
            user.last_name = person::name("last_name", name)?;
        }
        if let Some(phone) = &changes.phone {
            user.phone = person::phone(Some(phone))?;
        }
        if let Some(zip) = &changes.zip_code {
            user.zip_code = person::zip(zip, parts.zips.as_ref(), region_only)?;
        }
        // An explicit zone wins; otherwise a new ZIP code brings its own.
        if user.zip_code != before.zip_code || changes.timezone.is_some() {
            user.timezone = person::timezone(changes.timezone.as_deref(), &user.zip_code, parts.zips.as_ref())?;
        }
        let fields = changed_fields(&before, &user);
        if !fields.is_empty() {
            user.updated_at = tx.now();
            tx.put(&USERS, &id, &user)?;
            let deed = Deed::on("user.update", "user", id);
            audit::record(tx, &by, deed.change(Value::Null, json!({ "changed": fields })))?;
            tx.emit(&ProfileChanged { user_id: id, fields })?;
        }
        Ok(user)
    })
    .await
}

fn changed_fields(before: &User, after: &User) -> Vec<String> {
    [
        ("first_name", before.first_name != after.first_name),
        ("last_name", before.last_name != after.last_name),
        ("phone", before.phone != after.phone),
        ("zip_code", before.zip_code != after.zip_code),
        ("timezone", before.timezone != after.timezone),
    ]
    .into_iter()
    .filter(|(_, changed)| *changed)
    .map(|(name, _)| name.to_owned())
    .collect()
}
