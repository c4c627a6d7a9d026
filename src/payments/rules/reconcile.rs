//! Comparing our books with Stripe's, object by object. Pure: both sides in, differences out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::id::BookingId;
use crate::base::money::Cents;
use crate::base::time::Timestamp;
use crate::outside::stripe::Held;

/// What we believe of one object at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    pub booking: BookingId,
    pub amount: Cents,
    /// Known only of transfers.
    pub reversed: Option<Cents>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// We booked it, Stripe does not have it.
    MissingAtStripe,
    /// Stripe has it, we did not book it.
    UnknownToUs,
    AmountDiffers,
    ReversalDiffers,
}

impl Difference {
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingAtStripe => "missing_at_stripe",
            Self::UnknownToUs => "unknown_to_us",
            Self::AmountDiffers => "amount_differs",
            Self::ReversalDiffers => "reversal_differs",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub object: String,
    pub what: Difference,
    pub booking: Option<BookingId>,
    pub ours: Cents,
    pub theirs: Cents,
}

/// `ours` is what we booked lately, `theirs` all that Stripe made since somewhat before. An object of Stripe's is
/// asked for on our side only if it was made in `judged`; `booked` says whether we know it from earlier, or are about
/// to.
pub fn compare(
    ours: &BTreeMap<String, Ours>,
    theirs: &[Held],
    judged: std::ops::Range<Timestamp>,
    booked: &BTreeSet<String>,
) -> Vec<Found> {
    let by_id: BTreeMap<&str, &Held> = theirs.iter().map(|held| (held.id.as_str(), held)).collect();
    let mut found = Vec::new();
    for (id, own) in ours {
        let mut differs = |what, ours, theirs| {
            found.push(Found { object: id.clone(), what, booking: Some(own.booking), ours, theirs });
        };
        match by_id.get(id.as_str()) {
            None => differs(Difference::MissingAtStripe, own.amount, Cents::ZERO),
            Some(held) if held.amount != own.amount => differs(Difference::AmountDiffers, own.amount, held.amount),
            Some(held) => {
                if let Some(reversed) = own.reversed.filter(|reversed| *reversed != held.reversed) {
                    differs(Difference::ReversalDiffers, reversed, held.reversed);
                }
            }
        }
    }
    for held in theirs.iter().filter(|held| held.amount.is_positive() && judged.contains(&held.created)) {
        if !ours.contains_key(&held.id) && !booked.contains(&held.id) {
            found.push(Found {
                object: held.id.clone(),
                what: Difference::UnknownToUs,
                booking: held.booking.as_deref().and_then(|id| id.parse().ok()),
                ours: Cents::ZERO,
                theirs: held.amount,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_difference_is_found_and_nothing_else() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let booking = BookingId::of_name("b");
        let own =
            |amount, reversed: Option<i64>| Ours { booking, amount: Cents(amount), reversed: reversed.map(Cents) };
        let held = |id: &str, amount, reversed, created: &str| Held {
            id: id.to_owned(),
            amount: Cents(amount),
            reversed: Cents(reversed),
            booking: Some(booking.to_string()),
            created: at(created),
        };
        let ours = BTreeMap::from([
            ("pi_same".to_owned(), own(8960, None)),
            ("pi_less".to_owned(), own(8960, None)),
            ("re_gone".to_owned(), own(500, None)),
            ("tr_back".to_owned(), own(6800, Some(0))),
        ]);
        let theirs = [
            held("pi_same", 8960, 0, "2026-11-10T10:00:00Z"),
            held("pi_less", 8900, 0, "2026-11-10T10:00:00Z"),
            held("tr_back", 6800, 100, "2026-11-10T10:00:00Z"),
            held("pi_alien", 100, 0, "2026-11-10T11:00:00Z"),
            held("pi_known", 100, 0, "2026-11-10T11:00:00Z"),
            held("pi_old", 100, 0, "2026-11-01T11:00:00Z"),
            held("pi_not_taken", 0, 0, "2026-11-10T11:00:00Z"),
        ];
        let judged = at("2026-11-09T00:00:00Z")..at("2026-11-11T00:00:00Z");
        let found = compare(&ours, &theirs, judged, &BTreeSet::from(["pi_known".to_owned()]));
        let short: Vec<_> = found.iter().map(|f| (f.object.as_str(), f.what, f.ours.0, f.theirs.0)).collect();
        assert_eq!(
            short,
            [
                ("pi_less", Difference::AmountDiffers, 8960, 8900),
                ("re_gone", Difference::MissingAtStripe, 500, 0),
                ("tr_back", Difference::ReversalDiffers, 0, 100),
                ("pi_alien", Difference::UnknownToUs, 0, 100),
            ]
        );
    }
}
