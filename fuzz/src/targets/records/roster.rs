//! Rosters, their published leaves and the paths in them.

use super::story;
use crate::input::Input;
use records::{
    Digest, canonical,
    hash::sha256,
    kinds::ballot::Seat,
    roster::{Leaf, from_blobs},
};

const LEAF: u8 = 0;
const SEAT: u8 = 1;

pub fn seeds() -> Vec<Vec<u8>> {
    let roster = story::roster();
    let leaves = roster
        .leaves()
        .iter()
        .filter_map(|leaf| canonical::encode(leaf).ok())
        .map(|leaf| (LEAF, leaf));
    let seats = (0..3)
        .filter_map(|index| canonical::encode(&story::seat(&roster, index)).ok())
        .map(|seat| (SEAT, seat));
    let published = roster.publish().expect("encodes");
    let chunks = published.chunks.into_iter().map(|chunk| (2, chunk));
    leaves
        .chain(seats)
        .chain(chunks)
        .map(|(kind, bytes)| [&[kind], bytes.as_slice()].concat())
        .collect()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.byte() % 3 {
        LEAF => {
            if let Ok(leaf) = canonical::decode::<Leaf>(input.0) {
                let _ = leaf.check();
            }
        }
        SEAT => seat(input.0),
        _ => published(input.0),
    }
}

/// A seat is on the roster only where its leaf is the roster's.
fn seat(bytes: &[u8]) {
    let Ok(seat) = canonical::decode::<Seat>(bytes) else {
        return;
    };
    let roster = story::roster();
    if roster
        .totals()
        .verify(&seat.entry, seat.index, &seat.path)
        .is_ok()
    {
        let place = usize::try_from(seat.index).expect("in range");
        assert_eq!(
            roster.leaves().get(place),
            Some(&seat.entry),
            "a stranger is on the roster"
        );
    }
}

/// One chunk of leaves, published under its true hash.
fn published(chunk: &[u8]) {
    let list = canonical::encode(&vec![Digest(sha256(&[chunk]))]).expect("encodes");
    let digest = Digest(sha256(&[&list]));
    let blob = |hash: &records::Hash| {
        if *hash == digest.0 {
            Some(list.clone())
        } else {
            Some(chunk.to_vec())
        }
    };
    if let Ok(roster) = from_blobs(&digest, blob) {
        assert_eq!(
            roster.publish().expect("encodes").chunks.concat(),
            chunk,
            "one encoding"
        );
    }
}
