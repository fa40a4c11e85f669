//! The digest of a printed code covers every declared fact, and exists only where it gives nothing
//! away.

use super::*;

const ORDINARY: &str = "01,10,011001900311,26105568,100,20190602,69609999443421834136";

fn digest(text: &str) -> Option<[u8; 32]> {
    print_digest(&read(text))
}

#[test]
fn only_codes_with_an_unguessable_part_have_a_digest() {
    assert!(digest(ORDINARY).is_some());
    assert!(digest(samples::SHENZHEN).is_some());
    assert!(digest(samples::PORTAL).is_some());
    for text in [
        samples::WITH_CRC[0],
        samples::WITH_CRC[9],
        "CZ-EI-320000,01,11010125,0488888987,589d80,20210318,128.50",
        "01,11,031001900107,01234567",
        "01,10,011001900311,26105568,100,20190602,694341",
        "01,10,011001900311,26105568,100,20190602,00000000000000000000",
        "#/r/invoice/144031909110-01034285",
        "text",
    ] {
        assert_eq!(digest(text), None, "{text}");
    }
}

#[test]
fn the_way_an_amount_is_written_does_not_matter() {
    for amount in ["100.0", "100.00", "0100"] {
        assert_eq!(
            digest(&ORDINARY.replace(",100,", &format!(",{amount},"))),
            digest(ORDINARY)
        );
    }
    assert_eq!(digest(&format!("{ORDINARY},C348,")), digest(ORDINARY));
    assert_eq!(
        digest(&samples::SHENZHEN.to_uppercase()),
        digest(samples::SHENZHEN)
    );
}

#[test]
fn every_declared_fact_is_covered() {
    for (text, changes) in [
        (
            ORDINARY,
            &[
                ("01,10", "01,04"),
                ("011001900311", "011001900312"),
                ("26105568", "26105569"),
                (",100,", ",100.01,"),
                (",100,", ",-100,"),
                (",100,", ",,"),
                ("20190602", "20190603"),
                ("69609999443421834136", "69609999443421834137"),
            ][..],
        ),
        (
            samples::SHENZHEN,
            &[
                ("01,10", "01,11"),
                ("144031909110", "144031909111"),
                ("01034285", "01034286"),
                ("91440300708437873H", "91440300708437873J"),
                ("5.45", "5.46"),
                ("20190320", "20190321"),
                ("cbd7b4", "cbd7b5"),
            ],
        ),
        (
            samples::PORTAL,
            &[
                ("05830164", "05830165"),
                ("=500", "=501"),
                ("90a04", "90a05"),
            ],
        ),
    ] {
        for (from, to) in changes {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert!(digest(&changed).is_some(), "{changed}");
            assert_ne!(digest(&changed), digest(text), "{changed}");
        }
    }
}

/// An issuer who computes digests in another language can compare with these.
#[test]
fn the_digest_is_what_its_description_says() {
    let texts = [
        "lianyan/print/1",
        "classic",
        "10",
        "011001900311",
        "26105568",
        "",
        "10000",
        "20190602",
        "69609999443421834136",
    ];
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend_from_slice(&[0, 0, 0, text.len() as u8]);
        bytes.extend_from_slice(text.as_bytes());
    }
    use sha2::Digest;
    let wanted: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    assert_eq!(digest(ORDINARY), Some(wanted));
}
