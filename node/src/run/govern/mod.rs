//! `lianyan-node propose`, `approve`, `withdraw` and `proposal`: the consortium's affairs, from a member's command line. docs/governance.md tells how to use them.

mod acts;
mod chain;
mod identity;
mod options;

use super::words::shown;
use crate::{
    comet,
    error::{Error, Result},
    network::Client,
};
pub(super) use chain::Chain;
pub(super) use identity::Identity;
pub(super) use options::Options;
use options::Step;
use records::{
    RecordName, canonical,
    kinds::{
        consortium::Consortium,
        proposal::{self, Approve, Make, Proposal},
    },
};
use std::path::Path;

/// How long a proposal may be approved, unless all is decided before: fourteen days.
const OPEN: i64 = 14 * 24 * 3600 * 1_000_000_000;

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<()> {
    let chain = Chain::new(Client(options.node))?;
    match &options.step {
        Step::Propose { identity, act } => propose(&chain, identity, act),
        Step::Approve { identity, proposal } => approve(&chain, identity, proposal),
        Step::Withdraw { identity, proposal } => withdraw(&chain, identity, proposal),
        Step::Show { proposal } => show(&chain, proposal),
    }
}

fn propose(chain: &Chain, identity: &Path, words: &[String]) -> Result<()> {
    let identity = Identity::read(identity)?;
    let act = acts::read(words, |subject| chain.seq(subject))?;
    acts::require_known(&act)?;
    acts::require_none_barred(&act, &chain.consortium()?)?;
    let id = act.proposal().map_err(unwritten)?;
    let make = Make {
        act,
        by: identity.member.clone(),
        until: chain.time()?.saturating_add(OPEN),
    };
    let written = chain.write("proposal.make", &name(&id)?, &make, &[&identity.key]);
    // Who proposes again what is open already, or got no answer, needs the number all the same.
    written.map_err(|why| Error::Setup(format!("{why}; the proposal's number is {id}")))?;
    println!("proposed  {id}");
    tell(chain, &find(chain, &id)?)
}

fn approve(chain: &Chain, identity: &Path, id: &str) -> Result<()> {
    let identity = Identity::read(identity)?;
    let proposal = find(chain, id)?;
    let act = &proposal.act;
    acts::require_known(act)?;
    acts::require_none_barred(act, &chain.consortium()?)?;
    if !proposal.is_open(chain.time()?) {
        return Err(Error::Setup("the proposal has expired".into()));
    }
    if chain.seq(&act.subject)? != act.seq {
        return Err(Error::Setup(format!(
            "{} has changed since: it was carried out, or something else came first",
            act.subject
        )));
    }
    if carries_out(&identity, &proposal, &chain.consortium()?)? {
        chain.write(&act.event_type, &act.subject, &act.body, &[&identity.key])?;
        println!("carried out  {}", act.event_type);
        return Ok(());
    }
    let body = Approve {
        by: identity.member,
    };
    chain.write("proposal.approve", &name(id)?, &body, &[&identity.key])?;
    println!("approved  {id}");
    tell(chain, &find(chain, id)?)
}

/// Also what somebody else approved with the member's key, once that has another.
fn withdraw(chain: &Chain, identity: &Path, id: &str) -> Result<()> {
    let identity = Identity::read(identity)?;
    let body = Approve {
        by: identity.member,
    };
    chain.write("proposal.withdraw", &name(id)?, &body, &[&identity.key])?;
    println!("withdrawn  {id}");
    tell(chain, &find(chain, id)?)
}

/// Whether one more signature does it. A new key's holder carries out what gives it, once the others have approved.
fn carries_out(identity: &Identity, proposal: &Proposal, consortium: &Consortium) -> Result<bool> {
    if let Some(key) = acts::new_key(&proposal.act)? {
        return Ok(key == identity.key.public());
    }
    let mut agreed = proposal.approvals.clone();
    agreed.push(identity.member.clone());
    Ok(consortium.require_two_thirds(&agreed).is_ok())
}

fn show(chain: &Chain, id: &str) -> Result<()> {
    let proposal = find(chain, id)?;
    let act = canonical::encode(&proposal.act).map_err(unwritten)?;
    println!("act       {}", shown(&String::from_utf8_lossy(&act)));
    tell(chain, &proposal)
}

/// Who approves so far, and until when the others may.
fn tell(chain: &Chain, proposal: &Proposal) -> Result<()> {
    let consortium = chain.consortium()?;
    for member in &proposal.approvals {
        println!("approves  {member}  {}", power(&consortium, member));
    }
    let sum: u64 = proposal
        .approvals
        .iter()
        .map(|member| power(&consortium, member))
        .sum();
    println!(
        "power     {sum} of {}; more than two thirds are needed",
        consortium.power()
    );
    println!(
        "until     {}",
        comet::rfc3339(&comet::timestamp(proposal.until))
    );
    Ok(())
}

fn power(consortium: &Consortium, member: &str) -> u64 {
    consortium.seat(member).map_or(0, |seat| seat.power())
}

fn find(chain: &Chain, id: &str) -> Result<Proposal> {
    let proposal = chain.find(&name(id)?)?;
    proposal.ok_or_else(|| Error::Setup(format!("the chain holds no proposal {id}")))
}

fn name(id: &str) -> Result<RecordName> {
    RecordName::new(proposal::NAME, id)
        .ok_or_else(|| Error::Setup(format!("`{id}` is no proposal's number")))
}

fn unwritten(error: canonical::Error) -> Error {
    Error::Setup(error.to_string())
}
