//! Codes that were published on the web or in public code.

use super::*;

/// Published codes that carry a CRC, and how many match: ten CRC-16/UMTS, one ARC, one MODBUS.
pub(super) const WITH_CRC: [&str; 12] = [
    "01,01,1200154130,03630024,94339.62,20160621,,9335,",
    "01,04,4200161350,00015045,165106.00,20160501,48114255542168294433,DBFE,",
    "01,10,011001900311,26105568,356.60,20190602,69609999443421834136,C348",
    "01,10,050003523456,29342181,104.72,20180613,02418567008427471889,1774",
    "01,10,031001600211,77480574,83.96,20171230,59326830950603727351,09ED",
    "01,04,1200153320,07041662,183.49,20151221,83623873463907646339,5080",
    "01,32,,26427000000375586818,10.70,20260430,,FAFB",
    "01,31,,26442000004359167806,1705400.00,20260421,,8EEF",
    "01,31,,24312000000358032546,633.00,20241118,,16C0",
    "01,32,,25432000000031411143,655.00,20250311,,19E3",
    "01,32,,26317200000008021556,16.40,20260908,,b017",
    "01,51,,26339132621000219582,56.00,20260423,,219a",
];

pub(super) const SHENZHEN: &str = "01,10,144031909110,01034285,91440300708437873H,5.45,20190320,\
    0053e0982be37e9763314b0c8a58b7c121e0b8b59b03bf3cae346ea8c7d2cbd7b4";

pub(super) const PORTAL: &str = "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?\
    hash=007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04\
    &bill_num=05830164&total_amount=500";

#[test]
fn a_special_invoice_has_no_check_code() {
    let code = classic(WITH_CRC[0]);
    assert_eq!(code.invoice_type, "01");
    assert_eq!(code.code, "1200154130");
    assert_eq!(code.number, "03630024");
    assert_eq!(code.fen, Some(9_433_962));
    assert_eq!(code.date, date("20160621"));
    assert_eq!(code.check_code, None);
    assert_eq!(code.crc, Crc::Matches);
    let scanned = Scanned::Classic(code);
    assert_eq!(scanned.record_id().as_deref(), Some("1200154130-03630024"));
    let amount = scanned.declared().unwrap().amount.unwrap();
    assert_eq!(amount.meaning, AmountMeaning::BeforeTax);
}

#[test]
fn an_ordinary_invoice_has_a_check_code_of_twenty_digits() {
    let code = classic(WITH_CRC[1]);
    assert_eq!(code.fen, Some(16_510_600));
    assert_eq!(code.check_code.as_deref(), Some("48114255542168294433"));
    let declared = read(WITH_CRC[1]).declared().unwrap();
    assert_eq!(declared.amount.unwrap().meaning, AmountMeaning::Unknown);
}

#[test]
fn every_published_crc_matches() {
    for text in WITH_CRC {
        assert_eq!(read(text).declared().unwrap().crc, Crc::Matches, "{text}");
    }
}

/// The comma before the field is part of the CRC's input in eleven of them.
#[test]
fn one_published_crc_leaves_the_comma_out() {
    let without_comma = WITH_CRC.iter().filter(|text| {
        let (before, field) = text.trim_end_matches(',').rsplit_once(',').unwrap();
        u16::from_str_radix(field, 16) == Ok(crc::umts(before.as_bytes()))
    });
    assert_eq!(without_comma.count(), 1);
    let umts_with_comma = WITH_CRC.iter().filter(|text| {
        let (before, field) = text.trim_end_matches(',').rsplit_once(',').unwrap();
        u16::from_str_radix(field, 16) == Ok(crc::umts(format!("{before},").as_bytes()))
    });
    assert_eq!(umts_with_comma.count(), 9);
}

#[test]
fn a_wrong_crc_is_a_neutral_note_and_the_code_is_still_read() {
    let code = classic("01,04,4200161350,00015045,165106.01,20160501,48114255542168294433,DBFE,");
    assert_eq!(code.crc, Crc::NoMatch);
    assert_eq!(code.fen, Some(16_510_601));
}

#[test]
fn the_last_field_may_be_missing() {
    let code = classic("01,10,011001605111,80100798,64.9,20161018,85342965681116380258");
    assert_eq!(code.fen, Some(6_490));
    assert_eq!(code.check_code.as_deref(), Some("85342965681116380258"));
    assert_eq!(code.crc, Crc::Absent);
}

/// The slot of the check code is left out, so that the CRC stands seventh.
#[test]
fn four_hex_digits_in_the_seventh_field_are_the_crc() {
    let head = "01,01,1100174130,01234567,100.00,20180115,";
    let text = format!("{head}{:04X},", crc::umts(head.as_bytes()));
    let code = classic(&text);
    assert_eq!(code.check_code, None);
    assert_eq!(code.crc, Crc::Matches);
    let code = classic("01,01,1100174130,01234567,100.00,20180115,6579,");
    assert_eq!((code.check_code, code.crc), (None, Crc::NoMatch));
}

#[test]
fn a_roll_invoice_may_carry_code_and_number_only() {
    for text in [
        "01,11,031001900107,01234567",
        "01,11,031001900107,01234567,,,,",
    ] {
        let code = classic(text);
        assert_eq!((code.fen, code.date, code.crc), (None, None, Crc::Absent));
        let id = Scanned::Classic(code).record_id();
        assert_eq!(id.as_deref(), Some("031001900107-01234567"));
    }
}

#[test]
fn full_width_characters_and_white_space_change_nothing() {
    for text in WITH_CRC {
        let full_width = text.replace(',', "，");
        assert_eq!(read(&full_width), read(text));
        assert_eq!(read(&format!("\u{feff} {text}\r\n")), read(text));
        let digits: String = text
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect();
        assert_eq!(read(&digits), read(text));
    }
}

#[test]
fn a_fully_digital_invoice_keeps_its_twenty_digits() {
    let code = digital(WITH_CRC[9]);
    assert_eq!(code.invoice_type, "32");
    assert_eq!(code.number, "25432000000031411143");
    assert_eq!(code.fen, Some(65_500));
    assert_eq!(code.date, date("20250311"));
    let scanned = Scanned::Digital(code);
    assert_eq!(scanned.record_id().as_deref(), Some("25432000000031411143"));
    let amount = scanned.declared().unwrap().amount.unwrap();
    assert_eq!(amount.meaning, AmountMeaning::TaxInclusive);
}

#[test]
fn an_empty_code_may_be_filled_with_null_or_zeros() {
    for filler in ["", "null", "00000000"] {
        let text = format!("01,32,{filler},25432000000031411143,655.00,20250311");
        assert_eq!(digital(&text).number, "25432000000031411143");
    }
}

#[test]
fn a_number_that_lost_digits_is_no_invoice() {
    for number in ["2543200000003141114", "254320000000314111430", "31411143"] {
        let text = format!("01,32,,{number},655.00,20250311,,19E3");
        assert_eq!(read(&text), Scanned::Text(text.clone()));
    }
}

#[test]
fn the_blockchain_comma_form_is_known_by_the_sellers_id() {
    let scanned = read(SHENZHEN);
    let Scanned::Blockchain(code) = &scanned else {
        panic!("{scanned:?}")
    };
    assert_eq!(code.short_check_code(), "bd7b4");
    assert_eq!(code.hash().len(), 66);
    let declared = scanned.declared().unwrap();
    assert_eq!(declared.seller.as_deref(), Some("91440300708437873H"));
    assert_eq!(declared.date, date("20190320"));
    let amount = Amount {
        fen: 545,
        meaning: AmountMeaning::BeforeTax,
    };
    assert_eq!(declared.amount, Some(amount));
    assert_eq!(
        scanned.record_id().as_deref(),
        Some("144031909110-01034285")
    );
}

/// The published Yunnan code has its hash abridged; the middle here is filled up.
#[test]
fn the_yunnan_form_is_the_same() {
    let hash = format!("00fe434c{}cf7973", "5".repeat(52));
    let text = format!("01,10,153002209100,11335527,91530102MA7KNHQC36,459.00,20221102,{hash}");
    let scanned = read(&text);
    assert!(matches!(scanned, Scanned::Blockchain(Blockchain::Comma(_))));
    assert_eq!(
        scanned.record_id().as_deref(),
        Some("153002209100-11335527")
    );
    let abridged = "01,10,153002209100,11335527,91530102MA7KNHQC36,459.00,20221102,00fe434c…cf7973";
    assert_eq!(read(abridged), Scanned::Text(abridged.to_owned()));
}

#[test]
fn the_portals_address_carries_the_total_in_fen() {
    let scanned = read(PORTAL);
    let declared = scanned.declared().unwrap();
    assert_eq!(declared.number, "05830164");
    assert_eq!(declared.code, None);
    let amount = Amount {
        fen: 500,
        meaning: AmountMeaning::TaxInclusive,
    };
    assert_eq!(declared.amount, Some(amount));
    assert_eq!(scanned.record_id(), None);
    let Scanned::Blockchain(code) = &scanned else {
        panic!("{scanned:?}")
    };
    assert_eq!(code.short_check_code(), "90a04");
}

#[test]
fn other_addresses_are_text() {
    for text in [
        PORTAL.replace("bcfp.", "bcfp-"),
        PORTAL.replace("verify/scan", "verify/other"),
        PORTAL.replace("https", "javascript"),
        PORTAL.replace("total_amount=500", "total_amount=5.00"),
        PORTAL.replace("&total_amount=500", ""),
        PORTAL.replace("0583", "58３"),
        format!("{PORTAL}&total_amount=500"),
        format!("{PORTAL}&hash=00"),
        PORTAL.replace("hash=0075", "hash="),
        "https://weixin.qq.com/r/abc".to_owned(),
    ] {
        assert_eq!(read(&text), Scanned::Text(text.clone()));
    }
}

#[test]
fn a_fiscal_bill_is_read_and_marked_unconfirmed() {
    let text = "CZ-EI-320000,01,11010125,0488888987,589d80,20210318,128.50";
    let scanned = read(text);
    assert!(!scanned.format_is_confirmed());
    assert!(read(WITH_CRC[0]).format_is_confirmed());
    assert_eq!(scanned.record_id().as_deref(), Some("11010125-0488888987"));
    let declared = scanned.declared().unwrap();
    assert_eq!(declared.check.as_deref(), Some("589d80"));
    assert_eq!(declared.amount.unwrap().fen, 12_850);
    assert_eq!(declared.date, date("20210318"));
    for damaged in [
        text.replace("CZ", "CY"),
        text.replace("-320000", ""),
        text.replace("320000", "32000"),
        text.replace("11010125", "1101012"),
        text.replace("589d80", "589d8"),
        text.replace("589d80", "589票"),
        text.replace("128.50", "free"),
    ] {
        assert_eq!(read(&damaged), Scanned::Text(damaged.clone()));
    }
}

#[test]
fn unknown_text_is_shown_as_it_came() {
    for text in [
        "",
        " 你好，世界 ",
        "01",
        "01,10",
        "CODE_128,12345",
        "02,10,011001900311,26105568",
    ] {
        assert_eq!(read(text), Scanned::Text(text.to_owned()));
    }
}

#[test]
fn a_text_beyond_the_limit_is_cut_and_not_read() {
    let long = "票".repeat(MAX_CHARS + 1);
    assert_eq!(read(&long), Scanned::Text("票".repeat(MAX_CHARS)));
    let padded = format!("{}{}", WITH_CRC[0], " ".repeat(MAX_CHARS));
    assert!(matches!(read(&padded), Scanned::Text(_)));
}
