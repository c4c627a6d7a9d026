//! Where an instructor travels to.

use crate::base::id::{NeighborhoodId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::instructors::model::Areas;
use crate::instructors::tables::{AREAS, must_profile};
use crate::places::Gazetteer;
use crate::site::Site;
use crate::store::Tx;

use super::revise;

/// rule: 20§6 service areas, 1–100.
pub const MOST_AREAS: usize = 100;

/// Replaces the whole set. Repeated ids count once; parks and airports cannot be chosen.
pub async fn replace(site: &Site, instructor: UserId, wanted: Vec<NeighborhoodId>) -> Outcome<Areas> {
    let neighborhoods = judged(&*site.part::<Gazetteer>()?, &wanted)?;
    site.write(move |tx| {
        let mut profile = must_profile(tx, instructor)?;
        let areas = put(tx, instructor, neighborhoods.clone())?;
        profile.last_active_at = tx.now();
        revise::save(tx, &mut profile, "areas")?;
        Ok(areas)
    })
    .await
}

/// Writes a judged set. The caller saves the profile.
pub(super) fn put(tx: &mut Tx, instructor: UserId, neighborhoods: Vec<NeighborhoodId>) -> Outcome<Areas> {
    let areas = Areas { neighborhoods, updated_at: Some(tx.now()) };
    tx.put(&AREAS, &instructor, &areas)?;
    Ok(areas)
}

pub fn judged(gazetteer: &Gazetteer, wanted: &[NeighborhoodId]) -> Outcome<Vec<NeighborhoodId>> {
    let field = "neighborhood_ids";
    let mut out: Vec<NeighborhoodId> = Vec::new();
    for (i, id) in wanted.iter().enumerate() {
        let region = gazetteer.by_id(*id).and_then(|ix| gazetteer.region(ix));
        if region.is_none_or(|region| region.hidden) {
            return Err(Refusal::invalid(&format!("{field}[{i}]"), "There is no such neighborhood."));
        }
        if !out.contains(id) {
            out.push(*id);
        }
    }
    if out.is_empty() || out.len() > MOST_AREAS {
        return Err(Refusal::invalid(field, format!("Between 1 and {MOST_AREAS} neighborhoods.")));
    }
    Ok(out)
}
