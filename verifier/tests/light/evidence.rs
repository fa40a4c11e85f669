//! `lianyan evidence show`: what is a fork, and what only looks like one.

use crate::common::{Lie, chain, comet, comet::Seat, node};
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
    signed_by(&chain().seats, height, change)
}

fn signed_by(seats: &[Seat], height: u64, change: impl Fn(&mut Header)) -> LightBlock {
    let mut header = chain().header(height).clone();
    header.validators_hash = comet::set(seats).hash();
    change(&mut header);
    let signed = comet::commit_json(&header, seats, |_| true);
    LightBlock {
        signed_header: light_client::json::commit(&signed).expect("a commit"),
        validators: comet::set(seats),
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

/// The same, with the chain's header of height 3 trusted and these nodes asked.
fn judged(file: &Path, attack: &[u8], nodes: &[String; 2], more: &[&str]) -> (i32, Value) {
    std::fs::write(file, attack).expect("writes");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    show.args(["evidence", "show"]).arg(file);
    show.args(["--chain-id", records::testing::CHAIN]);
    let hash = hex::encode(chain().header(3).hash());
    show.args(["--trust-height", "3", "--trust-hash", &hash]);
    show.args(["--trusting-period", "900000h"]);
    show.args(["--node", &nodes[0], "--witness", &nodes[1]]);
    run(show.args(more))
}

#[test]
fn with_the_chain_at_hand_it_is_said_whether_it_is_a_fork_of_this_chain() {
    let folder = Folder::new("whose-fork");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("halt");
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let ours = block(3, |_| {});
    let lunatic = |header: &mut Header| header.app_hash = vec![9; 32];
    let twice = |header: &mut Header| header.data_hash = Some([9; 32]);
    for theirs in [
        block(3, lunatic),
        block(3, twice),
        block(2, |header| {
            header.time = ours.signed_header.header.time;
        }),
    ] {
        let attack = fork_of(&ours, &theirs);
        let pieces: Vec<String> = attack.evidence.iter().map(write::attack_evidence).collect();
        let saved = ["[", &pieces.join(","), "]"].concat();
        for bytes in [attack.to_bytes(), saved.into_bytes()] {
            let (code, line) = judged(&file, &bytes, &nodes, &[]);
            assert_eq!((code, &line["verified"]), (0, &json!(true)), "{line}");
            assert_eq!(
                (&line["fork"], &line["reason"]),
                (&json!(true), &Value::Null)
            );
            let height = line["common_height"].as_str().expect("a text");
            let height = height.parse().expect("a height");
            let common = hex::encode(chain().header(height).hash());
            assert_eq!(line["common_hash"], common.as_str());
        }
    }
    let genuine = fork_of(&ours, &block(3, lunatic));
    let strangers: Vec<Seat> = [91, 92]
        .map(|seed| Seat::of(&records::SecretKey::from_seed(&[seed; 32]), 10))
        .into();
    // Two blocks of nobody's, above the common one and right after it.
    let invented = |height| {
        let block = |change: fn(&mut Header)| signed_by(&strangers, height, change);
        fork_of(
            &block(|_| {}),
            &block(|header| header.app_hash = vec![9; 32]),
        )
    };
    let mut more_power = genuine.clone();
    more_power
        .evidence
        .iter_mut()
        .for_each(|piece| piece.total_power += 1);
    let elsewhere = Attack {
        common_hash: [8; 32],
        ..genuine.clone()
    };
    let renamed = |change: fn(&mut Header)| {
        block(3, move |header| {
            header.chain_id = "another".into();
            change(header);
        })
    };
    let another = fork_of(
        &renamed(|_| {}),
        &renamed(|header| header.app_hash = vec![9; 32]),
    );
    for (reason, attack) in [
        ("too-little-power", invented(3)),
        ("not-the-announced-validators", invented(2)),
        ("validators-hash", more_power),
        ("wrong-checkpoint", elsewhere),
        ("wrong-chain", another),
    ] {
        let (code, line) = judged(&file, &attack.to_bytes(), &nodes, &[]);
        assert_eq!((code, &line["reason"]), (1, &json!(reason)), "{line}");
        let signers = line["signers"].as_str().expect("a text");
        assert!(signers.starts_with("not this chain's: "), "{signers}");
        assert_eq!(line["verified"], false);
    }
    // What cannot be established says neither.
    let bytes = genuine.to_bytes();
    let silent = [node(|| Lie::Cut), node(|| Lie::Cut)];
    let (code, line) = judged(&file, &bytes, &silent, &[]);
    assert_eq!((code, &line["verified"]), (2, &json!(false)), "{line}");
    let (code, line) = judged(&file, &bytes, &nodes, &["--trusting-period", "336h"]);
    assert_eq!((code, &line["reason"]), (2, &json!("trust-expired")));
    assert_eq!(
        judged(&file, &bytes, &nodes, &["--serve", "127.0.0.1:0"]).0,
        64
    );
}
