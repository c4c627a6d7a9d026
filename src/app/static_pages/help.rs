//! Questions and answers.

use maud::{Markup, html};

use super::facts::Facts;
use super::{Sheet, chapter};
use crate::web::components::{Col, Row, Table, table};

/// The chapters, by the last part of `/help/…`.
pub const TOPICS: [&str; 8] = ["booking", "paying", "cancelling", "lesson", "credit", "teaching", "fees", "account"];

pub fn help(facts: &Facts) -> Sheet {
    let [booking, paying, cancelling, lesson, credit, teaching, fees, account] = TOPICS;
    Sheet {
        title: "Questions and answers",
        description: "Booking, paying, cancelling, credit, teaching, fees and your account, in short answers.",
        lead: "Short answers to what people ask. Sums and hours are the ones in force today.".into(),
        chapters: vec![
            chapter(booking, "Booking", "", about_booking()),
            chapter(paying, "Paying", "", about_paying(facts)),
            chapter(cancelling, "Cancelling and refunds", "", about_cancelling()),
            chapter(lesson, "The lesson itself", "", about_the_lesson()),
            chapter(credit, "Credit", "", about_credit(facts)),
            chapter(teaching, "Teaching", "", about_teaching(facts)),
            chapter(fees, "Fees and payouts", "", about_fees(facts)),
            chapter(account, "Your account", "", about_account()),
        ],
    }
}

/// Question and answer, one after the other.
fn answers(list: &[(&str, &str)]) -> Markup {
    html! { @for (question, answer) in list { h3 { (question) } p { (answer) } } }
}

fn about_booking() -> Markup {
    answers(&[
        (
            "Does the instructor have to say yes?",
            "No. Published hours are an offer. When you have paid, the lesson is booked and both of you get a mail.",
        ),
        (
            "Why did my time disappear?",
            "Somebody else was quicker, or your 30 minutes ended. You were not charged. The page shows the nearest free times.",
        ),
        (
            "Can I book for my child?",
            "Yes. Filter for children, say the age in the note to the instructor, and stay for the first lesson.",
        ),
        (
            "How late can I book?",
            "As late as the instructor’s notice allows; most ask for one hour. Times that are too late are not shown.",
        ),
    ])
}

fn about_paying(facts: &Facts) -> Markup {
    html! {
        (answers(&[
            ("When is my card charged?", "24 hours after the lesson ends. 24 hours before it starts, your bank sets the sum aside; you may see it as pending."),
            ("My bank refused. What now?", "We try again after one hour, four hours and then every eight, and write to you. Choose another card on the lesson page. The lesson is kept until 12 hours before it starts, then given up without charge."),
        ]))
        h3 { "What is booking protection?" }
        p { (facts.protection()) " on top of the lesson price. It pays for refunds, cards and the people who answer. It is shown as its own line before any card field." }
    }
}

fn about_cancelling() -> Markup {
    html! {
        (answers(&[
            ("How much do I get back?", "24 hours or more before the start: you pay nothing. 12 to 24 hours: the lesson price as credit. Less than 12: half the lesson price as credit. Booking protection is kept in the last two."),
            ("What if the instructor cancels?", "You pay nothing, whenever it happens. Money already taken goes back to the card."),
            ("Can I move a lesson?", "Free and as often as you like until 24 hours before. Once between 24 and 12 hours before; the card is then charged at once and the instructor paid after the new lesson. Not later."),
            ("Exactly 24 or 12 hours before?", "Counts as earlier, so in your favour."),
        ]))
    }
}

fn about_the_lesson() -> Markup {
    answers(&[
        ("Where is the address?", "On the lesson page and in the confirmation, as soon as the lesson is booked."),
        (
            "Nobody came.",
            "Say so on the lesson page, up to 24 hours after the end. The other side can answer for 24 hours. If the instructor did not come, you get everything back. If you did not come, the lesson is charged.",
        ),
        (
            "How do reviews work?",
            "You can review within 30 days. One to five, with words if you like. The instructor may answer once.",
        ),
        ("May I tip?", "With the review, from $0.50. All of it goes to the instructor."),
    ])
}

fn about_credit(facts: &Facts) -> Markup {
    html! {
        h3 { "Where does credit come from?" }
        p { "From lessons that took place: " (facts.milestones()) ". From cancelled lessons. From friends you bring." }
        (answers(&[
            ("How long does it last?", "A year from the day you get it. What ends first is used first."),
            ("What can it pay?", "The lesson price, not booking protection and not tips. You choose how much at checkout."),
        ]))
    }
}

fn about_teaching(facts: &Facts) -> Markup {
    html! {
        (answers(&[
            ("What do I need to begin?", "A profile, at least one lesson with a price, an identity check, a background check on file and a payout account. You can do the steps in any order; the checklist shows what is left."),
            ("Does taking hours off my week cancel lessons?", "No. Booked lessons stay. Only what is still free disappears."),
            ("How do I leave room between lessons?", "Set a pause and a notice in your settings. New profiles begin with 15 minutes and one hour."),
        ]))
        h3 { "Is there a least price?" }
        p { "Yes, for an hour: " (facts.floors.in_person.dollars_short()) " in person, " (facts.floors.remote.dollars_short()) " online. Shorter and longer lessons in proportion." }
    }
}

fn about_fees(facts: &Facts) -> Markup {
    let tiers = Table {
        caption: "What we keep of the lesson price".into(),
        caption_hidden: false,
        cols: vec![Col::new("You taught"), Col::end("We keep"), Col::end("Of $80.00 you get")],
        rows: facts
            .tier_rows()
            .into_iter()
            .map(|(words, share)| {
                let lesson = crate::base::money::Cents(8000);
                let kept = lesson.share(share);
                Row::new(vec![html! { (words) }, html! { (share.percent()) }, html! { ((lesson - kept).dollars()) }])
            })
            .collect(),
        foot: None,
    };
    html! {
        (table(&tiers))
        p { "The lesson being booked counts itself. Your share falls at once when you reach the next step and rises by one step at most when you teach less; after " (facts.pricing.inactivity_reset_days) " days without a lesson it starts again. The first " (facts.pricing.founding_cap) " invited instructors pay " (facts.pricing.founding_rate.percent()) " for life." }
        (answers(&[
            ("When am I paid?", "Every Tuesday, for what was charged until then. It takes your bank about two working days."),
            ("What about tips?", "You get all of every tip."),
            ("The student used credit. Do I get less?", "No. Credit is our cost."),
        ]))
    }
}

fn about_account() -> Markup {
    html! {
        (answers(&[
            ("I cannot sign in.", "After several wrong tries we wait, longer each time, so nobody can guess. Use “Forgot the password”; the link holds for one hour."),
            ("How do I protect my account?", "Turn on two-step sign-in in your account. Keep the recovery codes somewhere else."),
            ("How do I get my data, or leave?", "Both are in your account: download everything we hold, or delete it. Lessons ahead must be over or cancelled first."),
        ]))
        p { a href="/forgot-password" { "Forgot the password" } }
    }
}
