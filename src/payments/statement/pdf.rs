//! The statement as PDF.

use super::Statement;
use crate::base::money::Cents;
use crate::base::time::{fmt_date, utc_to_local};
use crate::payments::ops::LessonEarning;
use crate::web::{PdfRow, PdfTable};

pub fn pdf(statement: &Statement, brand: &str) -> Vec<u8> {
    let Statement { name, from, to, .. } = statement;
    let span = format!("{}, {} to {}, {}", fmt_date(*from), from.year(), fmt_date(*to), to.year());
    let words = |words: [&str; 2]| words.map(str::to_owned);
    let head = PdfRow {
        words: words(["Paid on", "Lesson"]),
        sums: ["Price", "Our share", "Tip", "Paid to you"].map(str::to_owned),
    };
    let table = PdfTable {
        title: "Earnings statement".to_owned(),
        about: format!("{name} · {span} · {brand}"),
        head,
        rows: statement.lessons.iter().map(|lesson| row(statement, lesson)).collect(),
        foot: PdfRow { words: words(["In all", ""]), sums: sums(|of| statement.total(of)) },
    };
    crate::web::pdf(&table)
}

fn row(statement: &Statement, lesson: &LessonEarning) -> PdfRow {
    let (paid, _) = utc_to_local(lesson.paid_at, &statement.zone);
    let review = if lesson.status == "under_review" { ", under review" } else { "" };
    let lesson_words = format!("{}, {} min{review}", lesson.description, lesson.minutes);
    PdfRow { words: [paid.to_string(), lesson_words], sums: sums(|of| of(lesson)) }
}

/// The four columns of sums, each as `sum` says.
fn sums(sum: impl Fn(fn(&LessonEarning) -> Cents) -> Cents) -> [String; 4] {
    let columns: [fn(&LessonEarning) -> Cents; 4] = [
        |lesson| lesson.lesson,
        |lesson| lesson.platform_fee,
        |lesson| lesson.tip,
        |lesson| lesson.payout + lesson.tip,
    ];
    columns.map(|of| sum(of).dollars())
}
