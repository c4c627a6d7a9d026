//! Pure geography: reading a pack, measuring, and finding a place by name.

pub mod gazetteer;
pub mod import;
pub mod names;
pub mod pack;
pub mod resolve;
pub mod shape;
pub mod words;
pub mod zone;

pub use gazetteer::Gazetteer;
