//! How values rest in the store: a format byte, then MessagePack with named fields.
//!
//! Named fields make values evolvable: a new field gets `#[serde(default)]`, an old one is simply no longer read.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use crate::base::limits::VALUE_BYTES;

const NAMED_MESSAGEPACK: u8 = 1;

pub fn encode<V: Serialize>(table: &str, value: &V) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![NAMED_MESSAGEPACK];
    let mut out = rmp_serde::Serializer::new(&mut bytes).with_struct_map();
    value.serialize(&mut out).map_err(|e| StoreError::corrupt(table, e))?;
    if bytes.len() > VALUE_BYTES {
        return Err(StoreError::corrupt(table, format!("a value of {} bytes is over the limit", bytes.len())));
    }
    Ok(bytes)
}

pub fn decode<V: DeserializeOwned>(table: &str, bytes: &[u8]) -> Result<V, StoreError> {
    match bytes.split_first() {
        Some((&NAMED_MESSAGEPACK, rest)) => rmp_serde::from_slice(rest).map_err(|e| StoreError::corrupt(table, e)),
        Some((format, _)) => Err(StoreError::corrupt(table, format!("unknown value format {format}"))),
        None => Err(StoreError::corrupt(table, "an empty value")),
    }
}
