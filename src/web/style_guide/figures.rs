//! Tables, figures, charts, the map, a result.

use jiff::civil::date;
use maud::{Markup, html};

use super::Part;
use crate::base::geo::Point;
use crate::base::money::Cents;
use crate::base::time::WallTime;
use crate::web::components::{
    Area, Bar, Col, Face, Fact, Icon, MapView, Pin, ResultView, Row, SlotView, Stat, Table, area_map, bar_chart,
    chart_box, facts, meter, result, sparkline, stats, table,
};

pub fn parts() -> Vec<Part> {
    vec![
        ("people", "Result and map", "All-in price, true free times, the reason if something differs.", people()),
        ("facts", "Facts", "Label and value, one row each.", fact_rows()),
        ("table", "Table", "A totals row; folds under 48 rem.", rows()),
        ("charts", "Figures and charts", "A text label with the numbers; the goal is dashed.", charts()),
    ]
}

fn people() -> Markup {
    let tile =
        |hour: i64, minute: i64| SlotView::free(date(2026, 11, 12), WallTime::clamped(hour * 60 + minute), "#people");
    let sarah = ResultView {
        name: "Sarah C.".into(),
        href: "#people".into(),
        face: Face { initials: "SC".into(), tone: 0, photo: None },
        line: "Piano, violin. 12 years teaching.".into(),
        pay: Cents(8960),
        pay_for: "60 min, all in".into(),
        why: Some("1.8 miles from Upper West Side.".into()),
        facts: vec![
            Fact::new(Icon::Pin, "Upper West Side"),
            Fact::new(Icon::Star, "4.9 from 32"),
            Fact::verified(Icon::Shield, "Checked Mar 2026"),
        ],
        slots_head: "Thursday, Nov 12".into(),
        slots: vec![tile(16, 0), tile(16, 30), tile(17, 0)],
    };
    let point = |lat, lon| Point { lat, lon };
    let map = MapView {
        label: "Two next free times on the Upper West Side".into(),
        ground: vec![],
        areas: vec![
            Area { name: "Upper West Side".into(), centre: point(40.787, -73.9754), rings: vec![], on: true },
            Area { name: "Harlem".into(), centre: point(40.805, -73.953), rings: vec![], on: false },
        ],
        pins: vec![
            Pin {
                at: point(40.785, -73.978),
                start: WallTime::clamped(960),
                now: false,
                href: "#people".into(),
                name: "Sarah C.".into(),
            },
            Pin {
                at: point(40.793, -73.968),
                start: WallTime::clamped(1065),
                now: true,
                href: "#people".into(),
                name: "Priya N.".into(),
            },
        ],
    };
    html! { ul.results { (result(&sarah)) } div.guide { (area_map(&map)) } }
}

fn fact_rows() -> Markup {
    facts(&[
        ("Teaches", html! { "Children from 6, teenagers, adults" }),
        ("Languages", html! { "English, Mandarin" }),
        ("Book ahead", html! { "At least 1 hour" }),
    ])
}

fn rows() -> Markup {
    let line = |day: &str, lesson: &str, sum: &str, state: &str| {
        Row::new(vec![html! { (day) }, html! { (lesson) }, html! { (sum) }, html! { (state) }])
    };
    let mut chosen = line("Nov 6", "Violin, 45 min", "$58.65", "Paid out");
    chosen.selected = true;
    table(&Table {
        caption: "Payout of Nov 10".into(),
        caption_hidden: false,
        cols: vec![
            Col::new("Date").sort("#table", Some(true)),
            Col::new("Lesson"),
            Col::end("Yours"),
            Col::new("State"),
        ],
        rows: vec![line("Nov 7", "Piano, 60 min", "$73.60", "Paid out"), chosen],
        foot: Some(vec![html! { "2 lessons" }, html! {}, html! { "$132.25" }, html! {}]),
    })
}

fn charts() -> Markup {
    let bars: Vec<Bar> = [18, 22, 25, 19, 14, 31, 28, 21, 24, 27, 22, 17, 33, 31]
        .into_iter()
        .enumerate()
        .map(|(n, value)| Bar {
            value,
            hot: n == 13,
            word: match n {
                0 => "Oct 28".into(),
                13 => "Today".into(),
                _ => String::new(),
            },
        })
        .collect();
    let times = [20.0, 21.0, 19.0, 23.0, 22.0, 20.0, 24.0, 29.0, 23.0, 22.0, 21.0, 20.0, 22.0];
    html! {
        (stats(&[
            Stat::new("On its way to you", "$368.05", "Sent Tue Nov 10. At your bank by Thu Nov 12.").lead(),
            Stat::new("Next, Tue Nov 17", "$78.20", "1 lesson so far"),
            Stat::new("Your fee", "8%", "Founding rate, for life"),
        ]))
        div.charts {
            (chart_box("Lessons per day", "", bar_chart("Lessons per day, 14 days, between 14 and 33. Today 31.", &bars), "Two weeks"))
            (chart_box("Page time, p95", "22 ms", sparkline("p95 page time, 19 to 29 ms, goal 50 ms", &times, Some(50.0)), "24 hours. Dashed: goal 50 ms."))
        }
        div { p.small { "7 of 11 lessons toward the 10% fee" } (meter(7, 11)) }
    }
}
