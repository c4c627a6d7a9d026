//! What people tell about themselves, and change.

use serde_json::{Map, Value, json};

use crate::accounts::events::ProfileChanged;
use crate::accounts::model::User;
use crate::accounts::parts::{Accounts, MeFacts};
use crate::accounts::rules::{person, sessions};
use crate::accounts::tables::{USERS, must_user};
use crate::base::access::Actor;
use crate::base::id::UserId;
use crate::base::refusal::Outcome;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::store::Tx;

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
        let grant = user.beta.last();
        let mut facts = MeFacts {
            beta_access: grant.is_some(),
            beta_role: grant.map(|grant| grant.role.name().to_owned()),
            beta_phase: grant.map(|grant| grant.phase.clone()),
            beta_invited_by: grant.and_then(|grant| grant.invited_by_code.clone()),
            ..MeFacts::default()
        };
        for hook in &parts.on_me {
            hook(r, &user, &mut facts)?;
        }
        Ok((user, facts))
    })
}

/// Another phone number needs a fresh proof of identity. // rule: 20§2 step-up
pub async fn change(site: &Site, actor: &Actor, by: By, changes: Changes) -> Outcome<User> {
    site.write(changing(site, actor, by, changes)?).await
}

/// The same as a part of a higher room's write.
pub fn changing(
    site: &Site,
    actor: &Actor,
    by: By,
    changes: Changes,
) -> Outcome<impl Fn(&mut Tx) -> Outcome<User> + Send + 'static> {
    let (id, elevated_until) = (actor.user_id, actor.elevated_until);
    let parts = site.part::<Accounts>()?;
    let region_only = settings::joining(site)?.region_zip_only;
    Ok(move |tx: &mut Tx| {
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
            if user.phone != before.phone {
                sessions::require_elevated(elevated_until, tx.now())?;
            }
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
            let told = |user: &User| -> Value {
                fields.iter().map(|field| (field.clone(), told_of(user, field))).collect::<Map<_, _>>().into()
            };
            audit::record(tx, &by, Deed::on("user.update", "user", id).change(told(&before), told(&user)))?;
            tx.emit(&ProfileChanged { user_id: id, fields })?;
        }
        Ok(user)
    })
}

/// What somebody tells about themselves, by the names of the wire.
fn told_of(user: &User, field: &str) -> Value {
    match field {
        "first_name" => json!(user.first_name),
        "last_name" => json!(user.last_name),
        "phone" => json!(user.phone),
        "zip_code" => json!(user.zip_code),
        _ => json!(user.timezone),
    }
}

fn changed_fields(before: &User, after: &User) -> Vec<String> {
    let all = ["first_name", "last_name", "phone", "zip_code", "timezone"];
    all.into_iter().filter(|field| told_of(before, field) != told_of(after, field)).map(str::to_owned).collect()
}
