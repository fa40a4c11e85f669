//! State under a header: answers to `/abci_query`, each mistake that can be made with them, and Cosmos' two layers.

use crate::common::generate::{Recipe, at, members, reseal};
use crate::common::trust;
use base64::Engine;
use ics23::commitment_proof::Proof;
use ics23::{
    CommitmentProof, ExistenceProof, HashOp, InnerOp, LeafOp, LengthOp, NonExistenceProof,
};
use light_client::json::{self, AbciQuery, ProofOp};
use light_client::{
    Budget, COSMOS_STATE, Ics23Error, JMT_STATE, Options, Proven, QueryError, Verdict,
    VerifiedHeader, inner_hash, leaf_hash, sha256, verify_query, verify_step,
};
use prost::Message;

/// A verified header at this height that commits to this state.
fn header(height: u64, app_hash: &[u8]) -> VerifiedHeader {
    let members = members(0, 4, 10);
    let trusted = trust(&Recipe::new(1, &members).block());
    let mut block = Recipe::new(height, &members).block();
    block.signed_header.header.app_hash = app_hash.to_vec();
    reseal(&mut block, &members);
    let now = at(3_600_000_000_000);
    match verify_step(
        &trusted,
        &block,
        &Options::default(),
        now,
        &mut Budget::new(100),
    ) {
        Verdict::Trusted(state, _) => state.verified().clone(),
        verdict => panic!("{verdict:?}"),
    }
}

fn encode(proof: Proof) -> Vec<u8> {
    CommitmentProof { proof: Some(proof) }.encode_to_vec()
}

fn jmt_leaf(key: &[u8], value: &[u8]) -> [u8; 32] {
    sha256(&[b"JMT::LeafNode", &sha256(&[key]), &sha256(&[value])])
}

fn jmt_existence(key: &[u8], value: &[u8], path: Vec<InnerOp>) -> ExistenceProof {
    let sha = HashOp::Sha256.into();
    let leaf = LeafOp {
        hash: sha,
        prehash_key: sha,
        prehash_value: sha,
        length: LengthOp::NoPrefix.into(),
        prefix: b"JMT::LeafNode".to_vec(),
    };
    ExistenceProof {
        key: key.to_vec(),
        value: value.to_vec(),
        leaf: Some(leaf),
        path,
    }
}

fn answer(height: u64, key: &[u8], value: &[u8], ops: &[(&str, &[u8], Vec<u8>)]) -> AbciQuery {
    let op = |(kind, key, data): &(&str, &[u8], Vec<u8>)| ProofOp {
        kind: kind.to_string(),
        key: key.to_vec(),
        data: data.clone(),
    };
    AbciQuery {
        code: 0,
        log: String::new(),
        key: key.to_vec(),
        value: value.to_vec(),
        height,
        proof_ops: ops.iter().map(op).collect(),
    }
}

/// A tree of one entry at height 8, and the header 9 that commits to it.
fn present() -> (AbciQuery, VerifiedHeader) {
    let proof = encode(Proof::Exist(jmt_existence(b"key", b"value", Vec::new())));
    (
        answer(8, b"key", b"value", &[("ics23:jmt", b"key", proof)]),
        header(9, &jmt_leaf(b"key", b"value")),
    )
}

#[test]
fn a_present_value_is_proven() {
    let (answer, header) = present();
    let proven = verify_query(&answer, JMT_STATE, &[b"key"], &header);
    assert_eq!(proven, Ok(Proven::Present(b"value".to_vec())));
}

#[test]
fn an_absent_key_is_proven_by_its_neighbour() {
    let neighbour = jmt_existence(b"key", b"value", Vec::new());
    let before = sha256(&[b"other"]) < sha256(&[b"key"]);
    let (left, right) = if before {
        (None, Some(neighbour))
    } else {
        (Some(neighbour), None)
    };
    let proof = encode(Proof::Nonexist(NonExistenceProof {
        key: b"other".to_vec(),
        left,
        right,
    }));
    let answer = answer(8, b"other", b"", &[("ics23:jmt", b"other", proof)]);
    let header = header(9, &jmt_leaf(b"key", b"value"));
    assert_eq!(
        verify_query(&answer, JMT_STATE, &[b"other"], &header),
        Ok(Proven::Absent)
    );
    // The same proof is none for the key that is there, whatever the answer calls itself.
    let renamed = AbciQuery {
        key: b"key".to_vec(),
        ..answer.clone()
    };
    assert!(verify_query(&renamed, JMT_STATE, &[b"key"], &header).is_err());
    let mut renamed = renamed;
    renamed.proof_ops[0].key = b"key".to_vec();
    assert!(verify_query(&renamed, JMT_STATE, &[b"key"], &header).is_err());
}

#[test]
fn a_value_may_not_be_passed_off_as_absent() {
    let (answer, header) = present();
    let emptied = AbciQuery {
        value: Vec::new(),
        ..answer
    };
    let found = verify_query(&emptied, JMT_STATE, &[b"key"], &header);
    assert_eq!(found, Err(QueryError::Proof(Ics23Error::OtherKind)));
}

/// A node that is asked for height 0 answers with its newest; no header commits to a state of height 0.
#[test]
fn no_header_commits_to_a_state_of_height_0() {
    let (mut answer, _) = present();
    answer.height = 0;
    let mut first = Recipe::new(1, &members(0, 4, 10)).block();
    first.signed_header.header.app_hash = jmt_leaf(b"key", b"value").to_vec();
    let found = verify_query(&answer, JMT_STATE, &[b"key"], trust(&first).verified());
    assert_eq!(
        found,
        Err(QueryError::OtherHeight {
            state: 0,
            header: 1
        })
    );
}

#[test]
fn state_is_held_against_the_header_after_it() {
    let (answer, _) = present();
    let app_hash = jmt_leaf(b"key", b"value");
    for height in [7, 8, 10] {
        let found = verify_query(&answer, JMT_STATE, &[b"key"], &header(height, &app_hash));
        assert_eq!(
            found,
            Err(QueryError::OtherHeight {
                state: 8,
                header: height
            })
        );
    }
    let unknown = AbciQuery {
        height: 0,
        ..answer
    };
    let found = verify_query(&unknown, JMT_STATE, &[b"key"], &header(2, &app_hash));
    assert_eq!(
        found,
        Err(QueryError::OtherHeight {
            state: 0,
            header: 2
        })
    );
}

#[test]
fn the_answer_must_be_about_the_key_that_was_asked_for() {
    let (answer, header) = present();
    assert_eq!(
        verify_query(&answer, JMT_STATE, &[b"another"], &header),
        Err(QueryError::OtherKey)
    );
    let mut relabelled = answer.clone();
    relabelled.key = b"another".to_vec();
    assert_eq!(
        verify_query(&relabelled, JMT_STATE, &[b"key"], &header),
        Err(QueryError::OtherKey)
    );
    assert_eq!(
        verify_query(&relabelled, JMT_STATE, &[b"another"], &header),
        Err(QueryError::OtherOps)
    );
    relabelled.proof_ops[0].key = b"another".to_vec();
    let found = verify_query(&relabelled, JMT_STATE, &[b"another"], &header);
    assert_eq!(found, Err(QueryError::Proof(Ics23Error::OtherKey)));
    assert_eq!(
        verify_query(&answer, JMT_STATE, &[], &header),
        Err(QueryError::OtherKey)
    );
}

#[test]
fn a_code_that_is_not_zero_is_no_answer() {
    let (answer, header) = present();
    let refused = AbciQuery {
        code: 4,
        log: "pruned".to_string(),
        ..answer
    };
    let found = verify_query(&refused, JMT_STATE, &[b"key"], &header);
    assert_eq!(
        found,
        Err(QueryError::Refused {
            code: 4,
            log: "pruned".to_string()
        })
    );
}

#[test]
fn a_proof_that_is_missing_or_of_another_tree_proves_nothing() {
    let (answer, header) = present();
    let mut bare = answer.clone();
    bare.proof_ops.clear();
    assert_eq!(
        verify_query(&bare, JMT_STATE, &[b"key"], &header),
        Err(QueryError::OtherOps)
    );
    let mut renamed = answer.clone();
    renamed.proof_ops[0].kind = "ics23:smt".to_string();
    assert_eq!(
        verify_query(&renamed, JMT_STATE, &[b"key"], &header),
        Err(QueryError::OtherOps)
    );
    let mut doubled = answer.clone();
    doubled.proof_ops.push(doubled.proof_ops[0].clone());
    assert_eq!(
        verify_query(&doubled, JMT_STATE, &[b"key"], &header),
        Err(QueryError::OtherOps)
    );
    let other_state = self::header(9, &jmt_leaf(b"key", b"another value"));
    let found = verify_query(&answer, JMT_STATE, &[b"key"], &other_state);
    assert_eq!(found, Err(QueryError::Proof(Ics23Error::WrongRoot)));
}

fn prefixed_leaf(prefix: &[u8]) -> LeafOp {
    LeafOp {
        hash: HashOp::Sha256.into(),
        prehash_key: HashOp::NoHash.into(),
        prehash_value: HashOp::Sha256.into(),
        length: LengthOp::VarProto.into(),
        prefix: prefix.to_vec(),
    }
}

/// length ‖ key ‖ length ‖ SHA-256(value), the content of both kinds of leaf.
fn leaf_content(key: &[u8], value: &[u8]) -> Vec<u8> {
    [&[key.len() as u8][..], key, &[32], &sha256(&[value])].concat()
}

/// A store with one entry beside another store: the store's root, the app hash, and the proofs of both layers.
fn cosmos(store_proof: impl Fn(ExistenceProof) -> Proof) -> (Vec<u8>, Vec<u8>, [u8; 32]) {
    let version = [0, 2, 4];
    let store_root = sha256(&[&version, &leaf_content(b"key", b"value")]);
    let entry = ExistenceProof {
        key: b"key".to_vec(),
        value: b"value".to_vec(),
        leaf: Some(prefixed_leaf(&version)),
        path: Vec::new(),
    };
    let sibling = leaf_hash(&leaf_content(b"bank", b"root of another store"));
    let app_hash = inner_hash(&leaf_hash(&leaf_content(b"app", &store_root)), &sibling);
    let store = ExistenceProof {
        key: b"app".to_vec(),
        value: store_root.to_vec(),
        leaf: Some(prefixed_leaf(&[0])),
        path: vec![InnerOp {
            hash: HashOp::Sha256.into(),
            prefix: vec![1],
            suffix: sibling.to_vec(),
        }],
    };
    (
        encode(store_proof(entry)),
        encode(Proof::Exist(store)),
        app_hash,
    )
}

#[test]
fn two_layers_are_climbed_and_every_key_is_used_up() {
    let (inner, outer, app_hash) = cosmos(Proof::Exist);
    let header = header(9, &app_hash);
    let ops: [(&str, &[u8], Vec<u8>); 2] = [
        ("ics23:iavl", b"key", inner),
        ("ics23:simple", b"app", outer),
    ];
    let good = answer(8, b"key", b"value", &ops);
    let path: [&[u8]; 2] = [b"app", b"key"];
    assert_eq!(
        verify_query(&good, COSMOS_STATE, &path, &header),
        Ok(Proven::Present(b"value".to_vec()))
    );

    assert_eq!(
        verify_query(&good, COSMOS_STATE, &[b"bank", b"key"], &header),
        Err(QueryError::OtherOps)
    );
    assert_eq!(
        verify_query(&good, COSMOS_STATE, &[b"key"], &header),
        Err(QueryError::OtherOps)
    );
    assert_eq!(
        verify_query(&good, COSMOS_STATE, &[b"x", b"app", b"key"], &header),
        Err(QueryError::OtherOps)
    );
    let changed = AbciQuery {
        value: b"other".to_vec(),
        ..good.clone()
    };
    assert!(verify_query(&changed, COSMOS_STATE, &path, &header).is_err());
    let mut swapped = good.clone();
    swapped.proof_ops.swap(0, 1);
    assert_eq!(
        verify_query(&swapped, COSMOS_STATE, &path, &header),
        Err(QueryError::OtherOps)
    );
    for layer in 0..2 {
        for position in 0..good.proof_ops[layer].data.len() {
            let mut bent = good.clone();
            bent.proof_ops[layer].data[position] ^= 1;
            assert!(
                verify_query(&bent, COSMOS_STATE, &path, &header).is_err(),
                "layer {layer}, byte {position}"
            );
        }
    }
}

#[test]
fn absence_in_a_store_is_proven_under_the_store_that_exists() {
    let beside = |entry: ExistenceProof| {
        Proof::Nonexist(NonExistenceProof {
            key: b"a".to_vec(),
            left: None,
            right: Some(entry),
        })
    };
    let (inner, outer, app_hash) = cosmos(beside);
    let header = header(9, &app_hash);
    let ops: [(&str, &[u8], Vec<u8>); 2] =
        [("ics23:iavl", b"a", inner), ("ics23:simple", b"app", outer)];
    let good = answer(8, b"a", b"", &ops);
    assert_eq!(
        verify_query(&good, COSMOS_STATE, &[b"app", b"a"], &header),
        Ok(Proven::Absent)
    );
    // Absent from one store says nothing about another.
    let mut other = good.clone();
    other.proof_ops[1].key = b"bank".to_vec();
    assert!(verify_query(&other, COSMOS_STATE, &[b"bank", b"a"], &header).is_err());
}

#[test]
fn answers_come_from_the_json_that_nodes_write() {
    let (answer, header) = present();
    let op = &answer.proof_ops[0];
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let text = format!(
        r#"{{"jsonrpc":"2.0","id":3,"result":{{"response":{{"code":0,"log":"","info":"","index":"0","key":"{}","value":"{}","proofOps":{{"ops":[{{"type":"{}","key":"{}","data":"{}"}}]}},"height":"8","codespace":""}}}}}}"#,
        base64(&answer.key),
        base64(&answer.value),
        op.kind,
        base64(&op.key),
        base64(&op.data),
    );
    let read = json::abci_query(&json::parse(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(read, answer);
    assert!(verify_query(&read, JMT_STATE, &[b"key"], &header).is_ok());
}
