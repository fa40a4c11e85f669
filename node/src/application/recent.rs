//! Events that were opened lately, kept between the check and the block, so that signatures are verified once.

use crate::merkle::Hash;
use records::{Event, canonical::Value};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

/// Bytes of memory for all of them. Opened, an event takes up to fifty times its own bytes: small values have large places.
pub(super) const ROOM: usize = 64 * 1024 * 1024;
/// What an event takes beside its body: itself, its keys and names, and its place here.
const OWN: usize = 1024;
/// What an allocation takes beside its bytes, at most.
const ALLOCATION: usize = 32;
/// A list that is not empty has room for so many at least.
const LEAST_ROOM: usize = 4;

/// A transaction that may be in a block.
pub(super) type Opened = Arc<Event>;

/// Events that were opened lately, by the hash of their bytes.
#[derive(Default)]
pub(super) struct Admitted(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    events: HashMap<Hash, Opened>,
    /// Oldest first, with the memory that each takes.
    order: VecDeque<(Hash, usize)>,
    bytes: usize,
}

impl Admitted {
    pub fn get(&self, hash: &Hash) -> Option<Opened> {
        super::lock(&self.0).events.get(hash).cloned()
    }

    pub fn keep(&self, hash: Hash, event: Opened) {
        let mut recent = super::lock(&self.0);
        if recent.events.contains_key(&hash) {
            return;
        }
        let bytes = OWN + held(&event.payload().body);
        recent.events.insert(hash, event);
        recent.order.push_back((hash, bytes));
        recent.bytes += bytes;
        while recent.bytes > ROOM
            && let Some((oldest, bytes)) = recent.order.pop_front()
        {
            recent.events.remove(&oldest);
            recent.bytes -= bytes;
        }
    }

    #[cfg(test)]
    pub fn count(&self) -> usize {
        super::lock(&self.0).events.len()
    }
}

/// Bytes that a value holds beside its own place, at most: what it was read into grew by doublings.
pub(super) fn held(value: &Value) -> usize {
    match value {
        Value::Integer(_) => 0,
        Value::String(text) => held_text(text),
        Value::Array(items) => {
            held_list::<Value>(items.len()) + items.iter().map(held).sum::<usize>()
        }
        Value::Object(map) => {
            let fields = map
                .iter()
                .map(|(name, value)| held_text(name) + held(value));
            held_list::<(String, Value)>(map.len()) + fields.sum::<usize>()
        }
    }
}

fn held_text(text: &str) -> usize {
    ALLOCATION + 2 * text.len()
}

fn held_list<T>(items: usize) -> usize {
    match items {
        0 => 0,
        items => ALLOCATION + size_of::<T>() * items.next_power_of_two().max(LEAST_ROOM),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{application::admission::tests::bloated, merkle::sha256};
    use records::SecretKey;

    /// Lists of one number, fourteen deep: a list has room for four values of 24 bytes.
    #[test]
    fn few_bytes_that_open_into_many_are_counted_as_many() {
        let tx = bloated(&SecretKey::from_seed(&[7; 32]), i64::MAX);
        let event = Arc::new(Event::open(&tx).expect("opens"));
        let groups = event.payload().body.as_array().expect("a list").len();
        let opened = groups * 14 * 4 * size_of::<Value>();
        assert!(opened > 30 * tx.len(), "{opened} bytes");
        let admitted = Admitted::default();
        for number in 0..200_u32 {
            admitted.keep(sha256(&number.to_be_bytes()), event.clone());
        }
        let kept = admitted.count() * opened;
        assert!((ROOM / 2..=ROOM).contains(&kept), "{kept} bytes");
        assert!(admitted.get(&sha256(&199_u32.to_be_bytes())).is_some());
    }
}
