//! What this room keeps: the addresses people saved.

use super::address::Address;
use crate::base::id::{AddressId, UserId};
use crate::base::limits::SCAN_ROWS;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static ADDRESSES: Table<AddressId, Address> =
    Table::new(0x1201, "addressid_address").indexed(&[&BY_OWNER, &EVERY_BY_OWNER, &DELETED]);
/// Active ones only.
pub static BY_OWNER: Index<AddressId, Address, (UserId,)> =
    Index::new(0x1202, "userid_addressid", |_, a| if a.is_active { vec![(a.owner,)] } else { Vec::new() });

/// Deleted ones too.
static EVERY_BY_OWNER: Index<AddressId, Address, (UserId,)> =
    Index::new(0x1203, "userid_every_addressid", |_, a| vec![(a.owner,)]);
/// Deleted ones, by when.
static DELETED: Index<AddressId, Address, (Timestamp,)> =
    Index::new(0x1204, "deletedat_addressid", |_, a| if a.is_active { Vec::new() } else { vec![(a.updated_at,)] });

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&ADDRESSES]
}

/// Somebody's saved addresses: the default, then the newest (rule: 20§6).
pub fn addresses_of(read: &dyn Read, owner: UserId) -> Outcome<Vec<Address>> {
    let rows = read.by_index(&ADDRESSES, &BY_OWNER, Span::prefix(&(owner,)), 1000, Dir::Up)?;
    let mut addresses: Vec<Address> = rows.into_iter().map(|(_, address)| address).collect();
    addresses
        .sort_by(|a, b| b.is_default.cmp(&a.is_default).then(b.created_at.cmp(&a.created_at)).then(a.id.cmp(&b.id)));
    Ok(addresses)
}

/// Ids of addresses that were deleted before an instant.
pub fn deleted_before(read: &dyn Read, before: Timestamp, limit: usize) -> Outcome<Vec<AddressId>> {
    let span = Span::from_to(&(Timestamp::MIN,), &(before,));
    Ok(read.index_keys(&DELETED, span, limit, Dir::Up)?.into_iter().map(|(_, id)| id).collect())
}

/// Everything somebody ever saved, deleted ones too: what erasing an account takes away.
pub fn every_address_of(read: &dyn Read, owner: UserId) -> Outcome<Vec<AddressId>> {
    let rows = read.index_keys(&EVERY_BY_OWNER, Span::prefix(&(owner,)), SCAN_ROWS, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, id)| id).collect())
}

/// One's own address, or 404: nobody learns of another's.
pub fn own_address(read: &dyn Read, owner: UserId, id: AddressId) -> Outcome<Address> {
    let found = read.get(&ADDRESSES, &id)?.filter(|address| address.owner == owner && address.is_active);
    found.ok_or_else(|| Refusal::not_found("ADDRESS_NOT_FOUND", "You have no such address."))
}

/// Where "near me" is for somebody who shares no position: their default address.
pub fn default_address(read: &dyn Read, owner: UserId) -> Outcome<Option<Address>> {
    Ok(addresses_of(read, owner)?.into_iter().find(|address| address.is_default))
}
