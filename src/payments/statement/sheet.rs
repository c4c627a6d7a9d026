//! The statement as CSV.

use super::Statement;
use crate::base::csv::Csv;
use crate::base::money::Cents;
use crate::base::time::utc_to_local;

pub fn csv(statement: &Statement) -> String {
    let mut csv = Csv::with_head(&[
        "paid_on",
        "lesson_on",
        "lesson",
        "booking_id",
        "lesson_price",
        "platform_fee",
        "payout",
        "tip",
        "total",
    ]);
    for lesson in &statement.lessons {
        let day = |at| utc_to_local(at, &statement.zone).0.to_string();
        csv.row(&[
            day(lesson.paid_at),
            day(lesson.start),
            lesson.description.clone(),
            lesson.booking_id.to_string(),
            plain(lesson.lesson),
            plain(lesson.platform_fee),
            plain(lesson.payout),
            plain(lesson.tip),
            plain(lesson.payout + lesson.tip),
        ]);
    }
    csv.finish()
}

/// "68.00": what a spreadsheet reads as a number.
fn plain(cents: Cents) -> String {
    let sign = if cents.0 < 0 { "-" } else { "" };
    let abs = cents.0.unsigned_abs();
    format!("{sign}{}.{:02}", abs / 100, abs % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_plain_numbers() {
        assert_eq!(plain(Cents(6800)), "68.00");
        assert_eq!(plain(Cents(-5)), "-0.05");
    }
}
