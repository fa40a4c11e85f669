//! What a record names has room whatever strangers hand in, and what was erased is at no node any more.

mod common;
#[path = "common/disk.rs"]
mod disk;

use common::{Dice, admit_as, begun, document, erase, follow, open, over, time_at};
use disk::Disk;
use node::{
    application::{Application, CheckTxRequest, MAX_BLOB, QueryRequest, QueryResponse, code},
    merkle::sha256,
    store::{Changes, Store, Table},
};
use std::path::{Path, PathBuf};

const CONTENT: &[u8] = b"sealed content";
const HEIGHTS: u64 = 3;

fn ask(application: &Application, path: &str, data: &[u8]) -> QueryResponse {
    let request = QueryRequest {
        path: path.into(),
        data: data.to_vec(),
        height: 0,
        prove: false,
    };
    application.query(&request).expect("answers")
}

fn keep(application: &Application, blob: &[u8]) -> u32 {
    ask(application, "/blob/keep", blob).code
}

fn has(application: &Application, blob: &[u8]) -> bool {
    ask(application, "/blob", &sha256(blob)).value == blob
}

fn require_gone(application: &Application) {
    assert!(!has(application, CONTENT));
    assert_eq!(keep(application, CONTENT), code::NO_SUCH_BLOB);
    assert!(!has(application, CONTENT));
    assert_eq!(application.wanted_count().expect("reads"), 0);
}

/// A hospital is admitted; it writes a document; the content of that is erased.
fn block(height: u64) -> Vec<Vec<u8>> {
    let time = time_at(height);
    vec![match height {
        1 => admit_as("hospital", "hospital", time),
        2 => document("d", CONTENT, time),
        _ => erase("d", time),
    }]
}

fn execute(application: &Application, height: u64) {
    let answer = follow(application, height, &block(height)).expect("executes");
    assert_eq!(answer.tx_results[0].code, code::OK, "{height}");
}

fn fresh() -> (tempfile::TempDir, PathBuf, Application) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("db");
    let application = begun(open(&file));
    (folder, file, application)
}

/// Also a copy that the chain's other nodes, or strangers, hand in.
#[test]
fn what_was_erased_is_gone_and_stays_so_after_a_restart() {
    let (_folder, file, application) = fresh();
    execute(&application, 1);
    execute(&application, 2);
    assert_eq!(keep(&application, CONTENT), code::OK);
    assert!(has(&application, CONTENT));
    execute(&application, 3);
    require_gone(&application);
    assert_eq!(
        application.keep_wanted(&[CONTENT.into()]).expect("works"),
        0
    );
    drop(application);
    require_gone(&open(&file));
}

/// A node replays the chain, and is handed the content while it does not know yet what becomes of it.
#[test]
fn who_replays_the_chain_has_erased_it_at_its_end_whenever_it_came() {
    for comes_at in 0..=HEIGHTS {
        let (_folder, file, application) = fresh();
        let come = |height: u64| {
            if height == comes_at {
                keep(&application, CONTENT);
            }
        };
        come(0);
        for height in 1..=HEIGHTS {
            execute(&application, height);
            come(height);
        }
        require_gone(&application);
        drop(application);
        require_gone(&open(&file));
    }
}

#[test]
fn what_another_document_names_stays_until_that_is_erased_too() {
    let (_folder, _file, application) = fresh();
    let time = time_at(2);
    follow(&application, 1, &block(1)).expect("executes");
    assert_eq!(keep(&application, CONTENT), code::OK);
    let (one, other) = (document("d", CONTENT, time), document("e", CONTENT, time));
    follow(&application, 2, &[one]).expect("executes");
    // One block erases it and names it.
    follow(&application, 3, &[erase("d", time), other]).expect("executes");
    assert!(has(&application, CONTENT));
    follow(&application, 4, &[erase("e", time)]).expect("executes");
    require_gone(&application);
}

/// The program before this one left what was erased where it was, and did not write down who names what.
#[test]
fn a_database_from_before_loses_what_was_erased_and_nothing_else() {
    let (_folder, file, application) = fresh();
    (1..=HEIGHTS).for_each(|height| execute(&application, height));
    let time = time_at(4);
    let documents = [document("e", b"kept", time), document("f", CONTENT, time)];
    follow(&application, 4, &documents).expect("executes");
    assert_eq!(keep(&application, b"kept"), code::OK);
    follow(&application, 5, &[erase("f", time)]).expect("executes");
    drop(application);
    as_before(&file);
    let application = open(&file);
    assert!(has(&application, b"kept"));
    require_gone(&application);
    follow(&application, 6, &[erase("e", time)]).expect("executes");
    assert!(!has(&application, b"kept"));
}

fn as_before(file: &Path) {
    let store = Store::open(file).expect("opens");
    let mut changes = Changes::default();
    for table in [Table::BlobNames, Table::ErasedBlobs] {
        let rows = store.snapshot().range(table, &[], &[0xff; 65], 99);
        for (row, _) in rows.expect("reads") {
            changes.remove(table, row);
        }
    }
    changes.remove(Table::Meta, b"blob-names".to_vec());
    changes.put(Table::Meta, b"blobs-named".to_vec(), Vec::new());
    changes.put(Table::Blobs, sha256(CONTENT).to_vec(), CONTENT.to_vec());
    store.commit(changes).expect("commits");
}

/// *Attack: a stranger fills the room for what nobody names, and keeps it full.*
#[test]
fn strangers_who_fill_the_room_keep_no_content_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("db")).expect("opens");
    store.set_durable_every(10_000);
    let application = begun(over(store));
    follow(&application, 1, &block(1)).expect("executes");
    let strangers = |number: u32| {
        let mut blob = vec![0; MAX_BLOB];
        blob[..4].copy_from_slice(&number.to_be_bytes());
        keep(&application, &blob)
    };
    let taken = (0..).take_while(|number| strangers(*number) == code::OK);
    assert!((1_000..1_100).contains(&taken.count()));
    let small =
        (0_u32..).take_while(|number| keep(&application, &number.to_be_bytes()) == code::OK);
    assert!(small.count() < 100);
    assert_eq!(keep(&application, CONTENT), code::TOO_MANY);
    let event = document("d", CONTENT, time_at(2));
    let check = |tx: &[u8]| application.check_tx(CheckTxRequest { tx, again: false });
    assert_eq!(check(&event).code, code::OK);
    assert_eq!(keep(&application, CONTENT), code::OK);
    assert_eq!(strangers(u32::MAX), code::TOO_MANY);
    follow(&application, 2, &[event]).expect("executes");
    assert!(has(&application, CONTENT));
    // Nor has it to come before its block.
    let late = document("e", b"late", time_at(3));
    follow(&application, 3, &[late]).expect("executes");
    assert_eq!(keep(&application, b"late"), code::OK);
}

/// *Attack: anybody signs an event that names what it likes, to have room for it.*
#[test]
fn an_event_of_a_stranger_makes_no_room() {
    let (_folder, file, application) = fresh();
    follow(&application, 1, &block(1)).expect("executes");
    // The room is full already.
    let store = application.store();
    let mut changes = Changes::default();
    let place = |number: u64| {
        [
            &sha256(&number.to_be_bytes())[..],
            &(1_u64 << 20).to_be_bytes(),
        ]
        .concat()
    };
    for number in 0..256_u64 {
        changes.put(
            Table::WaitingBlobs,
            number.to_be_bytes().to_vec(),
            place(number),
        );
    }
    store.commit(changes).expect("commits");
    drop(application);
    let application = open(&file);
    assert_eq!(keep(&application, CONTENT), code::TOO_MANY);
    let event = strange(CONTENT);
    let checked = application.check_tx(CheckTxRequest {
        tx: &event,
        again: false,
    });
    assert_eq!(checked.code, code::OK, "it may be refused in a block");
    assert_eq!(keep(&application, CONTENT), code::TOO_MANY);
}

fn strange(content: &[u8]) -> Vec<u8> {
    use records::kinds::consent::document::Propose;
    let body = Propose {
        content: hex::encode(sha256(content)),
        guardian: None,
        hospital: "hospital".into(),
        patient: common::key("stranger").public(),
        root: hex::encode([7; 32]),
    };
    let payload = common::payload("document.propose", ("document", "s"), 0, &body, time_at(2));
    payload
        .sign(&[&common::key("stranger")])
        .expect("signs")
        .encode()
}

fn on(disk: &Disk) -> Application {
    over(Store::over(disk.clone()).expect("opens"))
}

/// *Attack: a stranger hands in one byte, again and again, and each time every block waits for the disk.*
#[test]
fn what_nobody_names_is_synced_with_the_next_block_or_with_many_others() {
    let disk = Disk::default();
    let application = begun(on(&disk));
    execute(&application, 1);
    let hand_in = |blobs: u32, bytes: usize| {
        let before = disk.syncs();
        for number in 0..blobs {
            let mut blob = vec![0; bytes];
            blob[..4].copy_from_slice(&number.to_be_bytes());
            assert_eq!(keep(&application, &blob), code::OK);
        }
        disk.syncs() - before
    };
    assert_eq!(hand_in(200, 4), 0);
    let syncs = hand_in(100, MAX_BLOB);
    assert!((1..20).contains(&syncs), "memory has an end: {syncs}");
    // What an event names is there after a power cut, once the event is.
    assert_eq!(keep(&application, CONTENT), code::OK);
    execute(&application, 2);
    let application = on(&disk.after_power_cut(&mut Dice::new(1)));
    assert_eq!(application.info().last_block_height, 2);
    assert!(has(&application, CONTENT));
}

/// *Attack: anybody lets a node keep something and sends others its address there.*
#[test]
fn nobody_is_given_what_no_record_names() {
    let (_folder, file, application) = fresh();
    execute(&application, 1);
    assert_eq!(keep(&application, CONTENT), code::OK);
    let answer = ask(&application, "/blob", &sha256(CONTENT));
    assert_eq!((answer.code, answer.value), (code::NO_SUCH_BLOB, vec![]));
    // A stop loses nothing that waits.
    drop(application);
    let application = open(&file);
    execute(&application, 2);
    assert!(has(&application, CONTENT));
}
