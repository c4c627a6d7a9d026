//! Journey A in a real browser, with scripts and without: a wish, an instructor, a time, an account, a card, a lesson,
//! a review. The pages themselves are judged in `pages`.

mod pages;

use browser::{Browser, Scripts, Sheet, Shop};

/// A Tuesday afternoon in New York.
const NOW: &str = "2026-11-10T19:05:00Z";
const WISH: &str = "piano lessons on the upper west side under $100 tomorrow evening";
const PASSWORD: &str = "Quiet-Harbor-42";

#[tokio::test(flavor = "multi_thread")]
async fn from_a_wish_to_a_review_with_scripts() {
    journey(Scripts::On, "nadia").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_wish_to_a_review_without_scripts() {
    journey(Scripts::Off, "noor").await;
}

async fn journey(scripts: Scripts, name: &str) {
    let shop = Shop::open(NOW).await;
    let browser = Browser::open(&shop.base).await;
    let sheet = browser.sheet(scripts, 1280, false).await;

    let slot = find_a_time(&sheet).await;
    join(&shop, &sheet, name).await;
    let booking = pay(&sheet).await;
    browser.forget().await;

    // The slot is gone for the next guest.
    sheet.go(&slot).await;
    assert!(!sheet.text().await.contains("Create an account"), "the slot is still on offer");

    shop.advance_hours(30).await;
    sign_in(&shop, &sheet, "sarah.chen@demo.example").await;
    sheet.go(&format!("/instructor/bookings/{booking}")).await;
    sheet.click("form[action$='/completion'] button").await;
    sheet.sees("took place").await;
    browser.forget().await;

    shop.advance_hours(25).await;
    let objects = format!("/sandbox/v1/stripe/objects?type=payment_intent&booking_id={booking}");
    let intent = &shop.get(&objects).await["items"][0];
    assert!(intent["amount_captured"].as_i64().unwrap_or(0) > 0, "nothing was captured: {intent}");

    come_back(&sheet, &format!("{name}@people.example")).await;
    review(&sheet, &booking).await;
    browser.close().await;
    shop.close().await;
}

/// Home → results → the first card's first time. Answers the path of the chosen slot.
async fn find_a_time(sheet: &Sheet) -> String {
    sheet.go("/").await;
    sheet.fill("main #q", WISH).await;
    sheet.click("main .seek button").await;
    sheet.is_at("/search").await;
    sheet.sees("Upper West Side").await;
    sheet.sees("Sarah C.").await;
    sheet.click("main .res a.slot").await;
    sheet.is_at("/book/").await;
    sheet.sees("Total").await;
    sheet.path().await
}

/// A guest becomes a student on the same step; the choice survives.
async fn join(shop: &Shop, sheet: &Sheet, name: &str) {
    let email = format!("{name}@people.example");
    sheet.click("aside a[href^='/signup']").await;
    sheet.fill("#email", &email).await;
    sheet.click("form[action='/signup'] button.btn").await;
    sheet.sees("Check the code").await;
    sheet.fill("#code", &shop.email_code(&email).await).await;
    sheet.click("form[action='/signup/code'] button.btn").await;
    for (field, text) in [
        ("#first_name", "Nadia"),
        ("#last_name", "Walker"),
        ("#zip_code", "10024"),
        ("#password", PASSWORD),
        ("#password_again", PASSWORD),
    ] {
        sheet.fill(field, text).await;
    }
    sheet.click("main form button.btn").await;
    if sheet.path().await.starts_with("/login") {
        enter(sheet, &email, PASSWORD).await;
    }
    sheet.is_at("/book/").await;
}

/// Holds the slot, adds the sandbox's card on the hosted page, books. Answers the booking's id.
async fn pay(sheet: &Sheet) -> String {
    if sheet.has("#meeting_location").await {
        sheet.fill("#meeting_location", "120 Riverside Drive, apartment 4").await;
    }
    sheet.click("#hold button.btn").await;
    sheet.is_at("/student/booking/confirm").await;
    sheet.sees("Booking protection").await;
    let path = sheet.path().await;
    let booking = path.split("booking=").nth(1).unwrap_or_default().chars().take(26).collect::<String>();
    sheet.click("#card form button, form[action*='cards/new'] button").await;
    sheet.is_at("/sandbox/checkout/").await;
    sheet.click("main form button.btn").await;
    sheet.is_at("/student/booking/confirm").await;
    sheet.click("aside button[form='pay']").await;
    sheet.sees("You’re booked").await;
    booking
}

async fn sign_in(shop: &Shop, sheet: &Sheet, email: &str) {
    let password = shop.password_of(email).await;
    sheet.go("/login").await;
    enter(sheet, email, &password).await;
}

async fn come_back(sheet: &Sheet, email: &str) {
    sheet.go("/login").await;
    enter(sheet, email, PASSWORD).await;
}

async fn enter(sheet: &Sheet, email: &str, password: &str) {
    sheet.fill("#email", email).await;
    sheet.fill("#password", password).await;
    sheet.click("main form button.btn--wide").await;
}

async fn review(sheet: &Sheet, booking: &str) {
    sheet.go(&format!("/student/review/{booking}")).await;
    sheet.click("label:has(input[name='rating'][value='5'])").await;
    sheet.fill("textarea[name='review_text']", "She found the tune I had hummed for years.").await;
    sheet.click("main form button.btn").await;
    sheet.sees("thank").await;
    sheet.go("/search?q=piano+upper+west+side").await;
    sheet.click("main .res h3 a[href^='/instructors/']").await;
    sheet.sees("the tune I had hummed").await;
}
