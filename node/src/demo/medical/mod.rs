//! Medical documents of forty patients: who may read, who may not, who has read.

mod clinic;
mod papers;
mod stories;

pub use clinic::Known;

use super::{
    book::Book,
    calendar::Calendar,
    members::Members,
    parties::person,
    random::{Random, seed},
};
use clinic::{Clinic, Document, Grant, Keeper};
use std::collections::BTreeMap;

/// Patients in all, those with a story of their own included.
pub const PATIENTS: usize = 40;

/// A person whose identity a visitor may take.
pub struct Offered {
    pub file: &'static str,
    pub title: &'static str,
    pub title_en: &'static str,
    pub name: String,
    pub seed: [u8; 32],
    pub documents: Vec<Known>,
    pub grants: Vec<Known>,
    /// Readings in emergency whose reasons the hospital handed over.
    pub reads: Vec<Known>,
}

/// A record worth looking at.
pub struct Shown {
    pub kind: &'static str,
    pub id: String,
    pub title: &'static str,
    pub title_en: &'static str,
}

/// What was written, and who knows of it.
#[derive(Default)]
pub struct Medical {
    pub offered: Vec<Offered>,
    pub shown: Vec<Shown>,
    readers: BTreeMap<&'static str, (Vec<Known>, Vec<Known>)>,
}

impl Medical {
    /// Documents and grants that a member knows of.
    pub fn known_to(&self, member: &str) -> (Vec<Known>, Vec<Known>) {
        self.readers.get(member).cloned().unwrap_or_default()
    }

    /// A patient told a member of documents, and of the grant on them.
    fn tell(&mut self, member: &'static str, documents: &[&Document], grant: Option<&Grant>) {
        let (known, grants) = self.readers.entry(member).or_default();
        for document in documents {
            if known.iter().all(|known| known.id != document.known.id) {
                known.push(document.known.clone());
            }
        }
        grants.extend(grant.map(|grant| grant.known.clone()));
    }
}

/// Writes everything.
pub fn write(book: &mut Book, members: &Members, calendar: &Calendar) -> Medical {
    let mut clinic = Clinic {
        book,
        members,
        calendar,
        random: Random::new(&["medical"]),
    };
    let mut medical = Medical::default();
    stories::patient(&mut clinic, &mut medical);
    stories::guardian(&mut clinic, &mut medical);
    stories::newcomer(&mut clinic, &mut medical);
    for n in stories::TOLD..PATIENTS {
        let keeper = Keeper::new(&person(n * 11 + 2), seed(&["patient", &n.to_string()]));
        stories::ordinary(&mut clinic, n, &keeper);
    }
    medical
}
