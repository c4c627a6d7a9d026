//! Wishing, waiting, being told, giving up.

use serde_json::{Value, json};

use super::events::DemandMatched;
use super::model::{Demand, State};
use super::tables::{DEMANDS, by_token, of, own};
use crate::accounts;
use crate::base::id::{AnyId as _, DemandId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::token_text;
use crate::base::time::{Date, SignedDuration, Timestamp};
use crate::search::find::{Card, Group};
use crate::search::grammar::Parsed;
use crate::search::log;
use crate::search::ops::{self, Answered, Ask, Viewer};
use crate::search::pages::SearchParams;
use crate::site::Site;
use crate::store::{Read, ReadExt, Tx};

/// Wishes one person may have waiting.
const MOST: usize = 20;
/// Two mails to one person are at least this far apart.
const PAUSE: SignedDuration = SignedDuration::from_hours(24);
/// People named in a mail.
const NAMED: usize = 3;

/// The search a wish stands for, as said then.
fn ask(demand: &Demand, timezone: String) -> Ask {
    let params: SearchParams = serde_urlencoded::from_str(&demand.filters).unwrap_or_default();
    Ask {
        query: demand.query.clone(),
        overrides: params.overrides(),
        limit: NAMED,
        viewer: Some(Viewer { id: demand.owner, timezone }),
        said_at: Some(demand.said_at),
        ..Ask::default()
    }
}

/// Keeps a wish that nobody fulfils now.
pub async fn wish(site: &Site, owner: UserId, params: SearchParams) -> Outcome<Demand> {
    let query = ops::checked_query(Some(params.query()))?;
    let said_at = site.now();
    let draft = Demand {
        id: DemandId::from_bits(0),
        owner,
        query,
        filters: serde_urlencoded::to_string(SearchParams { q: String::new(), page: String::new(), ..params })
            .unwrap_or_default(),
        label: String::new(),
        said_at,
        state: State::Waiting,
        checked_at: Some(said_at),
        ended_at: None,
        matched: Vec::new(),
        names: Vec::new(),
        token: String::new(),
    };
    let timezone = site.read(|r| accounts::must_user(r, owner))?.timezone;
    let answered = ops::search(site, ask(&draft, timezone)).await?;
    if exact(&answered) > 0 {
        return Err(Refusal::conflict("DEMAND_ALREADY_MET", "Somebody fits all of it right now: look at the results."));
    }
    let parsed = &answered.understood.parsed;
    let unread = ["garbage", "too_short", "too_long_or_garbage"];
    if parsed.flags.iter().any(|flag| unread.contains(&flag.as_str())) {
        return Err(Refusal::unprocessable("DEMAND_UNREADABLE", "We could not make out what you would like to learn."));
    }
    let label = log::label(parsed, &draft.query);
    site.write(move |tx| keep(tx, Demand { label: label.clone(), ..draft.clone() })).await
}

/// Nobody knows the place: whoever is shown is not who was meant.
fn exact(answered: &Answered) -> usize {
    if answered.location_not_found { 0 } else { answered.exact() }
}

fn keep(tx: &mut Tx, draft: Demand) -> Outcome<Demand> {
    let mine: Vec<Demand> = of(tx, draft.owner)?.into_iter().filter(|it| it.state == State::Waiting).collect();
    if let Some(same) = mine.iter().find(|it| it.query == draft.query && it.filters == draft.filters) {
        return Ok(same.clone());
    }
    if mine.len() >= MOST {
        return Err(Refusal::unprocessable(
            "TOO_MANY_DEMANDS",
            format!("{MOST} wishes are waiting already. Give one up first."),
        ));
    }
    let demand = Demand { id: tx.new_id(), token: token_text(&tx.random_bytes::<24>()), ..draft };
    tx.put(&DEMANDS, &demand.id, &demand)?;
    Ok(demand)
}

/// Gives one's own wish up.
pub fn stop(tx: &mut Tx, owner: UserId, id: DemandId) -> Outcome<()> {
    let demand = own(tx, owner, id)?;
    end(tx, demand)
}

/// The same from the link in a mail; once ended it stays ended.
pub fn stop_by_token(tx: &mut Tx, token: &str) -> Outcome<()> {
    let demand = by_token(tx, token)?;
    end(tx, demand)
}

fn end(tx: &mut Tx, demand: Demand) -> Outcome<()> {
    let ended_at = Some(tx.now());
    let id = demand.id;
    tx.put(&DEMANDS, &id, &Demand { state: State::Stopped, ended_at, ..demand })
}

/// What came of looking at a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    Waits,
    Told,
    Over,
}

/// Looks whether somebody fits by now. Blocking work.
pub fn look(site: &Site, demand: &Demand) -> Outcome<Option<Answered>> {
    let Some(owner) = site.read(|r| accounts::user(r, demand.owner))? else { return Ok(None) };
    ops::answer(site, ask(demand, owner.timezone)).map(Some)
}

/// Writes down what the look came to: told, over, or waiting on.
pub fn conclude(tx: &mut Tx, id: DemandId, answered: Option<&Answered>) -> Outcome<Looked> {
    let Some(mut demand) = tx.get(&DEMANDS, &id)?.filter(|it| it.state == State::Waiting) else {
        return Ok(Looked::Over);
    };
    let now = tx.now();
    demand.checked_at = Some(now);
    let user = accounts::user(tx, demand.owner)?.filter(|user| user.is_active);
    let (Some(answered), Some(_)) = (answered, user) else {
        (demand.state, demand.ended_at) = (State::Stopped, Some(now));
        tx.put(&DEMANDS, &id, &demand)?;
        return Ok(Looked::Over);
    };
    let looked = if others(answered, demand.owner).next().is_some() && may_tell(tx, demand.owner, now)? {
        (demand.matched, demand.names) =
            others(answered, demand.owner).take(NAMED).map(|card| (card.row.id, card.row.name())).unzip();
        (demand.state, demand.ended_at) = (State::Matched, Some(now));
        tx.emit(&DemandMatched { demand_id: id })?;
        Looked::Told
    } else if is_over(&answered.understood.parsed, answered.today) {
        (demand.state, demand.ended_at) = (State::Expired, Some(now));
        Looked::Over
    } else {
        Looked::Waits
    };
    tx.put(&DEMANDS, &id, &demand)?;
    Ok(looked)
}

/// Those who fit all of it; whoever waits is not news to themselves.
fn others(answered: &Answered, owner: UserId) -> impl Iterator<Item = &Card> {
    let fits = !answered.location_not_found;
    answered.cards().iter().filter(move |card| fits && card.group == Group::Exact && card.row.id != owner)
}

/// At most one mail a day.
fn may_tell(read: &dyn Read, owner: UserId, now: Timestamp) -> Outcome<bool> {
    let told = of(read, owner)?.into_iter().filter(|demand| demand.state == State::Matched);
    Ok(told.filter_map(|demand| demand.ended_at).all(|at| now.duration_since(at) >= PAUSE))
}

/// The last day that was asked for has passed.
fn is_over(parsed: &Parsed, today: Date) -> bool {
    parsed.date.or(parsed.date_to).is_some_and(|last| last < today)
}

/// The section of the privacy export.
pub fn export(read: &dyn Read, owner: UserId) -> Outcome<Value> {
    let rows = of(read, owner)?;
    let shown = rows.iter().map(|it| {
        json!({
            "query": it.query, "filters": it.filters, "said_at": it.said_at, "state": it.state, "ended_at": it.ended_at,
        })
    });
    Ok(shown.collect())
}

pub fn erase(tx: &mut Tx, owner: UserId) -> Outcome<()> {
    of(tx, owner)?.iter().try_for_each(|demand| tx.delete(&DEMANDS, &demand.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_ends_with_its_last_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let parsed = |date: Option<&str>, to: Option<&str>| Parsed {
            date: date.map(day),
            date_to: to.map(day),
            ..Parsed::default()
        };
        for (said, over) in [
            (parsed(None, None), false),
            (parsed(Some("2026-11-09"), None), true),
            (parsed(Some("2026-11-10"), None), false),
            (parsed(None, Some("2026-11-09")), true),
            (parsed(None, Some("2026-11-12")), false),
        ] {
            assert_eq!(is_over(&said, day("2026-11-10")), over, "{said:?}");
        }
    }
}
