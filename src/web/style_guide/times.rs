//! Everything that shows a time.

use jiff::civil::date;
use maud::{Markup, html};

use super::Part;
use crate::base::money::Cents;
use crate::base::time::{Date, WallTime, plus_days};
use crate::web::components::{
    Band, Board, Cell, DayRow, Departure, FreeDay, Moment, Month, PriceLine, SlotState, SlotView, WeekDay, WeekView,
    board, calendar, days, departures, policy_bands, price_table, slot_grid, slots, tick, timeline, week_grid,
    week_key, when,
};

const TODAY: Date = date(2026, 11, 10);

fn at(hour: u16, minute: u16) -> WallTime {
    WallTime::clamped(i64::from(hour * 60 + minute))
}

fn tile(hour: u16, minute: u16, state: SlotState, selected: bool) -> SlotView {
    SlotView { selected, state, ..SlotView::free(TODAY, at(hour, minute), "#slots") }
}

pub fn parts() -> Vec<Part> {
    vec![
        (
            "slots",
            "Slot tile",
            "Free, bookable now, selected, held by someone, taken. Selection is ink, so purple stays for pressing.",
            tiles(),
        ),
        (
            "board",
            "Departure board",
            "The whole row is one link. Under 44 rem of its own width it folds.",
            departure_board(),
        ),
        (
            "cal",
            "Calendar and price",
            "A real table. Free days are links with a count, the rest stays readable.",
            month(),
        ),
        ("policy", "Policy and timeline", "The band you are in; past filled, future hollow.", policy()),
        ("week", "Week editor", "A checkbox per half hour. Dragging only paints what tapping does too.", week()),
    ]
}

fn tiles() -> Markup {
    let all = [
        tile(16, 0, SlotState::Free, false),
        tile(16, 30, SlotState::Now, false),
        tile(17, 0, SlotState::Free, true),
        tile(17, 30, SlotState::Now, true),
        tile(18, 0, SlotState::Held, false),
        tile(18, 30, SlotState::Gone, false),
    ];
    let rows = [
        DayRow { date: TODAY, slots: all[1..5].to_vec(), more: None },
        DayRow { date: plus_days(TODAY, 1), slots: vec![], more: None },
    ];
    let head = Board {
        id: "on-board",
        title: html! { "Free times, piano, 60 min" },
        aside: html! { "$89.60 all in" },
        foot: Some(html! { (tick()) "bookable now. New York time." }),
    };
    html! {
        div.guide { (slots(&all, Some(("#slots", "with Sarah C.")))) (board(&head, days(TODAY, &rows))) }
        (slot_grid(&all))
    }
}

fn departure_board() -> Markup {
    let row = |days, start, now, what: &str, who: &str, place: &str, cents| Departure {
        date: plus_days(TODAY, days),
        start,
        now,
        what: what.into(),
        who: who.into(),
        place: place.into(),
        pay: Cents(cents),
        href: "#board".into(),
    };
    let rows = [
        row(0, at(16, 30), true, "Guitar", "Michael R.", "Park Slope", 9520),
        row(0, at(17, 0), false, "Japanese", "Yuki T.", "Online", 8960),
        row(1, at(7, 0), false, "Yoga at home", "Ines B.", "Fort Greene", 8960),
    ];
    let head = Board {
        id: "departures",
        title: html! { (tick()) "Bookable now" },
        aside: html! { "New York, Tue Nov 10, 2:05 pm" },
        foot: Some(html! { "Price for 60 minutes with booking protection. Nothing is added later." }),
    };
    board(&head, departures(TODAY, &rows, "60 min, all in"))
}

fn month() -> Markup {
    let free = [(10, 6), (11, 2), (12, 5), (14, 3), (17, 1)];
    let view = Month {
        month: TODAY,
        today: TODAY,
        selected: Some(date(2026, 11, 12)),
        free: free.map(|(day, times)| FreeDay { date: date(2026, 11, day), times, href: "#cal".into() }).to_vec(),
        earlier: None,
        later: Some("#cal".into()),
    };
    let lines = [
        PriceLine::new("Piano, 60 min", Cents(8000)).hint("$80.00 an hour"),
        PriceLine::new("Booking protection, 12%", Cents(960)),
        PriceLine::new("Credit", Cents(-1000)),
        PriceLine::words("Tip", "none").hint("You decide after the lesson"),
    ];
    html! {
        div.guide {
            div { (calendar(&view)) }
            div.panel.stack {
                (when(date(2026, 11, 12), at(16, 30), at(17, 30), false))
                (price_table(&lines, &PriceLine::new("Total", Cents(7960))))
            }
        }
    }
}

fn policy() -> Markup {
    let band = |name: &str, text: &str, here| Band { name: name.into(), text: text.into(), here };
    html! {
        (policy_bands(&[
            band("Free", "until Wed Nov 11, 4:30 pm. No charge at all.", true),
            band("Credit", "until Thu Nov 12, 4:30 am. $80.00 comes back as credit.", false),
            band("Half", "after that. $40.00 comes back as credit.", false),
        ]))
        (timeline(&[
            Moment::past("Nov 10, 2:12 pm. Booked", "Card saved with Stripe. $0.00 taken."),
            Moment::ahead("Wed Nov 11, 4:30 pm. Authorised", "Your bank sets $89.60 aside."),
            Moment::ahead("Fri Nov 13, 5:30 pm. Charged", "$89.60 leaves your card."),
        ]))
    }
}

fn week() -> Markup {
    let booked = || Cell::Booked { halves: 2, who: "Emma J.".into(), href: Some("#week".into()), end: at(17, 0) };
    let columns: [[Cell; 6]; 4] = [
        [
            Cell::Past { was_open: false },
            Cell::Past { was_open: true },
            Cell::Past { was_open: true },
            booked(),
            Cell::Covered,
            Cell::Past { was_open: false },
        ],
        [Cell::Past { was_open: false }, Cell::Open, Cell::Open, Cell::Open, Cell::Open, Cell::Closed],
        [Cell::Closed, Cell::Closed, booked(), Cell::Covered, Cell::Open, Cell::Open],
        [Cell::Off, Cell::Off, Cell::Off, Cell::Off, Cell::Off, Cell::Off],
    ];
    let days =
        (-1..).zip(columns).map(|(n, cells)| WeekDay { date: plus_days(TODAY, n), cells: cells.to_vec() }).collect();
    html! { (week_key()) (week_grid(&WeekView { today: TODAY, from: at(14, 0), days })) }
}
