//! From a held booking to the checkout, and from a paid one to its confirmation.

use maud::{Markup, html};

use super::booked::BookedView;
use super::show::{CheckoutView, CreditChoice};
use crate::accounts;
use crate::base::access::Actor;
use crate::base::id::MethodId;
use crate::base::money::Cents;
use crate::base::price::Place;
use crate::base::refusal::Outcome;
use crate::base::text::first_last_initial;
use crate::base::time::{TimeZone, Timestamp, fmt_clock, fmt_date, today_in, utc_to_local};
use crate::bookings::model::Booking;
use crate::bookings::pages::book::Choosing;
use crate::bookings::pages::money::{Told, bands, charge_plan, receipt, refusal, stations};
use crate::bookings::pages::offer::face;
use crate::bookings::pages::words::{moment, zone_of, zone_words};
use crate::bookings::rules::cancel::free_until;
use crate::payments::model::{BookingPayment, PaymentMethod};
use crate::payments::ops::{cards, holdings};
use crate::site::Site;
use crate::store::Read;
use crate::web::components::{Choice, Moment, PriceLine};

/// What the reader has decided so far.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// Credit to use, at most.
    pub credit: Cents,
    pub card: Option<String>,
    pub note: Option<String>,
    pub trouble: Option<String>,
}

pub fn checkout(
    site: &Site,
    r: &dyn Read,
    booking: &Booking,
    payment: &BookingPayment,
    decided: &Decided,
) -> Outcome<CheckoutView> {
    let (now, tz) = (site.now(), zone_of(&booking.zone));
    let teacher = accounts::must_user(r, booking.instructor_id)?;
    let held = holdings(r, booking.student_id, now)?;
    let balance = held.available + payment.credits_reserved;
    // What is reserved once stays reserved (rule: 10§2.5).
    let reserved = payment.credits_reserved;
    let wanted = if reserved.is_positive() { reserved } else { decided.credit };
    let split = booking.quote.split(wanted, balance);
    let (mut lines, _) = receipt(booking, &BookingPayment { credits_reserved: Cents::ZERO, ..payment.clone() });
    if split.credit.is_positive() {
        lines.push(PriceLine::new("Credit", -split.credit));
    }
    lines.push(PriceLine::words("Tip", "none").hint("You decide after the lesson"));
    let expires = held.expires_at.map(|at| {
        let day = today_in(at, &tz);
        format!(" The first of it expires on {}, {}.", fmt_date(day), day.year())
    });
    let with_credit = booking.quote.split(balance, balance);
    let back = format!("/student/booking/confirm?booking={}", booking.id);
    let query = serde_urlencoded::to_string([("next", &back)]).unwrap_or_default();
    Ok(CheckoutView {
        booking_id: booking.id.to_string(),
        service: booking.service_name.clone(),
        name: first_last_initial(&teacher.first_name, &teacher.last_name),
        first_name: teacher.first_name.clone(),
        face: face(&teacher),
        place_words: place_words(booking),
        date: booking.date,
        start: booking.start_time,
        end: booking.end_time,
        start_words: fmt_clock(booking.start_time),
        holds_slot: booking.holds_slot,
        held_until: booking.hold_expires_at.map(|at| fmt_clock(utc_to_local(at, &tz).1)).unwrap_or_default(),
        back_href: Choosing::of(booking).slot(booking.date, booking.start_time),
        lines,
        total: split.student_pay,
        charge_words: charge_plan(booking.start, booking.end, now, &tz),
        cards: card_choices(&cards(r, booking.student_id)?, payment.method_id, decided.card.as_deref()),
        new_card_action: format!("/payments/cards/new?{query}"),
        credit: (balance.is_positive() && !payment.credits_reserved.is_positive()).then(|| CreditChoice {
            label: format!("{} of credit", balance.dollars()),
            note: format!(
                "With it you would pay {}.{}",
                with_credit.student_pay.dollars(),
                expires.unwrap_or_default()
            ),
            used: split.credit,
            most: with_credit.credit,
        }),
        note: decided.note.clone().or_else(|| booking.student_note.clone()).unwrap_or_default(),
        bands: bands(booking, (payment, split.credit), now, &tz, &teacher.first_name),
        zone: zone_words(&booking.zone),
        trouble: decided.trouble.clone().or_else(|| trouble(payment)),
    })
}

/// What the bank said to the last try.
fn trouble(payment: &BookingPayment) -> Option<String> {
    payment.auth_last_error.as_deref().filter(|_| payment.awaiting.is_none()).map(|code| refusal(Some(code)))
}

/// Saved cards as radio buttons: the one used before, else the default, is chosen.
pub fn card_choices(cards: &[PaymentMethod], used: Option<MethodId>, wished: Option<&str>) -> Vec<Choice> {
    let chosen = wished.map(str::to_owned).or_else(|| used.map(|id| id.to_string()));
    let has_chosen = cards.iter().any(|card| Some(card.id.to_string()) == chosen);
    let choice = |card: &PaymentMethod| {
        let id = card.id.to_string();
        let selected = if has_chosen { Some(&id) == chosen.as_ref() } else { card.is_default };
        let default = if card.is_default { " Default." } else { "" };
        let note = format!("Expires {:02}/{:02}.{default}", card.exp_month, card.exp_year % 100);
        Choice::new(id, card.label(), selected).note(note)
    };
    cards.iter().map(choice).collect()
}

/// Where the lesson takes place, in one line.
pub fn place_words(booking: &Booking) -> String {
    match &booking.meeting_location {
        Some(place) => place.clone(),
        None if booking.place == Place::Remote => "Online".to_owned(),
        None => booking.place.label().to_owned(),
    }
}

pub fn booked(
    site: &Site,
    r: &dyn Read,
    actor: &Actor,
    booking: &Booking,
    payment: &BookingPayment,
) -> Outcome<BookedView> {
    let (now, tz) = (site.now(), zone_of(&booking.zone));
    let teacher = accounts::must_user(r, booking.instructor_id)?;
    let card = card_label(r, payment)?;
    let first = teacher.first_name.clone();
    let mut next = vec![Moment::past("Now", format!("Mail goes to you and to {first}."))];
    let told = Told { booking, payment, tz: &tz, card: card.as_deref(), instructor: &first };
    next.extend(stations(&told).into_iter().filter(|step| !step.done));
    let sum = payment.card_amount().dollars();
    Ok(BookedView {
        student_first: actor.first_name.clone(),
        service: booking.service_name.clone(),
        name: first_last_initial(&teacher.first_name, &teacher.last_name),
        first_name: first,
        reference: booking.reference(),
        date: booking.date,
        start: booking.start_time,
        end: booking.end_time,
        zone: zone_words(&booking.zone),
        facts: vec![
            ("Where", html! { (place_words(booking)) }),
            ("Price", price_fact(&sum, card.as_deref(), &charge_plan(booking.start, booking.end, now, &tz))),
            ("If plans change", html! { (free_words(booking, now, &tz)) }),
        ],
        calendar_href: format!("/student/lessons/{}/calendar.ics", booking.id),
        lesson_href: format!("/student/lessons/{}", booking.id),
        next,
    })
}

fn free_words(booking: &Booking, now: Timestamp, tz: &TimeZone) -> String {
    let until = free_until(booking.start);
    match now <= until {
        true => format!("Cancel free until {}.", moment(until, tz)),
        false => "Free cancelling has ended.".to_owned(),
    }
}

fn price_fact(sum: &str, card: Option<&str>, plan: &str) -> Markup {
    html! { (sum) @if let Some(card) = card { br; (card) } br; (plan) }
}

/// "Visa ending 4242" of the card a booking is paid with.
pub fn card_label(r: &dyn Read, payment: &BookingPayment) -> Outcome<Option<String>> {
    let all = crate::payments::tables::methods(r, payment.student_id)?;
    Ok(all.iter().find(|card| Some(card.id) == payment.method_id).map(PaymentMethod::label))
}
