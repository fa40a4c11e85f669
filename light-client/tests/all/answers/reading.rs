//! Reading answers strictly: errors name the path, numbers keep every digit, and nothing is taken for more than it is.

use crate::common::{chain, read, recorded};
use light_client::json::{self, Value};

/// A document with one field replaced, or removed.
fn changed(document: &Value, pointer: &str, field: &str, value: Option<Value>) -> Value {
    let mut document = document.clone();
    let parent = document
        .pointer_mut(pointer)
        .unwrap()
        .as_object_mut()
        .unwrap();
    match value {
        Some(value) => parent.insert(field.to_string(), value),
        None => parent.remove(field),
    };
    document
}

#[test]
fn errors_name_the_path() {
    let document = read(&recorded().join("v0.40-ed25519/light/005.json"));
    let error = |pointer: &str, field: &str, value: Option<Value>| {
        json::light_block(&changed(&document, pointer, field, value))
            .unwrap_err()
            .to_string()
    };
    let entry = "/signed_header/commit/signatures/2";
    assert_eq!(
        error(entry, "timestamp", None),
        "signed_header.commit.signatures[2].timestamp is missing"
    );
    assert_eq!(
        error(entry, "timestamp", Some("yesterday".into())),
        "signed_header.commit.signatures[2].timestamp is not an RFC 3339 time"
    );
    assert_eq!(
        error("/signed_header/header", "height", Some(5.into())),
        "signed_header.header.height is not a 64-bit integer in a string"
    );
    assert_eq!(
        error(
            "/signed_header/header/version",
            "block",
            Some("11.0".into())
        ),
        "signed_header.header.version.block is not a 64-bit integer in a string"
    );
    assert_eq!(
        error("/signed_header/commit", "round", Some("0".into())),
        "signed_header.commit.round is not a 32-bit number"
    );
    assert_eq!(
        error("/signed_header/commit", "round", Some((1u64 << 31).into())),
        "signed_header.commit.round is not a round"
    );
    assert_eq!(
        error(
            "/validator_set/validators/1",
            "address",
            Some("00".repeat(20).into())
        ),
        "validator_set.validators[1].address is not the key's address"
    );
    assert_eq!(
        error(
            "/validator_set/validators/0/pub_key",
            "type",
            Some("tendermint/PubKeySr25519".into())
        ),
        "validator_set.validators[0].pub_key is not a public key of a known type"
    );
    assert_eq!(error("", "validator_set", None), "validator_set is missing");
    let header = "/signed_header/header";
    let says = |error: String, path: &str| {
        assert!(error.starts_with(&format!("{path} is ")), "{error}");
    };
    for bytes in [19, 21] {
        let proposer = Some("00".repeat(bytes).into());
        let error = error(header, "proposer_address", proposer);
        says(error, "signed_header.header.proposer_address");
    }
    for bytes in [31, 33] {
        let hash = Some("00".repeat(bytes).into());
        let error = error(header, "validators_hash", hash);
        says(error, "signed_header.header.validators_hash");
    }
    for height in ["0", "-1"] {
        let error = error(header, "height", Some(height.into()));
        says(error, "signed_header.header.height");
    }
    let power = error(
        "/validator_set/validators/1",
        "voting_power",
        Some("-1".into()),
    );
    says(power, "validator_set.validators[1].voting_power");
    for flag in [0, 4] {
        let error = error(entry, "block_id_flag", Some(flag.into()));
        says(error, "signed_header.commit.signatures[2].block_id_flag");
    }
}

#[test]
fn sixty_four_bit_numbers_keep_every_digit() {
    let document = read(&recorded().join("v0.40-ed25519/light/005.json"));
    let with_app = |app: &str| {
        changed(
            &document,
            "/signed_header/header/version",
            "app",
            Some(app.into()),
        )
    };
    for app in [u64::MAX, u64::MAX - 1, (1 << 53) + 1] {
        let block = json::light_block(&with_app(&app.to_string())).unwrap();
        assert_eq!(block.signed_header.header.app_version, app);
    }
    for app in ["18446744073709551616", "-1", "+1", "1e3", "", " 1"] {
        assert!(json::light_block(&with_app(app)).is_err(), "{app}");
    }
    let height = (1u64 << 63).to_string();
    let too_high = changed(
        &document,
        "/signed_header/header",
        "height",
        Some(height.into()),
    );
    assert!(json::light_block(&too_high).is_err());
}

#[test]
fn unknown_fields_are_ignored_and_null_lists_are_empty() {
    let document = read(&recorded().join("v0.40-ed25519/light/005.json"));
    let more = changed(
        &document,
        "/signed_header",
        "surprise",
        Some(Value::from("!")),
    );
    assert_eq!(json::light_block(&more), json::light_block(&document));
    let none = changed(
        &document,
        "/signed_header/commit",
        "signatures",
        Some(Value::Null),
    );
    assert!(
        json::light_block(&none)
            .unwrap()
            .signed_header
            .commit
            .signatures
            .is_empty()
    );
}

#[test]
fn whatever_a_header_calls_its_chain_it_says_no_more_by_it_in_json() {
    let mut block = chain("v0.40-ed25519").remove(0);
    for chain_id in [
        r#"x","height":"77"#,
        "back\\slash",
        "\u{0}\n\u{1f} ",
        "\u{7f}链é\u{10ffff}",
    ] {
        block.signed_header.header.chain_id = chain_id.into();
        let written = json::parse(json::write::light_block(&block).as_bytes()).unwrap();
        assert_eq!(json::light_block(&written).as_ref(), Ok(&block));
    }
}

#[test]
fn a_page_of_validators_is_not_taken_for_the_whole_set() {
    let block = chain("v0.40-134-validators").pop().unwrap();
    let all: Vec<String> = block
        .validators
        .validators()
        .iter()
        .map(json::write::validator)
        .collect();
    let page = |range: std::ops::Range<usize>| {
        let text = format!(
            r#"{{"jsonrpc":"2.0","id":1,"result":{{"block_height":"12","validators":[{}],"count":"{}","total":"{}"}}}}"#,
            all[range.clone()].join(","),
            range.len(),
            all.len()
        );
        json::validators(&json::parse(text.as_bytes()).unwrap()).unwrap()
    };
    assert_eq!(all.len(), 134);
    assert_eq!(json::join_pages(vec![page(0..100)]), None);
    assert_eq!(json::join_pages(vec![]), None);
    assert_eq!(
        json::join_pages(vec![page(0..100), page(0..34)]),
        None,
        "a page that is repeated"
    );
    assert_eq!(
        json::join_pages(vec![page(0..100), page(100..134)]).as_ref(),
        Some(&block.validators)
    );
    let mut later = page(100..134);
    later.block_height += 1;
    assert_eq!(
        json::join_pages(vec![page(0..100), later]),
        None,
        "a page of another height"
    );
    let mut larger = page(100..134);
    larger.total += 1;
    assert_eq!(
        json::join_pages(vec![page(0..100), larger]),
        None,
        "a page of a larger set"
    );
}

#[test]
fn a_commit_has_no_more_votes_and_no_higher_round_than_a_chain_can_have() {
    let document = read(&recorded().join("v0.40-ed25519/light/005.json"));
    let commit = |field: &str, value: Value| {
        let with = changed(&document, "/signed_header/commit", field, Some(value));
        json::light_block(&with).map(|block| block.signed_header.commit)
    };
    let vote = document["signed_header"]["commit"]["signatures"][0].clone();
    let votes = |count: usize| commit("signatures", vec![vote.clone(); count].into());
    assert_eq!(
        votes(10_000).map(|commit| commit.signatures.len()),
        Ok(10_000)
    );
    let error = votes(10_001).expect_err("too many").to_string();
    assert_eq!(
        error,
        "signed_header.commit.signatures is not at most 10 000 votes"
    );
    let highest = u32::MAX >> 1;
    let round = commit("round", highest.into()).map(|commit| commit.round);
    assert_eq!(round, Ok(highest));
}

#[test]
fn an_error_that_is_null_is_none() {
    let page = r#"{"block_height":"1","validators":null,"total":"0"}"#;
    let answer = |error: &str| {
        let text = format!(r#"{{"jsonrpc":"2.0","id":1,"error":{error},"result":{page}}}"#);
        json::validators(&json::parse(text.as_bytes()).unwrap()).map(|page| page.block_height)
    };
    assert_eq!(answer("null"), Ok(1));
    assert!(answer(r#"{"code":-32603}"#).is_err());
}

#[test]
fn a_busy_node_says_so_by_its_status_and_for_how_long_where_it_likes() {
    use light_client::client::Unreachable;
    for (status, pause, read) in [
        (429, Some("3"), Unreachable::Busy(Some(3))),
        (503, Some(" 7 "), Unreachable::Busy(Some(7))),
        (429, None, Unreachable::Busy(None)),
        (
            503,
            Some("Wed, 21 Oct 2026 07:28:00 GMT"),
            Unreachable::Busy(None),
        ),
        (500, Some("3"), Unreachable::Status(500)),
        (404, None, Unreachable::Status(404)),
    ] {
        assert_eq!(Unreachable::by_status(status, pause), read, "{status}");
    }
}
