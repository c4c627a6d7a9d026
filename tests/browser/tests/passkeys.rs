//! Passkeys in a real browser with a simulated device: added on the account's page, then in place of the password.

use browser::{Browser, Scripts, Shop, pictures};

const NOW: &str = "2026-11-10T19:05:00Z";
const EMMA: &str = "emma.johnson@demo.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_and_opens_the_account_without_the_password() {
    let shop = Shop::open(NOW).await;
    // Browsers bind passkeys to a name, never to a number.
    let browser = Browser::open(&shop.base.replace("127.0.0.1", "localhost")).await;
    let sheet = browser.sheet(Scripts::On, 1280, false).await;
    sheet.has_passkeys().await;
    let password = shop.password_of(EMMA).await;
    sheet.go("/login?redirect=/account/passkeys").await;
    sheet.fill("#email", EMMA).await;
    sheet.fill("#password", &password).await;
    sheet.click("main form[action='/login'] button.btn--wide").await;
    sheet.is_at("/account/passkeys").await;
    sheet.fill("#name", "My laptop").await;
    sheet.click("[data-passkey='register'] button").await;
    sheet.sees("Your passkey is ready").await;
    sheet.sees("My laptop").await;
    sheet.picture(&pictures().join("passkey-added.png")).await;

    browser.forget().await;
    sheet.go("/login?redirect=/account/passkeys").await;
    sheet.click("[data-passkey='login'] button").await;
    sheet.is_at("/account/passkeys").await;
    sheet.sees("My laptop").await;
    assert!(!sheet.text().await.contains("Never"), "its use is noted");
    browser.close().await;
    shop.close().await;
}
