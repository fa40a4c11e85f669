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
fn waiting(blobs: u64, bytes: u64) -> Blobs {
    Blobs::new(Queue::new(blobs * OWN + bytes))
}

fn has(store: &Store, blob: &[u8]) -> bool {
    let snapshot = store.snapshot();
    let found = snapshot.get(Table::Blobs, &sha256(blob)).expect("read");
    found.is_some_and(|found| found == blob)
}

fn keep(waiting: &Blobs, store: &Store, blob: &[u8], now: Instant) -> bool {
    let kept = waiting.keep(store, sha256(blob), blob, now);
    kept.expect("the store works") == Kept::Here
}

/// What executing a block does after which a record names this; nothing is written.
fn execute(waiting: &Blobs, store: &Store, name: Name) -> Changes {
    execute_all(waiting, store, vec![name])
}

fn execute_all(waiting: &Blobs, store: &Store, names: Vec<Name>) -> Changes {
    let mut changes = Changes::default();
    waiting.begin();
    let named = waiting.named(names, store, &mut changes);
    named.expect("named");
    changes
}

/// What a block does after which a record names this.
fn name(waiting: &Blobs, store: &Store, name: Name) {
    name_all(waiting, store, vec![name]);
}

fn name_all(waiting: &Blobs, store: &Store, names: Vec<Name>) {
    let changes = execute_all(waiting, store, names);
    store.commit(changes).expect("written");
    waiting.committed(store).expect("settled");
}

fn reopen(store: &Store) -> Queue {
    let waiting = Blobs::load(store, Instant::now()).expect("loaded");
    waiting.queue.into_inner().expect("whole")
}

/// As a state with this field names it.
fn in_field(field: &str, blob: &[u8], status: &str) -> Name {
    let hash = hex::encode(sha256(blob));
    let state = format!(r#"{{"data":{{"{field}":"{hash}","status":"{status}"}},"seq":1}}"#);
    let state = records::State::decode(state.as_bytes()).expect("a state");
    let by = sha256(&[field.as_bytes(), blob].concat());
    Name::all(by, &state.data)[0]
}

fn sealed(blob: &[u8]) -> Name {
    in_field("content", blob, "shared")
}

fn roster(list: &[u8]) -> Name {
    in_field("published", list, "open")
}

fn list(parts: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<String> = parts.iter().map(|part| hex::encode(sha256(part))).collect();
    serde_json::to_vec(&parts).expect("JSON")
}

/// The blobs that are wanted, as the store has it.
fn wanted(store: &Store) -> Vec<Wanted> {
    let snapshot = store.snapshot();
    let rows = snapshot.range(Table::WantedBlobs, &[], &[0xff; 34], 9);
    let rows = rows.expect("read");
    rows.iter()
        .filter_map(|(row, _)| Wanted::read(row))
        .collect()
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
    name(&waiting, &store, sealed(b"named by event"));
    assert!(keep(&waiting, &store, b"0123456789abcdef", start));
    assert!(keep(&waiting, &store, b"0123456789", start + PATIENCE));
    assert!(has(&store, b"named by event") && !has(&store, b"0123456789abcdef"));
    assert!(keep(&waiting, &store, b"named by event", start), "known");
}

#[test]
fn a_list_keeps_what_it_lists() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    let list = list(&[b"part"]);
    assert!(keep(&waiting, &store, b"part", start));
    assert!(keep(&waiting, &store, &list, start));
    name(&waiting, &store, roster(&list));
    assert!(reopen(&store).places.is_empty());
    assert!(has(&store, b"part"));
}

#[test]
fn a_block_that_is_executed_again_keeps_the_same() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(2, 72);
    let list = list(&[b"part"]);
    assert!(keep(&waiting, &store, b"part", start));
    assert!(keep(&waiting, &store, &list, start));
    execute(&waiting, &store, roster(&list));
    name(&waiting, &store, roster(&list));
    assert!(reopen(&store).places.is_empty());
    let later = start + PATIENCE;
    let all = [7; OWN as usize + 72];
    assert!(keep(&waiting, &store, &all, later), "all room is free");
    assert!(has(&store, b"part") && has(&store, &list));
}

#[test]
fn what_a_block_names_does_not_make_way_before_its_commit() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 5);
    let later = start + PATIENCE;
    assert!(keep(&waiting, &store, b"named", start));
    let changes = execute(&waiting, &store, sealed(b"named"));
    assert!(keep(&waiting, &store, b"other", later));
    assert!(keep(&waiting, &store, b"named", later), "known");
    store.commit(changes).expect("written");
    waiting.committed(&store).expect("settled");
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
    name(&first, &store, sealed(b"one"));
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

#[test]
fn what_comes_after_it_was_named_stays_at_once_also_after_a_restart_and_without_room() {
    let ((_folder, store), start) = (store(), Instant::now());
    name(&waiting(9, 1000), &store, sealed(b"late"));
    assert_eq!(wanted(&store), [sealed(b"late").wanted()]);
    let waiting = waiting(0, 0);
    assert!(!keep(&waiting, &store, b"a stranger's", start));
    assert!(keep(&waiting, &store, b"late", start));
    assert!(has(&store, b"late") && wanted(&store).is_empty());
    assert!(reopen(&store).places.is_empty());
}

#[test]
fn a_late_list_keeps_the_parts_that_wait_and_wants_the_others() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 5);
    let parts: [&[u8]; 2] = [b"early", b"later"];
    let list = list(&parts);
    name(&waiting, &store, roster(&list));
    assert!(keep(&waiting, &store, b"early", start));
    assert!(keep(&waiting, &store, &list, start));
    assert_eq!(wanted(&store), [sealed(b"later").wanted()]);
    assert!(keep(&waiting, &store, b"other", start), "the room is free");
    assert!(keep(&waiting, &store, b"later", start));
    assert!(wanted(&store).is_empty());
}

#[test]
fn a_list_is_one_only_where_a_roster_is_published_and_no_longer_than_anybody_reads() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 100_000);
    let short = list(&[b"part"]);
    name(&waiting, &store, sealed(&short));
    assert!(keep(&waiting, &store, &short, start));
    assert!(wanted(&store).is_empty());
    let long = list(&[&b"part"[..]; 257]);
    name(&waiting, &store, roster(&long));
    assert!(keep(&waiting, &store, &long, start));
    assert!(wanted(&store).is_empty());
    name(&waiting, &store, roster(&short));
    assert_eq!(
        wanted(&store),
        [sealed(b"part").wanted()],
        "whoever named it before"
    );
}

#[test]
fn a_list_that_somebody_names_as_something_else_too_is_wanted_as_a_list() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    let list = list(&[b"part"]);
    name(&waiting, &store, roster(&list));
    name(&waiting, &store, sealed(&list));
    assert!(keep(&waiting, &store, &list, start));
    assert_eq!(wanted(&store), [sealed(b"part").wanted()]);
}

/// Also where the machine stops right after the commit.
#[test]
fn what_comes_between_a_block_and_its_commit_stays() {
    for stops in [false, true] {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(9, 1000);
        let changes = execute(&waiting, &store, sealed(b"late"));
        assert!(keep(&waiting, &store, b"late", start));
        store.commit(changes).expect("written");
        if !stops {
            waiting.committed(&store).expect("settled");
            let queue = super::super::lock(&waiting.queue);
            assert!(queue.places.is_empty() && wanted(&store).is_empty());
        }
        assert!(reopen(&store).places.is_empty());
        assert!(has(&store, b"late") && wanted(&store).is_empty());
    }
}

#[test]
fn a_block_that_is_not_committed_wants_nothing() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 4);
    execute(&waiting, &store, sealed(b"late"));
    waiting.begin();
    assert!(keep(&waiting, &store, b"late", start));
    assert!(keep(&waiting, &store, b"next", start + PATIENCE));
    assert!(!has(&store, b"late"));
}

#[test]
fn what_is_being_written_down_while_a_block_names_it_stays() {
    let (_folder, store) = store();
    let (waiting, hash) = (waiting(1, 4), sha256(b"late"));
    let mut written = Changes::default();
    written.put(Table::Blobs, hash.to_vec(), b"late".to_vec());
    store.commit(written).expect("written");
    super::super::lock(&waiting.queue).arriving = Some(hash);
    name(&waiting, &store, sealed(b"late"));
    assert_eq!(
        wanted(&store),
        [sealed(b"late").wanted()],
        "it may be in no queue yet"
    );
    super::super::lock(&waiting.queue).arriving = None;
    waiting.settle(&store, &[hash]).expect("settled");
    assert!(wanted(&store).is_empty());
}

#[test]
fn what_an_event_names_that_waits_has_room_however_many_strangers_came_before() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 8);
    assert!(keep(&waiting, &store, b"stranger", start));
    assert!(!keep(&waiting, &store, b"ordered!", start));
    let payers = [vec![Payer::Member("hospital".into())]];
    waiting.promise(&[sealed(b"ordered!")], &payers, start);
    assert!(keep(&waiting, &store, b"ordered!", start));
    let soon = start + PATIENCE - std::time::Duration::from_secs(1);
    for number in 0..99_u64 {
        assert!(!keep(&waiting, &store, &number.to_be_bytes(), soon));
    }
    assert!(has(&store, b"ordered!"));
    name(&waiting, &store, sealed(b"ordered!"));
    let later = start + PATIENCE;
    assert!(keep(&waiting, &store, b"next one", later));
    assert!(has(&store, b"ordered!") && !has(&store, b"stranger"));
}

/// It came before its event.
#[test]
fn what_waits_already_gets_time_for_its_event() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(1, 8);
    assert!(keep(&waiting, &store, b"ordered!", start));
    let later = start + PATIENCE;
    let payers = [vec![Payer::Member("hospital".into())]];
    waiting.promise(&[sealed(b"ordered!")], &payers, later);
    assert!(!keep(&waiting, &store, b"stranger", later));
    assert!(has(&store, b"ordered!"));
}

#[test]
fn what_is_erased_goes_and_is_taken_from_nobody_any_more() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    assert!(keep(&waiting, &store, b"content", start));
    name(&waiting, &store, sealed(b"content"));
    let changes = execute(&waiting, &store, in_field("content", b"content", "erased"));
    store.commit(changes).expect("written");
    assert!(!has(&store, b"content"), "in the block's own transaction");
    waiting.committed(&store).expect("settled");
    let taken = |waiting: &Blobs| waiting.keep(&store, sha256(b"content"), b"content", start);
    assert!(!has(&store, b"content") && wanted(&store).is_empty());
    assert_eq!(taken(&waiting).expect("works"), Kept::Erased);
    let again = Blobs::load(&store, start).expect("loaded");
    assert_eq!(taken(&again).expect("works"), Kept::Erased);
    // Whoever writes it down anew may have it.
    let named_anew = Name {
        by: [7; 32],
        ..sealed(b"content")
    };
    name(&again, &store, named_anew);
    assert_eq!(taken(&again).expect("works"), Kept::Here);
}

#[test]
fn what_somebody_else_names_too_is_not_erased_before_by_them_too() {
    for at_once in [false, true] {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(9, 1000);
        let list = list(&[b"part"]);
        assert!(keep(&waiting, &store, b"part", start));
        assert!(keep(&waiting, &store, &list, start));
        name(&waiting, &store, sealed(b"part"));
        let erased = in_field("content", b"part", "erased");
        match at_once {
            true => name_all(&waiting, &store, vec![erased, roster(&list)]),
            false => {
                name(&waiting, &store, roster(&list));
                name(&waiting, &store, erased);
            }
        }
        assert!(has(&store, b"part"), "a list names it");
    }
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    assert!(keep(&waiting, &store, b"of two", start));
    let both = [1, 2].map(|by| Name {
        by: [by; 32],
        ..sealed(b"of two")
    });
    name_all(&waiting, &store, both.to_vec());
    let erased = both.map(|name| Name {
        erased: true,
        ..name
    });
    name_all(&waiting, &store, erased.to_vec());
    assert!(!has(&store, b"of two"));
}

/// It was wanted when it was taken in, and the block that erases it was written down first. Also where the machine stops right after that.
#[test]
fn what_comes_while_it_is_erased_goes() {
    for stops in [false, true] {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(9, 1000);
        name(&waiting, &store, sealed(b"late"));
        let changes = execute(&waiting, &store, in_field("content", b"late", "erased"));
        store.commit(changes).expect("written");
        let mut late = Changes::default();
        late.put(Table::Blobs, sha256(b"late").to_vec(), b"late".to_vec());
        store.commit(late).expect("written");
        match stops {
            true => drop(Blobs::load(&store, start).expect("loaded")),
            false => waiting.committed(&store).expect("settled"),
        }
        assert!(!has(&store, b"late"));
    }
}

#[test]
fn a_block_that_is_not_committed_erases_nothing() {
    let ((_folder, store), start) = (store(), Instant::now());
    let waiting = waiting(9, 1000);
    assert!(keep(&waiting, &store, b"content", start));
    name(&waiting, &store, sealed(b"content"));
    execute(&waiting, &store, in_field("content", b"content", "erased"));
    waiting.begin();
    waiting.committed(&store).expect("settled");
    assert!(has(&store, b"content"));
}
