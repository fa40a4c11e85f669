//! Documents, grants and readings in every state, and contents that their keepers can open.

use super::*;
use crate::demo::{
    medical::PATIENTS,
    members::{EAST, GROUP},
};
use records::{
    kinds::consent::{
        DOCUMENT_FIELDS,
        document::{Document, Status},
        grant::{Grant, Standing},
        read::{Basis, Read},
    },
    seal::SealKey,
};

#[test]
fn there_are_documents_grants_and_readings_in_every_state() {
    let (_, ledger) = small();
    let documents: Vec<(String, Document)> = ledger.all("document");
    assert_eq!(PATIENTS, 40);
    assert!(documents.len() > 2 * PATIENTS);
    let with = |wanted: &dyn Fn(&Document) -> bool| {
        documents
            .iter()
            .filter(|(_, document)| wanted(document))
            .count()
    };
    for status in [
        Status::Proposed,
        Status::Shared,
        Status::Rejected,
        Status::Erased,
    ] {
        assert!(
            with(&|document| document.status == status) > 0,
            "{status:?}"
        );
    }
    assert!(with(&|document| !document.denied.is_empty()) > 5);
    assert!(with(&|document| document.guardian.is_some()) == 2);
    assert_eq!(with(&|document| document.open_reviews > 0), 1);
    let grants: Vec<(String, Grant)> = ledger.all("grant");
    for standing in [
        Standing::InForce,
        Standing::Expired,
        Standing::Revoked,
        Standing::Superseded,
    ] {
        let held = grants
            .iter()
            .filter(|(_, grant)| grant.standing(ledger.time) == standing);
        assert!(held.count() > 1, "{standing:?}");
    }
    let reads: Vec<(String, Read)> = ledger.all("read");
    let done = reads
        .iter()
        .filter(|(_, read)| matches!(read.basis, Basis::Grant { .. }));
    assert!(done.count() > 30);
    assert!(
        reads
            .iter()
            .any(|(_, read)| matches!(read.basis, Basis::Reviewed { .. }))
    );
}

#[test]
fn the_patient_and_the_granted_hospital_can_open_what_was_sealed_for_them() {
    let (script, ledger) = small();
    let blob = |hash: &str| {
        let found = script
            .blobs()
            .iter()
            .find(|blob| hex::encode(records::hash::sha256(&[blob])) == hash);
        found.expect("kept").clone()
    };
    let opens = |seed: &[u8; 32], sealed: &[u8], id: &str| {
        let record = RecordName::new("document", id).expect("a name");
        let seed = records::hash::sha256(&[b"lianyan/seal-key/1", seed]);
        String::from_utf8(
            SealKey::from_seed(&seed)
                .open(sealed, &record)
                .expect("opens"),
        )
        .expect("text")
    };
    for person in &script.medical.offered {
        for known in &person.documents {
            let document: Document = ledger.find("document", &known.id).expect("proposed");
            assert!(opens(&person.seed, &blob(&document.content), &known.id).contains("患者："));
            let opening =
                base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, &known.opening);
            let root = records::hash::parse_hash(&document.root).expect("a hash");
            assert!(
                DOCUMENT_FIELDS
                    .open(&opening.expect("base64url"), &root)
                    .is_ok()
            );
        }
    }
    let (documents, grants) = script.medical.known_to(EAST);
    let grant: Grant = ledger.find("grant", &grants[0].id).expect("given");
    let copies: litemap::LiteMap<String, String> =
        records::canonical::decode(&blob(&grant.sealed.expect("sealed"))).expect("copies");
    let copy = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, &copies[&documents[0].id]);
    let text = opens(
        &script.members.get(EAST).seed,
        &copy.expect("base64"),
        &documents[0].id,
    );
    assert!(text.contains(&script.members.get(GROUP).member.name));
}
