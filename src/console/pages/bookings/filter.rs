//! What the list of bookings is narrowed to and how it is ordered, all of it in the address.

use serde::Deserialize;

use crate::base::money::Cents;
use crate::base::refusal::Outcome;
use crate::base::time::{Date, today_in};
use crate::bookings::model::{Booking, Status};
use crate::bookings::ops::admin::{Search, payment_status, search};
use crate::console::figures::attention::bookings_needing_action;
use crate::console::pages::shell::address;
use crate::site::Site;

pub const PATH: &str = "/admin/bookings";
pub const PER_PAGE: usize = 25;

/// As it stands in the address; blank says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub q: String,
    pub status: String,
    pub payment: String,
    pub from: String,
    pub to: String,
    /// A ready-made view: `action`, `today`, `disputed`.
    pub view: String,
    /// `start`, `made` or `total`; a minus in front turns it round.
    pub sort: String,
    pub page: String,
}

impl Filter {
    /// This list with something else; the page begins anew unless it is what changes.
    pub fn href(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let own = [
            ("view", &self.view),
            ("q", &self.q),
            ("status", &self.status),
            ("payment", &self.payment),
            ("from", &self.from),
            ("to", &self.to),
            ("sort", &self.sort),
        ];
        let changed = |name: &str| changes.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        let mut parameters: Vec<(&str, &str)> =
            own.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value.as_str()))).collect();
        parameters.extend(changed("page").map(|page| ("page", page)));
        address(path, &parameters)
    }

    pub fn number(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    pub fn is_narrowed(&self) -> bool {
        [&self.q, &self.status, &self.payment, &self.from, &self.to, &self.view].iter().any(|text| !text.is_empty())
    }

    /// What is not understood narrows nothing and is said beside its field.
    pub fn errors(&self) -> Vec<(&'static str, &'static str)> {
        let dates = [("from", &self.from), ("to", &self.to)];
        let bad = dates.into_iter().filter(|(_, text)| !text.is_empty() && date(text).is_none());
        bad.map(|(name, _)| (name, "A date as 2026-11-05.")).collect()
    }

    /// Every booking that fits, in the order asked for.
    pub fn found(&self, site: &Site) -> Outcome<Vec<Booking>> {
        let today = today_in(site.now(), &site.zone);
        let mut wish = Search {
            text: Some(self.q.clone()),
            status: Status::parse(&self.status),
            payment_status: payment_status(&self.payment).ok(),
            from: date(&self.from),
            to: date(&self.to),
        };
        if self.view == "today" {
            (wish.from, wish.to) = (Some(today), Some(today));
        }
        let mut found = search(site, &wish)?;
        match self.view.as_str() {
            "action" => {
                let open = site.read(bookings_needing_action)?;
                found.retain(|booking| open.contains(&booking.id));
            }
            "disputed" => found.retain(|b| b.no_show.as_ref().is_some_and(|report| report.disputed_at.is_some())),
            _ => {}
        }
        self.order(&mut found);
        Ok(found)
    }

    /// The latest start first unless told otherwise; equal ones by id, so pages never overlap.
    fn order(&self, found: &mut [Booking]) {
        match self.sort.as_str() {
            "start" => found.sort_by_key(|b| (b.start, b.id)),
            "made" => found.sort_by_key(|b| (b.created_at, b.id)),
            "-made" => found.sort_by_key(|b| std::cmp::Reverse((b.created_at, b.id))),
            "total" => found.sort_by_key(|b| (total(b), b.id)),
            "-total" => found.sort_by_key(|b| std::cmp::Reverse((total(b), b.id))),
            _ => found.sort_by_key(|b| std::cmp::Reverse((b.start, b.id))),
        }
    }

    /// How a column stands, and where pressing it leads.
    pub fn sort_of(&self, column: &str) -> (String, Option<bool>) {
        let up = self.sort == column;
        let down = self.sort == format!("-{column}") || (self.sort.is_empty() && column == "start");
        let next = if down { column.to_owned() } else { format!("-{column}") };
        (self.href(PATH, &[("sort", &next)]), (up || down).then_some(down))
    }
}

/// What the student pays before credit: the price the lesson was sold at.
pub fn total(booking: &Booking) -> Cents {
    booking.quote.lesson + booking.quote.student_fee
}

fn date(text: &str) -> Option<Date> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_is_asked_and_nothing_else() {
        let filter = Filter { q: "emma & co".into(), page: "3".into(), ..Filter::default() };
        assert_eq!(filter.href(PATH, &[]), "/admin/bookings?q=emma+%26+co");
        assert_eq!(filter.href(PATH, &[("page", "2")]), "/admin/bookings?q=emma+%26+co&page=2");
        assert_eq!(filter.href(PATH, &[("q", ""), ("view", "today")]), "/admin/bookings?view=today");
        assert_eq!(filter.sort_of("start"), ("/admin/bookings?q=emma+%26+co&sort=start".to_owned(), Some(true)));
        let bad = Filter { from: "yesterday".into(), ..Filter::default() };
        assert_eq!(bad.errors(), [("from", "A date as 2026-11-05.")]);
    }
}
