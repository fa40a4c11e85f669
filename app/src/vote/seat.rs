//! An owner's seat on a roster, as far as the page reads it: the rooms, and who shares them.

use records::canonical;
use worker::RecordRef;

/// What is read of a seat.
struct Seat {
    community: String,
    entry: Entry,
}

records::shape!(Seat {
    community,
    entry,
    ..
});

struct Entry {
    owners: Option<Vec<String>>,
    rooms: Vec<Flat>,
}

records::shape!(Entry { owners, rooms, .. });

struct Flat {
    room: String,
}

records::shape!(Flat { room, .. });

fn read(seat: &str) -> Option<Seat> {
    canonical::decode(seat.as_bytes()).ok()
}

/// Keys of the co-owners who share a seat; none where it is one person's.
pub fn owners(seat: &str) -> Option<Vec<String>> {
    read(seat)?.entry.owners
}

/// The rooms of these seats, each once.
pub fn rooms<'a>(seats: impl Iterator<Item = &'a str>) -> Vec<RecordRef> {
    let mut rooms = Vec::new();
    for seat in seats.filter_map(read) {
        for flat in seat.entry.rooms {
            let room = RecordRef {
                kind: "room".into(),
                id: [&*seat.community, ".", &*flat.room].concat(),
            };
            if !rooms.contains(&room) {
                rooms.push(room);
            }
        }
    }
    rooms
}

/// What is drawn of a room's state.
pub struct Room {
    /// The key in force.
    pub key: Option<String>,
    /// The key that is to come in its place.
    pub pending: Option<Pending>,
    /// Replacements that were vetoed.
    pub vetoes: u64,
}

records::shape!(Room {
    key,
    pending,
    vetoes,
    ..
});

/// A key's replacement.
pub struct Pending {
    /// Block time from which the new key counts, Unix nanoseconds as decimal text.
    pub from: String,
    /// The new key.
    pub key: String,
}

records::shape!(Pending { from, key, .. });

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(owners: &str, rooms: &[&str]) -> String {
        let rooms: Vec<String> = rooms
            .iter()
            .map(|room| format!(r#"{{"area":1,"room":"{room}"}}"#))
            .collect();
        let rooms = rooms.join(",");
        format!(
            r#"{{"community":"c","entry":{{"area":1,"head":"h",{owners}"rooms":[{rooms}]}},"index":0,"path":[],"vote":"v"}}"#
        )
    }

    #[test]
    fn a_seat_says_whether_it_is_shared() {
        assert_eq!(owners(&seat("", &[])), None);
        let both = owners(&seat(r#""owners":["ed25519:aa","ed25519:bb"],"#, &["1"]));
        assert_eq!(both, Some(vec!["ed25519:aa".into(), "ed25519:bb".into()]));
        assert_eq!(owners(""), None);
    }

    #[test]
    fn a_room_in_several_votes_is_one() {
        let [one, other] = [["1", "2"], ["2", "3"]].map(|rooms| seat("", &rooms));
        let rooms = rooms([&*one, "", &*other].into_iter());
        let ids: Vec<&str> = rooms.iter().map(|room| &*room.id).collect();
        assert_eq!(ids, ["c.1", "c.2", "c.3"]);
    }
}
