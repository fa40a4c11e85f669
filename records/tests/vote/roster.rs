//! The roster's Merkle-sum tree: every proof binds leaf, index and totals.

use records::{
    Digest,
    hash::sha256,
    roster::{Error, Leaf, Path, Room, Roster, from_blobs, scope},
    testing::key,
};
use std::collections::HashMap;

fn leaf(index: usize) -> Leaf {
    let room = Room {
        area: 500_000 + index as u64,
        room: format!("r{index}"),
    };
    Leaf::new(&format!("h{index}"), None, vec![room]).expect("a leaf")
}

fn roster(heads: usize) -> Roster {
    Roster::new((0..heads).map(leaf).collect()).expect("a roster")
}

#[test]
fn every_head_of_every_small_roster_is_proven_and_at_no_other_place() {
    for heads in 1..=33 {
        let roster = roster(heads);
        let totals = roster.totals();
        assert_eq!(totals.heads, heads as u64);
        for index in 0..heads as u32 {
            let (leaf, path) = roster.prove(index).expect("proven");
            assert_eq!(totals.verify(leaf, index, &path), Ok(()));
            for other in (0..heads as u32 + 2).filter(|other| *other != index) {
                assert!(totals.verify(leaf, other, &path).is_err());
            }
        }
        assert_eq!(roster.prove(heads as u32), None);
    }
}

/// RFC 6962's shape, straight from its text, with sums.
fn by_definition(leaves: &[Leaf]) -> ([u8; 32], u64, u64) {
    if let [leaf] = leaves {
        let json = records::canonical::encode(leaf).expect("encodes");
        return (sha256(&[&[0], &json]), leaf.area, 1);
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (l, r) = (by_definition(left), by_definition(right));
    let be = |n: u64| n.to_be_bytes();
    let hash = sha256(&[&[1], &l.0, &be(l.1), &be(l.2), &r.0, &be(r.1), &be(r.2)]);
    (hash, l.1 + r.1, l.2 + r.2)
}

#[test]
fn the_root_is_the_one_that_the_format_defines() {
    for heads in [1, 2, 3, 5, 6, 7, 8, 11, 100] {
        let roster = roster(heads);
        let (root, area, count) = by_definition(roster.leaves());
        let totals = roster.totals();
        assert_eq!(
            (totals.root.0, totals.area, totals.heads),
            (root, area, count)
        );
    }
}

#[test]
fn bent_proofs_and_totals_are_refused() {
    let roster = roster(11);
    let totals = roster.totals();
    for index in 0..11 {
        let (leaf, path) = roster.prove(index).expect("proven");
        for step in 0..path.0.len() {
            for bend in [
                |path: &mut Path, at: usize| path.0[at].area += 1,
                |path: &mut Path, at: usize| path.0[at].area = u64::MAX,
                |path: &mut Path, at: usize| path.0[at].area = 0,
                |path: &mut Path, at: usize| path.0[at].heads += 1,
                |path: &mut Path, at: usize| path.0[at].heads = 0,
                |path: &mut Path, at: usize| path.0[at].heads = u64::MAX,
                |path: &mut Path, at: usize| path.0[at].hash[0] ^= 1,
                |path: &mut Path, at: usize| path.0.truncate(at),
                |path: &mut Path, at: usize| path.0.insert(at, path.0[at]),
            ] {
                let mut bent = path.clone();
                bend(&mut bent, step);
                assert!(totals.verify(leaf, index, &bent).is_err());
            }
        }
        let mut larger = leaf.clone();
        larger.area += 1;
        assert!(totals.verify(&larger, index, &path).is_err());
        larger.rooms[0].area += 1;
        assert!(totals.verify(&larger, index, &path).is_err());
        for bend in [
            |totals: &mut records::roster::Totals| totals.area += 1,
            |totals: &mut records::roster::Totals| totals.area = 0,
            |totals: &mut records::roster::Totals| totals.heads += 1,
            |totals: &mut records::roster::Totals| totals.heads -= 1,
            |totals: &mut records::roster::Totals| totals.heads = u64::MAX,
            |totals: &mut records::roster::Totals| totals.root.0[31] ^= 1,
        ] {
            let mut stated = totals;
            bend(&mut stated);
            // A tree of another size may share a leaf's path, but then not its sums.
            assert!(stated.verify(leaf, index, &path).is_err(), "{index}");
        }
    }
}

/// Of a roster with one head the path has no step: what is no path is not taken for one.
#[test]
fn a_path_in_no_base64_is_none() {
    let read = |text: &str| records::canonical::decode::<Path>(text.as_bytes());
    assert_eq!(read("\"\""), Ok(Path::default()));
    for bad in ["\"!\"", "\"AAA\"", "\"AAAA\"", "\"AAA=\\n\"", "1"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn areas_moved_between_heads_within_one_total_do_not_pass() {
    let roster = roster(4);
    let totals = roster.totals();
    let (leaf, path) = roster.prove(0).expect("proven");
    let mut bent = path.clone();
    bent.0[0].area += 5;
    bent.0[1].area -= 5;
    assert_eq!(totals.verify(leaf, 0, &bent), Err(Error::Root));
}

#[test]
fn sums_that_overflow_are_refused() {
    let most = records::canonical::MAX_INTEGER.unsigned_abs();
    let large = |name: &str| {
        let room = Room {
            area: most,
            room: name.into(),
        };
        Leaf::new(name, None, vec![room]).expect("a leaf")
    };
    assert_eq!(
        Roster::new(vec![large("a"), large("b")]).err(),
        Some(Error::Total)
    );
    let rooms = ["a", "b"].map(|name| Room {
        area: u64::MAX,
        room: name.into(),
    });
    assert!(Leaf::new("h", None, rooms.to_vec()).is_err());
}

#[test]
fn heads_rooms_and_keys_stand_on_a_roster_once() {
    let with = |head: &str, room: &str, owner: &str| {
        let room = Room {
            area: 1,
            room: room.into(),
        };
        Leaf::new(head, Some(key(owner).public()), vec![room]).expect("a leaf")
    };
    let first = with("h1", "r1", "a");
    for (second, twice) in [
        (with("h1", "r2", "b"), "h1".into()),
        (with("h2", "r1", "b"), "r1".into()),
        (with("h2", "r2", "a"), key("a").public().to_string()),
    ] {
        assert_eq!(
            Roster::new(vec![first.clone(), second]).err(),
            Some(Error::Twice(twice))
        );
    }
    assert_eq!(Roster::new(Vec::new()).err(), Some(Error::Heads));
}

/// *Attack: the same two own two flats, and each flat gives them a head.*
#[test]
fn the_same_co_owners_are_one_head() {
    let keys = |names: [&str; 2]| names.map(|name| key(name).public()).to_vec();
    let flat = |number: usize, names| {
        let rooms = vec![Room {
            area: 1,
            room: format!("r{number}"),
        }];
        let leaf = Leaf::new(&format!("h{number}"), None, rooms).expect("a leaf");
        leaf.shared(keys(names)).expect("two")
    };
    let twice = Roster::new(vec![flat(1, ["ann", "bo"]), flat(2, ["bo", "ann"])]);
    assert!(matches!(twice, Err(Error::Twice(_))));
    // Each of them may own another flat with somebody else.
    Roster::new(vec![flat(1, ["ann", "bo"]), flat(2, ["bo", "cy"])]).expect("two heads");
}

#[test]
fn a_leaf_names_its_rooms_in_order_each_with_an_area() {
    let room = |area, room: &str| Room {
        area,
        room: room.into(),
    };
    let mut leaf = Leaf::new("h", None, vec![room(2, "b"), room(1, "a")]).expect("sorted");
    assert_eq!((leaf.area, leaf.rooms[0].room.as_str()), (3, "a"));
    leaf.rooms.reverse();
    assert!(leaf.check().is_err(), "unsorted");
    for rooms in [
        vec![],
        vec![room(1, "a"), room(1, "a")],
        vec![room(0, "a")],
        vec![room(1, "a.b")],
        vec![room(1, "")],
    ] {
        assert!(Leaf::new("h", None, rooms).is_err());
    }
}

#[test]
fn a_scope_is_a_set() {
    assert_eq!(scope(["b", "a", "b"]), scope(["a", "b"]));
    assert_ne!(scope(["ab"]), scope(["a", "b"]));
    assert_ne!(scope(["a", "b"]), scope(["a", "c"]));
}

#[test]
fn a_published_roster_is_read_back_and_a_bent_blob_is_not() {
    let roster = roster(4_000);
    let published = roster.publish().expect("publishes");
    assert!(published.chunks.len() > 1);
    let mut blobs: HashMap<[u8; 32], Vec<u8>> = published
        .chunks
        .iter()
        .chain([&published.list])
        .map(|blob| (sha256(&[blob]), blob.clone()))
        .collect();
    assert!(blobs.values().all(|blob| blob.len() <= 256 * 1024));
    let digest = published.digest();
    let read = from_blobs(&digest, |hash| blobs.get(hash).cloned()).expect("reads");
    assert_eq!(read.totals(), roster.totals());
    assert_eq!(read.leaves(), roster.leaves());
    blobs.insert(sha256(&[&published.chunks[0]]), published.chunks[1].clone());
    assert_eq!(
        from_blobs(&digest, |hash| blobs.get(hash).cloned()).err(),
        Some(Error::Published)
    );
    assert_eq!(
        from_blobs(&Digest([0; 32]), |_| None).err(),
        Some(Error::Published)
    );
}

#[test]
fn co_owners_are_two_to_eight_sorted_each_once_without_a_key_beside_them() {
    let of = |names: &[&str]| names.iter().map(|name| key(name).public()).collect();
    assert!(leaf(0).shared(of(&["b", "a"])).is_ok());
    for bad in [
        &["a"][..],
        &["a", "a"],
        &["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    ] {
        assert!(leaf(0).shared(of(bad)).is_err(), "{bad:?}");
    }
    let mut both = leaf(0).shared(of(&["b", "a"])).expect("two");
    assert_eq!(both.owners.as_ref().map(Vec::len), Some(2));
    both.key = Some(key("c").public());
    assert!(both.check().is_err());
    both.key = None;
    both.owners.as_mut().expect("two").reverse();
    assert!(both.check().is_err(), "one order");
}
