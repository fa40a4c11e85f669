//! A chain in this process with one vote, in which every head of the roster casts its ballot.

use lianyan_tests::Outcome;
use lianyan_tests::place::Folder;
use lianyan_tests::process::processor_seconds;
use node::application::{AppState, QueryRequest, QueryResponse};
use node::chain::{FullNode, Genesis, GenesisValidator};
use node::comet::{self, ConsensusParams};
use node::consortium::{Signers, decide};
use node::merkle::sha256;
use records::kinds::ballot::{self, Cast, Seat};
use records::kinds::consortium::{Found, Founder, Validator};
use records::kinds::member::{Key, Member};
use records::kinds::vote::{
    Choice, Extension, Matter, Open, Rank, Replacing, Settings, Silent, Thresholds,
};
use records::roster::{Leaf, Room, Roster};
use records::shape::Shape;
use records::{Digest, Payload, RecordName, SecretKey, canonical};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

pub const CHAIN: &str = "dev-votes";
pub const VOTE: &str = "large";
const COMMUNITY: &str = "lenders";
const SECOND: i64 = 1_000_000_000;
const GENESIS: i64 = 1_790_000_000 * SECOND;
/// The convener and the two who state the roster, and the power of each one's validator; with the fourth none has a third.
const MEMBERS: [(&str, u64); 4] = [("convener", 31), ("desk", 26), ("desk", 23), ("issuer", 20)];
/// Ballots of a block.
const PER_BLOCK: usize = 500;
/// States that stay provable, in blocks.
const HORIZON: u64 = 1_000;

/// The vote and its chain.
pub struct Poll {
    pub folder: Folder,
    pub node: Arc<FullNode>,
    pub roster: Roster,
    signers: Signers,
    clock: Cell<i64>,
}

/// What casting took, beside what the owners do.
#[derive(Default)]
pub struct Casting {
    pub seconds: f64,
    /// Processor time of this whole process, seconds.
    pub processor: f64,
    /// That of the last tenth of the ballots.
    pub last_tenth: f64,
    /// Of all envelopes.
    pub bytes: usize,
}

impl Poll {
    /// Opens a vote with so many heads on its roster.
    pub fn open(heads: usize) -> Outcome<Self> {
        let folder = Folder::new("votes")?;
        let signers = (0..MEMBERS.len()).map(|at| validator(at).seed());
        let poll = Self {
            node: Arc::new(FullNode::open(&file(&folder), genesis()?, HORIZON)?),
            folder,
            roster: roster(heads)?,
            signers: Signers::new(signers),
            clock: Cell::new(GENESIS),
        };
        let opens = poll.time() + 10 * SECOND;
        let body = question(&poll.roster, opens);
        let keys = [0, 1, 2].map(|at| key(&member_id(at)));
        let event = poll.sign("vote.open", VOTE, &body, &keys.each_ref())?;
        poll.block(vec![event])?;
        while poll.time() < opens {
            poll.block(Vec::new())?;
        }
        Ok(poll)
    }

    /// Every head casts its ballot.
    pub fn cast_all(&self) -> Outcome<Casting> {
        let heads = self.roster.leaves().len();
        let mut casting = Casting::default();
        for first in (0..heads).step_by(PER_BLOCK) {
            let until = heads.min(first + PER_BLOCK);
            let ballots: Vec<_> = (first..until)
                .map(|index| self.ballot(index))
                .collect::<Outcome<_>>()?;
            casting.bytes += ballots.iter().map(Vec::len).sum::<usize>();
            let (began, before) = (Instant::now(), used()?);
            self.block(ballots)?;
            let processor = used()? - before;
            casting.seconds += began.elapsed().as_secs_f64();
            casting.processor += processor;
            if first >= heads / 10 * 9 {
                casting.last_tenth += processor;
            }
        }
        // The block that commits to the last ballots, and one that its signatures stand in.
        self.block(Vec::new())?;
        self.block(Vec::new())?;
        Ok(casting)
    }

    fn ballot(&self, index: usize) -> Outcome<Vec<u8>> {
        let seat = Seat::on(&self.roster, u32::try_from(index)?, VOTE, COMMUNITY);
        let body = Cast {
            by: None,
            choice: Choice::ALL[index % 3],
            rank: Rank::Owner,
            replaces: None,
            seat: seat.ok_or("not on the roster")?,
        };
        self.sign("ballot.cast", &ballot_id(index)?, &body, &[&owner(index)])
    }

    /// An event that is its record's first.
    fn sign<T: Shape>(
        &self,
        event_type: &str,
        id: &str,
        body: &T,
        keys: &[&SecretKey],
    ) -> Outcome<Vec<u8>> {
        signed(event_type, id, body, keys, self.time())
    }

    /// Decides a block one second later; all of it must be accepted.
    fn block(&self, txs: Vec<Vec<u8>>) -> Outcome {
        let count = txs.len();
        self.clock.set(self.clock.get() + SECOND);
        let now = self.clock.get();
        decide(&self.node, &self.signers, txs, now, &|| now)?;
        let results = self.node.snapshot().results(self.node.height())?;
        let results = results.ok_or("no results")?.tx_results;
        match results.iter().find(|result| result.code != 0) {
            Some(refused) => Err(format!("refused: {refused:?}").into()),
            None if results.len() < count => Err("not all of it fits into a block".into()),
            None => Ok(()),
        }
    }

    /// Time of the newest block.
    pub fn time(&self) -> i64 {
        self.node.state().time
    }

    /// What the application says about a record, with a proof under the newest header.
    pub fn query(&self, path: &str, record: &RecordName) -> Outcome<QueryResponse> {
        let request = QueryRequest {
            path: path.into(),
            data: record.tree_key().to_vec(),
            height: self.node.height() - 1,
            prove: true,
        };
        Ok(self.node.application.query(&request)?)
    }

    /// Bytes of its database.
    pub fn database(&self) -> Outcome<u64> {
        Ok(std::fs::metadata(file(&self.folder))?.len())
    }
}

/// The record of the ballot at an index.
pub fn ballot(index: usize) -> Outcome<RecordName> {
    let name = RecordName::new(ballot::NAME, &ballot_id(index)?);
    Ok(name.ok_or("no name of a record")?)
}

fn ballot_id(index: usize) -> Outcome<String> {
    Ok(ballot::id(VOTE, u32::try_from(index)?))
}

fn used() -> Outcome<f64> {
    processor_seconds(std::process::id())
}

fn file(folder: &Folder) -> std::path::PathBuf {
    folder.path().join("node.redb")
}

fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(&sha256(name.as_bytes()))
}

fn owner(index: usize) -> SecretKey {
    key(&format!("owner {index}"))
}

fn validator(at: usize) -> SecretKey {
    key(&format!("validator {at}"))
}

fn member_id(at: usize) -> String {
    format!("member-{at}")
}

fn signed<T: Shape>(
    event_type: &str,
    id: &str,
    body: &T,
    keys: &[&SecretKey],
    time: i64,
) -> Outcome<Vec<u8>> {
    let kind = event_type.split('.').next().unwrap_or_default();
    let payload = Payload {
        body: canonical::to_value(body)?,
        chain: CHAIN.into(),
        seq: 0,
        subject: RecordName::new(kind, id).ok_or("no name of a record")?,
        event_type: event_type.into(),
        until: time + 3_600 * SECOND,
    };
    Ok(payload.sign(keys)?.encode())
}

fn genesis() -> Outcome<Genesis> {
    let founders = (0..).zip(MEMBERS).map(|(at, (role, power))| Founder {
        member: member(at, role),
        validators: vec![Validator::new(validator(at).public(), power)],
    });
    let body = Found {
        members: founders.collect(),
        key_types: None,
    };
    let keys: Vec<SecretKey> = (0..MEMBERS.len()).map(|at| key(&member_id(at))).collect();
    let keys: Vec<&SecretKey> = keys.iter().collect();
    let founding = signed("consortium.found", "main", &body, &keys, GENESIS)?;
    let validators = (0..).zip(MEMBERS).map(|(at, (_, power))| {
        Ok(GenesisValidator {
            name: member_id(at),
            key: validator(at).public().into(),
            power: i64::try_from(power)?,
        })
    });
    Ok(Genesis {
        chain_id: CHAIN.into(),
        time: comet::timestamp(GENESIS),
        params: ConsensusParams::default(),
        validators: validators.collect::<Outcome<_>>()?,
        app_state: AppState::new([founding]),
    })
}

fn member(at: usize, role: &str) -> Member {
    let id = member_id(at);
    Member {
        name: format!("机构 {at}"),
        name_en: id.clone(),
        org: id.clone(),
        roles: vec![role.into()],
        keys: vec![Key {
            key: key(&id).public(),
            from: GENESIS,
            until: None,
        }],
        seal_key: String::new(),
        id,
    }
}

/// One loan of each lender.
fn roster(heads: usize) -> Outcome<Roster> {
    let leaf = |index: usize| -> Outcome<Leaf> {
        let loan = Room {
            area: 1_000_000 + index as u64 % 1_000,
            room: format!("L{index:07}-0"),
        };
        let head = format!("p-{index:012x}");
        Ok(Leaf::new(&head, Some(owner(index).public()), vec![loan])?)
    };
    let leaves = (0..heads).map(leaf).collect::<Outcome<_>>()?;
    Ok(Roster::new(leaves)?)
}

fn question(roster: &Roster, opens: i64) -> Open {
    Open {
        closes: opens + 300 * 86_400 * SECOND,
        community: COMMUNITY.into(),
        convener: member_id(0),
        matter: Matter::Lenders,
        notice: Digest(sha256(b"notice")),
        opens,
        published: None,
        roster: roster.totals(),
        rules: Settings {
            extension: Extension::None,
            replacing: Replacing::Last,
            silent: Silent::Off,
            thresholds: Some(Thresholds::LENDERS),
        },
        scope: roster.scope(),
        stated_by: [member_id(1), member_id(2)],
        title: "A large vote".into(),
    }
}
