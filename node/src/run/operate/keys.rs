//! `lianyan-node keys`: what keys there are, new ones, and getting ready to replace one.

use super::{
    home::{self, CONFIG, IDENTITY, NODE_KEY, PUBLIC_KEY, VALIDATOR_KEY},
    join, member,
    options::{self, Place},
};
use crate::{
    error::{Error, Result},
    files::{write_private, write_public},
    network::{self, Client, SigningSeed, StateSync, pretty},
    run::govern::{Chain, Identity},
};
use records::{
    KeyType, RecordName, SecretKey,
    kinds::{
        consent::READERS,
        member::{Key, Member, NAME, Rekey},
    },
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

pub(super) fn run(options: &options::Keys) -> Result<()> {
    match options {
        options::Keys::Show { home } => show(home),
        options::Keys::New { out, key_type } => new(out, *key_type),
        options::Keys::Rotate {
            home,
            place,
            state_sync,
        } => rotate(home, place, state_sync.as_ref()),
        options::Keys::Rekey { node, identity, to } => rekey(*node, identity, to),
    }
}

fn show(home: &Path) -> Result<()> {
    let signer = signer(home)?;
    println!("node       {}", home::read_node_id(&home.join(NODE_KEY))?);
    let key = home::read_public_key(&key_file(home, &signer))?;
    let address = hex::encode_upper(key.address());
    println!("validator  {address}  {}", key.key_type().word());
    println!("           {key}");
    match signer.as_str() {
        "" => println!("           in {}", home.join(VALIDATOR_KEY).display()),
        signer => println!("           held by a remote signer, awaited at {signer}"),
    }
    let identity = home.join(IDENTITY);
    if identity.exists() {
        let identity = Identity::read(&identity)?;
        println!("member     {}  {}", identity.member, identity.key.public());
    }
    for file in home::open_files(home) {
        println!(
            "open       {}: others may read it; `chmod 600` it",
            file.display()
        );
    }
    Ok(())
}

/// Where CometBFT waits for a remote signer; empty where the key is in the home.
pub(super) fn signer(home: &Path) -> Result<String> {
    let config = home::read_config(home)?;
    let signer = config
        .get("priv_validator_laddr")
        .and_then(|item| item.as_str());
    Ok(signer.unwrap_or_default().into())
}

/// Where the public part of the validator's key is. Beside a remote signer CometBFT makes a key file of its own, which nobody uses.
pub(super) fn key_file(home: &Path, signer: &str) -> PathBuf {
    home.join(if signer.is_empty() {
        VALIDATOR_KEY
    } else {
        PUBLIC_KEY
    })
}

fn new(out: &Path, key_type: KeyType) -> Result<()> {
    member::require_none(out)?;
    let seed = home::seed()?;
    let seed = SigningSeed { key_type, seed };
    write_private(out, pretty(&network::validator_key(&seed)))?;
    let mut public = out.as_os_str().to_owned();
    public.push(".pub");
    let public = PathBuf::from(public);
    let text = pretty(&home::public_json(&seed.public()));
    write_public(&public, text)?;
    println!("private  {}", out.display());
    println!("public   {}", public.display());
    Ok(())
}

/// A second home for the same chain: the first goes on signing until the consortium has seated the second one's key.
fn rotate(home: &Path, place: &Place, begin: Option<&StateSync>) -> Result<()> {
    join::require_servers(begin)?;
    let config = home::read_config(home)?;
    let text = |section: &str, name: &str| {
        let found = config.get(section).and_then(|section| section.get(name));
        found.and_then(|item| item.as_str()).unwrap_or_default()
    };
    let member = config.get("moniker").and_then(|item| item.as_str());
    let member = member
        .ok_or_else(|| Error::Setup(format!("{} names no moniker", home.join(CONFIG).display())))?;
    let peers: Vec<String> = text("p2p", "persistent_peers")
        .split(',')
        .filter(|peer| !peer.is_empty())
        .map(str::to_owned)
        .collect();
    let made = join::make(place, member, &peers, &join::read_genesis(home)?, begin)?;
    join::tell(member, &made, place);
    let last = match signer(home)?.as_str() {
        "" => "the old node and move its private key away",
        _ => "the old node and its signer for good, and put that one's key away",
    };
    println!("then      once it signs, stop {last}: two homes never sign with one key");
    Ok(())
}

/// A member with a live key replaces it alone. It goes on with a try whose answer was lost, and with one after which the new file took the old one's
/// place all the same.
fn rekey(node: SocketAddr, identity: &Path, to: &Path) -> Result<()> {
    let own = Identity::read(identity)?;
    let subject = RecordName::new(NAME, &own.member)
        .ok_or_else(|| Error::Setup(format!("`{}` cannot be a member's id", own.member)))?;
    let chain = Chain::new(Client(node))?;
    let record: Member = chain
        .find(&subject)?
        .ok_or_else(|| Error::Setup(format!("the chain holds no {subject}")))?;
    let begun = to.exists().then(|| Identity::read(to)).transpose()?;
    let new = match begun.map(|begun| begun.key) {
        Some(new) if is_live(&new, &record) => new,
        begun => {
            let mut known = [&own.key].into_iter().chain(&own.earlier);
            let old = known.find(|key| is_live(key, &record)).ok_or_else(|| {
                Error::Setup(format!(
                    "no key in {} counts for the chain any more: the other members can propose `rekey`",
                    identity.display()
                ))
            })?;
            let new = begun.map_or_else(|| member::renew(identity, to), Ok)?;
            let body = Rekey {
                add: vec![new.public()],
                end: vec![old.public()],
                seal_key: reads(&record).then(|| member::seal_key(&new)),
            };
            chain.write("member.rekey", &subject, &body, &[old, &new])?;
            println!("ended   {}", old.public());
            new
        }
    };
    println!("member  {}", own.member);
    println!("new     {}  in {}", new.public(), to.display());
    Ok(())
}

/// Whether documents are, or may be, sealed for a member. One whose keys the others replaced has no sealing key until it names the next.
fn reads(member: &Member) -> bool {
    !member.seal_key.is_empty() || READERS.iter().any(|role| member.has_role(role))
}

/// Whether a key counts for a member now.
fn is_live(key: &SecretKey, member: &Member) -> bool {
    let key = key.public();
    let live = |known: &Key| known.key == key && known.until.is_none();
    member.keys.iter().any(live)
}
