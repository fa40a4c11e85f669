//! The undocumented last field of a printed invoice code: a CRC-16 of what precedes it.
//!
//! Recomputed from published codes: most carry CRC-16/UMTS, over the text with or without the
//! comma before the field; single ones carry CRC-16/ARC and CRC-16/MODBUS. All three share the
//! polynomial 0x8005. It finds slips in copying a code; it is not a signature, and software of
//! issuers differs, so that a mismatch says nothing against the invoice.

/// What the CRC field of a printed code says about the copy that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crc {
    /// The field matches under one of the known variants: the text was read completely.
    Matches,
    /// There is a field, and it matches under none: a neutral note, never a reason to doubt.
    NoMatch,
    /// The code carries no such field.
    Absent,
}

crate::names!(Crc { Matches "matches", NoMatch "no_match", Absent "absent" });

/// Compares `field` with the CRC of `before`, the text up to and including the comma before it.
pub(super) fn check(before: &str, field: &str) -> Crc {
    let Some(wanted) = parse(field) else {
        return Crc::NoMatch;
    };
    let without = before.strip_suffix(',').unwrap_or(before);
    let matches = [before, without].into_iter().any(|text| {
        let bytes = text.as_bytes();
        wanted == umts(bytes) || wanted == reflected(bytes, 0) || wanted == reflected(bytes, 0xffff)
    });
    if matches { Crc::Matches } else { Crc::NoMatch }
}

/// Whether `text` has the shape of the field: four hex digits of either case.
pub(super) fn is_field(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn parse(field: &str) -> Option<u16> {
    is_field(field).then(|| u16::from_str_radix(field, 16).ok())?
}

/// CRC-16/UMTS (also BUYPASS): polynomial 0x8005, from 0, most significant bit first.
pub(super) fn umts(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x8005 }
        })
    })
}

/// The same polynomial least significant bit first: CRC-16/ARC from 0, CRC-16/MODBUS from 0xffff.
fn reflected(bytes: &[u8], start: u16) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 0 { 0 } else { 0xa001 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Check values of the CRC catalogue: each variant over "123456789".
    #[test]
    fn the_three_variants_have_their_catalogue_check_values() {
        assert_eq!(umts(b"123456789"), 0xfee8);
        assert_eq!(reflected(b"123456789", 0), 0xbb3d);
        assert_eq!(reflected(b"123456789", 0xffff), 0x4b37);
    }

    #[test]
    fn a_field_of_another_shape_matches_nothing() {
        for field in ["", "12345", "+123", "g000", "é00", "１２３４"] {
            assert!(!is_field(field));
            assert_eq!(check("123456789", field), Crc::NoMatch);
        }
        assert_eq!(check("123456789", "fee8"), Crc::Matches);
        assert_eq!(check("123456789,", "FEE8"), Crc::Matches);
    }
}
