//! Paying for a booking: a write that judges it and records the intent, the bank's answer, the booking as it is then.
//!
//! A card that is refused is an answer, not an error: the booking stays PENDING and another card may follow while the
//! hold lasts (contract §4, "Declined card").

use crate::base::id::{BookingId, UserId};
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::text::clean_optional;
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Side, Status};
use crate::bookings::ops::desk::confirm;
use crate::bookings::ops::holds::must_be_free;
use crate::bookings::ops::read::participant;
use crate::bookings::ops::{card_given, save};
use crate::bookings::tables::{absent, load};
use crate::payments::model::BookingPayment;
use crate::payments::ops::{self as money, CardWish, Checkout, Planned, Saved};
use crate::payments::view::CheckoutView;
use crate::site::Site;
use crate::store::{Read, Tx};

/// What the student decided at checkout.
#[derive(Clone, Debug, Default)]
pub struct Payment {
    /// A saved card's id or one of Stripe's tokens; the default card when absent.
    pub method: Option<String>,
    /// Credit to use, at most; `None` reserves none.
    pub credit: Option<Cents>,
    pub save: bool,
    pub make_default: bool,
    /// Changes the note to the instructor on the way.
    pub note: Option<String>,
}

/// The booking afterwards, and what became of the payment.
pub struct Paid {
    pub booking: Booking,
    pub checkout: CheckoutView,
}

/// The bank was asked and nobody heard its answer: it is asked again, under the same key, before anything new is tried.
/// `None` where there is nothing to hear, or the card was refused and another may follow.
async fn heard_at_last(site: &Site, id: BookingId, student: UserId) -> Outcome<Option<Paid>> {
    let unheard = site.read(|r| {
        let (booking, _) = own(r, id, student)?;
        Ok(!booking.status.is_terminal() && money::is_unheard(r, id)?)
    })?;
    if !unheard {
        return Ok(None);
    }
    let payment = money::run(site, id).await?;
    let answered = CheckoutView::of(&payment);
    if answered.success || answered.requires_action {
        return afterwards(site, id, payment).map(Some);
    }
    Ok(None)
}

/// Checkout and confirm-payment: an own booking that waits for its payment. One that was paid before is answered again.
pub async fn pay(site: &Site, id: BookingId, student: UserId, wish: Payment) -> Outcome<Paid> {
    if let Some(paid) = heard_at_last(site, id, student).await? {
        return Ok(paid);
    }
    let (booking, payment) = site.read(|r| own(r, id, student))?;
    if is_settled(&booking, &payment) {
        return Ok(Paid { checkout: CheckoutView::of(&payment), booking });
    }
    payable(&booking, site.now())?;
    settle_with_card(site, id, student, wish, &[Status::Pending]).await
}

fn is_settled(booking: &Booking, payment: &BookingPayment) -> bool {
    booking.status == Status::Confirmed && payment.promised
}

/// Whether a checkout of this booking would only be told what an earlier one came to.
pub fn is_paid(site: &Site, id: BookingId, student: UserId) -> Outcome<bool> {
    let (booking, payment) = site.read(|r| own(r, id, student))?;
    Ok(is_settled(&booking, &payment))
}

/// Only while the booking waits for its payment (rule: 10§7, confirm-payment 422 unless PENDING).
pub async fn confirm_payment(site: &Site, id: BookingId, student: UserId, wish: Payment) -> Outcome<Paid> {
    if let Some(paid) = heard_at_last(site, id, student).await? {
        return Ok(paid);
    }
    let (booking, _) = site.read(|r| own(r, id, student))?;
    payable(&booking, site.now())?;
    settle_with_card(site, id, student, wish, &[Status::Pending]).await
}

/// Another card, also for a confirmed lesson whose card was refused (rule: 10§7, payment-method).
pub async fn change_card(site: &Site, id: BookingId, student: UserId, wish: Payment) -> Outcome<Paid> {
    if let Some(paid) = heard_at_last(site, id, student).await? {
        return Ok(paid);
    }
    let (booking, _) = site.read(|r| own(r, id, student))?;
    if booking.status == Status::Pending {
        payable(&booking, site.now())?;
    }
    settle_with_card(site, id, student, wish, &[Status::Pending, Status::Confirmed, Status::Completed]).await
}

/// The same card once more.
pub async fn retry(site: &Site, id: BookingId, student: UserId) -> Outcome<Paid> {
    if let Some(paid) = heard_at_last(site, id, student).await? {
        return Ok(paid);
    }
    let (booking, payment) = site.read(|r| own(r, id, student))?;
    if payment.awaiting.is_some() {
        // The card holder was sent to the bank: where that stands is asked before anything new is tried.
        let payment = money::refresh(site, id).await?;
        if payment.awaiting.is_none() {
            return afterwards(site, id, payment);
        }
    }
    if booking.status == Status::Pending {
        payable(&booking, site.now())?;
    }
    let planned = site
        .write(move |tx| {
            let booking = judged(tx, id, student, &[Status::Pending, Status::Confirmed, Status::Completed])?;
            let planned = money::plan_retry(tx, id)?;
            promise(tx, booking, &planned)?;
            Ok(planned)
        })
        .await?;
    concluded(site, id, planned).await
}

/// Reads where a payment stands that waited for its card holder (3-D Secure).
pub async fn returned(site: &Site, id: BookingId, student: UserId) -> Outcome<Paid> {
    site.read(|r| own(r, id, student))?;
    let payment = money::refresh(site, id).await?;
    afterwards(site, id, payment)
}

/// The secret of Stripe's card form; absent when Stripe cannot be reached, the booking stands all the same.
pub async fn card_setup(site: &Site, student: UserId) -> Option<String> {
    money::setup_intent(site, student).await.ok()?.client_secret
}

/// The student's own booking with its money; anybody else's is absent.
pub fn own(r: &dyn Read, id: BookingId, student: UserId) -> Outcome<(Booking, BookingPayment)> {
    let (booking, side) = participant(r, id, student)?;
    if side != Side::Student {
        return Err(absent());
    }
    let payment = money::payment(r, id)?;
    Ok((booking, payment))
}

fn payable(booking: &Booking, now: Timestamp) -> Outcome<()> {
    let over = booking.hold_expires_at.is_some_and(|end| now >= end);
    if booking.status == Status::Pending && !over {
        return Ok(());
    }
    if over || booking.status == Status::PaymentFailed {
        let words = "The time was held for a while and is free again. Choose it once more to book it.";
        return Err(Refusal::unprocessable("HOLD_EXPIRED", words));
    }
    Err(Refusal::unprocessable(
        "INVALID_STATUS",
        format!("This booking is {}, nothing is left to pay.", booking.status.words()),
    ))
}

async fn settle_with_card(
    site: &Site,
    id: BookingId,
    student: UserId,
    wish: Payment,
    from: &'static [Status],
) -> Outcome<Paid> {
    let note = clean_optional("student_note", wish.note.as_deref(), 1000)?;
    let card = CardWish { named: wish.method, save: wish.save, make_default: wish.make_default };
    let card = match money::card_for(site, student, card).await? {
        Saved::Card(card) => card,
        Saved::Declined(word) => return refused(site, id, word).await,
    };
    let ask = Checkout { method: card.id, credit: wish.credit };
    let with_note = wish.note.is_some();
    let planned = site
        .write(move |tx| {
            let mut booking = judged(tx, id, student, from)?;
            if with_note && booking.student_note != note {
                booking.student_note.clone_from(&note);
                save(tx, &mut booking)?;
            }
            let planned = money::plan_checkout(tx, id, &ask)?;
            promise(tx, booking, &planned)?;
            Ok(planned)
        })
        .await?;
    concluded(site, id, planned).await
}

/// Still the student's, still open, and its time still free: judged in the write that records the intent.
fn judged(tx: &Tx, id: BookingId, student: UserId, from: &[Status]) -> Outcome<Booking> {
    let (booking, _) = own(tx, id, student)?;
    if !from.contains(&booking.status) {
        payable(&booking, tx.now())?;
    }
    if booking.status == Status::Pending {
        payable(&booking, tx.now())?;
        must_be_free(tx, tx.now(), &booking)?;
    }
    Ok(booking)
}

/// Nothing to ask the bank now: the lesson is promised at once. What the bank is asked for a held time is written down
/// with its answer.
fn promise(tx: &mut Tx, mut booking: Booking, planned: &Planned) -> Outcome<()> {
    let before = booking.status;
    if before == Status::Pending {
        if *planned == Planned::Calling {
            return Ok(());
        }
        booking = confirm(tx, booking)?;
    }
    card_given(tx, &booking, before, None)
}

async fn concluded(site: &Site, id: BookingId, planned: Planned) -> Outcome<Paid> {
    let payment = match planned {
        Planned::Scheduled(payment) | Planned::Covered(payment) => payment,
        Planned::Calling => money::run(site, id).await?,
    };
    afterwards(site, id, payment)
}

fn afterwards(site: &Site, id: BookingId, payment: BookingPayment) -> Outcome<Paid> {
    let booking = site.read(|r| load(r, id))?;
    let mut checkout = CheckoutView::of(&payment);
    // rule: 10§2.11: cancelled or overtaken meanwhile: the money goes back, and the answer says so.
    checkout.success &= !booking.status.is_terminal();
    Ok(Paid { booking, checkout })
}

/// The bank refused the card before it was ever used for this booking.
async fn refused(site: &Site, id: BookingId, word: String) -> Outcome<Paid> {
    let why = word.clone();
    let (booking, payment) = site
        .write(move |tx| {
            let booking = load(tx, id)?;
            card_given(tx, &booking, booking.status, Some(&why))?;
            Ok((booking, money::payment(tx, id)?))
        })
        .await?;
    let checkout = CheckoutView {
        success: false,
        status: "requires_payment_method",
        requires_action: false,
        client_secret: None,
        action_url: None,
        decline_code: Some(word),
        ..CheckoutView::of(&payment)
    };
    Ok(Paid { booking, checkout })
}
