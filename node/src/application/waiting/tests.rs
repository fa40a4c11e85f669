use super::{
    queue::{OWN, PATIENCE},
    *,
};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("db")).expect("a store");
    (folder, store)
}

/// With room for so many blobs that have so many bytes together.
fn waiting(blobs: u64, bytes: u64) -> Waiting {
    Waiting::new(Queue::new(blobs * OWN + bytes))
}

fn has(store: &Store, blob: &[u8]) -> bool {
    let snapshot = store.snapshot();
    let found = snapshot.get(Table::Blobs, &sha256(blob)).expect("read");
    found.is_some_and(|found| found == blob)
}

fn keep(waiting: &Waiting, store: &Store, blob: &[u8], now: Instant) -> bool {
    waiting
        .keep(store, sha256(blob), blob, now)
        .expect("the store works")
}

/// What executing a block with such an event does; nothing is written.
fn execute(waiting: &Waiting, store: &Store, body: &Value) -> Changes {
    let mut changes = Changes::default();
    waiting.begin();
    waiting.named(body, store, &mut changes).expect("named");
    changes
}

/// What a block with such an event does.
fn name(waiting: &Waiting, store: &Store, body: &Value) {
    let changes = execute(waiting, store, body);
    store.commit(changes).expect("written");
    waiting.committed();
}

fn reopen(store: &Store) -> Queue {
    let waiting = Waiting::load(store, Instant::now()).expect("loaded");
    waiting.queue.into_inner().expect("whole")
}

fn text(blob: &[u8]) -> Value {
    Value::String(hex::encode(sha256(blob)))
}

#[test]
fn strangers_cannot_fill_the_disk() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(2, 20);
    assert!(keep(&waiting, &store, b"the first", start));
    assert!(keep(&waiting, &store, b"the second", start));
    assert!(!keep(&waiting, &store, b"the third", start));
    assert!(has(&store, b"the first") && !has(&store, b"the third"));
    let later = start + PATIENCE;
    assert!(keep(&waiting, &store, b"the third", later));
    assert!(!has(&store, b"the first") && has(&store, b"the second"));
}

#[test]
fn blobs_of_a_few_bytes_cannot_be_many() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(10, 80);
    let kept = (0..99_u64).filter(|number| keep(&waiting, &store, &number.to_be_bytes(), start));
    assert_eq!(kept.count(), 10);
}

#[test]
fn a_store_with_more_than_there_is_room_for_opens_with_the_newest() {
    let ((_folder, store), start) = (store(), Instant::now());
    let mut changes = Changes::default();
    for row in 0..6_u8 {
        let blob = Blob {
            hash: sha256(&[row]),
            bytes: ROOM / 2 - OWN,
            since: start,
            row: row.into(),
        };
        blob.write(&mut changes);
        changes.put(Table::Blobs, blob.hash.to_vec(), vec![row]);
    }
    store.commit(changes).expect("written");
    for _ in 0..2 {
        let queue = reopen(&store);
        assert_eq!((queue.bytes, queue.next_row()), (2 * ROOM, 6));
        let there: Vec<u8> = (0..6).filter(|row| has(&store, &[*row])).collect();
        assert_eq!(there, [2, 3, 4, 5]);
    }
}

#[test]
fn what_an_event_names_stays_and_takes_no_room() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(2, 20);
    assert!(keep(&waiting, &store, b"named by event", start));
    name(
        &waiting,
        &store,
        &Value::Array(vec![text(b"named by event")]),
    );
    assert!(keep(&waiting, &store, b"0123456789abcdef", start));
    assert!(keep(&waiting, &store, b"0123456789", start + PATIENCE));
    assert!(has(&store, b"named by event") && !has(&store, b"0123456789abcdef"));
    assert!(keep(&waiting, &store, b"named by event", start), "known");
}

#[test]
fn a_list_keeps_what_it_lists() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    let list = format!("[\"{}\"]", hex::encode(sha256(b"part")));
    assert!(keep(&waiting, &store, b"part", start));
    assert!(keep(&waiting, &store, list.as_bytes(), start));
    name(&waiting, &store, &text(list.as_bytes()));
    assert!(super::super::lock(&waiting.queue).is_empty());
    assert!(has(&store, b"part"));
}

#[test]
fn a_block_that_is_executed_again_keeps_the_same() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(2, 72);
    let list = format!("[\"{}\"]", hex::encode(sha256(b"part")));
    assert!(keep(&waiting, &store, b"part", start));
    assert!(keep(&waiting, &store, list.as_bytes(), start));
    execute(&waiting, &store, &text(list.as_bytes()));
    name(&waiting, &store, &text(list.as_bytes()));
    assert!(reopen(&store).is_empty());
    let later = start + PATIENCE;
    let all = [7; OWN as usize + 72];
    assert!(keep(&waiting, &store, &all, later), "all room is free");
    assert!(has(&store, b"part") && has(&store, list.as_bytes()));
}

#[test]
fn what_a_block_names_does_not_make_way_before_its_commit() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 5);
    let later = start + PATIENCE;
    assert!(keep(&waiting, &store, b"named", start));
    let changes = execute(&waiting, &store, &text(b"named"));
    assert!(keep(&waiting, &store, b"other", later));
    assert!(keep(&waiting, &store, b"named", later), "known");
    store.commit(changes).expect("written");
    waiting.committed();
    assert!(has(&store, b"named"));
    let queue = reopen(&store);
    assert_eq!(queue.places.keys().collect::<Vec<_>>(), [&sha256(b"other")]);
}

#[test]
fn a_restart_forgets_none_and_bounds_them_all() {
    let ((_folder, store), start) = (store(), Instant::now());
    let first = waiting(9, 1000);
    assert!(keep(&first, &store, b"one", start));
    assert!(keep(&first, &store, b"two", start));
    name(&first, &store, &text(b"one"));
    let queue = reopen(&store);
    assert_eq!((queue.bytes, queue.next_row()), (OWN + 3, 2));
    assert!(queue.places.contains_key(&sha256(b"two")));
}

#[test]
fn handed_in_again_it_waits_anew() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 8);
    assert!(keep(&waiting, &store, b"old", start));
    assert!(keep(&waiting, &store, b"old", start + PATIENCE));
    assert!(!keep(&waiting, &store, b"newcomer", start + PATIENCE));
    assert!(has(&store, b"old"));
}
