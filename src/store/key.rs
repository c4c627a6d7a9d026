//! Keys whose bytes sort as their values do.

use crate::base::id::AnyId;
use crate::base::time::{Date, Timestamp, WallTime};

use super::StoreError;

/// A value that can be part of a key. Encodings are self-delimiting, so tuples are concatenations.
pub trait Key: Sized {
    fn write(&self, out: &mut Vec<u8>);
    /// Takes the value off the front of `bytes`.
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError>;

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        self.write(&mut out);
        out
    }
}

fn take<'a>(bytes: &mut &'a [u8], n: usize) -> Result<&'a [u8], StoreError> {
    if bytes.len() < n {
        return Err(StoreError::corrupt("a key", "it ends early"));
    }
    let (head, rest) = bytes.split_at(n);
    *bytes = rest;
    Ok(head)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], StoreError> {
    let mut out = [0; N];
    out.copy_from_slice(take(bytes, N)?);
    Ok(out)
}

impl<T: AnyId> Key for T {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bits().to_be_bytes());
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        Ok(T::from_bits(u128::from_be_bytes(array(bytes)?)))
    }
}

macro_rules! unsigned_keys {
    ($($t:ty),+) => {$(
        impl Key for $t {
            fn write(&self, out: &mut Vec<u8>) { out.extend_from_slice(&self.to_be_bytes()); }
            fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> { Ok(<$t>::from_be_bytes(array(bytes)?)) }
        }
    )+};
}
unsigned_keys!(u8, u16, u32, u64);

impl Key for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        // The flipped sign bit sorts negatives first.
        out.extend_from_slice(&((*self as u64) ^ (1 << 63)).to_be_bytes());
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        Ok((u64::from_be_bytes(array(bytes)?) ^ (1 << 63)) as i64)
    }
}

impl Key for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        Ok(take(bytes, 1)?[0] != 0)
    }
}

impl Key for String {
    fn write(&self, out: &mut Vec<u8>) {
        // Zero bytes are escaped as 00 FF, the end is 00 00: a prefix sorts before its extensions.
        for byte in self.bytes() {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
        }
        out.extend_from_slice(&[0, 0]);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        let mut text = Vec::new();
        loop {
            match take(bytes, 1)?[0] {
                0 if take(bytes, 1)?[0] == 0 => break,
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).map_err(|e| StoreError::corrupt("a key", e))
    }
}

impl Key for Timestamp {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_microsecond().write(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        Timestamp::from_microsecond(i64::read(bytes)?).map_err(|e| StoreError::corrupt("a key", e))
    }
}

impl Key for Date {
    fn write(&self, out: &mut Vec<u8>) {
        ((self.year() as u16) ^ (1 << 15)).write(out);
        (self.month() as u8).write(out);
        (self.day() as u8).write(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        let year = (u16::read(bytes)? ^ (1 << 15)) as i16;
        let (month, day) = (u8::read(bytes)? as i8, u8::read(bytes)? as i8);
        Date::new(year, month, day).map_err(|e| StoreError::corrupt("a key", e))
    }
}

impl Key for WallTime {
    fn write(&self, out: &mut Vec<u8>) {
        self.minutes().write(out);
    }
    fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> {
        WallTime::from_minutes(u16::read(bytes)?).ok_or_else(|| StoreError::corrupt("a key", "not a time of day"))
    }
}

impl Key for () {
    fn write(&self, _: &mut Vec<u8>) {}
    fn read(_: &mut &[u8]) -> Result<Self, StoreError> {
        Ok(())
    }
}

macro_rules! tuple_keys {
    ($(($($t:ident $i:tt),+)),+ $(,)?) => {$(
        impl<$($t: Key),+> Key for ($($t,)+) {
            fn write(&self, out: &mut Vec<u8>) { $(self.$i.write(out);)+ }
            fn read(bytes: &mut &[u8]) -> Result<Self, StoreError> { Ok(($($t::read(bytes)?,)+)) }
        }
    )+};
}
tuple_keys!((A 0), (A 0, B 1), (A 0, B 1, C 2), (A 0, B 1, C 2, D 3));
