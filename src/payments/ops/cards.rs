//! Cards: saved through Stripe's own page or by token, listed, removed. A card is only ever used by its owner.

use super::run::stripe_refusal;
use crate::accounts;
use crate::base::id::{MethodId, UserId};
use crate::base::refusal::{Outcome, Refusal};
use crate::base::secret::sha256_hex;
use crate::outside::stripe::{Card, Setup, Stripe, StripeFault};
use crate::payments::model::PaymentMethod;
use crate::payments::tables::{self, CUSTOMERS, METHODS, METHODS_BY_PROVIDER};
use crate::site::Site;
use crate::store::{Read, ReadExt, Tx};

/// A card somebody names: one of theirs by id, or one of Stripe's tokens.
#[derive(Clone, Debug)]
pub struct CardWish {
    /// `None` is the default card.
    pub named: Option<String>,
    /// Keep a new card in the list of saved cards.
    pub save: bool,
    pub make_default: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    Card(PaymentMethod),
    /// The bank refused the card when it was saved; the word says why.
    Declined(String),
}

pub fn absent() -> Refusal {
    Refusal::not_found("PAYMENT_METHOD_NOT_FOUND", "There is no such saved card.")
}

/// The saved cards of a person, default first.
pub fn cards(r: &dyn Read, user: UserId) -> Outcome<Vec<PaymentMethod>> {
    let mut cards = tables::methods(r, user)?;
    cards.retain(|card| card.listed);
    cards.sort_by_key(|card| !card.is_default);
    Ok(cards)
}

/// Finds the card meant, or saves the token that was sent in its place.
pub async fn card_for(site: &Site, user: UserId, wish: CardWish) -> Outcome<Saved> {
    let Some(named) = wish.named.clone() else {
        let cards = site.read(|r| cards(r, user))?;
        return cards
            .into_iter()
            .find(|card| card.is_default)
            .map(Saved::Card)
            .ok_or_else(|| Refusal::bad_request("PAYMENT_METHOD_REQUIRED", "Choose a card to pay with, or add one."));
    };
    if let Some(card) = site.read(|r| known(r, user, &named))? {
        if wish.make_default || (wish.save && !card.listed) {
            let (id, list) = (card.id, wish.save);
            return site.write(move |tx| list_card(tx, user, id, list, wish.make_default)).await.map(Saved::Card);
        }
        return Ok(Saved::Card(card));
    }
    if !named.starts_with("pm_") || named.len() > 255 {
        return Err(absent());
    }
    let customer = customer(site, user).await?;
    let key = format!("attach_{}", &sha256_hex(format!("{customer} {named} {}", site.entropy.token()))[..32]);
    match site.part::<Stripe>()?.attach_card(&customer, &named, &key).await {
        Ok(card) => keep(site, user, card, &wish).await.map(Saved::Card),
        Err(StripeFault::Permanent { .. }) => Err(absent()),
        Err(fault) if fault.is_transient() => Err(stripe_refusal(&fault)),
        Err(fault) => Ok(Saved::Declined(fault.word())),
    }
}

/// One of the person's own cards, by our id or by Stripe's.
fn known(r: &dyn Read, user: UserId, named: &str) -> Outcome<Option<PaymentMethod>> {
    let found = match named.parse::<MethodId>() {
        Ok(id) => Some(r.get(&METHODS, &id)?.ok_or_else(absent)?),
        Err(_) => r.find(&METHODS, &METHODS_BY_PROVIDER, &(named.to_owned(),))?.map(|(_, card)| card),
    };
    match found {
        Some(card) if card.user_id != user => Err(absent()),
        other => Ok(other),
    }
}

async fn keep(site: &Site, user: UserId, card: Card, wish: &CardWish) -> Outcome<PaymentMethod> {
    let (save, make_default) = (wish.save, wish.make_default);
    site.write(move |tx| {
        let by_provider = tx.find(&METHODS, &METHODS_BY_PROVIDER, &(card.id.clone(),))?;
        let id = match by_provider {
            Some((id, _)) => id,
            None => write_card(tx, user, &card)?,
        };
        list_card(tx, user, id, save, make_default)
    })
    .await
}

fn write_card(tx: &mut Tx, user: UserId, card: &Card) -> Outcome<MethodId> {
    let id: MethodId = tx.new_id();
    let method = PaymentMethod {
        id,
        user_id: user,
        provider_id: card.id.clone(),
        brand: card.brand.clone(),
        last4: card.last4.clone(),
        exp_month: card.exp_month,
        exp_year: card.exp_year,
        fingerprint: card.fingerprint.clone(),
        is_default: false,
        listed: false,
        created_at: tx.now(),
    };
    tx.put(&METHODS, &id, &method)?;
    Ok(id)
}

/// Puts a card into the list; the first one, or the one wished, becomes the default.
fn list_card(tx: &mut Tx, user: UserId, id: MethodId, list: bool, make_default: bool) -> Outcome<PaymentMethod> {
    let mut all = tables::methods(tx, user)?;
    let none_yet = !all.iter().any(|card| card.is_default);
    let chosen = make_default || (list && none_yet);
    for card in &mut all {
        let before = card.clone();
        if card.id == id {
            card.listed |= list || make_default;
            card.is_default |= chosen;
        } else if chosen {
            card.is_default = false;
        }
        if *card != before {
            tx.put(&METHODS, &card.id, card)?;
        }
    }
    all.into_iter().find(|card| card.id == id).ok_or_else(absent)
}

pub async fn make_default(site: &Site, user: UserId, id: MethodId) -> Outcome<PaymentMethod> {
    site.write(move |tx| list_card(tx, user, id, true, true)).await
}

/// Takes a card away: owner checked first, then detached at Stripe, then forgotten here.
pub async fn remove_card(site: &Site, user: UserId, id: MethodId) -> Outcome<()> {
    let card = site.read(|r| r.get(&METHODS, &id))?.filter(|card| card.user_id == user && card.listed);
    let card = card.ok_or_else(absent)?;
    match site.part::<Stripe>()?.detach_card(&card.provider_id, &format!("detach_{}", card.provider_id)).await {
        Err(fault) if fault.is_transient() => return Err(stripe_refusal(&fault)),
        _ => {}
    }
    site.write(move |tx| {
        tx.delete(&METHODS, &id)?;
        let left = tables::methods(tx, user)?;
        let newest = left.iter().rev().find(|card| card.listed).map(|card| card.id);
        match newest {
            Some(next) if card.is_default => list_card(tx, user, next, true, true).map(drop),
            _ => Ok(()),
        }
    })
    .await
}

/// The person's customer at Stripe, made when first needed.
async fn customer(site: &Site, user: UserId) -> Outcome<String> {
    if let Some(found) = site.read(|r| r.get(&CUSTOMERS, &user))? {
        return Ok(found);
    }
    let person = site.read(|r| accounts::must_user(r, user))?;
    let made = site
        .part::<Stripe>()?
        .create_customer(&user.to_string(), &person.email, &person.full_name(), &format!("customer_{user}"))
        .await
        .map_err(|fault| stripe_refusal(&fault))?;
    site.write(move |tx| match tx.get(&CUSTOMERS, &user)? {
        Some(found) => Ok(found),
        None => {
            tx.put(&CUSTOMERS, &user, &made)?;
            Ok(made.clone())
        }
    })
    .await
}

/// For a page with Stripe's own card field.
pub async fn setup_intent(site: &Site, user: UserId) -> Outcome<Setup> {
    let customer = customer(site, user).await?;
    let key = format!("setup_{}", site.entropy.token());
    site.part::<Stripe>()?.create_setup(&customer, &key).await.map_err(|fault| stripe_refusal(&fault))
}

/// Opens Stripe's hosted card page; answers its address. `back` is a path of ours to return to, card saved or not.
pub async fn open_card_page(site: &Site, user: UserId, back: &str) -> Outcome<String> {
    let customer = customer(site, user).await?;
    let encoded: String = serde_urlencoded::to_string([("next", back)]).map_err(Refusal::internal)?;
    let success = site.url(&format!("/payments/cards/return?session={{CHECKOUT_SESSION_ID}}&{encoded}"));
    let key = format!("cards_{}", site.entropy.token());
    let visit = site
        .part::<Stripe>()?
        .open_card_page(&customer, &success, &site.url(back), &key)
        .await
        .map_err(|fault| stripe_refusal(&fault))?;
    visit.url.ok_or_else(|| Refusal::internal("the card page has no address"))
}

/// The visitor is back from the card page: keeps the card they saved there.
pub async fn finish_card_page(site: &Site, user: UserId, session: &str) -> Outcome<PaymentMethod> {
    let stripe = site.part::<Stripe>()?;
    let visit = stripe.card_page(session).await.map_err(|fault| stripe_refusal(&fault))?;
    let own = site.read(|r| r.get(&CUSTOMERS, &user))?;
    let unfinished = || Refusal::unprocessable("CARD_NOT_SAVED", "No card was saved. You can try again.");
    if own.is_none() || visit.customer != own || !visit.complete {
        return Err(unfinished());
    }
    let setup = visit.setup_intent.ok_or_else(unfinished)?;
    let setup = stripe.setup(&setup).await.map_err(|fault| stripe_refusal(&fault))?;
    let method = setup.method.filter(|_| setup.succeeded).ok_or_else(unfinished)?;
    let card = stripe.card(&method).await.map_err(|fault| stripe_refusal(&fault))?;
    keep(site, user, card, &CardWish { named: None, save: true, make_default: true }).await
}
