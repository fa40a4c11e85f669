//! Identity files of made-up people and members, as `docs/identity.md` describes them.

use crate::demo::{
    Script,
    medical::Known,
    members::{CARDIOLOGIST, EAST, EYE, HEALTH, INSURER},
    votes::{Held, LENDERS, Owner, Reach},
};
use records::{
    canonical::{self, Value},
    kinds::ballot::Seat,
};
use serde::Serialize;
use std::io;

/// Whose identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Patient,
    Owner,
    Member,
}

impl Role {
    /// As files and `demo.json` name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }
}

/// An identity file and how it is offered.
pub struct Identity {
    pub file: String,
    pub role: Role,
    pub title: String,
    pub title_en: String,
    contents: Contents,
}

#[derive(Serialize)]
struct Contents {
    lianyan: &'static str,
    role: Role,
    name: String,
    seed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    documents: Vec<Known>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grants: Vec<Known>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reads: Vec<Known>,
    #[serde(skip_serializing_if = "Vec::is_empty", with = "records::shape::json")]
    ballots: Vec<Seat>,
}

impl Identity {
    /// The file's bytes.
    pub fn encode(&self) -> io::Result<Vec<u8>> {
        let contents: Value = serde_json::from_value(serde_json::to_value(&self.contents)?)?;
        canonical::encode_value(&contents).map_err(io::Error::other)
    }

    fn new(
        (role, file): (Role, &str),
        (title, title_en): (&str, &str),
        name: &str,
        seed: &[u8; 32],
    ) -> Self {
        Self {
            file: file.into(),
            role,
            title: title.into(),
            title_en: title_en.into(),
            contents: Contents {
                lianyan: "identity/1",
                role,
                name: name.into(),
                seed: hex::encode(seed),
                member: None,
                documents: Vec::new(),
                grants: Vec::new(),
                reads: Vec::new(),
                ballots: Vec::new(),
            },
        }
    }
}

/// All of them.
pub fn all(script: &Script) -> Vec<Identity> {
    let mut all = patients(script);
    all.extend(readers(script));
    all.extend(owners(script));
    all.extend(co_owners(script));
    all.push(lender(script));
    all
}

fn patients(script: &Script) -> Vec<Identity> {
    let offered = script.medical.offered.iter();
    offered
        .map(|person| {
            let titles = (person.title, person.title_en);
            let mut identity = Identity::new(
                (Role::Patient, person.file),
                titles,
                &person.name,
                &person.seed,
            );
            identity.contents.documents = person.documents.clone();
            identity.contents.grants = person.grants.clone();
            identity.contents.reads = person.reads.clone();
            identity
        })
        .collect()
}

fn readers(script: &Script) -> Vec<Identity> {
    let rows = [
        (
            EAST,
            "东湖人民医院：有授权，可以查看",
            "A hospital that may read",
        ),
        (
            CARDIOLOGIST,
            "心内科韩医生：有授权，可以查看",
            "A doctor who may read",
        ),
        (
            EYE,
            "明珠眼科医院：被患者拒绝",
            "A hospital that the patient denied",
        ),
        (
            INSURER,
            "安泰健康保险：授权已被撤销",
            "An insurer whose consent was revoked",
        ),
        (
            HEALTH,
            "卫生健康委员会：复核紧急调阅",
            "The health commission, which reviews emergencies",
        ),
    ];
    rows.into_iter()
        .map(|(id, title, title_en)| {
            let member = script.members.get(id);
            let name = &member.member.name;
            let mut identity =
                Identity::new((Role::Member, id), (title, title_en), name, &member.seed);
            identity.contents.member = Some(id.into());
            let (documents, grants) = script.medical.known_to(id);
            identity.contents.documents = documents;
            identity.contents.grants = grants;
            identity
        })
        .collect()
}

/// For each open vote an owner who has not voted in it yet.
fn owners(script: &Script) -> Vec<Identity> {
    let community = &script.votes.community.owners;
    let mut taken = Vec::new();
    let open = script.votes.held.iter().filter(|held| held.is_open);
    open.filter_map(|held| {
        let at = waiting(script, held, |at| {
            community[at].partner.is_none() && !taken.contains(&at)
        })?;
        taken.push(at);
        let room = &community[at].flats[0].1;
        let file = format!("owner-{room}");
        let title = format!("桃源小区 {room} 业主：还没有投“{}”", held.title);
        let title_en = format!(
            "The owner of {room}, who has not voted yet: {}",
            held.title_en
        );
        let titles = (title.as_str(), title_en.as_str());
        Some(owner(script, (&file, at), titles, &community[at].seed))
    })
    .collect()
}

/// In one of the open votes the two owners of a flat, who have not named the one of them who votes.
fn co_owners(script: &Script) -> Vec<Identity> {
    let community = &script.votes.community.owners;
    let open = script.votes.held.iter().filter(|held| held.is_open);
    let mut shared = open.filter_map(|held| {
        let at = waiting(script, held, |at| community[at].partner.is_some())?;
        Some((held, at))
    });
    let Some((held, at)) = shared.next() else {
        return Vec::new();
    };
    let Owner {
        flats,
        seed,
        partner,
        ..
    } = &community[at];
    let room = &flats[0].1;
    let seeds = [Some(*seed), partner.as_ref().map(|key| key.seed())];
    let both = seeds.into_iter().flatten().zip([("a", "甲"), ("b", "乙")]);
    both.map(|(seed, (letter, which))| {
        let file = format!("co-owner-{letter}");
        let title = format!(
            "桃源小区 {room} 共有人{which}：两人还没有推举谁来投“{}”",
            held.title
        );
        let title_en = format!(
            "Co-owner {letter} of {room}; the two have not named who votes: {}",
            held.title_en
        );
        let titles = (title.as_str(), title_en.as_str());
        owner(script, (&file, at), titles, &seed)
    })
    .collect()
}

/// An owner of one flat, whose key the roster knows, who has not voted yet.
fn waiting(script: &Script, held: &Held, is_fit: impl Fn(usize) -> bool) -> Option<usize> {
    let community = &script.votes.community.owners;
    let mut electorate = (0..).zip(&held.owners);
    electorate.find_map(|(index, at)| {
        let owner = &community[*at];
        let waits = owner.reach == Reach::Registered
            && owner.flats.len() == 1
            && !held.voted.contains(&index);
        (waits && is_fit(*at)).then_some(*at)
    })
}

/// With the seats of the owner `at` in every vote of 桃源小区.
fn owner(
    script: &Script,
    (file, at): (&str, usize),
    titles: (&str, &str),
    seed: &[u8; 32],
) -> Identity {
    let Owner { flats, .. } = &script.votes.community.owners[at];
    let name = format!("桃源小区 {}", flats[0].1);
    let mut identity = Identity::new((Role::Owner, file), titles, &name, seed);
    let rosters = script.votes.held.iter();
    identity.contents.ballots = rosters.filter_map(|held| seat(held, at)).collect();
    identity
}

/// The owner's place in a vote of 桃源小区.
fn seat(held: &Held, owner: usize) -> Option<Seat> {
    let index = held.owners.iter().position(|at| *at == owner)?;
    Some(held.seat(u32::try_from(index).ok()?))
}

fn lender(script: &Script) -> Identity {
    let (seed, index) = &script.votes.lender;
    let titles = ("山海网贷的一位出借人：已投票", "A lender who has voted");
    let mut identity = Identity::new((Role::Owner, "lender"), titles, "山海网贷出借人", seed);
    let held = script.votes.held.iter();
    let held = held.filter(|held| held.community == LENDERS);
    identity.contents.ballots = held.map(|held| held.seat(*index)).collect();
    identity
}
