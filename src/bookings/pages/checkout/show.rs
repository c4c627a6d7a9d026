//! The last look before paying: price lines before any card, the deadline, the policy in dates and sums.

use maud::{Markup, html};

use crate::base::money::Cents;
use crate::base::time::{Date, WallTime};
use crate::web::components::{
    Band, Button, Choice, Face, Field, Icon, PriceLine, Tone, button, dock, error_summary, field, icon, link_button,
    notice, policy_bands, price_table, section_one, steps, when, who,
};

pub struct CheckoutView {
    pub booking_id: String,
    pub service: String,
    pub name: String,
    pub first_name: String,
    pub face: Face,
    pub place_words: String,
    pub date: Date,
    pub start: WallTime,
    pub end: WallTime,
    pub start_words: String,
    /// "2:35 pm"
    pub held_until: String,
    /// Not while a card was refused and no other followed (rule: 00§4).
    pub holds_slot: bool,
    pub back_href: String,
    pub lines: Vec<PriceLine>,
    pub total: Cents,
    /// What happens to the card and when.
    pub charge_words: String,
    pub cards: Vec<Choice>,
    /// Stripe's own page for a new card, by POST.
    pub new_card_action: String,
    pub credit: Option<CreditChoice>,
    pub note: String,
    pub bands: Vec<Band>,
    pub zone: String,
    /// What went wrong with the last try; nothing was charged.
    pub trouble: Option<String>,
}

pub struct CreditChoice {
    pub label: String,
    pub note: String,
    pub used: Cents,
    /// All of it that this lesson can be paid with.
    pub most: Cents,
}

pub fn checkout(view: &CheckoutView) -> Markup {
    let label = format!("Book the lesson for {}", view.total.dollars());
    let ready = !view.cards.is_empty();
    html! {
        div.wrap.flow {
            header.flow__top {
                (steps("Booking steps", &[("Time", Some(&view.back_href)), ("Pay", None), ("Booked", None)], 1))
                h1 { "Check it, then book it" }
                @if view.holds_slot {
                    p { (icon(Icon::Clock)) " " (view.start_words) " is held for you until " b { (view.held_until) } "." }
                } @else {
                    p { (icon(Icon::Clock)) " Another card can be tried until " b { (view.held_until) } ", as long as nobody else takes " (view.start_words) "." }
                }
                @if let Some(words) = &view.trouble {
                    (error_summary(&[("card", words)], "Nothing was charged."))
                }
            }
            aside.flow__side.panel.stack aria-label="Your lesson" {
                (when(view.date, view.start, view.end, false))
                (who(&view.face, html! { (view.service) " with " (view.name) }, &view.place_words))
                (price_table(&view.lines, &PriceLine::new("Total", view.total)))
                @if ready { (button(&Button::primary(&label).wide().of_form("pay").busy("Booking…"))) }
                p.small.muted { (view.charge_words) }
            }
            div.flow__main.stack {
                (credit_part(view))
                (card_part(view))
                (form_part(view))
                (policy(view))
            }
        }
        @if ready {
            (dock(html! { b { (view.total.dollars()) } br; span.small { (view.charge_words) } },
                button(&Button::primary("Book the lesson").of_form("pay"))))
        }
    }
}

/// The price lines follow at once, so the choice is a form of its own.
fn credit_part(view: &CheckoutView) -> Markup {
    let Some(credit) = &view.credit else { return html! {} };
    let href = |next| format!("/student/booking/confirm?booking={}&credit={next}", view.booking_id);
    let used =
        if credit.used.is_positive() { credit.used.dollars_short().replace(['$', ','], "") } else { String::new() };
    let hint = format!("Up to {}.", credit.most.dollars());
    section_one(
        "credit",
        "Credit",
        html! {
            p { b { (credit.label) } br; span.muted { (credit.note) } }
            form.row method="get" action="/student/booking/confirm" {
                input type="hidden" name="booking" value=(view.booking_id);
                (field(&Field { name: "credit", label: "Dollars to use", value: &used, hint: &hint, inputmode: "decimal", ..Field::default() }))
                (button(&Button::line("Use this much").small()))
            }
            div.row {
                @if credit.used < credit.most { (link_button(&href("all"), &Button::line("Use all of it").small())) }
                @if credit.used.is_positive() { (link_button(&href("0"), &Button::line("Keep the credit").small())) }
            }
        },
    )
}

fn card_part(view: &CheckoutView) -> Markup {
    section_one(
        "card",
        "Card",
        html! {
            @if view.cards.is_empty() {
                (notice(Tone::Info, "Add a card to book. Card numbers are typed on Stripe’s own page and never reach us."))
            }
            @for (at, card) in view.cards.iter().enumerate() {
                (card_pick(at, card))
            }
            form method="post" action=(view.new_card_action) {
                @let label = if view.cards.is_empty() { "Add a card" } else { "Use another card" };
                @if view.cards.is_empty() { (button(&Button::primary(label).icon(Icon::Lock).busy("Opening Stripe…"))) }
                @else { (button(&Button::line(label).icon(Icon::Lock).busy("Opening Stripe…"))) }
            }
        },
    )
}

/// A radio of the form below, which it names: cards stand above the form that sends them.
fn card_pick(at: usize, card: &Choice) -> Markup {
    html! {
        label.pick {
            input type="radio" name="payment_method_id" value=(card.value) form="pay" checked[card.selected || at == 0]
                required;
            span { b { (card.label) } @if !card.note.is_empty() { br; span.muted { (card.note) } } }
        }
    }
}

fn form_part(view: &CheckoutView) -> Markup {
    let used = view.credit.as_ref().map_or(Cents::ZERO, |credit| credit.used);
    let hint = format!("{} reads it before the lesson. Up to 1,000 characters.", view.first_name);
    let label = format!("Note to {}", view.first_name);
    html! {
        form.sec.sec--one id="pay" method="post" action="/student/booking/confirm" {
            input type="hidden" name="booking" value=(view.booking_id);
            input type="hidden" name="requested_credit_cents" value=(used.0);
            (field(&Field {
                name: "student_note",
                label: &label,
                value: &view.note,
                hint: &hint,
                rows: Some(3),
                maxlength: Some(1000),
                optional: true,
                ..Field::default()
            }))
        }
    }
}

fn policy(view: &CheckoutView) -> Markup {
    section_one(
        "plans",
        "If plans change",
        html! {
            (policy_bands(&view.bands))
            p.small.muted {
                "If " (view.first_name) " cancels, at any time, you pay nothing. All deadlines are " (view.zone) "."
            }
        },
    )
}

/// Somebody else was faster: the three nearest free times instead.
pub fn slot_lost(service: &str, words: &str, times: &[(String, String)], all_href: &str) -> Markup {
    html! {
        div.wrap.stack.stack--l {
            header.pagehead { h1 { "That time is gone" } p { (words) " Nothing was charged." } }
            @if !times.is_empty() {
                section {
                    h2.h3 { "The nearest free times for " (service.to_lowercase()) }
                    ul.stack.stack--s {
                        @for (label, href) in times { li { (link_button(href, &Button::line(label))) } }
                    }
                }
            }
            p { (link_button(all_href, &Button::primary("All free times"))) }
        }
    }
}
