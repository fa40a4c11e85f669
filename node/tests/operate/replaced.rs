//! Step 10 of docs/operate.md as it is typed: a member's key is replaced.

use super::{
    common::{Chain, Server, founder_key, key, payload, tree_key},
    typed::{Machine, block},
};
use node::merkle::sha256;
use records::{
    SecretKey, State, canonical,
    kinds::member::{Member, Rekey},
    seal::SealKey,
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, thread, time::Duration};

const MEMBER: &str = "founder-0";

/// A chain, and the machine from which one of its members governs.
struct Governing {
    chain: Chain,
    server: Server,
    machine: Machine,
}

impl Governing {
    fn new() -> Self {
        let chain = Chain::new();
        chain.decide(vec![]);
        chain.decide(vec![]);
        let governing = Self {
            server: chain.serve(),
            chain,
            machine: Machine::new(),
        };
        governing.put("member.json", &[MEMBER]);
        governing
    }

    fn file(&self, name: &str) -> PathBuf {
        self.machine.path(name)
    }

    /// Writes the member's identity: the names of its key and of those that it replaced.
    fn put(&self, file: &str, names: &[&str]) {
        let seeds = names
            .iter()
            .map(|name| hex::encode(sha256(name.as_bytes())));
        let mut seeds = seeds.collect::<Vec<_>>();
        let document = json!({
            "lianyan": "identity/1", "role": "member", "name": MEMBER, "member": MEMBER,
            "seed": seeds.remove(0), "earlier_seeds": seeds,
        });
        fs::write(self.file(file), document.to_string()).expect("writes");
    }

    /// The public key of an identity.
    fn key(&self, file: &str) -> String {
        SecretKey::from_seed(&self.seed(file)).public().to_string()
    }

    fn seed(&self, file: &str) -> [u8; 32] {
        let text = fs::read(self.file(file)).expect("is there");
        let document: Value = serde_json::from_slice(&text).expect("JSON");
        let mut seed = [0; 32];
        let digits = document["seed"].as_str().expect("a seed");
        hex::decode_to_slice(digits, &mut seed).expect("a seed");
        seed
    }

    /// Types the block, while blocks are decided of what is handed in, each after this was done: whether it went well.
    fn type_rekey(&self, before: impl Fn(&Chain)) -> bool {
        let address = self.server.address.to_string();
        let block = block("keys rekey").replace("127.0.0.1:26657", &address);
        let (machine, folder) = (&self.machine, self.file("."));
        thread::scope(|scope| {
            let typed = scope.spawn(|| machine.type_in(&folder, &block));
            while !typed.is_finished() {
                let txs = self.server.mempool.first(1);
                if !txs.is_empty() {
                    before(&self.chain);
                }
                self.server
                    .mempool
                    .retain(|_, tx| !txs.iter().any(|taken| taken == tx));
                self.chain.decide(txs);
                thread::sleep(Duration::from_millis(50));
            }
            typed.join().expect("typed")
        })
    }

    /// How many events the member's record was the subject of, and what it says.
    fn member(&self) -> (u64, Member) {
        let answer = self.chain.query("/state", &tree_key("member", MEMBER), 0);
        let state = State::decode(&answer.value).expect("a state");
        let member = canonical::from_value(&state.data).expect("a member");
        (state.seq, member)
    }

    /// The same, and its live keys alone.
    fn live(&self) -> (u64, Vec<String>) {
        let (seq, member) = self.member();
        let live = member.keys.into_iter().filter(|key| key.until.is_none());
        (seq, live.map(|key| key.key.to_string()).collect())
    }
}

/// *Attack: the chain did not take the new key, and its file takes the old one's place: nothing is left that signs.*
#[test]
fn a_key_that_the_chain_did_not_take_replaces_no_identity() {
    let all = Governing::new();
    let old = fs::read(all.file("member.json")).expect("is there");
    let first = |chain: &Chain| {
        let body = Rekey {
            add: vec![key("spare").public()],
            end: vec![],
            seal_key: None,
        };
        let subject = ("member", MEMBER);
        let spare = payload("member.rekey", subject, 0, &body, chain.time());
        let spare = spare
            .sign(&[&founder_key(0), &key("spare")])
            .expect("signs");
        chain.decide(vec![spare.encode()]);
    };
    assert!(!all.type_rekey(first));
    assert_eq!(fs::read(all.file("member.json")).expect("is there"), old);
    let new = all.key("member-new.json");
    assert!(all.type_rekey(|_| ()));
    assert_eq!(all.key("member.json"), new);
    assert!(!all.file("member-new.json").exists());
    assert_eq!(
        all.live(),
        (2, vec![key("spare").public().to_string(), new])
    );
}

#[test]
fn an_identity_whose_newest_key_the_chain_never_took_is_mended_by_the_same_command() {
    let all = Governing::new();
    all.put("member.json", &["never taken", MEMBER]);
    assert!(all.type_rekey(|_| ()));
    assert_eq!(all.live(), (1, vec![all.key("member.json")]));
    let text = fs::read_to_string(all.file("member.json")).expect("is there");
    for seed in ["never taken", MEMBER] {
        assert!(
            text.contains(&hex::encode(sha256(seed.as_bytes()))),
            "{seed}"
        );
    }
}

#[test]
fn a_key_whose_taking_was_not_told_is_not_handed_in_again() {
    let all = Governing::new();
    assert!(all.type_rekey(|_| ()));
    fs::rename(all.file("member.json"), all.file("member-new.json")).expect("moves");
    all.put("member.json", &[MEMBER]);
    assert!(all.type_rekey(|_| ()));
    assert_eq!(all.live(), (1, vec![all.key("member.json")]));
}

#[test]
fn who_holds_no_key_that_counts_makes_no_new_one() {
    let all = Governing::new();
    all.put("member.json", &["never taken"]);
    assert!(!all.type_rekey(|_| ()));
    assert!(!all.file("member-new.json").exists());
}

/// *Attack: whoever has the old file opens what is sealed to the member afterwards.*
#[test]
fn a_member_that_reads_replaces_the_key_to_which_is_sealed_along() {
    let all = Governing::new();
    let spare = key("spare");
    let body = Rekey {
        add: vec![spare.public()],
        end: vec![],
        seal_key: Some("the old file's".into()),
    };
    let time = all.chain.time();
    let named = payload("member.rekey", ("member", MEMBER), 0, &body, time);
    let named = named.sign(&[&founder_key(0), &spare]).expect("signs");
    all.chain.decide(vec![named.encode()]);
    all.chain.decide(vec![]);
    assert_eq!(all.member().1.seal_key, "the old file's");
    assert!(all.type_rekey(|_| ()));
    let seed = [&b"lianyan/seal-key/1"[..], &all.seed("member.json")].concat();
    let own = SealKey::from_seed(&sha256(&seed)).public();
    assert_eq!(all.member().1.seal_key, own);
}
