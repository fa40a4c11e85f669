//! Who is who: members by their keys, and validators by their members, all from proven records.

use crate::{archive::Archive, verdict::Signer};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::{VerifiedHeader, Vote};
use litemap::LiteMap;
use records::{
    RecordName, Replayed,
    kinds::{consortium::Found, member::Member},
};

/// The consortium's record.
pub fn consortium_name() -> Option<RecordName> {
    RecordName::new("consortium", "main")
}

/// The members that this program has proven, by id: those whose records were replayed, as they are now, and the founders as they were.
pub fn known(archive: &Archive) -> LiteMap<String, Member> {
    let founded = consortium_name()
        .and_then(|name| archive.kept(&name))
        .and_then(|kept| kept.history.first())
        .and_then(|first| first.event.payload().body::<Found>().ok());
    let founders = founded.into_iter().flat_map(|found| found.members);
    let founders = founders.map(|founder| founder.member);
    let replayed = archive.timeline().members_now().cloned();
    founders
        .chain(replayed)
        .map(|member| (member.id.clone(), member))
        .collect()
}

/// Validators grouped by the member that the consortium's record named when they became its validators, strongest first.
pub fn signers(header: &VerifiedHeader, archive: &Archive) -> Vec<Signer> {
    let height = header.header().height;
    let consortium = archive.timeline().consortium_signing(height);
    let mut groups: LiteMap<String, Signer> = LiteMap::new();
    for validator in header.signers() {
        let seat = consortium
            .as_ref()
            .and_then(|consortium| consortium.seat_at(&validator.address));
        let unnamed = hex::encode(validator.address);
        let (id, name, name_en) = match seat {
            Some(seat) => (seat.id.clone(), seat.name.clone(), seat.name_en.clone()),
            None => (String::new(), unnamed.clone(), unnamed.clone()),
        };
        let key = if id.is_empty() { unnamed } else { id.clone() };
        let signer = groups.entry(key).or_insert_with(|| Signer {
            member: id,
            name,
            name_en,
            key_types: Vec::new(),
            power: 0,
            signed: 0,
        });
        signer.power += validator.power;
        if signer
            .key_types
            .iter()
            .all(|known| known != validator.key_type)
        {
            signer.key_types.push(validator.key_type.into());
        }
        if validator.vote == Vote::Signed {
            signer.signed += validator.power;
        }
    }
    let mut signers: Vec<Signer> = groups
        .into_tuple_vec()
        .into_iter()
        .map(|(_, signer)| signer)
        .collect();
    signers.sort_by_key(|signer| core::cmp::Reverse(signer.power));
    signers
}

/// Who signed an event: member ids and their names, or `person` where the key is no member's. A key that several members' records name says which of them
/// no more: all are named.
pub fn authors(
    replayed: &Replayed,
    members: &LiteMap<String, Member>,
    person: &str,
) -> (Vec<String>, Vec<String>) {
    let mut authors: Vec<(String, String)> = Vec::new();
    for key in replayed.event.signers() {
        let owners = members.values().filter(|member| member.owns(key));
        let mut found: Vec<_> = owners
            .map(|member| (member.id.clone(), member.name.clone()))
            .collect();
        if found.is_empty() {
            found.push((person.to_string(), String::new()));
        }
        found.retain(|author| !authors.contains(author));
        authors.append(&mut found);
    }
    authors.into_iter().unzip()
}
