use super::Version;

/// A run of bytes in one character set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) charset: Charset,
    pub(super) bytes: Vec<u8>,
}

/// How the bytes of a piece are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// Digits and alphanumeric characters: ASCII whatever else is in the code.
    Ascii,
    /// Bytes without any declaration.
    Undeclared,
    /// ECI 26 or 27.
    Utf8,
    /// ECI 29 or 32, and the Hanzi mode of GB/T 18284.
    Gb18030,
    /// ECI 20, and Kanji mode.
    ShiftJis,
    /// ECI 1 and 3.
    Latin1,
}

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Splits the data codewords into pieces (ISO/IEC 18004 §7.4). `None` where the stream breaks the format.
pub(super) fn parse(data: &[u8], version: Version) -> Option<Vec<Piece>> {
    pieces(&mut Bits { data, at: 0 }, version)
}

/// The same, and what follows the text must be the padding that the standard prescribes (§7.4.10): a check on data
/// that was repaired further than is safe otherwise.
pub(super) fn parse_padded(data: &[u8], version: Version) -> Option<Vec<Piece>> {
    let mut bits = Bits { data, at: 0 };
    let pieces = pieces(&mut bits, version)?;
    let padding = data.get(bits.at.div_ceil(8)..).unwrap_or_default();
    let prescribed = [0xec, 0x11].into_iter().cycle();
    padding
        .iter()
        .zip(prescribed)
        .all(|(found, wanted)| *found == wanted)
        .then_some(pieces)
}

fn pieces(bits: &mut Bits<'_>, version: Version) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut declared = Charset::Undeclared;
    while let Some(mode) = bits.mode() {
        let (charset, bytes) = match mode {
            0 => break,
            1 => (Charset::Ascii, numeric(bits, version)?),
            2 => (Charset::Ascii, alphanumeric(bits, version)?),
            4 => (declared, bytes(bits, version)?),
            8 => (Charset::ShiftJis, kanji(bits, version)?),
            13 => (Charset::Gb18030, hanzi(bits, version)?),
            7 => {
                declared = eci(bits)?;
                continue;
            }
            // Structured append: place, count and parity of a text spread over several codes. Each part is a text.
            3 => {
                bits.take(16)?;
                continue;
            }
            5 => continue,
            9 => {
                bits.take(8)?;
                continue;
            }
            _ => return None,
        };
        pieces.push(Piece { charset, bytes });
    }
    Some(pieces)
}

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next mode indicator; the stream may end without one.
    fn mode(&mut self) -> Option<u32> {
        self.take(4)
    }

    /// The next `count` (≤ 16) bits as a number.
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for i in self.at..self.at + count {
            let byte = self.data.get(i / 8)?;
            value = value << 1 | u32::from(byte >> (7 - i % 8) & 1);
        }
        self.at += count;
        Some(value)
    }

    /// A character count, whose width depends on the version: up to 9, up to 26, above.
    fn count(&mut self, widths: [usize; 3], version: Version) -> Option<u32> {
        let [small, medium, large] = widths;
        self.take(match version.number() {
            0..=9 => small,
            10..=26 => medium,
            _ => large,
        })
    }
}

fn numeric(bits: &mut Bits<'_>, version: Version) -> Option<Vec<u8>> {
    let mut left = bits.count([10, 12, 14], version)?;
    let mut digits = Vec::new();
    while left > 0 {
        let (width, places) = match left {
            1 => (4, 1),
            2 => (7, 2),
            _ => (10, 3),
        };
        let text = format!("{:0places$}", bits.take(width)?);
        if text.len() != places {
            return None;
        }
        digits.extend_from_slice(text.as_bytes());
        left = left.saturating_sub(3);
    }
    Some(digits)
}

fn alphanumeric(bits: &mut Bits<'_>, version: Version) -> Option<Vec<u8>> {
    let count = bits.count([9, 11, 13], version)?;
    let mut text = Vec::new();
    for _ in 0..count / 2 {
        let pair = bits.take(11)?;
        text.extend([character(pair / 45)?, character(pair % 45)?]);
    }
    if count % 2 == 1 {
        text.push(character(bits.take(6)?)?);
    }
    Some(text)
}

fn character(value: u32) -> Option<u8> {
    ALPHANUMERIC.get(usize::try_from(value).ok()?).copied()
}

fn bytes(bits: &mut Bits<'_>, version: Version) -> Option<Vec<u8>> {
    let count = bits.count([8, 16, 16], version)?;
    (0..count)
        .map(|_| u8::try_from(bits.take(8)?).ok())
        .collect()
}

fn kanji(bits: &mut Bits<'_>, version: Version) -> Option<Vec<u8>> {
    double_bytes(bits, version, |value| {
        let (high, low) = (value / 0xc0, value % 0xc0);
        let pair = high << 8 | low;
        pair + if pair < 0x1f00 { 0x8140 } else { 0xc140 }
    })
}

fn hanzi(bits: &mut Bits<'_>, version: Version) -> Option<Vec<u8>> {
    // The subset indicator: 1 is GB 2312, the only one defined.
    if bits.take(4)? != 1 {
        return None;
    }
    double_bytes(bits, version, |value| {
        let (high, low) = (value / 0x60, value % 0x60);
        let pair = high << 8 | low;
        pair + if pair < 0x0a00 { 0xa1a1 } else { 0xa6a1 }
    })
}

fn double_bytes(bits: &mut Bits<'_>, version: Version, widen: fn(u32) -> u32) -> Option<Vec<u8>> {
    let count = bits.count([8, 10, 12], version)?;
    let mut text = Vec::new();
    for _ in 0..count {
        let [high, low] = u16::try_from(widen(bits.take(13)?)).ok()?.to_be_bytes();
        text.extend([high, low]);
    }
    Some(text)
}

/// An ECI designator: one to three bytes, after the number of leading ones.
fn eci(bits: &mut Bits<'_>) -> Option<Charset> {
    let first = bits.take(8)?;
    let number = match first {
        0..0x80 => first,
        0x80..0xc0 => (first & 0x3f) << 8 | bits.take(8)?,
        0xc0..0xe0 => (first & 0x1f) << 16 | bits.take(16)?,
        _ => return None,
    };
    Some(match number {
        1 | 3 => Charset::Latin1,
        20 => Charset::ShiftJis,
        26 | 27 => Charset::Utf8,
        29 | 32 => Charset::Gb18030,
        _ => Charset::Undeclared,
    })
}
