//! What is typed, and where things are.

use super::{MEMBERS, Organisations, PORTS};
use lianyan_tests::{Outcome, demo};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

const OPERATE: &str = include_str!("../../../../docs/operate.md");

impl Organisations {
    pub fn new_home(&self, command: &str, member: usize) -> Vec<OsString> {
        let (id, name) = (MEMBERS[member].0, format!("机构 {}", MEMBERS[member].0));
        let mut words = self.with(command, member);
        words.extend(["--cometbft".into(), self.cometbft.clone().into()]);
        words.extend(
            [
                "--member",
                id,
                "--name",
                &name,
                "--name-en",
                id,
                "--role",
                "issuer",
            ]
            .map(OsString::from),
        );
        words.extend(self.place(member));
        words
    }

    /// Where a node listens.
    pub fn place(&self, member: usize) -> Vec<OsString> {
        let options = ["--rpc", "--p2p", "--prometheus"].into_iter().enumerate();
        let words =
            options.map(|(at, what)| [what.into(), self.address(member, at).to_string().into()]);
        words.flatten().collect()
    }

    pub fn with(&self, command: &str, member: usize) -> Vec<OsString> {
        vec![command.into(), "--home".into(), self.home(member).into()]
    }

    pub fn doctor(&self, member: usize) -> Outcome<Vec<OsString>> {
        Ok(self.with("doctor", member))
    }

    pub fn govern(&self, command: &str, member: usize) -> Vec<OsString> {
        let identity = self.identity(member);
        let node = self.address(member, 0).to_string();
        vec![
            command.into(),
            "--node".into(),
            node.into(),
            "--identity".into(),
            identity.into(),
        ]
    }

    /// What a member governs with; beside its first home, for there is no other machine.
    pub fn identity(&self, member: usize) -> PathBuf {
        self.folder
            .path()
            .join(MEMBERS[member].0)
            .join("member.json")
    }

    pub fn node_id(&self, member: usize) -> Outcome<String> {
        let mut words = words("keys show --home");
        words.push(self.home(member).into());
        let said = well(run(words)?)?;
        Ok(said.split_whitespace().nth(1).ok_or("no node's id")?.into())
    }

    pub fn genesis(&self, member: usize) -> Outcome<Vec<u8>> {
        Ok(std::fs::read(
            self.home(member).join("config/genesis.json"),
        )?)
    }

    pub fn home(&self, member: usize) -> PathBuf {
        self.homes[member].clone()
    }

    pub fn address(&self, member: usize, what: usize) -> SocketAddr {
        let port = self.ports + (member * PORTS + what) as u16;
        SocketAddr::from(([127, 0, 0, 1], port))
    }
}

pub fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Types the block of docs/operate.md that has this in it, in a folder, with these places for what it names. Here units are processes, which the test
/// stops and starts itself, and there is one user.
pub fn type_block(folder: &Path, block: &str, places: &[(&str, String)]) -> Outcome {
    let mut blocks = OPERATE.split("```").skip(1).step_by(2);
    let found = blocks.find(|text| text.contains(block));
    let found = found.ok_or_else(|| format!("no block with {block}"))?;
    let lines = found.lines().filter(|line| !line.starts_with("systemctl "));
    let mut typed = lines.collect::<Vec<_>>().join("\n");
    typed = typed.replace("-o lianyan -g lianyan ", "");
    for (name, place) in places {
        typed = typed.replace(name, place);
    }
    let mut shell = Command::new("sh");
    shell.args(["-ec", &typed]).current_dir(folder);
    match shell.status()?.success() {
        true => Ok(()),
        false => Err(format!("a shell refuses: {typed}").into()),
    }
}

/// Runs `lianyan-node`: its exit code, and what it said.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Outcome<(Option<i32>, String)> {
    let output = Command::new(demo::program()).args(words).output()?;
    let text = [output.stdout, output.stderr].concat();
    Ok((
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

pub fn well((code, said): (Option<i32>, String)) -> Outcome<String> {
    match code {
        Some(0) => Ok(said),
        _ => Err(said.into()),
    }
}
