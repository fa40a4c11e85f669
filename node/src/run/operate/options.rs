//! What an operator can want done.

use crate::network::StateSync;
use hyper::Uri;
use records::KeyType;
use std::{net::SocketAddr, path::PathBuf};

/// What `--help` prints of it.
pub(in crate::run) const HELP: &str = "\
lianyan-node init --home DIR --cometbft PROGRAM --chain NAME --power N --address HOST:PORT MEMBER…    a founder's home, its keys, and its card
lianyan-node genesis --home DIR [--identity FILE] FILE…    from everybody's cards this founder's consent, and from everybody's consents the genesis
lianyan-node join --home DIR --cometbft PROGRAM --genesis FILE --sha256 HASH --peer ID@HOST:PORT… --member ID [MEMBER…]    a home for a chain that runs
lianyan-node keys show --home DIR              public keys and addresses, never a private one
lianyan-node keys new --out FILE [--keys TYPE] a validator's key in a file of its own, such as for a remote signer, and FILE.pub without the private part
lianyan-node keys rotate --home DIR --to DIR --cometbft PROGRAM [--keys TYPE]    a second home for the same chain, with new keys
lianyan-node keys rekey --node ADDRESS --identity FILE --to FILE                 a member replaces its own key
lianyan-node doctor --home DIR [options]       looks for mistakes and says how to mend each; ends with 1 where there is one

  --home DIR         CometBFT's and the application's folder
  --cometbft PROGRAM CometBFT v0.38 or v0.40, which is asked what keys it knows
  --chain NAME       what the founders agreed to call the chain; its id is this and a part that follows from all cards
  --power N          the founder's voting power, as agreed
  --address H:P      where the other nodes reach this one
  --keys TYPE        the validator's key: ed25519 or ml_dsa_65 [ed25519]
  --validator-key F, --signer ADDRESS    the validator's key is elsewhere: its public part, and where CometBFT waits for the remote signer
  --rpc, --p2p, --prometheus ADDRESS     where CometBFT listens [127.0.0.1:26657, 0.0.0.0:26656, 127.0.0.1:26660]
  --identity FILE    the member's identity file; init writes one into DIR where none is given, genesis reads that one, and join always writes a newcomer's
  MEMBER             --member ID --name 名 --name-en NAME --role ROLE… [--org ID] [--reads: documents are sealed for it]
                     --org is the organisation that the member is part of; a company's is its taxpayer number, by which invoices name it [the member's id]
  --trust HEIGHT:HASH, --server ADDRESS…    join and keys rotate begin with a snapshot: a block that `lianyan light` verified, and two members' gateways (https://HOST)
                     or RPCs (HOST:PORT) or more
  --sha256 HASH      of the genesis file, as read aloud when the chain was founded
  --ask URL          doctor compares with this node or gateway; may be given again
  --chains FILE      doctor looks at the checkpoint in this chains.json
  --free GB          the least free space that doctor is content with [2]
";

/// What an operator wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Options {
    Init(Init),
    Genesis(Genesis),
    Join(Join),
    Keys(Keys),
    Doctor(Doctor),
}

/// A home to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Place {
    pub home: PathBuf,
    pub cometbft: PathBuf,
    pub rpc: SocketAddr,
    pub p2p: SocketAddr,
    pub prometheus: SocketAddr,
    pub key: KeySource,
}

/// Whose key the validator signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum KeySource {
    /// A new one, in the home.
    New(KeyType),
    /// One that a remote signer holds: the file of its public part, and where CometBFT waits for the signer.
    Remote { public: PathBuf, signer: String },
}

/// A member as it wants to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Particulars {
    pub id: String,
    pub name: String,
    pub name_en: String,
    pub org: String,
    pub roles: Vec<String>,
    pub reads: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Init {
    pub place: Place,
    pub chain: String,
    pub power: u64,
    pub address: String,
    pub member: Particulars,
    pub identity: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Genesis {
    pub home: PathBuf,
    pub identity: Option<PathBuf>,
    pub files: Vec<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Join {
    pub place: Place,
    pub genesis: PathBuf,
    pub sha256: String,
    pub peers: Vec<String>,
    /// Whose node it is.
    pub member: String,
    /// Who wants to become a member.
    pub newcomer: Option<Particulars>,
    /// Where it begins, unless at the first block.
    pub state_sync: Option<StateSync>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Keys {
    Show {
        home: PathBuf,
    },
    New {
        out: PathBuf,
        key_type: KeyType,
    },
    Rotate {
        home: PathBuf,
        place: Place,
        /// Where the second home begins, unless at the first block.
        state_sync: Option<StateSync>,
    },
    Rekey {
        node: SocketAddr,
        identity: PathBuf,
        to: PathBuf,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Doctor {
    pub home: PathBuf,
    pub sha256: Option<String>,
    pub ask: Vec<Uri>,
    /// The gateway's `chains.json`.
    pub chains: Option<PathBuf>,
    pub free: u64,
}
