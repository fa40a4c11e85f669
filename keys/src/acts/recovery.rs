//! A document's key that was lost: its holder asks for a new one, and desks vouch for it.

use super::{data, name};
use crate::{
    Identity, Known, Role, Unsigned,
    shared::{Begun, Shared},
    sign::Draft,
};
use records::{
    Ground, PublicKey, canonical,
    kinds::{consent::document::Recover, member::Member},
};

/// What is read of a document.
struct Owned {
    patient: PublicKey,
    guardian: Option<PublicKey>,
}

records::shape!(Owned {
    patient,
    guardian,
    ..
});

/// `document.recover`: signed by the new key, whose holder begins, and by each member of `by`, on a device of its own.
pub fn recover(
    who: &mut Identity,
    (document, lost): (&str, &str),
    by: &[String],
    (key, begun): (&str, &str),
    ground: &Ground,
) -> Result<Draft, Unsigned> {
    let subject = name("document", document)?;
    let Owned { patient, guardian } = data(ground, &subject)?;
    let lost = match lost {
        "guardian" => guardian.ok_or_else(|| Unsigned::new("record-absent"))?,
        _ => patient,
    };
    let (own, key) = match who.role {
        Role::Patient => {
            let own = who.document_key(document);
            let key = own.public();
            (own, key)
        }
        _ => {
            let key = key.parse().ok();
            (
                who.key(),
                key.ok_or_else(|| Unsigned::new("other-agreement"))?,
            )
        }
    };
    let mut signers = vec![vec![key]];
    for id in by {
        let Member { keys, .. } = data(ground, &name("member", id)?)?;
        let live = keys.iter().filter(|key| key.until.is_none());
        signers.push(live.map(|key| key.key).collect());
    }
    let [first, second, ..] = by else {
        return Err(Unsigned::new("other-agreement"));
    };
    if !signers.iter().any(|keys| keys.contains(&own.public())) {
        return Err(Unsigned::new("other-role"));
    }
    let body = canonical::to_value(&Recover {
        by: [first.clone(), second.clone()],
        key,
        lost,
    })?;
    // Whose it is to be sees from now on what becomes of it.
    if who.role == Role::Patient && who.documents.iter().all(|known| known.id != document) {
        let (id, opening) = (document.into(), String::new());
        who.documents.push(Known { id, opening });
    }
    Ok(Draft {
        shared: Some(Shared {
            named: key,
            signers,
            begun: Begun::from_link(begun)?,
        }),
        ..Draft::new("document.recover", subject, body, vec![own])
    })
}
