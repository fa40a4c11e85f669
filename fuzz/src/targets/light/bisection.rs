//! A way up with blocks in any order and after changes: it ends, and at a header that the chain has.

use super::{GENUINE, changed, is_genuine, later, trust};
use crate::input::Input;
use light_client::{Bisection, Budget, Options, Progress};

/// Most blocks that are handed in.
const MOST: usize = 12;

pub fn seeds() -> Vec<Vec<u8>> {
    // Chain, target, then for each block: its place, how many bytes change it, those bytes.
    vec![
        vec![0, 3, 3, 0, 2, 0],
        vec![1, 7, 7, 0],
        vec![2, 5, 5, 6, 5, 0, 40, 0, 80, 1, 5, 0],
        vec![3, 2, 2, 0],
    ]
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(blocks) = input.pick(&GENUINE) else {
        return;
    };
    let (Some(first), target) = (blocks.first(), u64::from(input.byte() % 12)) else {
        return;
    };
    let (trusted, now) = (trust(&first.block), later(blocks));
    let mut bisection = Bisection::new(trusted, target, Options::default(), Budget::new(200));
    for _ in 0..MOST {
        match bisection.next() {
            Progress::Need(_) if !input.is_empty() => {}
            _ => break,
        }
        let place = input.byte();
        let length = usize::from(input.byte() % 64);
        let changes = [&[place], input.take(length)].concat();
        if let Some(block) = changed(blocks, &mut Input(&changes)) {
            bisection.supply(block, now);
        }
    }
    let state = bisection.trusted();
    assert!(
        is_genuine(blocks, state.verified().hash()),
        "a header of another chain is trusted"
    );
}
