//! Mails as operators look after them: their words, those that were given up, and people's data on request.

use instainstru::accounts::ops::admin::{NewAdmin, create};
use serde_json::{Value, json};

use crate::kit::{Answered, TestApp, answered};

const NOW: &str = "2026-11-10T19:00:00Z";
const SECRET: &str = "seven copper kettles sing";
const WHY: &str = "Our own way of saying it.";

struct Desk {
    app: TestApp,
    token: String,
}

impl Desk {
    async fn set() -> Self {
        let app = TestApp::empty_at(NOW).await;
        let alex = NewAdmin {
            email: "alex@people.example".into(),
            password: SECRET.into(),
            first_name: "Alex".into(),
            last_name: "Rivera".into(),
        };
        create(app.site(), alex).await.unwrap();
        let token = app.sign_in("alex@people.example", SECRET).await.token;
        Self { app, token }
    }

    /// Moves the clock; admins' sessions end early, so Alex signs in again.
    async fn advance(&mut self, seconds: i64) {
        self.app.advance(seconds).await;
        self.token = self.app.sign_in("alex@people.example", SECRET).await.token;
    }

    async fn get(&self, path: &str) -> Answered {
        answered(self.app.http.get(format!("{}{path}", self.app.base)).bearer_auth(&self.token)).await
    }

    async fn submit(&self, path: &str, form: &[(&str, &str)]) -> Answered {
        let request = self.app.http.post(format!("{}{path}", self.app.base)).header("origin", &self.app.base);
        answered(request.bearer_auth(&self.token).form(form)).await
    }

    async fn trail(&self) -> Vec<Value> {
        self.get("/api/v1/admin/audit").await.expect(200)["items"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_words_hold_from_the_next_mail_on_and_can_be_taken_back() {
    let desk = Desk::set().await;
    let path = "/admin/mail-texts/welcome";
    let words = |body: &'static str, wish: &'static str| {
        [("subject", "Hello {name}"), ("body", body), ("reason", WHY), ("wish", wish)]
    };
    let bare = desk.submit(path, &words("No button at all", "keep")).await;
    assert!(bare.status == 422 && bare.text.contains("The reader needs its button"), "{}", bare.text);
    let look = desk.submit(path, &words("Dear {name}, come in.\n\n{action}", "look")).await;
    assert!(look.status == 200 && look.text.contains("Dear Emma, come in."), "{}", look.text);
    let without_reason = [("subject", "Hello"), ("body", "{letter}"), ("reason", "no"), ("wish", "keep")];
    assert_eq!(desk.submit(path, &without_reason).await.status, 422);

    desk.app.student("ada").await;
    assert_eq!(desk.app.mail("ada@people.example", "welcome").await["subject"], "Welcome, your account is ready");
    assert_eq!(desk.submit(path, &words("Dear {name}, come in.\n\n{action}", "keep")).await.status, 303);
    desk.app.student("bea").await;
    let mail = desk.app.mail("bea@people.example", "welcome").await;
    assert_eq!(mail["subject"], "Hello Bea");
    assert!(mail["text"].as_str().unwrap().contains("Dear Bea, come in."), "{mail}");
    assert!(mail["links"][0].as_str().unwrap().ends_with("/search"));

    assert_eq!(desk.submit(path, &words("{letter}", "ours")).await.status, 303);
    desk.app.student("cleo").await;
    assert_eq!(desk.app.mail("cleo@people.example", "welcome").await["subject"], "Welcome, your account is ready");
    assert!(desk.get(path).await.text.contains("Hello {name}"), "the former words stay to be looked at");
    let deeds = desk.trail().await;
    assert_eq!(deeds.iter().filter(|deed| deed["action"] == "mail.words").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_given_up_is_tried_again_from_the_console() {
    let mut desk = Desk::set().await;
    let ada = desk.app.student("ada").await;
    let faults = |times: u32| json!({ "mail": { "to": ada.email, "times": times } });
    desk.app.post("/sandbox/v1/faults", faults(100)).await.expect(200);
    ada.post("/api/v1/account/api-keys", json!({ "name": "Key" })).await.expect(200);
    let change = json!({ "current_password": crate::kit::PASSWORD, "new_password": "eight quiet copper kettles" });
    ada.post("/api/v1/auth/change-password", change).await.expect(200);
    desk.advance(3600).await;
    let mail = desk.app.mail("ada@people.example", "password_changed").await;
    assert_eq!((&mail["status"], &mail["attempts"]), (&json!("FAILED"), &json!(5)), "{mail}");
    desk.app.post("/sandbox/v1/faults", faults(0)).await.expect(200);
    let page = format!("/admin/outbox/{}", mail["id"].as_str().unwrap());
    assert!(desk.get(&page).await.text.contains("Try it again"));
    assert_eq!(desk.submit(&format!("{page}/retry"), &[("reason", "no")]).await.status, 422);
    assert_eq!(desk.submit(&format!("{page}/retry"), &[("reason", "The server is back.")]).await.status, 303);
    assert_eq!(desk.app.mail("ada@people.example", "password_changed").await["status"], "SENT");
    assert_eq!(desk.submit(&format!("{page}/retry"), &[("reason", "Once more, please.")]).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_hand_people_their_data_and_erase_them_on_request() {
    let desk = Desk::set().await;
    let ada = desk.app.student("ada").await;
    let path = format!("/admin/users/{}", ada.id);
    let taken = desk.submit(&format!("{path}/export"), &[("reason", "She asked for it by mail.")]).await;
    assert_eq!(taken.headers["content-type"], "application/zip");
    let erase = async |word: &str, password: &str| {
        let form =
            [("reason", "She asked for it by mail."), ("what", "delete"), ("word", word), ("password", password)];
        desk.submit(&format!("{path}/erase"), &form).await
    };
    assert_eq!(erase("erase", SECRET).await.status, 422);
    assert_eq!(erase("ERASE", "not this one").await.status, 422);
    assert_eq!(erase("ERASE", SECRET).await.status, 303);
    ada.get("/api/v1/auth/me").await.expect(401);
    let actions: Vec<String> =
        desk.trail().await.iter().map(|deed| deed["action"].as_str().unwrap().to_owned()).collect();
    assert!(actions.contains(&"user.export".to_owned()) && actions.contains(&"user.delete".to_owned()), "{actions:?}");
    let figures = desk.get("/api/v1/privacy/statistics").await.expect(200);
    assert_eq!((&figures["total_users"], &figures["deactivated_users"]), (&json!(2), &json!(1)), "{figures}");
    let run = desk.submit("/admin/privacy/retention", &[("reason", "A look at the rules.")]).await;
    assert_eq!((run.status.as_u16(), run.headers["location"].to_str().unwrap()), (303, "/admin/privacy?gone=0"));
}
