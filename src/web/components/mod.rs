//! The components of every page, as plain functions from small view structs to markup.
//!
//! They take words, base types (`Cents`, `WallTime`, `Date`) and links; never a type of a slice. Nothing here reads a
//! clock, a store or a request, and none writes a `style` attribute or an inline script (the CSP forbids both). How each
//! looks in every state is shown at `/admin/style`.
//!
//! | Function | Takes | Shows |
//! |---|---|---|
//! | [`slot`], [`slot_radio`], [`slots`], [`slot_grid`], [`tick`], [`clock`] | [`SlotView`] {date, start, state: [`SlotState`], href, selected} | a time to take; `Now` is the yellow bar |
//! | [`board`] | [`Board`] {id, title, aside, foot}, body | the dark board, for times only |
//! | [`departure`], [`departures`] | [`Departure`] {date, start, now, what, who, place, pay, href} | rows that are one link each |
//! | [`day_row`], [`days`] | [`DayRow`] {date, slots, more} | one instructor's days |
//! | [`calendar`] | [`Month`] {month, today, selected, free: [`FreeDay`], earlier, later} | month grid with counts |
//! | [`price_table`] | [`PriceLine`] list, total | quote lines; never without total |
//! | [`policy_bands`] | [`Band`] {name, text, here} | what cancelling costs |
//! | [`when`] | date, start, end, large | the chosen time in large figures |
//! | [`timeline`] | [`Moment`]`::past/ahead(title, text)` | past filled, future hollow |
//! | [`avatar`], [`who`] | [`Face`]`::new(initials, id)` | monogram or photo; with name and second line |
//! | [`result`] | [`ResultView`] | an instructor in a list, inside `ul` |
//! | [`facts`] | `&[(label, markup)]` | label and value rows |
//! | [`fact`], [`facts_row`] | [`Fact`]`::new/verified/plain` | icon and word |
//! | [`badge`] | [`Tone`], words | state in a word |
//! | [`chip`] | label, value, remove link | what was understood |
//! | [`button`], [`link_button`], [`post_button`] | [`Button`]`::primary/line/bad/link(label)` `.icon().small().wide().busy().sends()` | submit, lead, POST |
//! | [`field`], [`control`], [`select`], [`pick`], [`picks`], [`stars`] | [`Field`] {name, label, …Default}, [`Choice`] | inputs with hint and error; `rows` makes a text area |
//! | [`search_box`] | value, placeholder, label | the one search box (put it in `form action="/search" role="search"`) |
//! | [`error_summary`] | `&[(field id, message)]`, what was kept | on top of a refused form |
//! | [`tabs`], [`steps`], [`pager`], [`crumb`] | [`Tab`], `(label, back)`, [`Pager`] | ways around |
//! | [`notice`], [`held`], [`toast`], [`empty`] | [`Tone`], words | what happened, what to do |
//! | [`dialog`], [`popover`], [`drawer`] | title, body, actions | over the page |
//! | [`table`] | [`Table`] {caption, cols: [`Col`], rows: [`Row`], foot} | folds on phones |
//! | [`stat`], [`stats`], [`bar_chart`], [`sparkline`], [`meter`], [`chart_box`] | [`Stat`], [`Bar`] | figures |
//! | [`area_map`] | [`MapView`] {label, ground: [`Patch`], areas: [`Area`], pins: [`Pin`]}; `places::map` fills it | outlines and next times |
//! | [`message`], [`thread`] | [`MessageView`], [`ThreadItem`] | conversations |
//! | [`week_grid`], [`week_key`] | [`WeekView`] {today, from, days: [`WeekDay`] {date, cells: [`Cell`]}} | the week editor |
//! | [`section`], [`section_one`], [`page_head`], [`panel`], [`dock`], [`unfold`], [`stops`] | words, body | parts of a page |
//! | [`icon`], [`sprite`] | [`Icon`] | stroke icons |
//!
//! The frame around them (header, footer, `<main>`) is [`crate::web::layout::page`].

mod board;
mod button;
mod calendar;
mod chart;
mod chat;
mod facts;
mod form;
mod icon;
mod map;
mod money;
mod nav;
mod notice;
mod overlay;
mod person;
mod section;
mod slot;
mod table;
mod timeline;
mod week;

pub use board::{Board, DayRow, Departure, board, day_row, days, departure, departures};
pub use button::{Button, Kind, button, link_button, post_button};
pub use calendar::{FreeDay, Month, calendar};
pub use chart::{Bar, Stat, bar_chart, chart_box, meter, sparkline, stat, stats};
pub use chat::{MessageView, ThreadItem, message, thread};
pub use facts::{Fact, Tone, badge, chip, fact, facts, facts_row};
pub use form::{Choice, Field, Pick, control, error_summary, field, pick, picks, search_box, select, stars};
pub use icon::{Icon, icon, sprite};
pub use map::{Area, MapView, Patch, Pin, area_map};
pub use money::{Band, PriceLine, policy_bands, price_table, when};
pub use nav::{Pager, Tab, account_tabs, crumb, pager, steps, tabs};
pub use notice::{empty, held, notice, toast};
pub use overlay::{dialog, drawer, popover};
pub use person::{Face, ResultView, avatar, result, tone, who};
pub use section::{dock, page_head, panel, section, section_one, stops, unfold};
pub use slot::{SlotState, SlotView, clock, slot, slot_grid, slot_radio, slots, tick};
pub use table::{Col, Row, Sort, Table, table};
pub use timeline::{Moment, timeline};
pub use week::{Cell, WeekDay, WeekView, week_grid, week_key};
