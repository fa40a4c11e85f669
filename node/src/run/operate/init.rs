//! `lianyan-node init`: a founder's home, its keys, and the card that it sends to the others.

use super::{
    card::{self, Card, aloud},
    founding::require_name,
    home::{self, IDENTITY},
    member, options,
};
use crate::{
    consortium::now,
    error::{Error, Result},
    network::{Home, key_types, version},
    run::{govern::Identity, words::require_plain},
};
use records::{
    SecretKey,
    kinds::consortium::{Founder, Validator},
};

/// The card in a founder's home.
pub(super) const CARD: &str = "card.json";

pub(super) fn run(options: &options::Init) -> Result<()> {
    let place = &options.place;
    require_name(&options.chain)?;
    require_address(&options.address)?;
    member::require_id(&options.member.id)?;
    let member = &options.member;
    let names = [&member.name, &member.name_en, &member.org].into_iter();
    require_plain(names.chain(&member.roles)).map_err(Error::Setup)?;
    let identity = identity(options)?;
    home::require_none(&place.home)?;
    if identity.is_none() {
        member::require_none(&place.home.join(IDENTITY))?;
    }
    let key_types = key_types(&place.cometbft)?;
    let cometbft = version(&place.cometbft)?;
    let made = home::make(place, &options.member.id, &[])?;
    let key = match identity {
        Some(key) => key,
        None => member::make(
            &place.home.join(IDENTITY),
            &options.member.id,
            &options.member.name,
        )?,
    };
    let now = now();
    let card = Card {
        lianyan: card::FORM.into(),
        chain: options.chain.clone(),
        founder: Founder {
            member: member::member(&options.member, &key, now),
            validators: vec![Validator::new(made.validator.clone(), options.power)],
        },
        node: made.node_id,
        address: options.address.clone(),
        key_types,
        cometbft,
        made: now,
    };
    let hash = card.hash()?;
    Home::new(&place.home).put(CARD, &format!("{}\n", card.sign(&key)?))?;
    let folder = place.home.display();
    println!("home      {folder}");
    println!("card      {folder}/{CARD}: send it to the other founders");
    println!("number    {}", aloud(&hash));
    Ok(())
}

/// The member's key, where it was made before.
fn identity(options: &options::Init) -> Result<Option<SecretKey>> {
    let (Some(file), wanted) = (&options.identity, &options.member.id) else {
        return Ok(None);
    };
    let identity = Identity::read(file)?;
    if identity.member == *wanted {
        return Ok(Some(identity.key));
    }
    Err(Error::Setup(format!(
        "{} is the identity of {}, not of {wanted}",
        file.display(),
        identity.member
    )))
}

/// `host:port`, as CometBFT takes it.
pub(super) fn require_address(address: &str) -> Result<()> {
    let parts = address.rsplit_once(':');
    let fits = parts.is_some_and(|(host, port)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        !host.is_empty()
            && host.chars().all(plain)
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if fits {
        return Ok(());
    }
    Err(Error::Setup(format!(
        "`{address}` is no address such as node.bureau.example:26656"
    )))
}
