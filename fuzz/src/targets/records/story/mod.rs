//! A small world in which every type of event happens once: what the targets over records begin with.

mod events;

use records::{
    PublicKey, SecretKey,
    canonical::Value,
    kinds::ballot::Seat,
    roster::{Leaf, Room, Roster},
    testing::{Ledger, key, member},
};
use std::sync::LazyLock;

/// The invoice that lives through most.
pub const INVOICE: &str = "011001900311-26105568";

/// One event.
pub struct Step {
    /// `<kind>.<verb>`.
    pub event_type: &'static str,
    /// The subject's kind.
    pub kind: &'static str,
    /// The subject's id.
    pub id: String,
    /// The body.
    pub body: Value,
    /// Who signs.
    pub signers: Vec<SecretKey>,
    /// When, unless later already.
    time: i64,
}

/// The events in their order.
pub static STORY: LazyLock<Vec<Step>> = LazyLock::new(events::all);

/// The ledger before each event, and at the end.
static TOLD: LazyLock<Vec<Ledger>> = LazyLock::new(|| {
    let mut ledger = Ledger::found(members());
    let mut told = vec![ledger.clone()];
    for step in STORY.iter() {
        ledger.time = ledger.time.max(step.time);
        let keys: Vec<&SecretKey> = step.signers.iter().collect();
        let written = ledger.submit(
            step.event_type,
            (step.kind, &step.id),
            step.body.clone(),
            &keys,
        );
        written.unwrap_or_else(|stop| panic!("{}: {stop:?}", step.event_type));
        told.push(ledger.clone());
    }
    told
});

/// The ledger before this event.
pub fn told_until(step: usize) -> Ledger {
    TOLD[step].clone()
}

/// The ledger at the end.
pub fn told() -> &'static Ledger {
    TOLD.last().expect("founded")
}

/// Every log entry, each once.
pub fn told_entries() -> Vec<Vec<u8>> {
    let ledger = told();
    let mut entries: Vec<Vec<u8>> = ledger
        .names()
        .flat_map(|name| ledger.log(name.kind(), name.id()).to_vec())
        .collect();
    entries.sort();
    entries.dedup();
    entries
}

/// Ten heads; the last two have no key on the roster.
pub fn roster() -> Roster {
    let leaf = |index: u64| {
        let rooms = vec![Room {
            area: 1_000_000,
            room: format!("1-{index}"),
        }];
        Leaf::new(
            &format!("h{index}"),
            (index < 8).then(|| owner(index)),
            rooms,
        )
        .expect("a leaf")
    };
    Roster::new((0..10).map(leaf).collect()).expect("a roster")
}

/// A head's seat in the vote.
pub fn seat(roster: &Roster, index: u32) -> Seat {
    Seat::on(roster, index, "v1", "garden").expect("on the roster")
}

fn owner(index: u64) -> PublicKey {
    key(&format!("owner {index}")).public()
}

fn members() -> Vec<records::kinds::member::Member> {
    let roles: [(&str, &[&str]); 10] = [
        ("tax", &["tax-bureau", "reviewer"]),
        ("renji", &["hospital", "reviewer"]),
        ("housing", &["regulator"]),
        ("notary", &["desk", "notary"]),
        ("street", &["desk"]),
        ("committee", &["convener"]),
        ("huashan", &["hospital"]),
        ("insurer", &["company"]),
        ("shop", &["issuer"]),
        ("firm", &["company"]),
    ];
    roles.map(|(id, roles)| member(id, roles)).into()
}
