//! Terms, privacy, referral terms, and the page that lists them.

use maud::{Markup, html};

use super::facts::Facts;
use super::{Sheet, chapter};
use crate::web::components::facts as fact_rows;

pub fn legal(_: &Facts) -> Sheet {
    Sheet {
        title: "Legal",
        description: "Terms of use, privacy, referral terms.",
        lead: "The rules, in words one can read.".into(),
        chapters: vec![
            chapter(
                "terms",
                "Terms",
                "",
                html! { p { "What you and we owe each other. " a href="/terms" { "Read the terms" } } },
            ),
            chapter(
                "privacy",
                "Privacy",
                "",
                html! { p { "What we hold about you, why, and for how long. " a href="/privacy" { "Read about privacy" } } },
            ),
            chapter(
                "referrals",
                "Bring a friend",
                "",
                html! { p { "When both of you get credit. " a href="/referrals-terms" { "Read the referral terms" } } },
            ),
        ],
    }
}

pub fn terms(facts: &Facts) -> Sheet {
    let brand = facts.brand.as_str();
    Sheet {
        title: "Terms",
        description: "What students, instructors and the marketplace owe each other.",
        lead: format!("What you, the person across the table and {brand} owe each other."),
        chapters: vec![
            chapter(
                "who",
                "Who is who",
                "",
                html! {
                    p { (brand) " is the place where lessons are offered, booked and paid. The lesson itself is between the student and the instructor. Instructors work for themselves: they set their hours, their prices and how they teach." }
                    p { "You must be 18 to have an account. Lessons for children are booked by an adult, who stays responsible for the child." }
                },
            ),
            chapter(
                "account",
                "Your account",
                "",
                html! {
                    p { "One account per person, with your real name. Keep the password to yourself; what is done with it counts as done by you. An account is for learning or for teaching, not both." }
                    p { "We may suspend an account that breaks these terms, and say why." }
                },
            ),
            chapter("booking", "Booking and price", "", booking_terms(facts)),
            chapter("cancelling", "Cancelling and not coming", "", cancelling_terms()),
            chapter(
                "conduct",
                "How we treat each other",
                "",
                html! {
                    ul {
                        li { "Be on time, be civil, be safe with children." }
                        li { "Arrange and pay lessons here. Asking for payment elsewhere ends the protection and can end the account." }
                        li { "Do not collect addresses, copy profiles, or test our locks without asking." }
                        li { "Reviews describe the lesson. Reviews that are bought, traded or about something else are removed." }
                    }
                },
            ),
            chapter(
                "credit",
                "Credit",
                "",
                html! {
                    p { "Credit pays lesson prices here. It is not money: it cannot be paid out or given away, and it ends a year after it was given, unless the lot says otherwise. Credit from a lesson that is later refunded or charged back is taken back." }
                },
            ),
            chapter(
                "teaching",
                "For instructors",
                "",
                html! {
                    p { "Published hours are a binding offer. You need a valid identity check and background check as long as you are listed. We keep a share of the lesson price, stated before you publish and frozen with each booking; the rest and every tip are yours. Taxes on what you earn are yours too." }
                },
            ),
            chapter(
                "answer",
                "What we answer for",
                "",
                html! {
                    p { "We answer for this site doing what it says: the time is free when it is shown, the price is the price, refunds follow the rules above. We check identity and background as described under " a href="/trust-safety" { "Trust and safety" } "; we do not promise that a lesson succeeds. Nothing here takes away rights that the law gives you." }
                },
            ),
            chapter(
                "changes",
                "Changes",
                "",
                html! {
                    p { "When these terms change, booked lessons keep the terms and prices they were booked under." }
                },
            ),
        ],
    }
}

fn booking_terms(facts: &Facts) -> Markup {
    html! {
        p { "A lesson is booked when the confirmation page appears. Choosing a time holds it for 30 minutes. The price is the lesson price plus " (facts.protection()) " booking protection and is frozen then, whatever changes later." }
        p { "Your card is authorised 24 hours before the start, or at once when there is less time, and charged 24 hours after the end. If it cannot be authorised until 12 hours before the start, the lesson is given up without charge." }
    }
}

fn cancelling_terms() -> Markup {
    html! {
        (fact_rows(&[
            ("24 h or more", html! { "The student pays nothing." }),
            ("12 to 24 h", html! { "The card is charged; the lesson price comes back as credit." }),
            ("Less than 12 h", html! { "The card is charged; half the lesson price comes back as credit. The instructor gets half of their pay." }),
            ("By the instructor", html! { "The student pays nothing, at any time." }),
            ("Instructor absent", html! { "The student gets everything back." }),
            ("Student absent", html! { "The lesson is charged and the instructor paid." }),
        ]))
        p { "Not coming is reported on the lesson page until 24 hours after the end; the other side may dispute it for 24 hours, and then a person decides." }
    }
}

pub fn privacy(facts: &Facts) -> Sheet {
    let brand = facts.brand.as_str();
    Sheet {
        title: "Privacy",
        description: "What is held about you, why, who sees it, how long, and how to get it or have it deleted.",
        lead: "What we hold about you, why, who sees it, and for how long.".into(),
        chapters: vec![
            chapter("hold", "What we hold", "Only what a lesson needs.", held_data()),
            chapter(
                "sees",
                "Who sees it",
                "",
                html! {
                    p { "The other side of a booking sees your first name, your initial, your note, and the address where the lesson takes place. Instructors’ profiles are public." }
                    p { "Stripe handles cards, identity and payouts. It gets what it needs for that and nothing else. We sell nothing and show no advertising." }
                    p { "People who run " (brand) " see what they need to answer you. Every change they make is written into a log that cannot be edited." }
                },
            ),
            chapter("cookies", "Cookies", "All our own; none follows you elsewhere.", cookies()),
            chapter(
                "long",
                "How long",
                "",
                html! {
                    (fact_rows(&[
                        ("Searches", html! { "One year; without an account, 30 days." }),
                        ("Lessons", html! { "Seven years, because of tax law; names and addresses in them are removed after that." }),
                        ("Sessions", html! { "At most seven days; signing out ends one at once." }),
                    ]))
                },
            ),
            chapter(
                "rights",
                "Your data is yours",
                "",
                html! {
                    p { "In your account you can download everything we hold about you, correct it, and delete the account. Deleting removes your name, e-mail address, phone number, addresses, photo and searches; what the law makes us keep about payments stays, without your name." }
                    p { "Questions: " a href="/contact" { "Contact" } "." }
                },
            ),
        ],
    }
}

fn held_data() -> Markup {
    fact_rows(&[
        (
            "Account",
            html! { "Name, e-mail, ZIP code, phone if you give one, photo if you add one. The password only as a hash that cannot be turned back." },
        ),
        ("Lessons", html! { "Who, what, when, where, price, notes, reviews." }),
        (
            "Payments",
            html! { "What was charged and paid, and the last four digits of cards. The numbers stay with Stripe." },
        ),
        ("Searches", html! { "The words, so that results get better and you can repeat them." }),
        ("Safety", html! { "Sign-ins with address and browser, so that we can warn you of strange ones." }),
        ("Instructors", html! { "The result of identity and background checks." }),
    ])
}

fn cookies() -> Markup {
    fact_rows(&[
        ("Signed in", html! { "Keeps you signed in. Ends with your session." }),
        ("Colours", html! { "Light or dark, if you chose. One year." }),
        ("Guest", html! { "Lets you keep recent searches without an account. 30 days." }),
        ("Friend’s link", html! { "Remembers who sent you, if you came by such a link. 30 days." }),
        ("Known device", html! { "So that strangers’ wrong passwords cannot lock you out." }),
    ])
}

pub fn referrals(_: &Facts) -> Sheet {
    Sheet {
        title: "Bring a friend",
        description: "When you and your friend each get credit for a first lesson.",
        lead: "When a friend’s first lesson has taken place, each of you gets $20.".into(),
        chapters: vec![
            chapter(
                "how",
                "How",
                "",
                html! {
                    p { "Share your link from the Rewards page. Your friend creates an account within 30 days of following it and takes a first lesson whose price is $80 or more. Once the lesson is complete, a reward is set aside for each of you." }
                },
            ),
            chapter(
                "use",
                "Using it",
                "",
                fact_rows(&[
                    ("From when", html! { "Seven days after that lesson." }),
                    ("Until", html! { "Six months later. We remind you 14 and 3 days before the end." }),
                    ("On what", html! { "One reward on one lesson of $80 or more, not beside other credit." }),
                    (
                        "For instructors",
                        html! { "An instructor who brings a student gets the $20 paid out, not as credit." },
                    ),
                ]),
            ),
            chapter(
                "limits",
                "Limits",
                "",
                html! {
                    ul {
                        li { "Friends are new here: no lesson taken before, and nobody else brought them." }
                        li { "Not yourself: the same device, connection or card ends both rewards." }
                        li { "Up to 20 rewards at a time." }
                        li { "If the lesson is refunded or cancelled, the reward goes too." }
                    }
                },
            ),
        ],
    }
}
