//! Joining. // rule: 20§2 register
//!
//! New and taken addresses get the same answer at the same beat and cost the same hash; the owner of a taken one is
//! written to.

use std::collections::BTreeSet;

use crate::accounts::events::{AccountExists, UserRegistered};
use crate::accounts::model::{AccountStatus, User};
use crate::accounts::parts::{Accounts, Joining};
use crate::accounts::rules::{email_code, joining, password, person};
use crate::accounts::tables::{EMAIL_PROOFS, USERS, user_by_email};
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::refusal::{Mistakes, Outcome, Refusal};
use crate::base::secret;
use crate::site::Site;
use crate::site::audit::{self, By, Deed};
use crate::site::settings::launch;
use crate::store::{ReadExt, Tx};

use super::change_email;
use super::settings;

crate::base::secret::silent!(Application, NewPerson);

/// What a stranger fills in.
#[derive(Clone)]
pub struct Application {
    pub email: String,
    pub password: String,
    pub first_name: String,
    pub last_name: String,
    pub zip_code: String,
    pub phone: Option<String>,
    pub timezone: Option<String>,
    pub role: Role,
    pub email_verification_token: Option<String>,
    pub guest_session_id: Option<String>,
    pub invite_code: Option<String>,
    pub referral_code: Option<String>,
}

/// Adds the person, or writes to the owner of the address; the caller cannot tell which.
pub async fn register(site: &Site, given: Application) -> Outcome<()> {
    super::on_the_beat(join(site, given)).await
}

async fn join(site: &Site, given: Application) -> Outcome<()> {
    let parts = site.part::<Accounts>()?;
    joining::may_join(&site.read(launch)?, given.role, given.invite_code.as_deref())?;
    let mut person = judged(site, &parts, &given)?;
    let token = given.email_verification_token.as_deref().map(str::trim).filter(|t| !t.is_empty());
    let proof = secret::sha256_hex(token.ok_or_else(email_code::missing)?);
    person.password_hash = parts.hasher.hash(&given.password).await?;
    let city = parts.zips.city(&person.zip_code);
    let (hooks, by) = (parts.on_registered.clone(), By::nobody());
    site.write(move |tx| {
        let found = tx.get(&EMAIL_PROOFS, &proof)?;
        email_code::spend(found.as_ref(), &person.email, tx.now())?;
        tx.delete(&EMAIL_PROOFS, &proof)?;
        let owner = match user_by_email(tx, &person.email)? {
            Some(owner) => Some(owner.id),
            None => change_email::holder_of(tx, &person.email, tx.now())?,
        };
        if let Some(user_id) = owner {
            return tx.emit(&AccountExists { user_id });
        }
        let user = add(tx, &person)?;
        let joining = Joining {
            user: &user,
            city: &city,
            invite_code: given.invite_code.as_deref(),
            referral_code: given.referral_code.as_deref(),
            guest_session_id: given.guest_session_id.as_deref(),
        };
        for hook in &hooks {
            hook(tx, &joining)?;
        }
        let by = By { actor: Some(user.id), role: Some(given.role), ..by.clone() };
        let facts = serde_json::json!({ "role": given.role, "zip_code": user.zip_code });
        audit::record(tx, &by, Deed::on("user.create", "user", user.id).change(serde_json::Value::Null, facts))?;
        tx.emit(&UserRegistered {
            user_id: user.id,
            role: given.role,
            guest_session_id: given.guest_session_id.clone(),
            invite_code: given.invite_code.clone(),
            referral_code: given.referral_code.clone(),
        })
    })
    .await
}

/// A person whose facts were judged and whose password is hashed.
#[derive(Clone)]
pub struct NewPerson {
    pub email: String,
    pub password_hash: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub zip_code: String,
    pub timezone: String,
    pub role: Role,
}

/// Everything that is wrong with an application, without telling whether the address is known.
pub fn look_over(site: &Site, given: &Application) -> Outcome<()> {
    judged(site, &*site.part::<Accounts>()?, given).map(drop)
}

fn judged(site: &Site, parts: &Accounts, given: &Application) -> Outcome<NewPerson> {
    let rules = settings::joining(site)?;
    let mut wrong = Mistakes::default();
    let email = wrong.note(person::email(&given.email));
    let first_name = wrong.note(person::name("first_name", &given.first_name));
    let last_name = wrong.note(person::name("last_name", &given.last_name));
    let phone = wrong.note(person::phone(given.phone.as_deref()));
    if given.role == Role::Admin {
        wrong.note::<()>(Err(Refusal::invalid("role", "Join as a student or an instructor.")));
    }
    let zip_code = wrong.note(person::zip(&given.zip_code, parts.zips.as_ref(), rules.region_zip_only));
    let zip = zip_code.as_deref().unwrap_or_default();
    let timezone = wrong.note(person::timezone(given.timezone.as_deref(), zip, parts.zips.as_ref()));
    let owner = password::Owner { email: &given.email, first_name: &given.first_name, last_name: &given.last_name };
    wrong.note(super::password::accept(site, &given.password, rules.password_min, owner));
    let (password_hash, role) = (String::new(), given.role);
    let person = (|| {
        let (email, first_name, last_name) = (email?, first_name?, last_name?);
        let (phone, zip_code, timezone) = (phone?, zip_code?, timezone?);
        Some(NewPerson { email, password_hash, first_name, last_name, phone, zip_code, timezone, role })
    })();
    wrong.or(person)
}

/// Writes the row. The address must have been looked up in the same write.
pub fn add(tx: &mut Tx, person: &NewPerson) -> Outcome<User> {
    let now = tx.now();
    let user = User {
        id: tx.new_id::<UserId>(),
        email: person.email.clone(),
        password_hash: person.password_hash.clone(),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        phone: person.phone.clone(),
        zip_code: person.zip_code.clone(),
        timezone: person.timezone.clone(),
        is_active: true,
        status: AccountStatus::Active,
        email_verified: true,
        roles: BTreeSet::from([person.role]),
        grants: BTreeSet::new(),
        revokes: BTreeSet::new(),
        beta: Vec::new(),
        totp_enabled: false,
        passkeys: 0,
        picture_key: None,
        picture_version: 0,
        created_at: now,
        updated_at: now,
    };
    tx.put(&USERS, &user.id, &user)?;
    Ok(user)
}
