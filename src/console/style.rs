//! `/admin/style`: every component in every state.

use maud::Markup;

use super::shell;
use crate::web::{Chrome, style_guide};

pub async fn style(chrome: Chrome) -> Markup {
    shell::show(&chrome, "Style guide", style_guide::content(&chrome))
}
