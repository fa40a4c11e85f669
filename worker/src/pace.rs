//! How often the chain is looked at.

use std::cell::Cell;

/// How many times longer a page waits between two looks while another page of this browser tells it what it finds.
const TOLD: u32 = 4;

/// Decides when a look is due. The browser's own clock does that alone; a node's word that there is a new block only brings one look forward, and only where the
/// look before found one: a node that says nothing keeps nobody from looking, and one that talks without end makes for one look more a block.
#[derive(Debug, Default)]
pub struct Pace {
    newest: Cell<u64>,
    heeds: Cell<bool>,
}

impl Pace {
    /// A look found this header to be the newest, or none.
    pub fn looked(&self, height: Option<u64>) {
        let (height, newest) = (height.unwrap_or_default(), self.newest.get());
        self.heeds.set(height > newest);
        self.newest.set(height.max(newest));
    }

    /// Whether a node's word is followed now; the next one is not, until a look has found a newer header.
    pub fn heeds(&self) -> bool {
        self.heeds.take()
    }
}

/// How long to wait until the next look, of one that is to be taken `every` so many seconds; `told` is whether another page of this browser tells what it finds.
pub fn seconds(every: u32, told: bool) -> u32 {
    every.saturating_mul(if told { TOLD } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many looks a word a second brings forward, over blocks that come after so many seconds each.
    fn brought_forward(words: usize, blocks_after: usize) -> usize {
        let pace = Pace::default();
        pace.looked(Some(1));
        (1..=words)
            .filter(|second| {
                let heeds = pace.heeds();
                if heeds {
                    pace.looked(Some(1 + (second / blocks_after) as u64));
                }
                // The browser's own look, every five seconds.
                if second % 5 == 0 {
                    pace.looked(Some(1 + (second / blocks_after) as u64));
                }
                heeds
            })
            .count()
    }

    #[test]
    fn a_node_that_talks_without_end_brings_no_more_looks_than_there_are_blocks() {
        assert!(brought_forward(600, 5) <= 121);
        assert!(brought_forward(600, 60) <= 11);
        assert_eq!(brought_forward(600, 10_000), 1);
    }

    #[test]
    fn a_word_is_followed_once_a_look_has_found_a_newer_header() {
        let pace = Pace::default();
        assert!(!pace.heeds());
        for height in 7..10 {
            pace.looked(Some(height));
            assert!(pace.heeds());
            assert!(!pace.heeds(), "the same word twice");
        }
        for old in [None, Some(9), Some(3)] {
            pace.looked(old);
            assert!(!pace.heeds(), "{old:?}");
        }
        pace.looked(Some(10));
        assert!(pace.heeds());
    }

    #[test]
    fn only_another_page_of_this_browser_makes_a_page_wait_longer() {
        assert_eq!(seconds(5, false), 5);
        assert_eq!(seconds(5, true), 20);
        assert_eq!(seconds(u32::MAX, true), u32::MAX);
    }
}
