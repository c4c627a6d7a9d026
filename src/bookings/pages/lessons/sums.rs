//! The sums on a lesson's page: bands, stations, the bill of whoever looks.

use super::detail::Receipt;
use super::load::Lesson;
use super::rows::needs_card;
use crate::bookings::model::{Side, Status};
use crate::bookings::pages::money::{Told, bands, receipt, stations};
use crate::bookings::pages::words::moment;
use crate::bookings::rules::complete::settles_at;
use crate::payments::rules::bill::{credit_back, of_instructor};
use crate::payments::view::has_ended;
use crate::web::components::{Band, Moment, PriceLine};

impl Lesson {
    /// The student's bands of the policy.
    pub fn bands(&self) -> Vec<Band> {
        let used = self.payment.credits_reserved;
        bands(&self.booking, (&self.payment, used), self.now, &self.tz, &self.other.first_name)
    }

    /// Where the student's money is.
    pub(super) fn money(&self) -> Vec<Moment> {
        match self.side {
            Side::Instructor => Vec::new(),
            _ => stations(&Told {
                booking: &self.booking,
                payment: &self.payment,
                tz: &self.tz,
                card: self.card.as_deref(),
                instructor: &self.other.first_name,
            }),
        }
    }

    pub(super) fn receipt(&self) -> Receipt {
        let (lines, total, words) = match self.side {
            Side::Instructor => {
                let bill = of_instructor(&self.payment);
                let label = if bill.is_final { "You got" } else { "You get" };
                let lines = bill.lines.iter().map(|line| PriceLine::new(&line.label, line.amount)).collect();
                (lines, PriceLine::new(label, bill.total), self.payout_words())
            }
            _ => {
                let (lines, total) = receipt(&self.booking, &self.payment);
                (lines, total, self.card_words())
            }
        };
        let title = match self.side {
            Side::Instructor => "What you earn",
            _ if has_ended(&self.payment) => "Receipt",
            _ => "Price",
        };
        Receipt { title, lines, total, words }
    }

    /// When the instructor is paid, while they will be by themselves.
    fn payout_words(&self) -> String {
        let at = settles_at(self.booking.end);
        if has_ended(&self.payment) {
            return String::new();
        }
        match self.booking.status {
            Status::NoShow => "Nothing is paid until the report is decided.".to_owned(),
            Status::Confirmed | Status::Completed if self.payment.in_review() => {
                "Nothing is paid until it is decided.".to_owned()
            }
            Status::Confirmed | Status::Completed if self.now < at => {
                format!("Paid out after {}.", moment(at, &self.tz))
            }
            Status::Confirmed | Status::Completed => {
                "The student’s card is being asked again. After three days we pay you ourselves.".to_owned()
            }
            Status::Pending | Status::Cancelled | Status::PaymentFailed => String::new(),
        }
    }

    /// What becomes of the card, or became of it, and of the credit.
    fn card_words(&self) -> String {
        let (payment, status) = (&self.payment, self.booking.status);
        let card = self.card.as_deref().unwrap_or("your card");
        let mut words = Vec::new();
        if payment.captured.is_positive() {
            words.push(format!("{} was charged to {card}.", payment.captured.dollars()));
        } else if has_ended(payment) || status.is_terminal() {
            words.push("Nothing was charged.".to_owned());
        } else if status == Status::NoShow || payment.in_review() {
            words.push("Nothing is charged until it is decided.".to_owned());
        } else if self.card.is_some() && payment.card_amount().is_positive() && !needs_card(&self.booking, payment) {
            words.push(format!("To be charged {} to {card}.", moment(settles_at(self.booking.end), &self.tz)));
        }
        words.extend(credit_back(payment));
        words.join(" ")
    }
}
