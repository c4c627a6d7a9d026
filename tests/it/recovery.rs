//! Back in without a lost second factor (part 20 §16): a document, a day, and every chance to stop it.

use serde_json::{Value, json};

use super::door::{code_at, knock, second_factor};
use super::kit::{Person, Stage};

const PASSWORD: &str = "lantern orchard velvet";

async fn temp_token(stage: &Stage, who: &Person) -> Value {
    knock(&stage.app, &who.email, PASSWORD).await.expect(200)["temp_token"].clone()
}

async fn recover(stage: &Stage, who: &Person) -> Value {
    let body = json!({ "temp_token": temp_token(stage, who).await });
    stage.app.post("/api/v1/2fa/recovery", body).await.expect(200)
}

/// Shows Stripe a document with this name.
async fn document(stage: &Stage, standing: &Value, first: &str, last: &str) {
    let session = standing["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let path = format!("/sandbox/v1/stripe/identity/{session}/verify");
    stage.app.post(&path, json!({ "first_name": first, "last_name": last })).await.expect(200);
}

/// The token of the mail about this stage.
async fn mailed(stage: &Stage, who: &Person, wanted: &str) -> Value {
    stage.app.settle().await;
    let path = format!("/sandbox/v1/outbox?to={}&template=two_factor_changed&limit=50", who.email);
    let mails = stage.app.get(&path).await.expect(200)["items"].clone();
    let about = mails.as_array().unwrap().iter().find(|mail| mail["data"]["stage"] == wanted);
    about.unwrap_or_else(|| panic!("no mail about {wanted} in {mails}"))["data"]["token"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_the_owner_opens_the_account_a_day_later() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    second_factor(&stage, emma).await;
    let begun = recover(&stage, emma).await;
    assert_eq!(begun["status"], "document");
    mailed(&stage, emma, "asked").await;
    document(&stage, &begun, "Emma Marie", "Johnson").await;
    let waiting = recover(&stage, emma).await;
    assert_eq!((&waiting["status"], &waiting["opens_at"]), (&json!("waiting"), &json!("2026-11-11T19:05:30Z")));
    mailed(&stage, emma, "waiting").await;
    let finish = |temp: Value| app.post("/api/v1/2fa/recovery/finish", json!({ "temp_token": temp }));
    finish(temp_token(&stage, emma).await).await.refused(409, "RECOVERY_NOT_OPEN");
    app.advance(24 * 3600 - 1).await;
    finish(temp_token(&stage, emma).await).await.refused(409, "RECOVERY_NOT_OPEN");
    app.advance(1).await;
    let temp = temp_token(&stage, emma).await;
    let opened = finish(temp.clone()).await.expect(200);
    finish(temp).await.refused(400, "TEMP_TOKEN_INVALID");
    let token = opened["access_token"].as_str().unwrap();
    let me = app.ask(reqwest::Method::GET, "/api/v1/auth/me", Some(token), None).await.expect(200);
    assert_eq!(me["totp_enabled"], false);
    stage.get(emma, "/api/v1/auth/me").await.expect(401);
    assert_eq!(knock(app, &emma.email, PASSWORD).await.expect(200)["requires_2fa"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_stops_it_by_mail_by_code_or_with_a_new_password() {
    let stage = Stage::set().await;
    let (app, emma) = (&stage.app, &stage.emma);
    let (secret, _) = second_factor(&stage, emma).await;
    recover(&stage, emma).await;
    let stop = json!({ "token": mailed(&stage, emma, "asked").await });
    app.post("/api/v1/2fa/recovery/stop", stop.clone()).await.expect(200);
    app.post("/api/v1/2fa/recovery/stop", stop).await.refused(400, "RECOVERY_LINK_INVALID");
    // Begun anew, proven, and then the owner simply signs in.
    let begun = recover(&stage, emma).await;
    document(&stage, &begun, "Emma", "Johnson").await;
    assert_eq!(recover(&stage, emma).await["status"], "waiting");
    app.advance(60).await;
    let entry = json!({ "temp_token": temp_token(&stage, emma).await, "code": code_at(&stage, &secret, 0) });
    app.post("/api/v1/2fa/verify-login", entry).await.expect(200);
    app.advance(24 * 3600).await;
    let temp = json!({ "temp_token": temp_token(&stage, emma).await });
    app.post("/api/v1/2fa/recovery/finish", temp).await.refused(409, "RECOVERY_NOT_OPEN");
    // Or sets a new password.
    let begun = recover(&stage, emma).await;
    document(&stage, &begun, "Emma", "Johnson").await;
    app.post("/api/v1/password-reset/request", json!({ "email": emma.email })).await.expect(200);
    let token = app.mail(&emma.email, "password_reset").await["data"]["token"].clone();
    let new = json!({ "token": token, "new_password": "harbor lights at dusk" });
    app.post("/api/v1/password-reset/confirm", new).await.expect(200);
    let temp = knock(app, &emma.email, "harbor lights at dusk").await.expect(200)["temp_token"].clone();
    app.advance(24 * 3600).await;
    let temp = match temp.is_string() {
        true => knock(app, &emma.email, "harbor lights at dusk").await.expect(200)["temp_token"].clone(),
        false => panic!("a new password does not skip the second factor"),
    };
    app.post("/api/v1/2fa/recovery/finish", json!({ "temp_token": temp })).await.refused(409, "RECOVERY_NOT_OPEN");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_opens_nothing_and_neither_does_no_name() {
    let stage = Stage::set().await;
    for (who, name) in [(&stage.emma, Some(("Emma", "Smith"))), (&stage.john, None)] {
        second_factor(&stage, who).await;
        let begun = recover(&stage, who).await;
        match name {
            Some((first, last)) => document(&stage, &begun, first, last).await,
            None => {
                let session = begun["url"].as_str().unwrap().rsplit('/').next().unwrap();
                let path = format!("/sandbox/v1/stripe/identity/{session}/verify");
                stage.app.post(&path, json!({})).await.expect(200);
            }
        }
        assert_eq!(recover(&stage, who).await["status"], "refused");
        mailed(&stage, who, "refused").await;
    }
    stage.app.advance(25 * 3600).await;
    assert_eq!(recover(&stage, &stage.emma).await["status"], "document", "a day later with another document");
    // Without a right password nobody gets to ask.
    let made_up = json!({ "temp_token": "made up" });
    stage.app.post("/api/v1/2fa/recovery", made_up.clone()).await.refused(400, "TEMP_TOKEN_INVALID");
    stage.app.post("/api/v1/2fa/recovery/finish", made_up).await.refused(400, "TEMP_TOKEN_INVALID");
}
