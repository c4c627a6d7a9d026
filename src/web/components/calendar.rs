//! The month grid: a real table, free days are links with their count, the rest stays readable.
//!
//! Arrows, Home/End and PageUp/PageDown come from `assets/scripts/calendar.js`; without it every day is a tab stop.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::base::time::{Date, plus_days};

/// A day with free times.
#[derive(Clone, Debug)]
pub struct FreeDay {
    pub date: Date,
    pub times: usize,
    pub href: String,
}

#[derive(Clone, Debug)]
pub struct Month {
    /// Any day of the month.
    pub month: Date,
    pub today: Date,
    pub selected: Option<Date>,
    pub free: Vec<FreeDay>,
    /// Addresses of the neighbouring months; absent where there is nothing to see.
    pub earlier: Option<String>,
    pub later: Option<String>,
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("Su", "Sunday"),
    ("Mo", "Monday"),
    ("Tu", "Tuesday"),
    ("We", "Wednesday"),
    ("Th", "Thursday"),
    ("Fr", "Friday"),
    ("Sa", "Saturday"),
];

pub fn calendar(month: &Month) -> Markup {
    let title = month.month.strftime("%B %Y").to_string();
    html! {
        header.row.row--split.cal__head {
            h2.h3 aria-live="polite" { (title) }
            span.row {
                (turn(month.earlier.as_deref(), Icon::Left, "Earlier month", "prev"))
                (turn(month.later.as_deref(), Icon::Right, "Later month", "next"))
            }
        }
        table.cal data-calendar {
            caption.vh { (title) ", days with free times" }
            thead { tr { @for (short, long) in WEEKDAYS { th scope="col" { abbr title=(long) { (short) } } } } }
            tbody {
                @for week in weeks(month.month) {
                    tr { @for day in week { (cell(month, day)) } }
                }
            }
        }
    }
}

fn turn(href: Option<&str>, arrow: Icon, label: &str, rel: &str) -> Markup {
    html! {
        @if let Some(href) = href {
            a.btn.btn--line.btn--s href=(href) aria-label=(label) rel=(rel) { (icon(arrow)) }
        } @else {
            span.btn.btn--line.btn--s aria-disabled="true" role="link" aria-label={ (label) ", nothing there" } { (icon(arrow)) }
        }
    }
}

fn cell(month: &Month, day: Option<Date>) -> Markup {
    let Some(day) = day else { return html! { td {} } };
    let current = (month.selected == Some(day)).then_some("date");
    html! {
        td.cal__today[day == month.today] {
            @match month.free.iter().find(|free| free.date == day) {
                Some(free) => a href=(free.href) aria-current=[current] data-date=(day) {
                    (day.day()) small { (free.times) span.vh { @if free.times == 1 { " time" } @else { " times" } } }
                },
                None => (day.day()),
            }
        }
    }
}

/// Weeks from Sunday to Saturday; days of other months are left blank.
fn weeks(month: Date) -> Vec<[Option<Date>; 7]> {
    let first = month.first_of_month();
    let lead = i64::from(first.weekday().to_sunday_zero_offset());
    let days = i64::from(month.days_in_month());
    (0..(lead + days + 6) / 7)
        .map(|week| {
            std::array::from_fn(|column| {
                let day = week * 7 + column as i64 - lead;
                (0..days).contains(&day).then(|| plus_days(first, day))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_laid_out_from_sunday() {
        let november = weeks("2026-11-12".parse().unwrap());
        assert_eq!(november.len(), 5);
        assert_eq!(november[0][0], Some("2026-11-01".parse().unwrap()));
        assert_eq!(november[4][1], Some("2026-11-30".parse().unwrap()));
        assert_eq!(november[4][2], None);
        let february = weeks("2026-02-01".parse().unwrap());
        assert_eq!((february.len(), february[3][6]), (4, Some("2026-02-28".parse().unwrap())));
    }
}
