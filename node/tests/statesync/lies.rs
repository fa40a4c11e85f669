//! Snapshots, chunks and offers that lie.

use super::*;

#[test]
fn an_altered_chunk_is_refused_and_the_true_one_still_taken() {
    let source = Source::new();
    let items = source.items();
    let chunks: Vec<Vec<u8>> = items.chunks(40).map(<[_]>::concat).collect();
    let (_folder, _file, application) = fresh();
    offer(&application, &manifest(&chunks), &source.app_hash);
    for (index, chunk) in chunks.iter().enumerate() {
        let mut altered = chunk.clone();
        altered[index % chunk.len()] ^= 1;
        let truncated = &chunk[..chunk.len() - 1];
        let too_long = vec![0; MAX_CHUNK + 1];
        for false_one in [&altered, truncated, &[], &too_long] {
            assert_eq!(apply(&application, index, false_one), Taken::RefuseChunk);
        }
        assert_eq!(apply(&application, index, chunk), Taken::Accept);
    }
    assert_eq!(application.info().last_block_app_hash, source.app_hash);
}

/// The hash of a chunk fits, and it is longer than any chunk.
#[test]
fn a_chunk_beyond_the_bound_is_refused() {
    let (_folder, _file, application) = fresh();
    let long = vec![vec![0; MAX_CHUNK + 1]];
    assert_eq!(restore(&application, &long, &[1; 32]), Taken::RefuseChunk);
}

#[test]
fn offers_that_contradict_themselves_are_refused() {
    let source = Source::new();
    let (_folder, _file, application) = fresh();
    let (hash, metadata) = (source.manifest.hash(), source.manifest.metadata());
    let good = Offer {
        height: HEIGHTS,
        format: FORMAT,
        chunks: source.manifest.chunks.len() as u32,
        hash: &hash,
        metadata: &metadata,
        app_hash: &source.app_hash,
    };
    let beyond = vec![0; (MAX_CHUNKS + 1) * 32];
    let of_beyond = sha256(&[&HEIGHTS.to_be_bytes()[..], &beyond].concat());
    let of_none = sha256(&HEIGHTS.to_be_bytes());
    let rejected = [
        Offer { height: 0, ..good },
        Offer {
            height: HEIGHTS + 1,
            ..good
        },
        Offer { chunks: 0, ..good },
        Offer {
            chunks: u32::MAX,
            ..good
        },
        Offer {
            hash: &hash[1..],
            ..good
        },
        Offer {
            metadata: &metadata[1..],
            ..good
        },
        Offer {
            metadata: &beyond,
            hash: &of_beyond,
            chunks: MAX_CHUNKS as u32 + 1,
            ..good
        },
        Offer {
            metadata: &[],
            hash: &of_none,
            chunks: 0,
            ..good
        },
        Offer {
            app_hash: &[],
            ..good
        },
    ];
    for offer in &rejected {
        let offered = application.offer_snapshot(offer).expect("answers");
        assert_eq!(offered, Offered::RejectSender);
        assert_eq!(apply(&application, 0, &source.chunks[0]), Taken::Abort);
    }
    let other = Offer { format: 2, ..good };
    let offered = application.offer_snapshot(&other).expect("answers");
    assert_eq!(offered, Offered::RejectFormat);
    assert_eq!(
        application.offer_snapshot(&good).expect("answers"),
        Offered::Accept
    );
}

/// Where the first item of a kind stands.
fn first(items: &[Vec<u8>], tag: u8) -> usize {
    items
        .iter()
        .position(|item| item[0] == tag)
        .expect("there is one")
}

/// Changes a snapshot's items.
type Lie = dyn Fn(&mut Vec<Vec<u8>>);

/// Each lie has chunks whose hashes fit, as who makes a snapshot up would have them.
#[test]
fn a_false_snapshot_is_refused_and_leaves_nothing() {
    let source = Source::new();
    let items = source.items();
    let entry = first(&items, 1);
    let place = EntryPlace::decode(&items[entry][1..13]).expect("a place");
    let bytes = items[entry][17..].to_vec();
    let lies: [(&str, Box<Lie>); 14] = [
        ("an entry is altered", {
            let mut bytes = bytes.clone();
            *bytes.last_mut().expect("bytes") ^= 1;
            let altered = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = altered.clone())
        }),
        ("an entry is at another height", {
            let place = EntryPlace {
                height: place.height + 1,
                ..place
            };
            let moved = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = moved.clone())
        }),
        ("an entry is of the future", {
            let height = HEIGHTS + 1;
            let place = EntryPlace { height, ..place };
            let bytes = [&height.to_be_bytes()[..], &bytes[8..]].concat();
            let later = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = later.clone())
        }),
        ("an entry is written over", {
            let mut bytes = bytes.clone();
            *bytes.last_mut().expect("bytes") ^= 1;
            let other = written(&Item::Entry(place, &bytes));
            Box::new(move |items| {
                let again = items.iter().rposition(|item| item[0] == 2);
                items.insert(again.expect("one"), other.clone());
            })
        }),
        (
            "an entry is hidden",
            Box::new(move |items| drop(items.remove(first(items, 2)))),
        ),
        ("an entry is nowhere", {
            let position = place.position + 99;
            let nowhere = written(&Item::Again(EntryPlace { position, ..place }));
            Box::new(move |items| items[entry] = nowhere.clone())
        }),
        (
            "a state is altered",
            Box::new(|items| {
                let at = first(items, 4);
                let last = items[at].len() - 2;
                items[at][last] ^= 1;
            }),
        ),
        (
            "a record is hidden",
            Box::new(|items| {
                let end = first(items, 4);
                items.drain(..=end);
            }),
        ),
        (
            "a record stands twice",
            Box::new(|items| {
                let end = first(items, 4);
                let record = items[..=end].to_vec();
                items.splice(0..0, record);
            }),
        ),
        (
            "a record has no end",
            Box::new(|items| {
                items.pop();
            }),
        ),
        (
            "a record begins within another",
            Box::new(|items| {
                items.insert(1, written(&Item::Record([1; 32])));
            }),
        ),
        (
            "a state belongs to no record",
            Box::new(|items| {
                items.push(written(&Item::State(b"{}")));
            }),
        ),
        (
            "a block hash is altered",
            Box::new(|items| {
                let at = first(items, 3);
                items[at][5] ^= 1;
            }),
        ),
        (
            "a block hash is missing",
            Box::new(|items| {
                items.remove(first(items, 3));
            }),
        ),
    ];
    let (_folder, file, mut application) = fresh();
    for (lie, tell) in &lies {
        for size in [3, items.len() + 1] {
            let mut told = items.clone();
            tell(&mut told);
            assert_ne!(told, items, "{lie}");
            let chunks: Vec<Vec<u8>> = told.chunks(size).map(<[_]>::concat).collect();
            let taken = restore(&application, &chunks, &source.app_hash);
            assert_eq!(taken, Taken::RejectSnapshot, "{lie}");
            assert_eq!(apply(&application, 0, &chunks[0]), Taken::Abort);
            drop(application);
            application = open(&file);
            let info = application.info();
            assert_eq!(
                (info.last_block_height, info.last_block_app_hash.len()),
                (0, 0)
            );
        }
    }
    let garbage = vec![b"garbage".to_vec()];
    let taken = restore(&application, &garbage, &source.app_hash);
    assert_eq!(taken, Taken::RejectSnapshot);
    let taken = restore(&application, &source.chunks, &[7; 32]);
    assert_eq!(taken, Taken::RejectSnapshot, "another app hash");
    let taken = restore(&application, &source.chunks, &source.app_hash);
    assert_eq!(taken, Taken::Accept, "the true one, after all that");
    require_alike(&source.application, &application, HEIGHTS);
}
