//! The two demo desks: they bind a visitor's own key to a free room, so that the visitor can vote.

use super::{
    calendar::HOUR,
    members::Members,
    votes::{DESKS, Held, Votes},
};
use records::{
    Payload, PublicKey, RecordName, SecretKey, State, canonical,
    kinds::{ballot::Seat, room, vote::Vote},
    roster::Roster,
    shape::Shape,
};
use serde_json::{Value, json};

/// What the desks see of the chain.
pub trait View {
    /// Time of the newest block, Unix nanoseconds.
    fn time(&self) -> i64;
    /// A record's state; none where it does not exist.
    fn state(&self, record: &RecordName) -> Option<State>;
}

/// Both desks, and the votes in which they bind keys.
pub struct Desk {
    chain: String,
    keys: [SecretKey; 2],
    votes: Vec<OpenVote>,
}

struct OpenVote {
    id: &'static str,
    community: &'static str,
    roster: Roster,
    free_rooms: Vec<String>,
}

/// What a visitor asks for.
struct Request {
    key: PublicKey,
    room: String,
    vote: String,
}

records::shape!(Request { key, room, vote });

impl Desk {
    pub(super) fn new(chain: &str, members: &Members, votes: &Votes) -> Self {
        let open = votes.held.iter().filter(|held| held.is_open);
        Self {
            chain: chain.into(),
            keys: DESKS.map(|id| SecretKey::clone(members.key(id))),
            votes: open.map(OpenVote::new).collect(),
        }
    }

    /// Answers a `POST /try/desk`: the ballot for the visitor's identity and the event to be written, or the code of what is wrong. The ballot
    /// may be handed out once the event is in a block.
    pub fn answer(&self, request: &[u8], view: &dyn View) -> (Value, Option<Vec<u8>>) {
        match self.bind(request, view) {
            Ok((seat, envelope)) => (json!(seat.write()), Some(envelope)),
            Err(code) => (json!({ "error": code }), None),
        }
    }

    fn bind(&self, request: &[u8], view: &dyn View) -> Result<(Seat, Vec<u8>), &'static str> {
        let Request { key, room, vote } = read(request).ok_or("malformed-request")?;
        let vote = self.votes.iter().find(|open| open.id == vote);
        let vote = vote.ok_or("unknown-vote")?;
        if !vote.free_rooms.contains(&room) {
            return Err("room-not-free");
        }
        let index = vote.roster.find_room(&room).ok_or("room-not-free")?;
        let seat = Seat::on(&vote.roster, index, vote.id, vote.community).ok_or("room-not-free")?;
        let subject = RecordName::new(room::NAME, &room::id(vote.community, &room));
        let subject = subject.ok_or("room-not-free")?;
        let known = view.state(&subject);
        self.require_open(vote, view)?;
        if is_bound_to_another(known.as_ref(), &key) {
            return Err("room-taken");
        }
        let body = room::Bind {
            by: DESKS.map(String::from),
            from: None,
            key,
            regulator: None,
            seat: Some(seat.clone()),
        };
        let payload = Payload {
            body: canonical::to_value(&body).map_err(|_| "malformed-request")?,
            chain: self.chain.clone(),
            seq: known.map_or(0, |state| state.seq),
            subject,
            event_type: "room.bind".into(),
            until: view.time() + HOUR,
        };
        let keys: Vec<&SecretKey> = self.keys.iter().collect();
        let envelope = payload.sign(&keys).map_err(|_| "malformed-request")?;
        Ok((seat, envelope.encode()))
    }

    fn require_open(&self, vote: &OpenVote, view: &dyn View) -> Result<(), &'static str> {
        let record = RecordName::new("vote", vote.id).ok_or("unknown-vote")?;
        let state = view.state(&record).ok_or("unknown-vote")?;
        let vote: Vote = canonical::from_value(&state.data).map_err(|_| "unknown-vote")?;
        if view.time() < vote.closes {
            Ok(())
        } else {
            Err("closed")
        }
    }
}

fn read(request: &[u8]) -> Option<Request> {
    canonical::from_value(&serde_json::from_slice(request).ok()?).ok()
}

impl OpenVote {
    fn new(held: &Held) -> Self {
        Self {
            id: held.id,
            community: held.community,
            roster: held.roster.clone(),
            free_rooms: held.free_rooms.clone(),
        }
    }
}

/// The first key counts at once; another one would have to wait three days.
fn is_bound_to_another(room: Option<&State>, key: &PublicKey) -> bool {
    let room: Option<room::Room> = room.and_then(|state| canonical::from_value(&state.data).ok());
    room.and_then(|room| room.key)
        .is_some_and(|known| known != *key)
}
