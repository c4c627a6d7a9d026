//! The web: pages and what they are made of.

pub mod assets;
pub mod components;
pub mod error_pages;
pub mod layout;
pub mod style_guide;
