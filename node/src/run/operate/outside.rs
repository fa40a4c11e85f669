//! What the operator's commands read that others wrote, without folders and terminals around it: the same code over any bytes, for fuzzing.

use super::{card::Card, consent::Consent, doctor, founding::Founding, options, papers::Papers};
use crate::{
    chain::Genesis,
    error::{Error, Result},
};
use hyper::Uri;
use records::{Hash, SecretKey};
use std::path::Path;

/// The number of a founder's card, whose file its member has signed.
pub fn card(file: &[u8]) -> Result<Hash> {
    read_card(file)?.hash()
}

/// A founder's consent to what its card and the others' come to: the text of its file.
pub fn consent(own: &[u8], others: &[impl AsRef<[u8]>], key: &SecretKey) -> Result<String> {
    let papers = papers(own, others)?;
    let member = read_card(own)?.id().to_owned();
    Consent::give(&Founding::new(papers.cards)?, &member, key).write()
}

/// The genesis that a founder's card and the files of all come to; none as long as a consent is missing.
pub fn ceremony(own: &[u8], files: &[impl AsRef<[u8]>]) -> Result<Option<Genesis>> {
    let papers = papers(own, files)?;
    let founding = Founding::new(papers.cards)?;
    if !founding.missing(&papers.consents).is_empty() {
        return Ok(None);
    }
    founding.genesis(&papers.consents).map(Some)
}

/// The codes of what `doctor` finds in a home, at the CometBFT that its configuration names, and at other nodes.
pub fn doctor(home: &Path, ask: &[Uri]) -> Result<Vec<&'static str>> {
    let options = options::Doctor {
        home: home.into(),
        sha256: None,
        ask: ask.into(),
        chains: None,
        free: 0,
    };
    doctor::codes(&options)
}

fn papers(own: &[u8], files: &[impl AsRef<[u8]>]) -> Result<Papers> {
    let mut papers = Papers::new(read_card(own)?)?;
    for file in files {
        papers.add(file.as_ref()).map_err(Error::Setup)?;
    }
    Ok(papers)
}

fn read_card(file: &[u8]) -> Result<Card> {
    Card::parse(file).map_err(Error::Setup)
}
