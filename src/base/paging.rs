//! The envelope of every list on the wire (contract §3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::limits::{PAGE_DEFAULT, PAGE_MAX};
use super::refusal::{Outcome, Refusal};

/// `{"items": […], "next_cursor": …}`, with the page numbers where a part names them.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
    #[serde(flatten)]
    #[schema(inline)]
    pub numbers: Numbers,
}

/// Present only on lists that are paged by number.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Numbers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_next: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_prev: Option<bool>,
}

impl<T> Page<T> {
    /// Everything there is.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, numbers: Numbers::default() }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next_cursor: self.next_cursor, numbers: self.numbers }
    }

    pub fn try_map<U>(self, f: impl FnMut(T) -> Outcome<U>) -> Outcome<Page<U>> {
        let items: Outcome<Vec<U>> = self.items.into_iter().map(f).collect();
        Ok(Page { items: items?, next_cursor: self.next_cursor, numbers: self.numbers })
    }
}

/// As many as the parameters say at most, whatever a list hands out by itself.
const AT_ONCE: u32 = 500;
/// Pages of a list that can be named.
const PAGES: u32 = 1_000_000;

/// What a caller says about the part of a list it wants. Taken as a `Params` of its own, beside the filters:
/// numbers do not survive flattening in a query string.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// 1-based page number.
    #[param(minimum = 1, maximum = 1_000_000)]
    pub page: Option<u32>,
    /// At most 100, unless the list says otherwise.
    #[param(minimum = 1, maximum = 500)]
    pub per_page: Option<u32>,
    /// The same by another name.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next_cursor` of the previous answer.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Cuts an in-memory list: by cursor when one is given, else by page number. Cursors are offsets into an
    /// order the caller keeps stable.
    pub fn cut<T>(&self, all: Vec<T>) -> Outcome<Page<T>> {
        self.cut_with(all, PAGE_DEFAULT)
    }

    pub fn cut_with<T>(&self, all: Vec<T>, default_per_page: u32) -> Outcome<Page<T>> {
        self.cut_up_to(all, default_per_page, PAGE_MAX.max(default_per_page))
    }

    /// For lists that hand out more at once than others.
    pub fn cut_up_to<T>(&self, all: Vec<T>, default_per_page: u32, most: u32) -> Outcome<Page<T>> {
        let size = self.size_up_to(default_per_page, most)?;
        let number = self.page.unwrap_or(1);
        if !(1..=PAGES).contains(&number) {
            return Err(Refusal::invalid("page", format!("Pages count from 1 to {PAGES}.")));
        }
        // An empty one, as forms send it, is none.
        let start = match self.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
            Some(cursor) => decode_cursor::<u64>(cursor)?,
            None => u64::from(number - 1) * u64::from(size),
        };
        let total = all.len() as u64;
        let start_index = usize::try_from(start.min(total)).unwrap_or(usize::MAX);
        let items: Vec<T> = all.into_iter().skip(start_index).take(size as usize).collect();
        let end = start + items.len() as u64;
        let has_next = end < total;
        Ok(Page {
            items,
            next_cursor: has_next.then(|| encode_cursor(&end)),
            numbers: Numbers {
                total: Some(total),
                page: Some(u32::try_from(start / u64::from(size)).unwrap_or(u32::MAX).saturating_add(1)),
                per_page: Some(size),
                has_next: Some(has_next),
                has_prev: Some(start > 0),
            },
        })
    }

    /// The page size asked for, or a refusal when it is out of bounds.
    pub fn size(&self, default: u32) -> Outcome<u32> {
        self.size_up_to(default, PAGE_MAX.max(default))
    }

    fn size_up_to(&self, default: u32, most: u32) -> Outcome<u32> {
        let most = most.min(AT_ONCE);
        if [self.per_page, self.limit].into_iter().flatten().any(|size| size == 0 || size > most) {
            let field = if self.per_page.is_some() { "per_page" } else { "limit" };
            return Err(Refusal::invalid(field, format!("Between 1 and {most} items.")));
        }
        Ok(self.per_page.or(self.limit).unwrap_or(default))
    }
}

/// An opaque text that leads back to a place in a list.
pub fn encode_cursor<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

pub fn decode_cursor<T: for<'de> Deserialize<'de>>(cursor: &str) -> Outcome<T> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Refusal::invalid("cursor", "This is not a cursor from an earlier answer."))
}
