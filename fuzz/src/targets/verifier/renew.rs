//! Proof files proven again with the answers of nodes that lie: what comes out rests on a header that the chain has, and tells the same of the record.

use super::lookup::{Liar, RECORDS, chain};
use crate::{
    input::Input,
    targets::node::{self, World},
};
use std::sync::LazyLock;
use verifier::{
    portable::{self, Asked, Portable},
    verdict::Verdict,
};

/// The node when half of the story was told: the same chain, shorter.
static EARLIER: LazyLock<World> = LazyLock::new(|| World::told(1));

/// True files with what each proves: of today's state, which today's header commits to, and of an earlier one.
static FILES: LazyLock<Vec<(Vec<u8>, Verdict)>> = LazyLock::new(|| {
    let worlds = [&*node::WORLD, &*EARLIER];
    let made = worlds.into_iter().flat_map(|world| {
        let made = RECORDS.iter().map(move |(kind, id)| made(world, kind, id));
        made.flatten()
    });
    made.collect()
});

fn made(world: &'static World, kind: &str, id: &str) -> Option<(Vec<u8>, Verdict)> {
    let asked = Asked::Record {
        kind: kind.into(),
        id: id.into(),
        opening: None,
    };
    let honest = Liar::of(world, &[]);
    let (beside, chain) = (portable::beside(&honest), chain());
    node::WORLD
        .runtime
        .block_on(portable::make(&beside, &chain, asked))
        .ok()
}

/// The file is one of the true ones, or follows.
const OWN: u8 = 255;

pub fn seeds() -> Vec<Vec<u8>> {
    let count = u8::try_from(FILES.len()).unwrap_or(0);
    let lies = (0..12).map(|answer| vec![answer % 4, answer, 6, answer, 0, 30, 0, 9, 1]);
    let seeds = lies.flat_map(|lies| (0..count).map(move |file| [&[file], &lies[..]].concat()));
    let honest = (0..count).map(|file| vec![file]);
    let own = FILES.iter().map(|(file, _)| [&[OWN], &file[..]].concat());
    honest.chain(seeds).chain(own).collect()
}

/// Which file, then the lies; or a file.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let which = input.byte();
    if which == OWN {
        if let Some(renewed) = renewed(input.0, &[]) {
            sound(&renewed);
        }
        return;
    }
    let (file, told) = &FILES[usize::from(which) % FILES.len()];
    match renewed(file, input.0) {
        Some((bytes, verdict)) => {
            assert_eq!(
                (&verdict.outcome, &verdict.state),
                (&told.outcome, &told.state),
                "a file tells another thing once it is renewed"
            );
            sound(&(bytes, verdict));
        }
        None => assert!(!input.is_empty(), "honest nodes renew a true file"),
    }
}

fn renewed(file: &[u8], lies: &[u8]) -> Option<(Vec<u8>, Verdict)> {
    let nodes = Liar::new(lies);
    let (beside, chain) = (portable::beside(&nodes), chain());
    let renewed = portable::renew(&beside, &chain, file);
    node::WORLD.runtime.block_on(renewed).ok()
}

fn sound((bytes, verdict): &(Vec<u8>, Verdict)) {
    let file = Portable::decode(bytes).expect("what was made can be read");
    assert_eq!(file.encode().as_ref(), Some(bytes), "one encoding");
    let anchor = verdict.anchor.as_ref().expect("rests on a header");
    assert!(
        node::WORLD.hashes.contains(&anchor.hash),
        "a header of another chain is trusted"
    );
}
