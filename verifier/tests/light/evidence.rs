//! `lianyan evidence show`: what is a fork, and what only looks like one.

use crate::common::{chain, comet};
use crate::{Folder, run};
use light_client::{
    Header, LightBlock, TrustedState,
    client::{Attack, AttackEvidence, AttackKind},
    json::write,
};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// A block of the tests' chain after a change to its header, signed by all.
fn block(height: u64, change: impl Fn(&mut Header)) -> LightBlock {
    let chain = chain();
    let mut header = chain.header(height).clone();
    change(&mut header);
    let signed = comet::commit_json(&header, &chain.seats, |_| true);
    LightBlock {
        signed_header: light_client::json::commit(&signed).expect("a commit"),
        validators: comet::set(&chain.seats),
        next_validators: None,
    }
}

/// What a light client would write down of two blocks.
fn fork_of(ours: &LightBlock, theirs: &LightBlock) -> Attack {
    let first = block(1, |_| {});
    let hash = first.signed_header.header.hash();
    let common = TrustedState::from_checkpoint(&first, &hash).expect("a state");
    let evidence = vec![
        AttackEvidence::new(ours, theirs, &common),
        AttackEvidence::new(theirs, ours, &common),
    ];
    Attack {
        common_height: 1,
        common_hash: hash,
        kind: evidence[0].kind,
        ours: ours.clone(),
        ours_from: "https://a".into(),
        theirs: theirs.clone(),
        theirs_from: "https://b".into(),
        evidence,
        reported_to: Vec::new(),
    }
}

fn shown(file: &Path, bytes: &[u8]) -> (i32, Value) {
    std::fs::write(file, bytes).expect("writes");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    run(show.args(["evidence", "show"]).arg(file))
}

#[test]
fn what_is_no_fork_is_not_shown_as_one() {
    let folder = Folder::new("no-fork");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("halt");
    let ours = block(3, |_| {});
    let theirs = block(3, |header| header.data_hash = Some([9; 32]));
    let genuine = fork_of(&ours, &theirs);
    let (code, line) = shown(&file, &genuine.to_bytes());
    assert_eq!((code, &line["kind"]), (2, &json!("equivocation")), "{line}");
    let other_kind = Attack {
        kind: AttackKind::Amnesia,
        ..genuine.clone()
    };
    let about_others = Attack {
        evidence: fork_of(&block(3, |header| header.app_hash = vec![8; 32]), &ours).evidence,
        ..genuine.clone()
    };
    let mut more_power = genuine.clone();
    more_power.evidence[0].total_power += 1;
    let above = Attack {
        common_height: 3,
        ..genuine.clone()
    };
    let one_sided = Attack {
        evidence: genuine.evidence[..1].to_vec(),
        ..genuine.clone()
    };
    let on_their_way = |height| Attack {
        evidence: vec![
            genuine.evidence[0].clone(),
            fork_of(
                &block(height, |header| header.app_hash = vec![8; 32]),
                &ours,
            )
            .evidence[0]
                .clone(),
        ],
        ..genuine.clone()
    };
    let foreign = block(3, |header| header.chain_id = "another".into());
    for (what, attack) in [
        ("one block twice", fork_of(&ours, &ours)),
        ("two blocks of one chain", fork_of(&ours, &block(2, |_| {}))),
        ("blocks of two chains", fork_of(&ours, &foreign)),
        ("another kind", other_kind),
        ("evidence about other blocks", about_others),
        ("another sum of power", more_power),
        ("a common block above both", above),
        ("no evidence against the other side", one_sided),
        ("evidence against a third block", on_their_way(3)),
        ("evidence against the common block", on_their_way(1)),
    ] {
        let (code, line) = shown(&file, &attack.to_bytes());
        assert_eq!((code, &line["fork"]), (1, &json!(false)), "{what}: {line}");
    }
    let (code, line) = shown(&file, &on_their_way(2).to_bytes());
    assert_eq!(
        (code, &line["fork"]),
        (2, &json!(true)),
        "their way left the common one below: {line}"
    );
    // A forward lunatic attack: below, and yet not before.
    let late = |header: &mut Header| header.time = ours.signed_header.header.time;
    let (code, line) = shown(&file, &fork_of(&ours, &block(2, late)).to_bytes());
    assert_eq!((code, &line["fork"]), (2, &json!(true)), "{line}");
}

#[test]
fn the_evidence_that_the_page_saves_is_shown_like_a_stores() {
    let folder = Folder::new("saved");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("evidence.json");
    let ours = block(3, |_| {});
    let saved = |attack: &Attack| {
        let pieces: Vec<String> = attack.evidence.iter().map(write::attack_evidence).collect();
        ["[", &pieces.join(","), "]"].concat()
    };
    for (kind, theirs) in [
        ("lunatic", block(3, |header| header.app_hash = vec![9; 32])),
        (
            "equivocation",
            block(3, |header| header.data_hash = Some([9; 32])),
        ),
    ] {
        let attack = fork_of(&ours, &theirs);
        let (_, kept) = shown(&file, &attack.to_bytes());
        let (code, line) = shown(&file, saved(&attack).as_bytes());
        assert_eq!((code, &line["kind"]), (2, &json!(kind)), "{line}");
        for same in ["signed_both", "evidence", "signers", "fork"] {
            assert_eq!(line[same], kept[same], "{same}");
        }
        assert_eq!(line["other"]["hash"], kept["other"]["hash"]);
        assert!(line["common_hash"].is_null(), "evidence does not name it");
        let bent = saved(&attack).replacen("\"signature\":\"", "\"signature\":\"AAAA", 1);
        assert_eq!(
            shown(&file, bent.as_bytes()).0,
            65,
            "a vote that nobody gave"
        );
    }
    let (code, line) = shown(&file, saved(&fork_of(&ours, &ours)).as_bytes());
    assert_eq!((code, &line["fork"]), (1, &json!(false)), "{line}");
    for none in ["[]", "[{}, {}]", "[1", "{}"] {
        assert_eq!(shown(&file, none.as_bytes()).0, 65, "{none}");
    }
    let endless = Path::new("/dev/zero");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    assert_eq!(run(show.args(["evidence", "show"]).arg(endless)).0, 65);
}
