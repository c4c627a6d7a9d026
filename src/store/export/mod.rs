//! The data in a form that outlives engines: JSON lines in a zip, with the blobs. `FORM.md` beside this file describes it.

mod read;
mod write;

pub use read::import;
pub use write::export;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Catalogue;
use super::backup::FileSum;
use super::table::AnyTable;
use crate::base::time::Timestamp;

const KIND: &str = "instainstru export";
const VERSION: u32 = 2;
const ABOUT: &str = "export.json";
const ROWS: &str = "rows.jsonl";

#[derive(Serialize, Deserialize)]
struct About {
    kind: String,
    version: u32,
    format: u32,
    program: String,
    exported_at: Timestamp,
    rows: u64,
    files: Vec<FileSum>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    table: String,
    key: String,
    value: Value,
}

/// What an export or import moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub rows: u64,
    pub files: u64,
}

/// All tables but the store's own facts, which every store states for itself.
fn travelling(catalogue: &Catalogue) -> impl Iterator<Item = &'static dyn AnyTable> {
    let own = [super::store::META.id(), super::upgrade::BUILT.id()];
    catalogue.tables.iter().copied().filter(move |table| !own.contains(&table.id()))
}
