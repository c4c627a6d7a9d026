//! `/admin/style`: every component in every state.

use axum::extract::State;
use maud::Markup;

use super::shell;
use crate::site::Site;
use crate::web::{Answer, Chrome, style_guide};

pub async fn style(State(site): State<Site>, chrome: Chrome) -> Answer<Markup> {
    Ok(shell::show(&site, &chrome, "Style guide", style_guide::content(&chrome))?)
}
