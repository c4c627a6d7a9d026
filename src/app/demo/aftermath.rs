//! What became of some lessons after their money had ended: a refund, two disputes, a gift, payouts to a bank.

use super::stage::Stage;
use crate::accounts;
use crate::base::access::Role;
use crate::base::id::UserId;
use crate::base::limits::SCAN_ROWS;
use crate::base::money::Cents;
use crate::base::refusal::{Outcome, Refusal};
use crate::base::time::Timestamp;
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::refund::{self, Refund};
use crate::bookings::tables::with_status;
use crate::payments;
use crate::payments::model::BookingPayment;
use crate::site::audit::By;

/// Named people stay as the documentation has them: nobody of theirs is disputed.
const NAMED_STUDENTS: usize = 2;

pub async fn happen(stage: &Stage, students: &[UserId], teachers: &[UserId]) -> Outcome<()> {
    let by = by_admin(stage)?;
    let named: Vec<UserId> = students.iter().take(NAMED_STUDENTS).copied().collect();
    let mut paid = settled(stage, &named)?.into_iter();
    let mut next = || paid.next().ok_or_else(|| Refusal::internal("the demo has too few lessons"));
    let ask = Refund { amount: Some(Cents(1500)), ..Refund::default() };
    let reason = "The lesson began a quarter of an hour late.";
    refund::refund(&stage.site, next()?.0.id, by.clone().because(reason)?, ask).await?;
    dispute(stage, &next()?.1, &["opened"]).await?;
    dispute(stage, &next()?.1, &["opened", "lost"]).await?;
    if let Some(john) = named.last() {
        let by = by.because("For his patience when the site was slow.")?;
        payments::ops::give_credit(&stage.site, *john, by, payments::ops::Gift::of(Cents(1500))).await?;
    }
    for teacher in teachers {
        match payments::ops::instant_payout(&stage.site, *teacher).await {
            // On some days of the week all that was earned has just gone to the bank by itself.
            Err(refusal) if refusal.code == "NOTHING_TO_PAY_OUT" => {}
            paid => return paid.map(drop),
        }
    }
    Ok(())
}

fn by_admin(stage: &Stage) -> Outcome<By> {
    let admins = stage.site.read(|r| accounts::users_with_role(r, Role::Admin, 1))?;
    let admin = admins.first().ok_or_else(|| Refusal::internal("the demo has no admin"))?;
    Ok(By { actor: Some(admin.id), role: Some(Role::Admin), ..By::default() })
}

/// Lessons that took place and were paid, the latest first, of other students than these.
fn settled(stage: &Stage, but: &[UserId]) -> Outcome<Vec<(Booking, BookingPayment)>> {
    stage.site.read(|r| {
        let mut found = Vec::new();
        for booking in with_status(r, Status::Completed, Timestamp::MAX, SCAN_ROWS)?.into_iter().rev() {
            let payment = payments::ops::payment(r, booking.id)?;
            let plain = payment.is_settled() && payment.intent.is_some() && payment.tip.is_none();
            if plain && !but.contains(&booking.student_id) {
                found.push((booking, payment));
            }
        }
        Ok(found)
    })
}

/// The bank's steps, as its events would bring them.
async fn dispute(stage: &Stage, payment: &BookingPayment, steps: &[&str]) -> Outcome<()> {
    let intent = payment.intent.clone().unwrap_or_default();
    let (booking, amount) = (payment.booking_id, payment.captured);
    for step in steps {
        let id = stage.stand_in.dispute(&intent, step)?;
        let won = *step == "won";
        let opened = *step == "opened";
        stage
            .site
            .write(move |tx| match opened {
                true => payments::ops::open_dispute(tx, booking, &id, amount),
                false => {
                    let desk = crate::bookings::ops::desk::Desk;
                    payments::ops::close_dispute(tx, &desk, booking, &id, won)
                }
            })
            .await?;
        payments::ops::run(&stage.site, booking).await?;
    }
    Ok(())
}
