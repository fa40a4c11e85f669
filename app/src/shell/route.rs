//! Where the page is: everything behind `#`, so that no server and no WeChat signature has to know.

use worker::RecordRef;

/// A place in the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Three tasks.
    Home,
    /// A picture or a text in.
    Scan,
    /// The result of what was scanned, which only this page's memory holds.
    Result,
    /// A record, perhaps with openings from a link.
    Record(RecordRef, Option<String>),
    /// Many invoices at once.
    Batch,
    /// The patient's view.
    Medical,
    /// The reader's view.
    Reader,
    /// Choosing a vote.
    Votes,
    /// One vote.
    Vote(String),
    /// One vote, in which a co-owner asks another one to agree on who votes.
    Agree(String, String),
    /// Identities.
    Keys,
    /// Identities, where somebody is asked to vouch for a new key.
    Recover(String),
    /// Trust and settings.
    Trust,
    /// Samples.
    Try,
    /// Nothing known.
    Unknown,
}

impl Route {
    /// Whether what is shown here depends on who is asking.
    pub fn needs_identities(&self) -> bool {
        match self {
            Self::Medical
            | Self::Reader
            | Self::Votes
            | Self::Vote(_)
            | Self::Agree(..)
            | Self::Keys
            | Self::Recover(_) => true,
            Self::Record(record, _) => ["vote", "document", "grant"].contains(&&*record.kind),
            _ => false,
        }
    }

    /// Reads what stands behind `#`.
    pub fn read(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_start_matches('/');
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [""] => Self::Home,
            ["scan"] => Self::Scan,
            ["result"] => Self::Result,
            ["r", kind, id] => Self::Record(record(kind, id), None),
            ["r", kind, id, openings] => {
                Self::Record(record(kind, id), Some((*openings).to_owned()))
            }
            ["batch"] => Self::Batch,
            ["medical"] => Self::Medical,
            ["reader"] => Self::Reader,
            ["vote"] => Self::Votes,
            ["vote", id] => Self::Vote((*id).to_owned()),
            ["vote", id, "agree", begun] => Self::Agree((*id).to_owned(), (*begun).to_owned()),
            ["keys"] => Self::Keys,
            ["recover", asked @ ..] => Self::Recover(asked.join("/")),
            ["trust"] => Self::Trust,
            ["try"] => Self::Try,
            _ => Self::Unknown,
        }
    }

    /// What a reload of this place takes up again, where `kept` is the address that stood in its stead: a co-owner's question about this vote, or one about a new
    /// key.
    pub fn again(self, kept: &str) -> Self {
        match (self, Self::read(kept)) {
            (Self::Vote(id), Self::Agree(of, begun)) if of == id => Self::Agree(of, begun),
            (Self::Keys, asked @ Self::Recover(_)) => asked,
            (place, _) => place,
        }
    }

    /// What stands behind the address; openings and signatures are never written back.
    pub fn hash(&self) -> String {
        match self {
            Self::Home | Self::Unknown => "#/".into(),
            Self::Scan => "#/scan".into(),
            Self::Result => "#/result".into(),
            Self::Record(record, _) => ["#/r/", &record.kind, "/", &record.id].concat(),
            Self::Batch => "#/batch".into(),
            Self::Medical => "#/medical".into(),
            Self::Reader => "#/reader".into(),
            Self::Votes => "#/vote".into(),
            Self::Vote(id) | Self::Agree(id, _) => ["#/vote/", id].concat(),
            Self::Keys | Self::Recover(_) => "#/keys".into(),
            Self::Trust => "#/trust".into(),
            Self::Try => "#/try".into(),
        }
    }
}

fn record(kind: &str, id: &str) -> RecordRef {
    RecordRef {
        kind: kind.to_owned(),
        id: id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_again_by_its_address() {
        for route in [
            Route::Home,
            Route::Scan,
            Route::Result,
            Route::Record(record("invoice", "25432000000031411143"), None),
            Route::Batch,
            Route::Medical,
            Route::Reader,
            Route::Votes,
            Route::Vote("v1".into()),
            Route::Keys,
            Route::Trust,
            Route::Try,
        ] {
            assert_eq!(Route::read(&route.hash()), route);
        }
        assert_eq!(Route::read("#/nowhere/at/all"), Route::Unknown);
    }

    #[test]
    fn what_a_co_owner_signed_is_read_from_a_link() {
        let route = Route::read("#/vote/v1/agree/ed25519:aa.17.00.ed25519:bb.cc");
        let begun = "ed25519:aa.17.00.ed25519:bb.cc".into();
        assert_eq!(route, Route::Agree("v1".into(), begun));
        assert_eq!(route.hash(), "#/vote/v1");
    }

    #[test]
    fn what_a_co_owner_signed_is_taken_up_again_at_its_own_vote_only() {
        let kept = "#/vote/v1/agree/ed25519:aa.17.00.ed25519:bb.cc";
        let vote = |id: &str| Route::Vote(id.into());
        assert_eq!(vote("v1").again(kept), Route::read(kept));
        for (place, kept) in [
            (vote("v2"), kept),
            (vote("v1"), ""),
            (vote("v1"), "#/vote/v1"),
            (Route::Votes, kept),
        ] {
            assert_eq!(Route::read(&place.hash()).again(kept), place);
        }
    }

    #[test]
    fn what_a_desk_is_asked_for_is_taken_up_again_where_keys_are() {
        let kept = "#/recover/d1/patient/a,b,/ed25519:aa.17.00.ed25519:bb.cc";
        let route = Route::read(kept);
        assert!(matches!(&route, Route::Recover(asked) if kept.ends_with(asked)));
        assert_eq!(route.hash(), "#/keys");
        assert_eq!(Route::Keys.again(kept), route);
        assert_eq!(Route::Medical.again(kept), Route::Medical);
    }

    #[test]
    fn openings_are_read_but_never_written_back() {
        let route = Route::read("#/r/invoice/25432000000031411143/AQID");
        assert_eq!(
            route,
            Route::Record(
                record("invoice", "25432000000031411143"),
                Some("AQID".into())
            )
        );
        assert_eq!(route.hash(), "#/r/invoice/25432000000031411143");
    }
}
