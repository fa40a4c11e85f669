//! What is written is read back, for every form.

use super::*;

const RUNS: usize = 500;
const HEX: &str = "0123456789abcdef";

#[test]
fn classic_codes_come_back() {
    let random = &mut Random(1);
    for _ in 0..RUNS {
        let is_special = random.below(2) == 0;
        let code = Classic {
            invoice_type: if is_special { "01" } else { "10" }.to_owned(),
            code: random.digits(if is_special { 10 } else { 12 }),
            number: random.digits(8),
            fen: Some(random.fen()),
            date: Some(random.date()),
            check_code: (!is_special).then(|| random.digits(20)),
            crc: Crc::Matches,
        };
        assert_eq!(read(&code.write()), Scanned::Classic(code));
    }
}

#[test]
fn a_roll_invoice_comes_back() {
    let code = Classic {
        invoice_type: "11".to_owned(),
        code: "031001900107".to_owned(),
        number: "01234567".to_owned(),
        fen: None,
        date: None,
        check_code: None,
        crc: Crc::Absent,
    };
    assert_eq!(code.write(), "01,11,031001900107,01234567");
    assert_eq!(read(&code.write()), Scanned::Classic(code));
}

#[test]
fn digital_codes_come_back() {
    let random = &mut Random(2);
    for _ in 0..RUNS {
        let code = Digital {
            invoice_type: "32".to_owned(),
            number: random.digits(20),
            fen: Some(random.fen()),
            date: Some(random.date()),
            crc: Crc::Matches,
        };
        assert_eq!(read(&code.write()), Scanned::Digital(code));
    }
}

#[test]
fn blockchain_codes_come_back_in_both_forms() {
    let random = &mut Random(3);
    for _ in 0..RUNS {
        let code = BlockchainComma {
            invoice_type: "10".to_owned(),
            code: format!("1{}", random.digits(11)),
            number: random.digits(8),
            seller: random.from("0123456789ABCDEFGHJKLMNPQRTUWXY", 18),
            fen: random.fen(),
            date: random.date(),
            hash: random.from(HEX, 66),
        };
        let scanned = Scanned::Blockchain(Blockchain::Comma(code.clone()));
        assert_eq!(read(&code.write()), scanned);
        assert_eq!(read(&code.write().to_uppercase()), scanned);

        let code = BlockchainPortal {
            number: code.number,
            total_fen: random.fen(),
            hash: code.hash,
        };
        let text = code.write("bcfp.example");
        assert_eq!(read(&text), Scanned::Blockchain(Blockchain::Portal(code)));
    }
}

#[test]
fn fiscal_codes_come_back() {
    let random = &mut Random(4);
    for _ in 0..RUNS {
        let code = Fiscal {
            region: random.digits(6),
            code: random.digits(8),
            number: random.digits(10),
            check_code: random.from("0123456789abcdefghijklmnopqrstuvwxyz", 6),
            date: Some(random.date()),
            fen: Some(random.fen()),
        };
        assert_eq!(read(&code.write()), Scanned::Fiscal(code));
    }
}

/// The writers make what issuers print: published codes come out of them as they were.
#[test]
fn published_codes_are_written_as_they_were() {
    for text in samples::WITH_CRC
        .into_iter()
        .chain([samples::SHENZHEN, samples::PORTAL])
    {
        let written = match read(text) {
            Scanned::Classic(code) => code.write(),
            Scanned::Digital(code) => code.write(),
            Scanned::Blockchain(Blockchain::Comma(code)) => code.write(),
            Scanned::Blockchain(Blockchain::Portal(code)) => {
                code.write("bcfp.shenzhen.chinatax.gov.cn")
            }
            other => panic!("{text} was read as {other:?}"),
        };
        // Three of them carry another CRC than the usual one.
        let is_other_crc = ["1774", "b017", "219a"]
            .iter()
            .any(|crc| text.ends_with(crc));
        let text = text.trim_end_matches(',');
        let end = text.len() - if is_other_crc { 4 } else { 0 };
        assert_eq!(written[..end], text[..end]);
    }
}
