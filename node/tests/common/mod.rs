//! A chain for tests: four founders, one node, a clock that the test moves.
// Every file of tests is a program of its own and uses a part of this.
#![allow(dead_code)]

mod server;

use node::{
    application::{
        AppState, Application, FinalizeBlockRequest, FinalizeBlockResponse, ProcessProposalRequest,
        QueryRequest, QueryResponse,
    },
    chain::{FullNode, Genesis, GenesisValidator},
    comet::{self, Block, Commit, ConsensusParams},
    consortium::{Signers, decide},
    error::Result,
    merkle::{Hash, sha256},
    store::{Changes, Store},
};
use records::{
    Payload, PublicKey, RecordName, SecretKey, canonical,
    kinds::{
        consent::document::{Erase, Propose},
        consortium::{Found, Founder, Reseat, Validator},
        member::{Key, Member},
        proposal::{Act, Approve, Make},
    },
};
pub use server::*;
use std::{cell::Cell, path::Path, sync::Arc};

pub const CHAIN: &str = "dev-test-0001";
pub const SECOND: i64 = 1_000_000_000;
pub const GENESIS: i64 = 1_790_000_000 * SECOND;
pub const POWERS: [u64; 4] = [31, 26, 23, 20];

pub fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(&sha256(name.as_bytes()))
}

fn raw(key: &PublicKey) -> [u8; 32] {
    let PublicKey::Ed25519(key) = key;
    *key
}

/// The key of a founder's validator, or of one that may come later.
pub fn validator_key(index: usize) -> SecretKey {
    key(&format!("validator {index}"))
}

pub fn founder_key(index: usize) -> SecretKey {
    key(&format!("founder-{index}"))
}

pub fn signers() -> Signers {
    Signers::new((0..12).map(|index| validator_key(index).seed()))
}

pub fn member(id: &str) -> Member {
    member_as(id, "issuer")
}

fn member_as(id: &str, role: &str) -> Member {
    Member {
        id: id.into(),
        name: format!("机构 {id}"),
        name_en: id.into(),
        org: id.into(),
        roles: vec![role.into()],
        keys: vec![Key {
            key: key(id).public(),
            from: GENESIS,
            until: None,
        }],
        seal_key: String::new(),
    }
}

pub fn genesis_with(powers: [u64; 4]) -> Genesis {
    founded(powers, &[])
}

/// The genesis of four founders with these powers, and of these members without a seat.
pub fn founded(powers: [u64; 4], others: &[&str]) -> Genesis {
    let founders = powers.iter().enumerate().map(|(index, power)| Founder {
        member: member(&format!("founder-{index}")),
        validators: vec![Validator::new(validator_key(index).public(), *power)],
    });
    let others = others.iter().map(|id| Founder {
        member: member(id),
        validators: Vec::new(),
    });
    let members: Vec<Founder> = founders.chain(others).collect();
    let keys: Vec<SecretKey> = members.iter().map(|one| key(&one.member.id)).collect();
    let body = Found {
        members,
        key_types: None,
    };
    let founding = payload(
        "consortium.found",
        ("consortium", "main"),
        0,
        &body,
        GENESIS,
    );
    let envelope = founding
        .sign(&keys.iter().collect::<Vec<_>>())
        .expect("signs")
        .encode();
    let validators = powers
        .iter()
        .enumerate()
        .map(|(index, power)| GenesisValidator {
            name: format!("validator {index}"),
            key: validator_key(index).public().into(),
            power: *power as i64,
        });
    Genesis {
        chain_id: CHAIN.into(),
        time: comet::timestamp(GENESIS),
        params: ConsensusParams::default(),
        validators: validators.collect(),
        app_state: AppState::new([envelope]),
    }
}

pub fn genesis() -> Genesis {
    genesis_with(POWERS)
}

pub fn payload<T: records::shape::Shape>(
    event_type: &str,
    subject: (&str, &str),
    seq: u64,
    body: &T,
    time: i64,
) -> Payload {
    Payload {
        body: canonical::to_value(body).expect("encodes"),
        chain: CHAIN.into(),
        seq,
        subject: RecordName::new(subject.0, subject.1).expect("a record name"),
        event_type: event_type.into(),
        until: time + 3600 * SECOND,
    }
}

/// The envelope that admits a member, signed by all founders, to be written within an hour of `time`.
pub fn admit(id: &str, time: i64) -> Vec<u8> {
    admit_as(id, "issuer", time)
}

/// The same, with another role.
pub fn admit_as(id: &str, role: &str, time: i64) -> Vec<u8> {
    let keys: Vec<SecretKey> = (0..4).map(founder_key).collect();
    let member = member_as(id, role);
    payload("member.admit", ("member", id), 0, &member, time)
        .sign(&keys.iter().collect::<Vec<_>>())
        .expect("signs")
        .encode()
}

/// The envelope in which the member `hospital` names this blob as a document's content.
pub fn document(id: &str, content: &[u8], time: i64) -> Vec<u8> {
    let body = Propose {
        content: hex::encode(sha256(content)),
        guardian: None,
        hospital: "hospital".into(),
        patient: key("patient").public(),
        root: hex::encode([7; 32]),
    };
    payload("document.propose", ("document", id), 0, &body, time)
        .sign(&[&key("hospital")])
        .expect("signs")
        .encode()
}

/// The envelope in which hospital and patient have that content erased.
pub fn erase(id: &str, time: i64) -> Vec<u8> {
    let body = Erase { reviewer: None };
    payload("document.erase", ("document", id), 1, &body, time)
        .sign(&[&key("hospital"), &key("patient")])
        .expect("signs")
        .encode()
}

/// The act of giving a member one validator, as the event after `seq` others about the consortium.
pub fn seat(member: &str, validator: Option<(usize, u64)>, seq: u64) -> Act {
    let validators =
        validator.map(|(index, power)| Validator::new(validator_key(index).public(), power));
    let body = Reseat {
        member: member.into(),
        validators: validators.into_iter().collect(),
    };
    let subject = ("consortium", "main");
    Act::of(&payload("consortium.seat", subject, seq, &body, GENESIS))
}

/// The envelope that carries out an act, to be written within an hour of `time`.
pub fn enact(act: &Act, signers: &[&SecretKey], time: i64) -> Vec<u8> {
    let subject = (act.subject.kind(), act.subject.id());
    payload(&act.event_type, subject, act.seq, &act.body, time)
        .sign(signers)
        .expect("signs")
        .encode()
}

/// The envelope with which a founder proposes an act, or approves of it as the event after `seq` others about it.
pub fn approve(act: &Act, founder: usize, seq: u64, time: i64) -> Vec<u8> {
    let by = format!("founder-{founder}");
    let id = act.proposal().expect("an id");
    let subject = ("proposal", id.as_str());
    let payload = match seq {
        0 => {
            let make = Make {
                act: act.clone(),
                by,
                until: time + 7 * 86_400 * SECOND,
            };
            payload("proposal.make", subject, 0, &make, time)
        }
        _ => payload("proposal.approve", subject, seq, &Approve { by }, time),
    };
    let signed = payload.sign(&[&founder_key(founder)]).expect("signs");
    signed.encode()
}

pub struct Chain {
    pub folder: tempfile::TempDir,
    pub node: Arc<FullNode>,
    pub signers: Signers,
    pub clock: Cell<i64>,
}

impl Chain {
    pub fn new() -> Self {
        Self::with(genesis())
    }

    pub fn with(genesis: Genesis) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("node.redb");
        let node = FullNode::open(&file, genesis, 1_000).expect("opens");
        Self {
            folder,
            node: Arc::new(node),
            signers: signers(),
            clock: Cell::new(GENESIS),
        }
    }

    /// Decides a block one second later.
    pub fn decide(&self, txs: Vec<Vec<u8>>) -> (Block, Commit) {
        self.try_decide(txs).expect("decided")
    }

    pub fn try_decide(&self, txs: Vec<Vec<u8>>) -> Result<(Block, Commit)> {
        self.clock.set(self.clock.get() + SECOND);
        let now = self.clock.get();
        decide(&self.node, &self.signers, txs, now, &|| now)
    }

    /// Time of the newest block.
    pub fn time(&self) -> i64 {
        self.node.state().time
    }

    pub fn admit(&self, id: &str) -> Vec<u8> {
        admit(id, self.time())
    }

    pub fn query(&self, path: &str, data: &[u8], height: u64) -> QueryResponse {
        let request = QueryRequest {
            path: path.into(),
            data: data.to_vec(),
            height,
            prove: true,
        };
        self.node.application.query(&request).expect("answers")
    }

    pub fn header_app_hash(&self, height: u64) -> Vec<u8> {
        let snapshot = self.node.snapshot();
        let meta = snapshot
            .block_meta(height)
            .expect("reads")
            .expect("is there");
        meta.header.expect("is there").app_hash
    }

    pub fn replica(&self, name: &str) -> FullNode {
        FullNode::open(&self.folder.path().join(name), genesis(), 1_000).expect("opens")
    }

    /// Serves this node's RPC.
    pub fn serve(&self) -> Server {
        serve(self.node.clone(), Arc::default())
    }
}

/// Numbers that follow from a seed, so that a failure can be repeated.
pub struct Dice(Hash);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(sha256(&seed.to_be_bytes()))
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = sha256(&self.0);
        self.0[..8]
            .iter()
            .fold(0, |number: u64, byte| number << 8 | u64::from(*byte))
            % limit
    }
}

/// The application over the database in this file.
pub fn open(file: &Path) -> Application {
    over(Store::open(file).expect("opens"))
}

/// The application over this database.
pub fn over(store: Store) -> Application {
    Application::open(Arc::new(store), 1_000).expect("opens")
}

/// The application at the chain's beginning.
pub fn begun(application: Application) -> Application {
    let request = genesis().init_chain().expect("a genesis");
    application.init_chain(&request).expect("begins");
    application.commit(Changes::default()).expect("commits");
    application
}

/// Time of the block at a height where [`follow`] makes it.
pub fn time_at(height: u64) -> i64 {
    GENESIS + height as i64 * SECOND
}

/// Judges, executes and commits a block with these transactions, as a validator does.
pub fn follow(
    application: &Application,
    height: u64,
    txs: &[Vec<u8>],
) -> Result<FinalizeBlockResponse> {
    follow_at(application, height, time_at(height), txs)
}

/// The same for a block of another time.
pub fn follow_at(
    application: &Application,
    height: u64,
    time: i64,
    txs: &[Vec<u8>],
) -> Result<FinalizeBlockResponse> {
    application.process_proposal(&ProcessProposalRequest { txs })?;
    let answer = application.finalize_block(&FinalizeBlockRequest {
        txs,
        misbehaviour: &[],
        hash: sha256(&height.to_be_bytes()),
        height,
        time,
    })?;
    application.commit(Changes::default())?;
    Ok(answer)
}

pub fn tree_key(kind: &str, id: &str) -> Hash {
    RecordName::new(kind, id).expect("a record name").tree_key()
}

/// The shared vectors; none, with a word about it, where they are absent.
pub fn vectors(folder: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors")
        .join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is absent", path.display());
    None
}
