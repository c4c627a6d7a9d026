//! Light, dark, or as the system: a cookie the server reads, so no page flashes and no script is needed.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use super::layout::Theme;
use super::{Form, is_secure, see_other};
use crate::site::Site;

const YEAR_SECONDS: u32 = 365 * 24 * 3600;

#[derive(Deserialize)]
struct Choice {
    theme: String,
    /// The page to return to; only paths of our own are followed.
    #[serde(default)]
    back: String,
}

pub fn routes() -> Router<Site> {
    Router::new().route("/theme", post(choose))
}

async fn choose(State(site): State<Site>, Form(choice): Form<Choice>) -> Response {
    let mut answer = see_other(&choice.back);
    if let Ok(value) = HeaderValue::from_str(&cookie(Theme::parse(&choice.theme), is_secure(&site))) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// "As the system" forgets the choice.
fn cookie(theme: Option<Theme>, secure: bool) -> String {
    let (value, age) = theme.map_or(("", 0), |theme| (theme.name(), YEAR_SECONDS));
    let secure = if secure { "; Secure" } else { "" };
    format!("theme={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_for_a_year_and_can_be_taken_back() {
        assert_eq!(cookie(Some(Theme::Dark), false), "theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        assert_eq!(cookie(None, true), "theme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    }
}
