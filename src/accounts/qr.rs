//! QR codes, drawn here so that a secret never travels to somebody else's drawing service.
//!
//! Byte mode, error correction M, versions 1 to 16 (up to 450 bytes): enough for what an authenticator reads. Follows
//! ISO/IEC 18004; the mask is the one with the least penalty for long runs, blocks and imbalance.

/// Error-correction bytes per block and number of blocks, level M, by version from 1.
const PLAN: [(usize, usize); 16] = [
    (10, 1),
    (16, 1),
    (26, 1),
    (18, 2),
    (24, 2),
    (16, 4),
    (18, 4),
    (22, 4),
    (22, 5),
    (26, 5),
    (30, 5),
    (22, 8),
    (22, 9),
    (24, 9),
    (24, 10),
    (28, 10),
];

/// A square of dark and light modules.
#[derive(Clone)]
pub struct Qr {
    size: usize,
    dark: Vec<bool>,
    /// Finder, timing, alignment, format and version: not to be masked.
    fixed: Vec<bool>,
}

/// `None` when the text is longer than the largest version holds.
pub fn encode(text: &str) -> Option<Qr> {
    let bytes = text.as_bytes();
    let version = (1..=PLAN.len()).find(|v| header_bits(*v) + bytes.len() * 8 <= data_bytes(*v) * 8)?;
    let stream = interleaved(&data_stream(bytes, version), version);
    let mut blank = Qr::blank(version);
    blank.draw_fixed(version);
    blank.draw_data(&stream);
    (0..8).map(|mask| blank.masked(mask)).min_by_key(Qr::penalty)
}

fn header_bits(version: usize) -> usize {
    4 + if version < 10 { 8 } else { 16 }
}

/// Modules that carry data or correction, as whole bytes.
fn all_bytes(version: usize) -> usize {
    let mut modules = (16 * version + 128) * version + 64;
    if version >= 2 {
        let align = version / 7 + 2;
        modules -= (25 * align - 10) * align - 55;
        if version >= 7 {
            modules -= 36;
        }
    }
    modules / 8
}

fn data_bytes(version: usize) -> usize {
    let (correction, blocks) = PLAN[version - 1];
    all_bytes(version) - correction * blocks
}

/// Mode, length, text, end mark, padding.
fn data_stream(bytes: &[u8], version: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |value: usize, count: usize| bits.extend((0..count).rev().map(|i| value >> i & 1 == 1));
    push(0b0100, 4);
    push(bytes.len(), header_bits(version) - 4);
    bytes.iter().for_each(|byte| push(usize::from(*byte), 8));
    let room = data_bytes(version) * 8;
    let end = (room - bits.len()).min(4);
    bits.resize(bits.len() + end, false);
    bits.resize(bits.len().next_multiple_of(8), false);
    let mut out: Vec<u8> = bits.chunks(8).map(|c| c.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
    let padding = [0xEC, 0x11];
    (0..data_bytes(version) - out.len()).for_each(|i| out.push(padding[i % 2]));
    out
}

/// Splits into blocks, adds each one's correction, and deals them out byte by byte.
fn interleaved(data: &[u8], version: usize) -> Vec<u8> {
    let (correction, count) = PLAN[version - 1];
    let short = data.len() / count;
    let long_ones = data.len() % count;
    let divisor = generator(correction);
    let mut blocks = Vec::new();
    let mut rest = data;
    for i in 0..count {
        let (block, after) = rest.split_at(short + usize::from(i >= count - long_ones));
        blocks.push((block, remainder(block, &divisor)));
        rest = after;
    }
    let mut out = Vec::new();
    for i in 0..=short {
        out.extend(blocks.iter().filter_map(|(block, _)| block.get(i)));
    }
    for i in 0..correction {
        out.extend(blocks.iter().map(|(_, check)| check[i]));
    }
    out
}

/// Product in the field of 256 elements with the polynomial 0x11D.
fn times(a: u8, b: u8) -> u8 {
    let mut product = 0u16;
    for i in (0..8).rev() {
        product = (product << 1) ^ ((product >> 7) * 0x11D);
        product ^= u16::from((b >> i) & 1) * u16::from(a);
    }
    product as u8
}

/// Coefficients of (x − 1)(x − 2)(x − 4)… without the leading one, highest power first.
fn generator(degree: usize) -> Vec<u8> {
    let mut out = vec![0; degree];
    out[degree - 1] = 1;
    let mut root = 1;
    for _ in 0..degree {
        for j in 0..degree {
            out[j] = times(out[j], root) ^ out.get(j + 1).copied().unwrap_or(0);
        }
        root = times(root, 2);
    }
    out
}

fn remainder(data: &[u8], divisor: &[u8]) -> Vec<u8> {
    let mut out = vec![0; divisor.len()];
    for byte in data {
        let factor = byte ^ out.remove(0);
        out.push(0);
        out.iter_mut().zip(divisor).for_each(|(o, d)| *o ^= times(*d, factor));
    }
    out
}

impl Qr {
    fn blank(version: usize) -> Self {
        let size = version * 4 + 17;
        Self { size, dark: vec![false; size * size], fixed: vec![false; size * size] }
    }

    fn at(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    fn fix(&mut self, x: usize, y: usize, dark: bool) {
        let at = y * self.size + x;
        self.dark[at] = dark;
        self.fixed[at] = true;
    }

    fn draw_fixed(&mut self, version: usize) {
        for i in 0..self.size {
            self.fix(6, i, i % 2 == 0);
            self.fix(i, 6, i % 2 == 0);
        }
        for (x, y) in [(3, 3), (self.size - 4, 3), (3, self.size - 4)] {
            self.draw_finder(x, y);
        }
        let spots = alignment(version, self.size);
        for (i, x) in spots.iter().enumerate() {
            for (j, y) in spots.iter().enumerate() {
                let last = spots.len() - 1;
                if ![(0, 0), (0, last), (last, 0)].contains(&(i, j)) {
                    self.draw_square(*x, *y, 2);
                }
            }
        }
        self.draw_format(0);
        self.draw_version(version);
    }

    fn draw_finder(&mut self, x: usize, y: usize) {
        for dy in -4i32..=4 {
            for dx in -4i32..=4 {
                let (px, py) = (x as i32 + dx, y as i32 + dy);
                let inside = 0..self.size as i32;
                if inside.contains(&px) && inside.contains(&py) {
                    let ring = dx.abs().max(dy.abs());
                    self.fix(px as usize, py as usize, ring != 2 && ring != 4);
                }
            }
        }
    }

    /// Rings around a centre, dark outside and in the middle.
    fn draw_square(&mut self, x: usize, y: usize, radius: i32) {
        for dy in -radius..=radius {
            for dx in -radius..=radius {
                let ring = dx.abs().max(dy.abs());
                self.fix((x as i32 + dx) as usize, (y as i32 + dy) as usize, ring != 1);
            }
        }
    }

    /// Level M and the mask, twice, with their own correction.
    fn draw_format(&mut self, mask: usize) {
        let data = mask; // level M is 00
        let check = (0..10).fold(data, |rem, _| (rem << 1) ^ ((rem >> 9) * 0x537));
        let bits = ((data << 10) | check) ^ 0x5412;
        let bit = |i: usize| bits >> i & 1 == 1;
        let n = self.size;
        (0..=5).for_each(|i| self.fix(8, i, bit(i)));
        self.fix(8, 7, bit(6));
        self.fix(8, 8, bit(7));
        self.fix(7, 8, bit(8));
        (9..15).for_each(|i| self.fix(14 - i, 8, bit(i)));
        (0..8).for_each(|i| self.fix(n - 1 - i, 8, bit(i)));
        (8..15).for_each(|i| self.fix(8, n - 15 + i, bit(i)));
        self.fix(8, n - 8, true);
    }

    fn draw_version(&mut self, version: usize) {
        if version < 7 {
            return;
        }
        let check = (0..12).fold(version, |rem, _| (rem << 1) ^ ((rem >> 11) * 0x1F25));
        let bits = (version << 12) | check;
        for i in 0..18 {
            let (a, b) = (self.size - 11 + i % 3, i / 3);
            self.fix(a, b, bits >> i & 1 == 1);
            self.fix(b, a, bits >> i & 1 == 1);
        }
    }

    /// In pairs of columns from the right, up and down in turn, around what is fixed.
    fn draw_data(&mut self, stream: &[u8]) {
        let mut next = 0;
        let mut right = self.size as i32 - 1;
        while right >= 1 {
            if right == 6 {
                right = 5;
            }
            let upward = (right + 1) & 2 == 0;
            for step in 0..self.size {
                let y = if upward { self.size - 1 - step } else { step };
                for x in [right as usize, right as usize - 1] {
                    let at = y * self.size + x;
                    if !self.fixed[at] && next < stream.len() * 8 {
                        self.dark[at] = stream[next / 8] >> (7 - next % 8) & 1 == 1;
                        next += 1;
                    }
                }
            }
            right -= 2;
        }
    }

    fn masked(&self, mask: usize) -> Self {
        let mut out = self.clone();
        for y in 0..self.size {
            for x in 0..self.size {
                let flip = match mask {
                    0 => (x + y) % 2 == 0,
                    1 => y % 2 == 0,
                    2 => x % 3 == 0,
                    3 => (x + y) % 3 == 0,
                    4 => (x / 3 + y / 2) % 2 == 0,
                    5 => x * y % 2 + x * y % 3 == 0,
                    6 => (x * y % 2 + x * y % 3) % 2 == 0,
                    _ => ((x + y) % 2 + x * y % 3) % 2 == 0,
                };
                let at = y * self.size + x;
                out.dark[at] ^= flip && !self.fixed[at];
            }
        }
        out.draw_format(mask);
        out
    }

    fn penalty(&self) -> usize {
        let mut sum = 0;
        for line in 0..self.size {
            for across in [true, false] {
                let module = |i: usize| if across { self.at(i, line) } else { self.at(line, i) };
                let mut run = 1;
                for i in 1..self.size {
                    run = if module(i) == module(i - 1) { run + 1 } else { 1 };
                    sum += if run == 5 { 3 } else { usize::from(run > 5) };
                }
            }
        }
        for y in 1..self.size {
            for x in 1..self.size {
                let here = self.at(x, y);
                let block = [(x - 1, y), (x, y - 1), (x - 1, y - 1)].iter().all(|(x, y)| self.at(*x, *y) == here);
                sum += if block { 3 } else { 0 };
            }
        }
        let dark = self.dark.iter().filter(|d| **d).count();
        sum + (dark * 20).abs_diff(self.dark.len() * 10) / self.dark.len() * 10
    }

    /// As a picture with its quiet border of four modules.
    pub fn svg(&self) -> String {
        let side = self.size + 8;
        let mut path = String::new();
        for y in 0..self.size {
            for x in (0..self.size).filter(|x| self.at(*x, y)) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
        )
    }
}

/// Centres of the alignment squares in one direction.
fn alignment(version: usize, size: usize) -> Vec<usize> {
    if version == 1 {
        return Vec::new();
    }
    let count = version / 7 + 2;
    let step = (version * 8 + count * 3 + 5) / (count * 4 - 4) * 2;
    let mut spots: Vec<usize> = (0..count - 1).map(|i| size - 7 - i * step).collect();
    spots.push(6);
    spots.reverse();
    spots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_corrections_are_the_standard_s() {
        assert_eq!([1, 2, 7, 10, 16].map(data_bytes), [16, 28, 124, 216, 453]);
        assert_eq!(alignment(7, 45), [6, 22, 38]);
        // The worked example of ISO/IEC 18004: "01234567" in 1-M as bytes of data and correction.
        let data = [0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11];
        let check = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55];
        assert_eq!(remainder(&data, &generator(10)), check);
    }

    #[test]
    fn texts_fit_up_to_the_largest_version() {
        for length in [1, 14, 15, 100, 300, 450] {
            let qr = encode(&"a".repeat(length)).unwrap();
            assert!((qr.size - 17).is_multiple_of(4) && qr.svg().starts_with("<svg"));
        }
        assert!(encode(&"a".repeat(451)).is_none());
    }
}
