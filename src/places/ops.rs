//! Saving, changing and removing one's addresses. At most one is the default, kept so in the same write (rule: 20§6).

use super::address::{Address, Located, MOST_ADDRESSES, Parts, Wish, judge, locate};
use super::rules::Gazetteer;
use super::tables::{ADDRESSES, addresses_of, own_address};
use crate::base::id::{AddressId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::site::Site;
use crate::store::Tx;

pub async fn add(site: &Site, owner: UserId, wish: Wish) -> Outcome<Address> {
    let (parts, located) = judged(site, &wish, None)?;
    site.write(move |tx| {
        let others = addresses_of(tx, owner)?;
        if others.len() >= MOST_ADDRESSES {
            return Err(Refusal::unprocessable(
                "TOO_MANY_ADDRESSES",
                format!("You can keep {MOST_ADDRESSES} addresses. Remove one first."),
            ));
        }
        let now = tx.now();
        let is_default = others.is_empty() || wish.is_default == Some(true);
        let address = Address {
            id: tx.new_id::<AddressId>(),
            owner,
            parts: parts.clone(),
            located: located.clone(),
            is_default,
            is_active: true,
            created_at: now,
            updated_at: now,
        };
        if is_default {
            demote(tx, others)?;
        }
        tx.put(&ADDRESSES, &address.id, &address)?;
        Ok(address)
    })
    .await
}

pub async fn change(site: &Site, owner: UserId, id: AddressId, wish: Wish) -> Outcome<Address> {
    let gazetteer = site.part::<Gazetteer>()?;
    site.write(move |tx| {
        let mut address = own_address(tx, owner, id)?;
        address.parts = judge(&wish, Some(&address.parts))?;
        address.located = locate(&address.parts, &gazetteer);
        if wish.is_default == Some(true) {
            let others = addresses_of(tx, owner)?.into_iter().filter(|other| other.id != id);
            demote(tx, others.collect())?;
        }
        address.is_default = wish.is_default.unwrap_or(address.is_default);
        address.updated_at = tx.now();
        tx.put(&ADDRESSES, &id, &address)?;
        Ok(address)
    })
    .await
}

/// Removing the default makes the newest of the others the default.
pub async fn remove(site: &Site, owner: UserId, id: AddressId) -> Outcome<()> {
    site.write(move |tx| {
        let mut address = own_address(tx, owner, id)?;
        let was_default = address.is_default;
        address.is_active = false;
        address.is_default = false;
        address.updated_at = tx.now();
        tx.put(&ADDRESSES, &id, &address)?;
        if was_default && let Some(mut next) = addresses_of(tx, owner)?.into_iter().next() {
            next.is_default = true;
            tx.put(&ADDRESSES, &next.id, &next)?;
        }
        Ok(())
    })
    .await
}

fn judged(site: &Site, wish: &Wish, base: Option<&Parts>) -> Outcome<(Parts, Located)> {
    let parts = judge(wish, base)?;
    let located = locate(&parts, &*site.part::<Gazetteer>()?);
    Ok((parts, located))
}

fn demote(tx: &mut Tx, others: Vec<Address>) -> Outcome<()> {
    for mut other in others.into_iter().filter(|other| other.is_default) {
        other.is_default = false;
        tx.put(&ADDRESSES, &other.id, &other)?;
    }
    Ok(())
}
