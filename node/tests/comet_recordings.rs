//! CometBFT's own recordings judge our hashes, sign bytes and rotation of proposers.

use node::comet::{
    self, Block, BlockId, BlockIdFlag, Commit, CommitSig, ConsensusParams, Header, PartSetHeader,
    ValidatorSet,
};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tendermint_proto::v0_38::{types::EvidenceList, version::Consensus};

const CHAINS: [&str; 3] = ["v0.40-ed25519", "v0.38-ed25519", "v0.40-134-validators"];

fn recorded(chain: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors/recorded")
        .join(chain);
    if folder.exists() {
        Some(folder)
    } else {
        eprintln!("SKIPPED: {} is absent", folder.display());
        None
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("readable")).expect("JSON")
}

fn int(value: &Value) -> i64 {
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .expect("an integer")
}

fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("hex")).expect("hex")
}

fn unbase64(value: &Value) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(value.as_str().unwrap_or_default())
        .expect("base64")
}

fn block_id(value: &Value) -> BlockId {
    BlockId {
        hash: unhex(&value["hash"]),
        part_set_header: Some(PartSetHeader {
            total: int(&value["parts"]["total"]) as u32,
            hash: unhex(&value["parts"]["hash"]),
        }),
    }
}

fn header(value: &Value) -> Header {
    Header {
        version: Some(Consensus {
            block: int(&value["version"]["block"]) as u64,
            app: value["version"].get("app").map_or(0, int) as u64,
        }),
        chain_id: value["chain_id"].as_str().expect("text").to_owned(),
        height: int(&value["height"]),
        time: comet::from_rfc3339(value["time"].as_str().expect("text")),
        last_block_id: Some(block_id(&value["last_block_id"])),
        last_commit_hash: unhex(&value["last_commit_hash"]),
        data_hash: unhex(&value["data_hash"]),
        validators_hash: unhex(&value["validators_hash"]),
        next_validators_hash: unhex(&value["next_validators_hash"]),
        consensus_hash: unhex(&value["consensus_hash"]),
        app_hash: unhex(&value["app_hash"]),
        last_results_hash: unhex(&value["last_results_hash"]),
        evidence_hash: unhex(&value["evidence_hash"]),
        proposer_address: unhex(&value["proposer_address"]),
    }
}

fn commit(value: &Value) -> Commit {
    let signatures = value["signatures"].as_array().expect("a list");
    Commit {
        height: int(&value["height"]),
        round: int(&value["round"]) as i32,
        block_id: Some(block_id(&value["block_id"])),
        signatures: signatures
            .iter()
            .map(|vote| CommitSig {
                block_id_flag: int(&vote["block_id_flag"]) as i32,
                validator_address: unhex(&vote["validator_address"]),
                timestamp: comet::from_rfc3339(vote["timestamp"].as_str().expect("text")),
                signature: unbase64(&vote["signature"]),
            })
            .collect(),
    }
}

fn block(value: &Value) -> Block {
    let txs = value["data"]["txs"].as_array().cloned().unwrap_or_default();
    Block {
        evidence: Some(EvidenceList::default()),
        ..comet::make_block(
            header(&value["header"]),
            txs.iter().map(unbase64).collect(),
            commit(&value["last_commit"]),
        )
    }
}

fn powers(value: &Value) -> Vec<([u8; 32], i64)> {
    let list = value.as_array().expect("a list");
    list.iter()
        .map(|validator| {
            let key = unbase64(&validator["pub_key"]["value"]);
            let power = validator.get("voting_power").or(validator.get("power"));
            (
                key.try_into().expect("32 bytes"),
                int(power.expect("a power")),
            )
        })
        .collect()
}

fn priorities(value: &Value) -> Vec<i64> {
    let list = value["validators"].as_array().expect("a list");
    list.iter()
        .map(|validator| int(&validator["proposer_priority"]))
        .collect()
}

#[test]
fn recorded_blocks_have_the_identity_that_we_compute() {
    for chain in CHAINS {
        let Some(folder) = recorded(chain) else {
            return;
        };
        for height in 1..=30 {
            let answer = folder.join(format!("rpc/block-{height:03}.json"));
            if !answer.exists() {
                continue;
            }
            let answer = read(&answer);
            let block = block(&answer["block"]);
            assert_eq!(
                comet::block_id(&block),
                block_id(&answer["block_id"]),
                "{chain} {height}"
            );
            let header = block.header.as_ref().expect("present");
            let data = block.data.as_ref().expect("present");
            let last_commit = block.last_commit.as_ref().expect("present");
            assert_eq!(header.data_hash, comet::data_hash(&data.txs));
            assert_eq!(header.last_commit_hash, comet::commit_hash(last_commit));
            assert_eq!(
                answer["block"]["header"]["time"].as_str(),
                header.time.as_ref().map(comet::rfc3339).as_deref()
            );
        }
    }
}

#[test]
fn recorded_validators_signed_the_bytes_that_we_compute() {
    for chain in CHAINS {
        let Some(folder) = recorded(chain) else {
            return;
        };
        let mut checked = 0;
        for height in 1..=30 {
            let path = folder.join(format!("light/{height:03}.json"));
            if !path.exists() {
                continue;
            }
            let light = read(&path);
            let commit = commit(&light["signed_header"]["commit"]);
            let header = header(&light["signed_header"]["header"]);
            let validators = powers(&light["validator_set"]["validators"]);
            for (vote, (key, _)) in commit.signatures.iter().zip(&validators) {
                if vote.block_id_flag != BlockIdFlag::Commit as i32 {
                    continue;
                }
                let bytes = comet::precommit_sign_bytes(
                    &header.chain_id,
                    commit.height,
                    commit.round,
                    commit.block_id.as_ref().expect("present"),
                    vote.timestamp.as_ref().expect("present"),
                );
                let key = ed25519_dalek::VerifyingKey::from_bytes(key).expect("a key");
                let signature = vote.signature.as_slice().try_into().expect("64 bytes");
                key.verify_strict(&bytes, &signature)
                    .expect("the validator signed these bytes");
                assert_eq!(vote.validator_address, comet::address_of(key.as_bytes()));
                checked += 1;
            }
        }
        assert!(checked > 20, "{chain}: {checked} signatures");
    }
}

#[test]
fn validators_and_their_rotation_are_as_recorded() {
    for chain in CHAINS {
        let Some(folder) = recorded(chain) else {
            return;
        };
        let genesis = read(&folder.join("genesis.json"));
        let mut current = ValidatorSet::new(powers(&genesis["validators"]));
        let mut next = current.clone();
        next.advance();
        for height in 1..=40 {
            let path = folder.join(format!("light/{height:03}.json"));
            if !path.exists() {
                break;
            }
            let light = read(&path);
            let header = header(&light["signed_header"]["header"]);
            assert_eq!(header.validators_hash, current.hash(), "{chain} {height}");
            assert_eq!(header.next_validators_hash, next.hash(), "{chain} {height}");
            let shown: Vec<i64> = current.iter().map(|validator| validator.priority).collect();
            assert_eq!(
                shown,
                priorities(&light["validator_set"]),
                "{chain} {height}"
            );
            if light["signed_header"]["commit"]["round"] == 0 {
                let proposer = current.proposer().expect("present");
                assert_eq!(header.proposer_address, proposer, "{chain} {height}");
            }
            let results = read(&folder.join(format!("rpc/block_results-{height:03}.json")));
            let mut after = next.clone();
            let updates = results["validator_updates"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            after.update(updates.iter().map(|update| {
                let key = unbase64(&update["pub_key"]["Sum"]["value"]["ed25519"]);
                let power = update.get("power").map_or(0, int);
                (key.try_into().expect("32 bytes"), power)
            }));
            after.advance();
            current = std::mem::replace(&mut next, after);
        }
    }
}

#[test]
fn block_time_is_the_median_of_the_votes_before() {
    for chain in CHAINS {
        let Some(folder) = recorded(chain) else {
            return;
        };
        for height in 2..=30 {
            let before = folder.join(format!("light/{:03}.json", height - 1));
            let answer = folder.join(format!("rpc/block-{height:03}.json"));
            if !before.exists() || !answer.exists() {
                continue;
            }
            let block = block(&read(&answer)["block"]);
            let validators =
                ValidatorSet::new(powers(&read(&before)["validator_set"]["validators"]));
            let commit = block.last_commit.expect("present");
            assert_eq!(
                Some(comet::median_time(&commit, &validators)),
                block.header.expect("present").time,
                "{chain} {height}"
            );
        }
    }
}

#[test]
fn the_recorded_consensus_hash_covers_the_block_limits() {
    for chain in CHAINS {
        let Some(folder) = recorded(chain) else {
            return;
        };
        let genesis = read(&folder.join("genesis.json"));
        let block = &genesis["consensus_params"]["block"];
        let params = ConsensusParams {
            max_bytes: int(&block["max_bytes"]),
            max_gas: int(&block["max_gas"]),
            ..ConsensusParams::default()
        };
        let light = read(&folder.join("light/001.json"));
        let header = header(&light["signed_header"]["header"]);
        assert_eq!(header.consensus_hash, comet::consensus_hash(&params));
    }
}
