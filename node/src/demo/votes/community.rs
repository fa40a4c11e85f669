//! 桃源小区: six buildings of thirteen storeys with four flats each, 31 977.20 ㎡ in all, and its owners.

use crate::demo::{
    book::Key,
    random::{Random, seed},
};
use records::{
    PublicKey, SecretKey,
    roster::{Leaf, Room, Roster},
};
use std::sync::Arc;

/// The community's name in records.
pub const COMMUNITY: &str = "taoyuan";
const BUILDINGS: usize = 6;
const STOREYS: usize = 13;
/// Areas of a storey's four flats, cm².
const FLATS: [u64; 4] = [784_600, 891_200, 1_123_500, 1_299_800];
/// Corner flats on the ground floor are measured a little larger, cm²; the last building's most.
const GROUND: u64 = 7_000;
const GROUND_LAST: u64 = 7_200;
/// The developer's unsold flats are one head.
const UNSOLD: usize = 10;
/// Owners with three flats, and with two.
const OWNERS_OF_THREE: usize = 4;
const OWNERS_OF_TWO: usize = 14;

/// How an owner can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The key was known when the rosters were made.
    Registered,
    /// Two desks bound the key during the first vote.
    BoundLater,
    /// On paper only.
    Paper,
    /// Not yet: the desks can still bind a visitor's key.
    Free,
}

/// An owner: one head with all flats.
pub struct Owner {
    /// Pseudonym on the roster.
    pub head: String,
    /// Flats as (building from 1, name, area).
    pub flats: Vec<(usize, String, u64)>,
    pub reach: Reach,
    pub seed: [u8; 32],
    pub key: Key,
    /// Of a flat that two own together the other's key.
    pub partner: Option<Key>,
}

impl Owner {
    /// The leaf on a roster of these buildings (none: of all); none where the owner has no flat there.
    fn leaf(&self, building: Option<usize>, key: Option<PublicKey>) -> Option<Leaf> {
        let flats = self.flats.iter();
        let rooms: Vec<Room> = flats
            .filter(|(of, _, _)| building.is_none_or(|wanted| wanted == *of))
            .map(|(_, room, area)| Room {
                area: *area,
                room: room.clone(),
            })
            .collect();
        (!rooms.is_empty()).then(|| {
            let leaf = Leaf::new(&self.head, key, rooms).expect("a leaf");
            match (key, &self.partner) {
                (Some(key), Some(partner)) => leaf.shared(vec![key, partner.public()]),
                _ => Ok(leaf),
            }
            .expect("two owners")
        })
    }
}

/// The owners of 桃源小区.
pub struct Community {
    pub owners: Vec<Owner>,
}

/// A vote's roster, and which owner stands where.
pub struct Electorate {
    pub roster: Roster,
    /// Owner by index on the roster.
    pub owners: Vec<usize>,
}

impl Community {
    /// Makes it up.
    pub fn new() -> Self {
        let mut random = Random::new(&["taoyuan"]);
        let mut flats = flats();
        let mut shares = vec![take_unsold(&mut flats)];
        random.shuffle(&mut flats);
        for (owners, each) in [(OWNERS_OF_THREE, 3), (OWNERS_OF_TWO, 2)] {
            for _ in 0..owners {
                shares.push(flats.split_off(flats.len() - each));
            }
        }
        shares.extend(flats.into_iter().map(|flat| vec![flat]));
        let many = 1 + OWNERS_OF_THREE + OWNERS_OF_TWO;
        let mut owners: Vec<Owner> = shares
            .into_iter()
            .enumerate()
            .map(|(n, flats)| {
                let reach = if n < many {
                    Reach::Registered
                } else {
                    reach(&mut random)
                };
                owner(flats, reach)
            })
            .collect();
        // On a roster the heads stand in the order of their first flat.
        owners.sort_by(|a, b| a.flats[0].1.cmp(&b.flats[0].1));
        Self { owners }
    }

    /// The roster of a vote of one building, or of all. `first`: of the first vote, before the later keys were bound.
    pub fn electorate(&self, building: Option<usize>, first: bool) -> Electorate {
        let mut leaves = Vec::new();
        let mut owners = Vec::new();
        for (at, owner) in self.owners.iter().enumerate() {
            let known = match owner.reach {
                Reach::Registered => true,
                Reach::BoundLater => !first,
                Reach::Paper | Reach::Free => false,
            };
            if let Some(leaf) = owner.leaf(building, known.then(|| owner.key.public())) {
                leaves.push(leaf);
                owners.push(at);
            }
        }
        Electorate {
            roster: Roster::new(leaves).expect("a roster"),
            owners,
        }
    }
}

fn flats() -> Vec<(usize, String, u64)> {
    let mut flats = Vec::new();
    for building in 1..=BUILDINGS {
        for storey in 1..=STOREYS {
            for (flat, area) in (1..).zip(FLATS) {
                let corner = storey == 1 && flat == FLATS.len();
                let more = match (corner, building) {
                    (false, _) => 0,
                    (true, BUILDINGS) => GROUND_LAST,
                    (true, _) => GROUND,
                };
                let name = format!("{building}-{storey:02}{flat:02}");
                flats.push((building, name, area + more));
            }
        }
    }
    flats
}

/// The large flats high up in the last building.
fn take_unsold(flats: &mut Vec<(usize, String, u64)>) -> Vec<(usize, String, u64)> {
    let is_unsold = |(building, name, _): &(usize, String, u64)| {
        *building == BUILDINGS
            && (name.ends_with("03") || name.ends_with("04"))
            && name[2..4] >= *"09"
    };
    let unsold: Vec<_> = flats
        .iter()
        .filter(|flat| is_unsold(flat))
        .cloned()
        .collect();
    assert_eq!(unsold.len(), UNSOLD, "five storeys with two large flats");
    flats.retain(|flat| !is_unsold(flat));
    unsold
}

fn reach(random: &mut Random) -> Reach {
    match random.below(100) {
        0..58 => Reach::Registered,
        58..64 => Reach::BoundLater,
        64..75 => Reach::Paper,
        _ => Reach::Free,
    }
}

fn owner(mut flats: Vec<(usize, String, u64)>, reach: Reach) -> Owner {
    flats.sort_by(|a, b| a.1.cmp(&b.1));
    let own = seed(&["owner", &flats[0].1]);
    let is_shared = reach == Reach::Registered && flats.len() == 1 && own[0] < 24;
    let partner = seed(&["partner", &flats[0].1]);
    Owner {
        head: format!("h-{}", &hex::encode(seed_of_head(&own))[..12]),
        flats,
        reach,
        seed: own,
        key: Arc::new(SecretKey::from_seed(&own)),
        partner: is_shared.then(|| Arc::new(SecretKey::from_seed(&partner))),
    }
}

fn seed_of_head(seed: &[u8; 32]) -> records::Hash {
    records::hash::sha256(&[b"head", seed])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_312_flats_of_31_977_20_square_metres() {
        let community = Community::new();
        let electorate = community.electorate(None, true);
        let flats: usize = community.owners.iter().map(|owner| owner.flats.len()).sum();
        assert_eq!(flats, 312);
        assert_eq!(electorate.roster.totals().area, 319_772_000);
        assert_eq!(electorate.roster.totals().heads, 312 - 9 - 2 * 4 - 14);
    }

    #[test]
    fn enough_flats_are_free_to_try() {
        let community = Community::new();
        for building in [None, Some(3)] {
            let electorate = community.electorate(building, false);
            let free = electorate
                .owners
                .iter()
                .filter(|at| community.owners[**at].reach == Reach::Free);
            assert!(free.count() >= if building.is_some() { 8 } else { 60 });
        }
    }
}
