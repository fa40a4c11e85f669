//! A chain in memory with two hospitals, a patient's documents and a vote; what the verifier would prove of it, and people who act on it.
#![allow(dead_code, missing_docs)]

use keys::{Action, Identity, Known, Needs, Role, Signed, Unsigned, needs, sign};
use records::{
    Envelope, Ground, Hash, Proven, PublicKey, RecordName, SecretKey, Stop, canonical,
    hash::{parse_hash, sha256},
    kinds::{
        ballot::Seat,
        consent::document::{Propose, Recover},
        member::Rekey,
        room::{self, Bind},
        vote::{Matter, Open, Settings},
    },
    roster::{Leaf, Room, Roster},
    seal::{self, SealKey},
    testing::{CHAIN, Ledger, SECOND, key, member},
};
use std::{cell::Cell, collections::BTreeMap, convert::Infallible};

pub const DAY: i64 = 24 * 3600 * SECOND;
pub const VOTE: &str = "v1";
pub const CONTENT: &str = "心电图：窦性心律";

pub struct World {
    pub ledger: Ledger,
    blobs: BTreeMap<Hash, Vec<u8>>,
    random: Cell<u8>,
}

/// The identity of a member, with the key that the ledger gave it.
pub fn reader(id: &str) -> Identity {
    let mut who = Identity::new(Role::Member, id, sha256(&[id.as_bytes()]));
    who.member = id.into();
    who.exported = true;
    who
}

pub fn patient() -> Identity {
    let mut who = Identity::new(Role::Patient, "张三", [7; 32]);
    who.exported = true;
    for id in ["d1", "d2"] {
        who.documents.push(Known {
            id: id.into(),
            opening: String::new(),
        });
    }
    who
}

/// The owner of the vote's second head.
pub fn owner() -> Identity {
    let mut who = Identity::new(Role::Owner, "业主", [8; 32]);
    who.exported = true;
    let seat = Seat::on(&roster(), 1, VOTE, "garden");
    who.ballots.push(seat.expect("on the roster"));
    who
}

/// The two owners of the vote's last head, who have named neither of them yet.
pub fn co_owners() -> [Identity; 2] {
    CO_OWNERS.map(|seed| {
        let mut who = Identity::new(Role::Owner, "共有人", seed);
        who.exported = true;
        who.ballots
            .push(Seat::on(&roster(), 3, VOTE, "garden").expect("on the roster"));
        who
    })
}

const CO_OWNERS: [[u8; 32]; 2] = [[10; 32], [11; 32]];

/// The key to which documents are sealed for somebody.
fn seal_key(who: &Identity) -> String {
    let own = who.seal_seeds().next().expect("its own");
    SealKey::from_seed(&own).public()
}

pub fn text(text: &str) -> String {
    text.into()
}

pub fn name(kind: &str, id: &str) -> RecordName {
    RecordName::new(kind, id).expect("a name")
}

fn roster() -> Roster {
    let public = |seed: [u8; 32]| Identity::new(Role::Owner, "", seed).key().public();
    let leaf = |index: usize, key| {
        let rooms = vec![Room {
            area: 1_000_000,
            room: format!("1-{index}"),
        }];
        Leaf::new(&format!("h{index}"), key, rooms).expect("a leaf")
    };
    let keys = [[1; 32], [8; 32], [9; 32]].map(|seed| Some(public(seed)));
    let mut leaves: Vec<Leaf> = keys
        .into_iter()
        .enumerate()
        .map(|(n, key)| leaf(n, key))
        .collect();
    let both = CO_OWNERS.map(public).to_vec();
    leaves.push(leaf(3, None).shared(both).expect("two"));
    Roster::new(leaves).expect("a roster")
}

impl World {
    pub fn new() -> Self {
        let mut renji = member("renji", &["hospital"]);
        renji.seal_key = seal_key(&reader("renji"));
        let ledger = Ledger::found(vec![
            member("housing", &["regulator", "reviewer"]),
            member("street", &["desk"]),
            member("committee", &["convener"]),
            member("notary", &["desk"]),
            renji,
            member("huashan", &["hospital"]),
        ]);
        let mut world = Self {
            ledger,
            blobs: BTreeMap::new(),
            random: Cell::new(0),
        };
        world.propose("d1");
        world.propose("d2");
        world.open_vote();
        world
    }

    /// A hospital writes a document, sealed to its patient.
    pub fn propose(&mut self, id: &str) {
        self.propose_content(id, CONTENT.as_bytes());
    }

    pub fn propose_content(&mut self, id: &str, content: &[u8]) {
        let who = patient();
        let own = seal_key(&who);
        let record = name("document", id);
        let blob = seal::seal(content, &own, &record, &mut Counter(0)).expect("sealed");
        let body = Propose {
            content: hex::encode(self.keep(blob)),
            guardian: None,
            hospital: text("huashan"),
            patient: who.document_key(id).public(),
            root: "00".repeat(32),
        };
        let body = canonical::to_value(&body).expect("encodes");
        let keys = [&key("huashan")];
        self.ledger
            .submit("document.propose", ("document", id), body, &keys)
            .expect("proposed");
    }

    /// A member replaces its key, and names the next one's sealing key where that is given.
    pub fn rekey(&mut self, member: &str, old: &SecretKey, new: &SecretKey, to: Option<&Identity>) {
        let body = Rekey {
            add: vec![new.public()],
            end: vec![old.public()],
            seal_key: to.map(seal_key),
        };
        let body = canonical::to_value(&body).expect("encodes");
        let written = self
            .ledger
            .submit("member.rekey", ("member", member), body, &[old, new]);
        written.expect("replaced");
    }

    /// Two desks vouch for a patient's new key.
    pub fn recover(&mut self, document: &str, lost: &SecretKey, new: &SecretKey) {
        let body = Recover {
            by: ["street", "notary"].map(text),
            key: new.public(),
            lost: lost.public(),
        };
        let body = canonical::to_value(&body).expect("encodes");
        let [street, notary] = ["street", "notary"].map(key);
        let signers = [&street, &notary, new];
        let id = ("document", document);
        let written = self.ledger.submit("document.recover", id, body, &signers);
        written.expect("pending");
    }

    /// Two desks bind a key to a room, and to the ballot of this seat.
    pub fn bind(&mut self, room: &str, new: PublicKey, from: Option<i64>, seat: Option<&Seat>) {
        let body = Bind {
            by: ["street", "notary"].map(text),
            from,
            key: new,
            regulator: None,
            seat: seat.cloned(),
        };
        let body = canonical::to_value(&body).expect("encodes");
        let [street, notary] = ["street", "notary"].map(key);
        let id = room::id("garden", room);
        let written = self
            .ledger
            .submit("room.bind", ("room", &id), body, &[&street, &notary]);
        written.expect("bound");
    }

    fn open_vote(&mut self) {
        let opens = self.ledger.time + SECOND;
        let open = Open {
            closes: opens + 10 * DAY,
            community: text("garden"),
            convener: text("committee"),
            matter: Matter::Owners(5),
            notice: records::Digest(sha256(&[b"notice"])),
            opens,
            published: None,
            roster: roster().totals(),
            rules: Settings::USUAL,
            scope: roster().scope(),
            stated_by: ["street", "housing"].map(text),
            title: text("修缮屋面"),
        };
        let body = canonical::to_value(&open).expect("encodes");
        let keys = ["committee", "street", "housing"].map(key);
        let keys: Vec<_> = keys.iter().collect();
        self.ledger
            .submit("vote.open", ("vote", VOTE), body, &keys)
            .expect("opened");
    }

    fn keep(&mut self, blob: Vec<u8>) -> Hash {
        let hash = sha256(&[&blob]);
        self.blobs.insert(hash, blob);
        hash
    }

    /// What the verifier would prove now.
    pub fn ground(&self, needed: &Needs) -> Ground {
        let prove = |name: &RecordName| {
            let state = self.ledger.state(name).cloned();
            let named = state.as_ref().and_then(|state| {
                let fields = ["content", "sealed"].map(|field| state.data.get(field));
                fields.into_iter().flatten().next()?.as_str()
            });
            let hash = named.and_then(parse_hash).filter(|_| needed.blobs);
            let blob = hash.and_then(|hash| self.blobs.get(&hash).cloned());
            (name.clone(), Proven { state, blob })
        };
        Ground {
            chain: CHAIN.into(),
            time: self.ledger.time,
            records: needed.records.iter().map(prove).collect(),
        }
    }

    /// Signs on what is proven now.
    pub fn sign(&self, who: &mut Identity, action: &Action) -> Result<Signed, Unsigned> {
        let ground = self.ground(&needs(who, action)?);
        self.sign_on(who, action, &ground)
    }

    pub fn sign_on(
        &self,
        who: &mut Identity,
        action: &Action,
        ground: &Ground,
    ) -> Result<Signed, Unsigned> {
        self.random.set(self.random.get() + 1);
        sign(who, action, CHAIN, ground, [self.random.get(); 32])
    }

    /// Hands a signed event in, alone in its block.
    pub fn write(&mut self, signed: Signed) -> Result<(), Stop> {
        if let Some(blob) = signed.blob {
            self.keep(blob);
        }
        let envelope = Envelope::decode(&signed.envelope).expect("an envelope");
        self.ledger.write(&envelope)
    }

    /// Signs and hands in.
    pub fn act(&mut self, who: &mut Identity, action: &Action) {
        let signed = self.sign(who, action).expect("signed");
        self.write(signed).expect("accepted");
    }

    /// The reason code with which an act is refused by the records' rules.
    pub fn refusal(&mut self, who: &mut Identity, action: &Action) -> &'static str {
        let signed = self.sign(who, action).expect("signed");
        match self.write(signed) {
            Err(Stop::Refused(refusal)) => refusal.code,
            other => panic!("not refused: {other:?}"),
        }
    }
}

/// Repeatable bytes, for tests only.
struct Counter(u64);

impl rand_core::TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        let hash = sha256(&[&self.0.to_be_bytes()]);
        Ok(u64::from_be_bytes(*hash.first_chunk().expect("32 bytes")))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u64()? as u8;
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Counter {}
