//! The settings a business person changes, gathered from the rooms whose rules read them.

use serde_json::{Value, json};

use crate::accounts::ops::settings::{PASSWORD_MIN_LENGTH, REGION_ZIP_ONLY};
use crate::availability::settings as hours;
use crate::base::id::UserId;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::bookings::HOLD_MINUTES;
use crate::search::history::tables::HISTORY_LIMIT;
use crate::site::audit::{self, By, Deed};
use crate::site::settings::{LAUNCH, Launch, SETTINGS, SUPPORT_EMAIL};
use crate::site::{AnySetting, Site, upkeep};
use crate::store::{Read, ReadExt};
use crate::web::limits::RATE_LIMITS;

/// Prices and launch state are not among them: they have calls and pages of their own.
pub static ALL: [&dyn AnySetting; 17] = [
    &HOLD_MINUTES,
    &hours::BOOKING_MODE,
    &hours::NOTICE_ONLINE,
    &hours::NOTICE_STUDIO,
    &hours::NOTICE_TRAVEL,
    &hours::ALLOW_PAST,
    &hours::PAST_EDIT_WINDOW_DAYS,
    &hours::CLAMP_COPY_TO_FUTURE,
    &hours::RETENTION_ENABLED,
    &PASSWORD_MIN_LENGTH,
    &REGION_ZIP_ONLY,
    &HISTORY_LIMIT,
    &SUPPORT_EMAIL,
    &LAUNCH,
    &RATE_LIMITS,
    &upkeep::BACKUPS,
    &upkeep::JOURNAL_DAYS,
];

/// One setting as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub key: &'static str,
    pub description: &'static str,
    pub value: Value,
    pub default: Value,
    pub updated_at: Option<Timestamp>,
    pub updated_by: Option<UserId>,
}

pub fn named(key: &str) -> Outcome<&'static dyn AnySetting> {
    ALL.into_iter().find(|setting| setting.key() == key).ok_or_else(|| {
        Refusal::unprocessable("UNKNOWN_SETTING", format!("There is no setting {key:?}."))
            .details(json!({ "known": ALL.map(|setting| setting.key()) }))
    })
}

pub fn standing(r: &dyn Read, setting: &dyn AnySetting) -> Outcome<Standing> {
    let row = r.get(&SETTINGS, &setting.key().to_owned())?;
    Ok(Standing {
        key: setting.key(),
        description: setting.description(),
        value: setting.value(r)?,
        default: setting.default_value(),
        updated_at: row.as_ref().map(|row| row.updated_at),
        updated_by: row.and_then(|row| row.updated_by),
    })
}

pub fn all(r: &dyn Read) -> Outcome<Vec<Standing>> {
    ALL.into_iter().map(|setting| standing(r, setting)).collect()
}

/// All of them or none; each change is written down.
pub async fn change(site: &Site, by: By, values: Vec<(String, Value)>) -> Outcome<()> {
    let named: Vec<&str> = values.iter().map(|(key, _)| key.as_str()).collect();
    let named: String = named.join(", ").chars().take(200).collect();
    let deed = Deed::on("setting.update", "setting", named);
    audit::watched(site, &by.clone(), deed, store(site, by, values)).await
}

async fn store(site: &Site, by: By, values: Vec<(String, Value)>) -> Outcome<()> {
    let wishes: Outcome<Vec<_>> = values.into_iter().map(|(key, value)| Ok((named(&key)?, value))).collect();
    let wishes = wishes?;
    site.write(move |tx| {
        for (setting, value) in &wishes {
            let before = setting.value(tx)?;
            if before == *value {
                continue;
            }
            setting.set(tx, value.clone(), by.actor)?;
            let deed = Deed::on("setting.update", "setting", setting.key());
            let deed = deed.change(json!({ "value": before }), json!({ "value": setting.value(tx)? }));
            audit::record(tx, &by, deed)?;
        }
        Ok(())
    })
    .await
}

pub fn launch(site: &Site) -> Outcome<Launch> {
    site.read(|r| LAUNCH.read(r))
}

pub async fn set_launch(site: &Site, by: By, launch: &Launch) -> Outcome<()> {
    let value = serde_json::to_value(launch).map_err(Refusal::internal)?;
    change(site, by, vec![(LAUNCH.key.to_owned(), value)]).await
}
