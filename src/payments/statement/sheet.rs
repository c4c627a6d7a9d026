//! The statement as CSV.

use super::Statement;
use crate::base::csv::Csv;
use crate::base::time::utc_to_local;

pub fn csv(statement: &Statement) -> String {
    let mut csv = Csv::with_head(&[
        "paid_on",
        "lesson_on",
        "lesson",
        "student",
        "service",
        "minutes",
        "status",
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
            lesson.student.clone(),
            lesson.service.clone(),
            lesson.minutes.to_string(),
            lesson.status.to_owned(),
            lesson.booking_id.to_string(),
            lesson.lesson.plain(),
            lesson.platform_fee.plain(),
            lesson.payout.plain(),
            lesson.tip.plain(),
            (lesson.payout + lesson.tip).plain(),
        ]);
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use crate::base::money::Cents;

    #[test]
    fn sums_are_plain_numbers() {
        assert_eq!(Cents(6800).plain(), "68.00");
        assert_eq!(Cents(-5).plain(), "-0.05");
    }
}
