//! A result as a card: who, for how much in all, and times that can be taken.

use crate::base::money::Bp;
use crate::base::price::Place;
use crate::base::text;
use crate::base::time::{Date, fmt_date_long};
use crate::search::departures::all_in;
use crate::search::find::{Card, SHOWN_REVIEWS, away};
use crate::search::knowledge;
use crate::web::components::{Face, Fact, Icon, ResultView, SlotState, SlotView};

/// The card's view; `today` is the day where the person looks from. Where a price was asked for, which is one an hour
/// before booking protection, the card says how that becomes what is paid.
pub fn view(card: &Card, fee: Bp, today: Date, priced: bool) -> ResultView {
    let (row, best) = (&card.row, &card.best);
    let offer = &row.offers[best.offer];
    ResultView {
        name: row.name(),
        href: format!("/instructors/{}", row.id),
        face: Face { photo: row.picture_url.clone(), ..Face::new(row.initials(), &row.id.to_string()) },
        line: line(card),
        pay: all_in(fee, offer.rate_at(best.place), best.minutes),
        pay_for: if priced {
            format!("{} min, all in ({} an hour)", best.minutes, offer.rate_at(best.place).dollars_short())
        } else {
            format!("{} min, all in", best.minutes)
        },
        why: card.reason.clone(),
        facts: facts(card),
        slots_head: slots_head(card),
        slots: slots(card, today),
    }
}

/// Where a lesson at this time is taken.
pub fn book_href(card: &Card, date: Date, start: crate::base::time::WallTime) -> String {
    let (row, best) = (&card.row, &card.best);
    let query = [
        ("date", date.to_string()),
        ("time", start.to_string()),
        ("minutes", best.minutes.to_string()),
        ("place", best.place.name().to_owned()),
    ];
    format!("/book/{}/{}?{}", row.id, row.offers[best.offer].id, serde_urlencoded::to_string(query).unwrap_or_default())
}

/// "Piano, violin. 12 years teaching."
fn line(card: &Card) -> String {
    let row = &card.row;
    let mut services = vec![row.offers[card.best.offer].service];
    services.extend(
        row.offers.iter().map(|offer| offer.service).filter(|service| *service != services[0]).collect::<Vec<_>>(),
    );
    let names: Vec<String> = services.iter().take(3).map(|service| knowledge().service_name(*service)).collect();
    let years = match row.years {
        0 => "New to teaching.".to_owned(),
        years => format!("{} teaching.", text::count(usize::from(years), "year", "years")),
    };
    format!("{}. {years}", names.join(", "))
}

fn facts(card: &Card) -> Vec<Fact> {
    let (row, best) = (&card.row, &card.best);
    let mut facts = vec![if best.place == Place::Remote {
        Fact::new(Icon::Video, "Online")
    } else {
        Fact::new(Icon::Pin, place(card))
    }];
    facts.push(match row.rating.filter(|_| row.reviews >= SHOWN_REVIEWS) {
        Some(rating) => Fact::new(Icon::Star, format!("{rating:.1} from {}", row.reviews)),
        None if row.reviews == 0 => Fact::plain("New, no reviews yet"),
        None => Fact::plain(text::count(usize::try_from(row.reviews).unwrap_or(usize::MAX), "review", "reviews")),
    });
    if let Some(checked) = row.checked_at {
        facts.push(Fact::verified(
            Icon::Shield,
            format!("Checked {}", checked.to_zoned(row.zone.clone()).strftime("%b %Y")),
        ));
    } else if row.checked_until.is_some() {
        facts.push(Fact::verified(Icon::Shield, "Background checked"));
    }
    if row.founding {
        facts.push(Fact::plain("Founding instructor"));
    }
    facts
}

/// "Upper West Side", "Harlem, 1.8 miles away", "Upper West Side and 3 more, comes to you".
fn place(card: &Card) -> String {
    let (row, best) = (&card.row, &card.best);
    let mut words = match row.area_names(&knowledge().places).as_slice() {
        [] => best.place.label().to_owned(),
        [only] => only.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    if let Some(km) = best.distance_km.filter(|km| *km > 0.2 && !best.covered) {
        words.push_str(&format!(", {}", away(km)));
    }
    if best.place == Place::StudentHome {
        words.push_str(", comes to you");
    }
    words
}

fn slots_head(card: &Card) -> String {
    match card.slots.as_slice() {
        [] => "No free times in the next two weeks".to_owned(),
        [first, rest @ ..] if rest.iter().all(|slot| slot.date == first.date) => fmt_date_long(first.date),
        _ => "Next free times".to_owned(),
    }
}

fn slots(card: &Card, today: Date) -> Vec<SlotView> {
    let state = |date: Date| if date == today { SlotState::Now } else { SlotState::Free };
    card.slots
        .iter()
        .map(|slot| SlotView {
            state: state(slot.date),
            ..SlotView::free(slot.date, slot.start, book_href(card, slot.date, slot.start))
        })
        .collect()
}
