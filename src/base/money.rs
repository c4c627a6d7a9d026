//! Money: whole cents of the marketplace's one currency. No floats anywhere; rounding is half-up, away from zero.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount in minor units; on the wire an integer in a `*_cents` field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// A share in basis points: 1200 is 12 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bp(pub u32);

impl Cents {
    pub const ZERO: Self = Self(0);

    /// `self × num / den`, halves away from zero. Saturates instead of wrapping.
    pub fn times_ratio_half_up(self, num: i64, den: i64) -> Self {
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den.max(1)) };
        let product = i128::from(self.0) * i128::from(num);
        let half = i128::from(den) / 2 + i128::from(den) % 2;
        let magnitude = (product.abs() + if den % 2 == 0 { half } else { half - 1 }) / i128::from(den);
        let signed = if product < 0 { -magnitude } else { magnitude };
        Self(i64::try_from(signed).unwrap_or(if signed < 0 { i64::MIN } else { i64::MAX }))
    }

    /// The share `bp` of this amount, half-up.
    pub fn share(self, bp: Bp) -> Self {
        self.times_ratio_half_up(i64::from(bp.0), 10_000)
    }

    pub fn half(self) -> Self {
        self.times_ratio_half_up(1, 2)
    }

    pub fn max_zero(self) -> Self {
        Self(self.0.max(0))
    }

    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// "$89.60", "−$5.00"; a whole sum keeps its cents. The true minus sign is used.
    pub fn dollars(self) -> String {
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        let abs = self.0.unsigned_abs();
        format!("{sign}${}.{:02}", thousands(abs / 100), abs % 100)
    }

    /// "$29.87", "1,200", "7.5" → cents; nothing else, and nothing below zero.
    pub fn typed(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('$').replace(',', "");
        let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return None;
        }
        let cents: i64 = format!("{part:0<2}").parse().ok()?;
        let whole: i64 = whole.parse().ok()?;
        whole.checked_mul(100)?.checked_add(cents).map(Self)
    }

    /// "68.00": what a spreadsheet reads as a number.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", abs / 100, abs % 100)
    }

    /// "$80" for whole dollars, "$80.25" otherwise.
    pub fn dollars_short(self) -> String {
        let full = self.dollars();
        full.strip_suffix(".00").map(str::to_owned).unwrap_or(full)
    }

    /// The decimal twin that the wire still carries beside some `*_cents` fields (part 10, preamble).
    pub fn decimal(self) -> Decimal {
        Decimal(self)
    }
}

fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

impl Bp {
    /// 0.12 for 1200: the wire form of a share.
    pub fn fraction(self) -> Fraction {
        Fraction(self)
    }

    /// "12%", "12.5%".
    pub fn percent(self) -> String {
        match self.0 % 100 {
            0 => format!("{}%", self.0 / 100),
            rest if rest % 10 == 0 => format!("{}.{}%", self.0 / 100, rest / 10),
            rest => format!("{}.{rest:02}%", self.0 / 100),
        }
    }
}

macro_rules! decimal_twin {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $scale:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                // Display only: the authoritative value stays the integer beside it.
                s.serialize_f64(self.0.0 as f64 / $scale)
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::Number).into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}
decimal_twin!(
    /// Dollars with decimals, output only.
    Decimal, Cents, 100.0
);
decimal_twin!(
    /// A share as a fraction of one, output only.
    Fraction, Bp, 10_000.0
);

/// Read back from a request: a number with at most four decimals.
impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let wide = f64::deserialize(d)? * 10_000.0;
        let whole = wide.round();
        if !(0.0..=1_000_000.0).contains(&whole) || (wide - whole).abs() > 1e-6 {
            return Err(serde::de::Error::custom("expected a number of at most four decimals, not below 0"));
        }
        Ok(Self(Bp(whole as u32)))
    }
}

impl utoipa::PartialSchema for Cents {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::Integer).into()
    }
}
impl utoipa::ToSchema for Cents {}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}
impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}
impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_dollars_are_cents() {
        let read = |text: &str| Cents::typed(text).map(|cents| cents.0);
        assert_eq!([read("29.87"), read(" $1,200 "), read("7.5"), read("0")], [2987, 120_000, 750, 0].map(Some));
        assert_eq!(["", "-1", "1.234", "1.-5", "x", "99999999999999999999"].map(read), [None; 6]);
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (amount, num, den, want) in [
            (6375, 15, 100, 956),
            (7917, 12, 100, 950),
            (8025, 1, 2, 4013),
            (-8025, 1, 2, -4013),
            (3250, 15, 100, 488),
            (1, 1, 3, 0),
            (2, 1, 3, 1),
            (1, 1, 2, 1),
        ] {
            assert_eq!(Cents(amount).times_ratio_half_up(num, den), Cents(want), "{amount}×{num}/{den}");
        }
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Cents(8960).dollars(), "$89.60");
        assert_eq!(Cents(-500).dollars(), "\u{2212}$5.00");
        assert_eq!(Cents(123_456_700).dollars_short(), "$1,234,567");
        assert_eq!(Bp(1250).percent(), "12.5%");
    }
}
