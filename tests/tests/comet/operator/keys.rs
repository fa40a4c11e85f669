//! docs/operate.md, step 10: a key is replaced.

use super::words::{run, type_block, well, words};
use super::{MEMBERS, Organisations, PORTS};
use crate::light;
use lianyan_tests::{Outcome, demo};
use node::network::Client;
use node::store::{Store, Table};
use std::fs;
use std::path::Path;

const CONFIG: &str = "config/config.toml";
const VALIDATOR_KEY: &str = "config/priv_validator_key.json";
const DATABASE: &str = "application/application.redb";
const SIGNED: &str = "data/priv_validator_state.json";
/// What is at the node that it was handed to, and in no block.
const BLOB: &[u8] = b"sealed";

impl Organisations {
    /// The member that has its old key needs nobody; afterwards only the new one governs.
    pub fn replace_a_members_key(&self) -> Outcome {
        let member = 3;
        let identity = self.identity(member);
        let old = self.folder.path().join("old-member.json");
        fs::copy(&identity, &old)?;
        let program = fs::canonicalize(demo::program())?.display().to_string();
        let node = self.address(member, 0).to_string();
        let places = [("lianyan-node", program), ("127.0.0.1:26657", node)];
        let folder = identity.parent().ok_or("an identity in no folder")?;
        type_block(folder, "keys rekey", &places)?;
        let new = folder.join("new-member.json");
        let act = ["seat".into(), MEMBERS[member].0.into()];
        let propose = || {
            run(self
                .govern("propose", member)
                .into_iter()
                .chain(act.clone()))
        };
        fs::rename(&identity, &new)?;
        fs::rename(old, &identity)?;
        if propose()?.0 == Some(0) {
            return Err("the key that ended still proposes".into());
        }
        fs::rename(new, &identity)?;
        well(propose()?).map(drop)
    }

    /// A second home catches up and is seated while the first signs on, and then takes its place, its blobs and its ports. A light client follows.
    pub fn replace_a_validators_key(&mut self) -> Outcome {
        let (member, other) = (1, 0);
        let chains = self.chains()?;
        let trusted = light::follow(&chains, self.folder.path())?;
        let old_id = self.node_id(member)?;
        let blob = Client(self.address(member, 0)).query("/blob/keep", BLOB)?;
        let second = self.second_home(member)?;
        self.wait("the second home catches up", |all| {
            let said = run(all.doctor(second)?)?.1;
            Ok(!said.contains("not-running") && !said.contains("catching-up"))
        })?;
        let key = self.home(second).join("validator.json");
        let key = format!("{}={}", key.display(), MEMBERS[member].1);
        self.agree(&["seat".into(), MEMBERS[member].0.into(), key.into()])?;
        let (seated, _) = Client(self.address(other, 0)).newest()?;
        self.wait("the new key has a vote", |all| {
            Ok(!run(all.doctor(second)?)?.1.contains("no-vote"))
        })?;
        self.take_the_place(member, second, &blob)?;
        self.wait("the peer's new id is missed", |all| {
            Ok(run(all.doctor(other)?)?.1.contains("peer-refuses"))
        })?;
        self.tell_the_others(member, &old_id)?;
        self.stop(other);
        self.start(other)?;
        self.wait_until_well(other)?;
        self.wait_until_well(member)?;
        self.agree_on_block(seated + 3)?;
        match light::follow(&chains, self.folder.path())? {
            height if height > seated.max(trusted) => Ok(()),
            height => Err(format!("the light client stands at {height}").into()),
        }
    }

    /// Makes it and starts it beside the first; its number.
    fn second_home(&mut self, member: usize) -> Outcome<usize> {
        let second = self.homes.len();
        let name = format!("{}-2", MEMBERS[member].0);
        self.homes.push(self.folder.path().join(name));
        let mut rotate = words("keys rotate --home");
        rotate.push(self.home(member).into());
        rotate.extend(["--to".into(), self.home(second).into()]);
        rotate.extend(["--cometbft".into(), self.cometbft.clone().into()]);
        rotate.extend(self.place(second));
        well(run(rotate)?)?;
        self.start(second)?;
        Ok(second)
    }

    /// The first home ends, and its key is moved away; the second goes on at its ports, with what the first had: also this blob, which no record names, so
    /// that nobody is told of it.
    fn take_the_place(&mut self, member: usize, second: usize, blob: &[u8]) -> Outcome {
        self.stop(member);
        self.stop(second);
        if self.holds(second, blob)? {
            return Err("the second home has the blob by itself: nothing is tried here".into());
        }
        let signed = self.home(second).join(SIGNED);
        let before = fs::read(&signed)?;
        let [first, to] = [member, second].map(|at| self.home(at).display().to_string());
        let places = [("/var/lib/lianyan-2", to), ("/var/lib/lianyan", first)];
        type_block(self.folder.path(), "-mindepth 1", &places)?;
        if fs::read(&signed)? != before {
            return Err("what the new key signed last was written over".into());
        }
        if !self.holds(second, blob)? {
            return Err("the blob is not where it was".into());
        }
        let key = self.home(member).join(VALIDATOR_KEY);
        fs::rename(key, self.folder.path().join("old-validator-key.json"))?;
        for what in 0..PORTS {
            let (old, new) = (self.address(second, what), self.address(member, what));
            replace(&self.home(second), &old.to_string(), &new.to_string())?;
        }
        self.running.swap_remove(member);
        self.homes.swap_remove(member);
        self.start(member)
    }

    /// Whether a home whose processes have ended has this blob.
    fn holds(&self, home: usize, hash: &[u8]) -> Outcome<bool> {
        let store = Store::open(&self.home(home).join(DATABASE))?;
        Ok(store.snapshot().has(Table::Blobs, hash)?)
    }

    /// Everybody writes the new node's id in place of the old one.
    fn tell_the_others(&self, member: usize, old: &str) -> Outcome {
        let new = self.node_id(member)?;
        let others = self.homes.iter().enumerate();
        others
            .filter(|(at, _)| *at != member)
            .try_for_each(|(_, home)| replace(home, old, &new))
    }
}

fn replace(home: &Path, old: &str, new: &str) -> Outcome {
    let file = home.join(CONFIG);
    let text = fs::read_to_string(&file)?;
    Ok(fs::write(file, text.replace(old, new))?)
}
