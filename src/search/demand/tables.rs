//! Where wishes rest.

use super::model::{Demand, State};
use crate::base::id::{DemandId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::store::{AnyTable, Dir, Index, Read, ReadExt, Span, Table};

pub static DEMANDS: Table<DemandId, Demand> =
    Table::new(0x1A31, "demandid_demand").indexed(&[&BY_OWNER, &WAITING, &BY_TOKEN]);
pub static BY_OWNER: Index<DemandId, Demand, (UserId,)> =
    Index::new(0x1A32, "owner_demandid", |_, demand| vec![(demand.owner,)]);
/// Those looked at longest ago first.
static WAITING: Index<DemandId, Demand, (Timestamp,)> =
    Index::new(0x1A33, "checkedat_demandid", |_, demand| match demand.state {
        State::Waiting => vec![(demand.checked_at.unwrap_or(Timestamp::UNIX_EPOCH),)],
        State::Matched | State::Expired | State::Stopped => Vec::new(),
    });
static BY_TOKEN: Index<DemandId, Demand, (String,)> =
    Index::new(0x1A34, "token_demandid", |_, demand| vec![(demand.token.clone(),)]);

pub fn tables() -> Vec<&'static dyn AnyTable> {
    vec![&DEMANDS]
}

/// Everything somebody wished for, the newest first.
pub fn of(read: &dyn Read, owner: UserId) -> Outcome<Vec<Demand>> {
    const MOST: usize = 500;
    let rows = read.by_index(&DEMANDS, &BY_OWNER, Span::prefix(&(owner,)), MOST, Dir::Down)?;
    Ok(rows.into_iter().map(|(_, demand)| demand).collect())
}

pub fn waiting(read: &dyn Read, limit: usize) -> Outcome<Vec<Demand>> {
    let rows = read.by_index(&DEMANDS, &WAITING, Span::all(), limit, Dir::Up)?;
    Ok(rows.into_iter().map(|(_, demand)| demand).collect())
}

pub fn by_token(read: &dyn Read, token: &str) -> Outcome<Demand> {
    let found = read.find(&DEMANDS, &BY_TOKEN, &(token.to_owned(),))?;
    found.map(|(_, demand)| demand).ok_or_else(absent)
}

/// One's own, or 404.
pub fn own(read: &dyn Read, owner: UserId, id: DemandId) -> Outcome<Demand> {
    read.get(&DEMANDS, &id)?.filter(|demand| demand.owner == owner).ok_or_else(absent)
}

pub fn absent() -> Refusal {
    Refusal::not_found("DEMAND_NOT_FOUND", "There is no such wish.")
}
