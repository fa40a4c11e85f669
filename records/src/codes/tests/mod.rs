//! Tests of all forms together: published codes, what is written is read, and damage.

mod damage;
mod digests;
mod round_trip;
mod samples;

use super::*;

/// A small seeded generator (SplitMix64), so that a failing case can be run again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn digits(&mut self, count: usize) -> String {
        self.from("0123456789", count)
    }

    fn from(&mut self, alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count)
            .map(|_| alphabet[self.below(alphabet.len())])
            .collect()
    }

    fn date(&mut self) -> Date {
        let (month, day) = (1 + self.below(12), 1 + self.below(28));
        Date::new(2015 + self.below(15) as u16, month as u8, day as u8).unwrap()
    }

    /// Amounts of all sizes, one in eight negative (a red invoice).
    fn fen(&mut self) -> i64 {
        let size = 1 + self.below(14) as u32;
        let fen = (self.next() % 10_u64.pow(size)) as i64;
        if self.below(8) == 0 { -fen } else { fen }
    }
}

fn date(text: &str) -> Option<Date> {
    Some(Date::parse(text).unwrap())
}

fn classic(text: &str) -> Classic {
    match read(text) {
        Scanned::Classic(code) => code,
        other => panic!("{text} was read as {other:?}"),
    }
}

fn digital(text: &str) -> Digital {
    match read(text) {
        Scanned::Digital(code) => code,
        other => panic!("{text} was read as {other:?}"),
    }
}
