//! Proofs as a client gets them, verified by `ics23` and by RFC 6962's own text.

mod common;

use common::{Chain, tree_key};
use ics23::{CommitmentProof, HostFunctionsManager, ProofSpec};
use ics23_prost::Message;
use node::{
    comet,
    merkle::{self, Hash, inner_hash, leaf_hash, sha256},
};
use records::{Head, State, log::unpack_entries};

/// The crate's specification stops at 64 levels; ours at a key's 256 bits.
fn spec() -> ProofSpec {
    ProofSpec {
        max_depth: 256,
        ..jmt::ics23_spec()
    }
}

fn grown() -> Chain {
    let chain = Chain::new();
    for block in 0..12 {
        let txs = (0..25)
            .map(|i| chain.admit(&format!("member-{block}-{i}")))
            .collect();
        chain.decide(txs);
    }
    chain.decide(Vec::new());
    chain
}

#[test]
fn presence_and_absence_are_proven_under_the_next_header() {
    let chain = grown();
    for height in [1, 5, 12] {
        let root = chain.header_app_hash(height + 1);
        for (block, present) in [(0, true), (height - 1, true), (height, false)] {
            for i in 0..25 {
                let key = tree_key("member", &format!("member-{block}-{i}"));
                let answer = chain.query("/head", &key, height);
                assert_eq!(
                    (answer.code, answer.height, answer.key.as_slice()),
                    (0, height, &key[..])
                );
                let proof = CommitmentProof::decode(answer.proof.expect("a proof").as_slice())
                    .expect("decodes");
                let verified = if present {
                    ics23::verify_membership::<HostFunctionsManager>(
                        &proof,
                        &spec(),
                        &root,
                        &key,
                        &answer.value,
                    )
                } else {
                    assert!(answer.value.is_empty());
                    ics23::verify_non_membership::<HostFunctionsManager>(
                        &proof,
                        &spec(),
                        &root,
                        &key,
                    )
                };
                assert!(verified, "height {height}, member-{block}-{i}");
                let other = chain.header_app_hash(1);
                assert!(!ics23::verify_membership::<HostFunctionsManager>(
                    &proof,
                    &spec(),
                    &other,
                    &key,
                    &answer.value
                ));
            }
        }
    }
}

#[test]
fn height_zero_means_the_newest_height_that_a_header_commits_to() {
    let chain = grown();
    let key = tree_key("member", "member-3-3");
    let answer = chain.query("/head", &key, 0);
    assert_eq!(answer.height, chain.node.height() - 1);
    let root = chain.header_app_hash(answer.height + 1);
    let proof =
        CommitmentProof::decode(answer.proof.expect("a proof").as_slice()).expect("decodes");
    assert!(ics23::verify_membership::<HostFunctionsManager>(
        &proof,
        &spec(),
        &root,
        &key,
        &answer.value
    ));
}

#[test]
fn state_and_log_are_those_that_the_head_commits_to() {
    let chain = grown();
    let key = tree_key("consortium", "main");
    let head = Head::decode(&chain.query("/head", &key, 0).value).expect("a head");
    let state = chain.query("/state", &key, 0).value;
    assert_eq!(sha256(&state), head.state);
    State::decode(&state).expect("canonical");
    let range = [&key[..], &0u64.to_be_bytes(), &100u32.to_be_bytes()].concat();
    let log = chain.query("/log", &range, 0).value;
    let entries = unpack_entries(&log).expect("packed");
    assert_eq!(entries.len() as u64, head.log_size);
    assert_eq!(
        records::log::root_of(entries.iter().map(|entry| leaf_hash(entry))),
        head.log_root
    );
}

/// RFC 9162 §2.1.3.2, which verifies the paths of RFC 6962.
fn included(mut index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    let (mut last, mut root) = (size - 1, leaf);
    for hash in path {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            root = inner_hash(hash, &root);
            while index & 1 == 0 && index != 0 {
                (index, last) = (index >> 1, last >> 1);
            }
        } else {
            root = inner_hash(&root, hash);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some(root)
}

/// RFC 9162 §2.1.4.2: the old and the new root that a path connects.
fn consistent(from: u64, to: u64, old_root: Hash, path: &[Hash]) -> Option<(Hash, Hash)> {
    if from == to {
        return path.is_empty().then_some((old_root, old_root));
    }
    let mut path = path.to_vec();
    if from.is_power_of_two() {
        path.insert(0, old_root);
    }
    let (mut index, mut last) = (from - 1, to - 1);
    while index & 1 == 1 {
        (index, last) = (index >> 1, last >> 1);
    }
    let (first, rest) = path.split_first()?;
    let (mut old, mut new) = (*first, *first);
    for hash in rest {
        if last == 0 {
            return None;
        }
        if index & 1 == 1 || index == last {
            (old, new) = (inner_hash(hash, &old), inner_hash(hash, &new));
            while index & 1 == 0 && index != 0 {
                (index, last) = (index >> 1, last >> 1);
            }
        } else {
            new = inner_hash(&new, hash);
        }
        (index, last) = (index >> 1, last >> 1);
    }
    (last == 0).then_some((old, new))
}

#[test]
fn the_path_of_every_transaction_leads_to_the_data_hash() {
    for size in 1..=33usize {
        let txs: Vec<Vec<u8>> = (0..size).map(|i| vec![i as u8; i + 1]).collect();
        let leaves: Vec<Hash> = txs.iter().map(|tx| comet::tx_hash(tx)).collect();
        for (index, leaf) in leaves.iter().enumerate() {
            let path = merkle::audit_path(&leaves, index);
            let root = included(index as u64, size as u64, leaf_hash(leaf), &path);
            assert_eq!(root, Some(comet::data_hash(&txs)), "{index} of {size}");
        }
    }
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes
        .chunks(32)
        .map(|hash| hash.try_into().expect("32 bytes"))
        .collect()
}

#[test]
fn every_old_header_is_in_the_log_of_block_hashes_and_the_log_only_grows() {
    let chain = Chain::new();
    for height in 1..=40u64 {
        let txs = if height % 3 == 0 {
            vec![chain.admit(&format!("m-{height}"))]
        } else {
            Vec::new()
        };
        chain.decide(txs);
    }
    chain.decide(Vec::new());
    let key = tree_key("block-hashes", "main");
    let head = Head::decode(&chain.query("/head", &key, 0).value).expect("a head");
    assert_eq!(head.log_size, 39, "the last block with an event");
    let snapshot = chain.node.snapshot();
    let leaves: Vec<Hash> = (1..=39u64)
        .map(|height| {
            let meta = snapshot
                .block_meta(height)
                .expect("reads")
                .expect("is there");
            let hash = meta.block_id.expect("is there").hash;
            leaf_hash(&[&height.to_be_bytes()[..], &hash].concat())
        })
        .collect();
    let root = |size: u64| records::log::root_of(leaves[..size as usize].iter().copied());
    assert_eq!(root(39), head.log_root);
    for size in 1..=39u64 {
        for index in 0..size {
            let data = [&key[..], &index.to_be_bytes(), &size.to_be_bytes()].concat();
            let path = hashes(&chain.query("/log/inclusion", &data, 0).value);
            let proven = included(index, size, leaves[index as usize], &path);
            assert_eq!(proven, Some(root(size)), "{index} of {size}");
        }
        for to in size..=39 {
            let data = [&key[..], &size.to_be_bytes(), &to.to_be_bytes()].concat();
            let path = hashes(&chain.query("/log/consistency", &data, 0).value);
            let proven = consistent(size, to, root(size), &path);
            assert_eq!(proven, Some((root(size), root(to))), "{size} to {to}");
        }
    }
    let range = [&key[..], &10u64.to_be_bytes(), &3u32.to_be_bytes()].concat();
    let answer = chain.query("/log", &range, 0);
    let entries = unpack_entries(&answer.value).expect("packed");
    let shown: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(shown, leaves[10..13]);
}

#[test]
fn a_query_that_makes_no_sense_has_a_code_of_its_own() {
    let chain = grown();
    let key = tree_key("consortium", "main");
    assert_eq!(chain.query("/heads", &key, 0).code, 3);
    assert_eq!(chain.query("/head", &key[..31], 0).code, 3);
    assert_eq!(chain.query("/log", &key, 0).code, 3);
    assert_eq!(chain.query("/head", &key, 1_000).code, 4);
    assert_eq!(chain.query("/blob", &key, 0).code, 5);
    let path = |path: &str, a: u64, b: u64| {
        chain
            .query(
                path,
                &[&key[..], &a.to_be_bytes(), &b.to_be_bytes()].concat(),
                0,
            )
            .code
    };
    assert_eq!(path("/log/inclusion", 1, 1), 3);
    assert_eq!(path("/log/inclusion", 0, 2), 3);
    assert_eq!(path("/log/consistency", 0, 1), 3);
    assert_eq!(path("/log/consistency", 1, 2), 3);
    assert_eq!(path("/log/inclusion", u64::MAX, u64::MAX), 3);
    for record in [key, tree_key("block-hashes", "main")] {
        let beyond = [
            &record[..],
            &u64::MAX.to_be_bytes(),
            &u32::MAX.to_be_bytes(),
        ]
        .concat();
        let answer = chain.query("/log", &beyond, 0);
        assert_eq!((answer.code, answer.value.len()), (0, 0));
    }
}
