//! `lianyan-node genesis`: the ceremony. Every founder runs it alike: with all cards it consents, with all consents it has the genesis.

use super::{
    card::{Card, aloud},
    consent::Consent,
    founding::Founding,
    home::{self, GENESIS, IDENTITY},
    init::CARD,
    options,
    papers::Papers,
};
use crate::{
    application::{Application, DEFAULT_HORIZON},
    chain::Genesis,
    comet,
    consortium::now,
    error::{Error, Result},
    merkle::sha256,
    network::{Home, pretty},
    run::govern::Identity,
    store::Store,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A clock may be this far ahead of ours.
const AHEAD: i64 = 600 * 1_000_000_000;

pub(super) fn run(options: &options::Genesis) -> Result<()> {
    let own = Card::read(&options.home.join(CARD))?;
    let Papers {
        cards,
        mut consents,
        ..
    } = gather(&options.files, &own)?;
    require_made(&cards)?;
    let founding = Founding::new(cards)?;
    show(&founding);
    for consent in &consents {
        consent.signature(&founding)?;
    }
    if !consents.iter().any(|consent| consent.member == own.id()) {
        let consent = consent(options, &founding, &own)?;
        // Everybody's go into one folder.
        let file = format!("{}.consent.json", own.id());
        Home::new(&options.home).put(&file, &format!("{}\n", consent.write()?))?;
        let file = options.home.join(file);
        println!(
            "consent   {}: send it to the other founders",
            file.display()
        );
        consents.push(consent);
    }
    let missing = founding.missing(&consents);
    if !missing.is_empty() {
        println!("wanted    the consents of {}", missing.join(", "));
        return Ok(());
    }
    let genesis = founding.genesis(&consents)?;
    try_out(&options.home, &genesis)?;
    settle(options, &founding, &genesis, &own)
}

fn gather(files: &[PathBuf], own: &Card) -> Result<Papers> {
    let mut papers = Papers::new(own.clone())?;
    for file in files {
        let bytes = fs::read(file).map_err(Error::file(file))?;
        let added = papers.add(&bytes);
        added.map_err(|why| Error::Setup(format!("{}: {why}", file.display())))?;
    }
    Ok(papers)
}

/// The genesis time is that of the last card, and the chain waits for it.
fn require_made(cards: &[Card]) -> Result<()> {
    let latest = now().saturating_add(AHEAD);
    let early = cards.iter().find(|card| card.made > latest);
    early.map_or(Ok(()), |card| {
        Err(Error::Setup(format!(
            "the card of {} is of {}, which is still to come: its clock or this one is wrong",
            card.id(),
            comet::rfc3339(&comet::timestamp(card.made))
        )))
    })
}

fn show(founding: &Founding) {
    println!("chain     {}", founding.chain);
    println!(
        "time      {}",
        comet::rfc3339(&comet::timestamp(founding.time))
    );
    for card in &founding.cards {
        let number = card.hash().map(|hash| aloud(&hash)).unwrap_or_default();
        println!(
            "founder   {}  {} {}",
            card.id(),
            card.founder.member.name,
            card.founder.member.name_en
        );
        println!(
            "          power {}, {}, card {number}",
            card.power(),
            card.address
        );
    }
    let words: Vec<&str> = founding.key_types.iter().map(|t| t.word()).collect();
    println!("keys      {}", words.join(", "));
    println!("founding  {}", aloud(&founding.number()));
}

fn consent(options: &options::Genesis, founding: &Founding, own: &Card) -> Result<Consent> {
    let file = options.identity.clone();
    let identity = Identity::read(&file.unwrap_or_else(|| options.home.join(IDENTITY)))?;
    if Some(identity.key.public()) != founding.key_of(own.id()) {
        return Err(Error::Setup(format!(
            "the identity of {} is not the one that signed this home's card",
            identity.member
        )));
    }
    Ok(Consent::give(founding, own.id(), &identity.key))
}

/// Lets the application begin the chain, in a database that is thrown away: what it would refuse at the first start is refused now.
fn try_out(home: &Path, genesis: &Genesis) -> Result<()> {
    let file = home.join("genesis-trial.redb");
    let begun = Store::open(&file)
        .and_then(|store| Application::open(Arc::new(store), DEFAULT_HORIZON))
        .and_then(|application| application.init_chain(&genesis.init_chain()?));
    let _ = fs::remove_file(&file);
    begun.map(drop)
}

fn settle(
    options: &options::Genesis,
    founding: &Founding,
    genesis: &Genesis,
    own: &Card,
) -> Result<()> {
    let file = options.home.join(GENESIS);
    let text = pretty(&genesis.to_json());
    if fs::read(&file).is_ok_and(|known| known != text.as_bytes()) {
        return Err(Error::Setup(format!(
            "{} is of another founding; take it away if its chain never began",
            file.display()
        )));
    }
    Home::new(&options.home).put(GENESIS, &text)?;
    let others = founding.cards.iter().filter(|card| card.id() != own.id());
    let peers: Vec<String> = others.map(Card::peer).collect();
    home::set_peers(&options.home, &peers)?;
    println!("genesis   {}", file.display());
    println!("sha256    {}", aloud(&sha256(text.as_bytes())));
    println!("peers     {} in {}", peers.len(), home::CONFIG);
    Ok(())
}
