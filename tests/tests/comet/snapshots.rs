//! Snapshots as peers may have them: cut into many chunks, one of which is missing, or altered with everything that vouches for it.

use super::{Consortium, NODES};
use lianyan_tests::Outcome;
use node::merkle::sha256;
use node::network::Client;
use node::statesync::{Item, Manifest};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// A snapshot of the chain's newest state.
pub struct Held {
    pub height: u64,
    pub chunks: Vec<Vec<u8>>,
}

impl Held {
    /// What a node has taken, once it shows the newest state, cut anew into about so many chunks.
    pub fn newest(consortium: &mut Consortium, node: usize, parts: usize) -> Outcome<Self> {
        let (client, folder) = (consortium.client(node), folder(consortium, node));
        consortium.wait("a snapshot of the newest state", || {
            latest(&folder).is_some_and(|height| is_newest(client, height))
        })?;
        let height = latest(&folder).ok_or("no snapshot")?;
        let folder = folder.join(height.to_string());
        let mut bytes = Vec::new();
        while let Ok(chunk) = fs::read(chunk_file(&folder, bytes.len())) {
            bytes.push(chunk);
        }
        let items = items(&bytes.concat())?;
        let chunks = items.chunks(items.len().div_ceil(parts));
        Ok(Self {
            height,
            chunks: chunks.map(<[_]>::concat).collect(),
        })
    }

    /// The same with another state for the last record, as who makes it up would have it: whatever vouches for the chunks fits.
    pub fn altered(&self) -> Self {
        let mut chunks = self.chunks.clone();
        if let Some(byte) = chunks.last_mut().and_then(|chunk| chunk.last_mut()) {
            *byte ^= 1;
        }
        Self { chunks, ..*self }
    }

    /// Makes it all that a node offers from its next start on.
    pub fn give(&self, consortium: &Consortium, node: usize) -> Outcome {
        let all = folder(consortium, node);
        fs::remove_dir_all(&all)?;
        let folder = all.join(self.height.to_string());
        fs::create_dir_all(&folder)?;
        for (index, chunk) in self.chunks.iter().enumerate() {
            fs::write(chunk_file(&folder, index), chunk)?;
        }
        let manifest = Manifest {
            height: self.height,
            chunks: self.chunks.iter().map(|chunk| sha256(chunk)).collect(),
        };
        Ok(fs::write(folder.join("manifest"), manifest.metadata())?)
    }

    /// The chunk at an index is at no node any more, or back again.
    pub fn hide(&self, consortium: &Consortium, index: usize, hidden: bool) -> Outcome {
        for node in 0..NODES {
            let folder = folder(consortium, node).join(self.height.to_string());
            let (here, away) = (chunk_file(&folder, index), folder.join("away"));
            match hidden {
                true => fs::rename(here, away)?,
                false => fs::rename(away, here)?,
            }
        }
        Ok(())
    }
}

/// All validators stand still while something is done to their folders.
pub fn while_stopped(
    consortium: &mut Consortium,
    act: impl FnOnce(&Consortium) -> Outcome,
) -> Outcome {
    let before = consortium.newest()?;
    for node in 0..NODES {
        consortium.network.engine(node).kill();
        consortium.network.application(node).kill();
    }
    act(consortium)?;
    for node in 0..NODES {
        consortium.network.application(node).restart()?;
        consortium.network.engine(node).restart()?;
    }
    consortium.agreed_at(before + 2).map(drop)
}

fn folder(consortium: &Consortium, node: usize) -> PathBuf {
    consortium.plan.home(node).application().join("snapshots")
}

fn chunk_file(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("{index:06}"))
}

/// The height of the latest whole snapshot in a folder.
fn latest(folder: &Path) -> Option<u64> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .max()
}

/// Whether nothing was written since the block at this height.
fn is_newest(client: Client, height: u64) -> bool {
    let app_hash = |height: u64| {
        let params = json!({ "height": height.to_string() });
        let header = client.call("header", params).ok()?["header"].take();
        header["app_hash"].as_str().map(str::to_owned)
    };
    let newest = client
        .newest()
        .ok()
        .and_then(|(newest, _)| app_hash(newest));
    newest.is_some() && newest == app_hash(height + 1)
}

/// The items of a snapshot, each by itself.
fn items(mut bytes: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        let mut item = Vec::new();
        Item::read(&mut bytes)
            .ok_or("a snapshot that is none")?
            .write(&mut item);
        items.push(item);
    }
    Ok(items)
}
