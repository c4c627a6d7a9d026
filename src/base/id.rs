//! Typed identifiers: 26-character ULIDs on the wire, 16 bytes in keys (contract §3).
//!
//! A value of one kind cannot be passed for another. Ids made inside a write come from the transaction's stamp, so a
//! re-run of the same closure draws the same ids; ids of fixed data (services, neighbourhoods) derive from their name.

use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// What every identifier can do; lets the store draw new ones and write them into keys.
pub trait AnyId: Copy + Ord + Send + Sync + 'static {
    fn from_bits(bits: u128) -> Self;
    fn bits(self) -> u128;
}

/// The bits of an id that belongs to a name for ever: the same name gives the same id on every machine.
/// The time part is zero, so fixed ids sort before every drawn one and are valid ULIDs.
pub fn bits_of_name(kind: &str, name: &str) -> u128 {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
    let mut bytes = [0u8; 16];
    bytes[6..].copy_from_slice(&digest[..10]);
    u128::from_be_bytes(bytes)
}

/// The bits of a drawn id: 48 bits of milliseconds, then 80 of `tail`.
pub fn bits_of_draw(at_ms: i64, tail: [u8; 10]) -> u128 {
    let mut bytes = [0u8; 16];
    bytes[..6].copy_from_slice(&at_ms.max(0).to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&tail);
    u128::from_be_bytes(bytes)
}

/// Ids grow with time, and lists that show the newest first lean on it. So draws of one millisecond follow one another
/// too (the sandbox's clock may stand still for a whole day): each takes a random step up from the one before.
#[derive(Debug, Default)]
pub struct Order(Mutex<(i64, u64)>);

/// Bytes of an [`Order`]'s number.
pub const ORDER_BYTES: usize = 6;

impl Order {
    /// The number of the next draw, below 2^48; `random` decides where a millisecond starts and how wide a step is.
    pub fn next(&self, at_ms: i64, random: u64) -> [u8; ORDER_BYTES] {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match *last {
            (ms, number) if ms == at_ms => number + 1 + (random & 0x00ff_ffff),
            // The upper half stays free for the steps.
            _ => random & 0x7fff_ffff_ffff,
        };
        *last = (at_ms, number);
        let mut bytes = [0; ORDER_BYTES];
        bytes.copy_from_slice(&number.to_be_bytes()[2..]);
        bytes
    }
}

#[macro_export]
macro_rules! id_type {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $crate::base::id::AnyId for $name {
            fn from_bits(bits: u128) -> Self { Self(bits) }
            fn bits(self) -> u128 { self.0 }
        }
        impl $name {
            /// The id that this name has for ever (fixed data only).
            pub fn of_name(name: &str) -> Self {
                Self($crate::base::id::bits_of_name(stringify!($name), name))
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&ulid::Ulid::from(self.0).to_string())
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), ulid::Ulid::from(self.0))
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::base::id::BadId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() != 26 { return Err($crate::base::id::BadId); }
                ulid::Ulid::from_string(text).map(|u| Self(u.into())).map_err(|_| $crate::base::id::BadId)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> { $crate::base::id::schema() }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { std::borrow::Cow::Borrowed("Ulid") }
        }
    )+};
}

/// A text that is not a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadId;

impl std::fmt::Display for BadId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("expected a 26-character ULID")
    }
}
impl std::error::Error for BadId {}

/// The schema all ids share in the OpenAPI document.
pub fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .pattern(Some("^[0-7][0-9A-HJKMNP-TV-Z]{25}$"))
        .min_length(Some(26))
        .max_length(Some(26))
        .into()
}

id_type! {
    /// A person; an instructor is named by this id everywhere, a profile's id is the same value.
    UserId,
    SessionId,
    TrustedDeviceId,
    PasskeyId,
    ApiKeyId,
    /// One line of a person's notification centre.
    NotificationId,
    CategoryId,
    SubcategoryId,
    /// A service of the catalogue.
    ServiceId,
    /// One instructor's offering of a catalogue service (`instructor_service_id`).
    OfferingId,
    NeighborhoodId,
    AddressId,
    BookingId,
    BlackoutId,
    /// A saved payment method.
    MethodId,
    /// A credit lot.
    LotId,
    /// One intended money movement with its idempotency key.
    MoneyActionId,
    PostingId,
    ReviewId,
    ReviewResponseId,
    MailId,
    AuditId,
    SearchId,
    /// One of somebody's recent searches.
    RecentSearchId,
    /// A wish somebody waits for.
    DemandId,
    /// A learned or given name for a place or a service.
    AliasId,
    RequestId,
}
