//! What an admin decides: names given, approved, refused, taken back; phrases dismissed.

use serde_json::json;

use super::model::{Alias, AliasStatus, Named, Source, UnheardStatus};
use super::names::normal;
use super::ops::change;
use super::tables::{UNHEARD, alias, alias_for, key};
use crate::base::id::{AliasId, NeighborhoodId, ServiceId};
use crate::base::refusal::{Outcome, Refusal};
use crate::catalog::catalogue;
use crate::search::understand::knowledge;
use crate::site::audit::{self, By};
use crate::store::{ReadExt, Tx};

const LONGEST: usize = 60;
const MOST_TARGETS: usize = 30;

/// A name to be given by hand.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub phrase: String,
    pub regions: Vec<NeighborhoodId>,
    pub service: Option<ServiceId>,
}

/// Gives a name: to one neighborhood, to several (then it is shown as ambiguous), or to a lesson.
pub fn create(tx: &mut Tx, by: &By, wish: &Wish) -> Outcome<Alias> {
    let (kind, targets) = targets(wish)?;
    let phrase = phrase(&wish.phrase)?;
    if alias_for(tx, kind, &phrase)?.is_some() {
        return Err(Refusal::conflict("ALIAS_EXISTS", "There is a name for that already. Change or refuse it first."));
    }
    let new = Alias {
        id: tx.new_id::<AliasId>(),
        kind,
        phrase: phrase.clone(),
        targets,
        source: Source::Manual,
        status: AliasStatus::Deprecated,
        confidence: 1.0,
        votes: 0.0,
        voters: 0,
        created_at: tx.now(),
        created_by: by.actor,
        decided_at: None,
        decided_by: None,
        uses: 0,
        last_used_at: None,
        before: None,
    };
    let made = change(tx, by, new, AliasStatus::Active, "search_name.create")?;
    mark(tx, kind, &phrase, UnheardStatus::Learned)?;
    Ok(made)
}

fn phrase(typed: &str) -> Outcome<String> {
    let phrase = normal(typed);
    match phrase.chars().count() {
        0..=1 => Err(Refusal::invalid("alias", "At least two letters.")),
        n if n > LONGEST => Err(Refusal::invalid("alias", format!("At most {LONGEST} characters."))),
        _ => Ok(phrase),
    }
}

fn targets(wish: &Wish) -> Outcome<(Named, Vec<String>)> {
    if let Some(service) = wish.service {
        if !wish.regions.is_empty() {
            return Err(Refusal::invalid("region_ids", "A name is for places or for a lesson, not both."));
        }
        if catalogue().service(service).is_none() {
            return Err(Refusal::invalid("service_catalog_id", "There is no such lesson."));
        }
        return Ok((Named::Service, vec![service.to_string()]));
    }
    if wish.regions.is_empty() || wish.regions.len() > MOST_TARGETS {
        return Err(Refusal::invalid("region_ids", format!("One to {MOST_TARGETS} neighborhoods, or a lesson.")));
    }
    if wish.regions.iter().any(|id| knowledge().places.by_id(*id).is_none()) {
        return Err(Refusal::invalid("region_ids", "There is no such neighborhood."));
    }
    Ok((Named::Place, wish.regions.iter().map(ToString::to_string).collect()))
}

/// The phrase's own state follows what is decided about its name.
fn mark(tx: &mut Tx, kind: Named, phrase: &str, status: UnheardStatus) -> Outcome<()> {
    let at = key(kind, phrase);
    let Some(mut unheard) = tx.get(&UNHEARD, &at)? else { return Ok(()) };
    unheard.status = status;
    tx.put(&UNHEARD, &at, &unheard)
}

pub fn approve(tx: &mut Tx, by: &By, id: AliasId) -> Outcome<Alias> {
    let known = alias(tx, id)?;
    if known.status == AliasStatus::Active {
        return Err(Refusal::conflict("ALIAS_ALREADY_ACTIVE", "This name is in force already."));
    }
    let other = alias_for(tx, known.kind, &known.phrase)?.filter(|other| other.id != id);
    if other.is_some() {
        return Err(Refusal::conflict("ALIAS_EXISTS", "There is another name for these words by now."));
    }
    mark(tx, known.kind, &known.phrase.clone(), UnheardStatus::Learned)?;
    change(tx, by, known, AliasStatus::Active, "search_name.approve")
}

pub fn reject(tx: &mut Tx, by: &By, id: AliasId) -> Outcome<Alias> {
    let known = alias(tx, id)?;
    if known.status == AliasStatus::Deprecated {
        return Err(Refusal::conflict("ALIAS_ALREADY_DEPRECATED", "This name is out of force already."));
    }
    mark(tx, known.kind, &known.phrase.clone(), UnheardStatus::Rejected)?;
    change(tx, by, known, AliasStatus::Deprecated, "search_name.reject")
}

/// Takes the last decision back: a name that was made by it goes, any other has its state from before.
pub fn undo(tx: &mut Tx, by: &By, id: AliasId) -> Outcome<Alias> {
    let known = alias(tx, id)?;
    let back = known.before.unwrap_or(AliasStatus::Deprecated);
    if back == known.status {
        return Err(Refusal::conflict("NOTHING_TO_UNDO", "The last decision is taken back already."));
    }
    let other = alias_for(tx, known.kind, &known.phrase)?.filter(|other| other.id != id);
    if back.is_live() && other.is_some() {
        return Err(Refusal::conflict("ALIAS_EXISTS", "There is another name for these words by now."));
    }
    let status = if back.is_live() { UnheardStatus::Learned } else { UnheardStatus::Pending };
    mark(tx, known.kind, &known.phrase.clone(), status)?;
    change(tx, by, known, back, "search_name.undo")
}

/// Decides on several at once, each for itself: what cannot be done is named with its reason, the rest is done.
pub fn many(tx: &mut Tx, by: &By, ids: &[AliasId], wanted: bool) -> Outcome<Vec<(AliasId, Option<Refusal>)>> {
    let mut outcomes = Vec::new();
    for id in ids {
        let done = if wanted { approve(tx, by, *id) } else { reject(tx, by, *id) };
        match done {
            Ok(_) => outcomes.push((*id, None)),
            Err(refusal) if refusal.status < 500 => outcomes.push((*id, Some(refusal))),
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(outcomes)
}

/// These words mean nothing: they are neither shown nor learned any more. `kind` tells two lists apart.
pub fn dismiss(tx: &mut Tx, by: &By, kind: Option<Named>, typed: &str) -> Outcome<()> {
    let phrase = normal(typed);
    let kinds = kind.map_or_else(|| vec![Named::Place, Named::Service], |kind| vec![kind]);
    let mut found = false;
    for kind in kinds {
        let at = key(kind, &phrase);
        let Some(mut unheard) = tx.get(&UNHEARD, &at)? else { continue };
        found = true;
        let before = unheard.status;
        unheard.status = UnheardStatus::Rejected;
        tx.put(&UNHEARD, &at, &unheard)?;
        let deed = audit::Deed::on("search_phrase.dismiss", "search_phrase", format!("{}:{phrase}", kind.name()));
        audit::record(tx, by, deed.change(json!({ "status": before }), json!({ "status": unheard.status })))?;
    }
    if found { Ok(()) } else { Err(Refusal::not_found("PHRASE_NOT_FOUND", "Nobody searched for these words.")) }
}
