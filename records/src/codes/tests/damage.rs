//! No text makes the reader panic, and what it accepts keeps its shape.

use super::*;

const SAMPLES: [&str; 6] = [
    samples::WITH_CRC[1],
    samples::WITH_CRC[9],
    samples::SHENZHEN,
    samples::PORTAL,
    "CZ-EI-320000,01,11010125,0488888987,589d80,20210318,128.50",
    "https://portal.example/#/r/invoice/144031909110-01034285/AQID",
];

/// Characters that matter to some form, and some that matter to none.
const CHARS: &str = "0123456789,，.-+/#?=&:abcdefxyzACZHrhttps _\u{0}\n\u{feff}０９ｅ票€𝟘";

fn read_in_full(text: &str) {
    let scanned = read(text);
    assert!(
        is_ours(text) || matches!(scanned, Scanned::Text(_)),
        "{text}"
    );
    let _ = print_digest(&scanned);
    let _ = scanned.record_id();
    if let Scanned::Blockchain(code) = &scanned {
        assert_eq!(code.short_check_code().len(), 5);
    }
    let Some(declared) = scanned.declared() else {
        return;
    };
    assert!(declared.number.bytes().all(|b| b.is_ascii_digit()));
    if let Some(amount) = declared.amount {
        assert!(amount.fen.unsigned_abs() < 1 << 53);
        assert!(!capital(amount.fen).is_empty());
        assert!(money::grouped_yuan(amount.fen).is_ascii());
    }
    if let Some(seller) = &declared.seller {
        assert_ne!(uscc::check(seller), uscc::UsccCheck::OtherId);
    }
    let code = declared.code.as_deref().and_then(InvoiceCode::of);
    assert_eq!(
        code.is_some(),
        matches!(&declared.code, Some(c) if c.len() != 8)
    );
}

#[test]
fn what_an_advert_says_is_not_ours() {
    for advert in [
        "https://advert.example/?a=1",
        "01 ",
        "WIFI:T:WPA;S:x;P:y;;",
        "",
    ] {
        assert!(!is_ours(advert), "{advert}");
    }
    let list = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let both = list(&["https://advert.example/", SAMPLES[0]]);
    assert_eq!(ours_first(both), [SAMPLES[0]]);
    let adverts = list(&["a", "b"]);
    assert_eq!(ours_first(adverts.clone()), adverts);
}

#[test]
fn random_texts_never_panic() {
    let random = &mut Random(5);
    for _ in 0..20_000 {
        let length = random.below(120);
        read_in_full(&random.from(CHARS, length));
    }
}

#[test]
fn damaged_samples_never_panic() {
    let random = &mut Random(6);
    for _ in 0..5_000 {
        for sample in SAMPLES {
            let mut chars: Vec<char> = sample.chars().collect();
            for _ in 0..=random.below(3) {
                damage(random, &mut chars);
            }
            read_in_full(&chars.into_iter().collect::<String>());
        }
    }
}

fn damage(random: &mut Random, chars: &mut Vec<char>) {
    let at = random.below(chars.len());
    let other = random.from(CHARS, 1).chars().next().unwrap();
    match random.below(4) {
        0 => chars[at] = other,
        1 => chars.insert(at, other),
        2 if chars.len() > 1 => drop(chars.remove(at)),
        _ => chars.truncate(at.max(1)),
    }
}

#[test]
fn every_cut_of_a_sample_is_read_without_panic() {
    for sample in SAMPLES {
        for end in 0..=sample.len() {
            read_in_full(&sample[..end]);
            read_in_full(&sample[end..]);
        }
    }
}

/// A slip of one digit in any field changes what is declared, or the text is no code any more.
#[test]
fn no_changed_digit_goes_unnoticed_by_the_crc() {
    let text = samples::WITH_CRC[1].trim_end_matches(',');
    let fields_with_crc = text.rfind(',').unwrap();
    for at in 6..fields_with_crc {
        let Some(digit) = text[at..=at].chars().next().and_then(|c| c.to_digit(10)) else {
            continue;
        };
        let slip = char::from_digit((digit + 1) % 10, 10).unwrap();
        let changed = format!("{}{slip}{}", &text[..at], &text[at + 1..]);
        let crc = read(&changed).declared().map(|declared| declared.crc);
        assert_ne!(crc, Some(Crc::Matches), "{changed}");
    }
}
