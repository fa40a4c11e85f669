//! A disk that forgets what was not synced, and says what was asked of it.
// Not every test asks for all of it.
#![allow(dead_code)]

use super::common::Dice;
use redb::StorageBackend;
use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, MutexGuard},
};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// A disk whose cache loses power.
#[derive(Clone, Debug, Default)]
pub struct Disk(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    /// As who writes it sees it.
    written: Vec<u8>,
    /// As of the last sync.
    synced: Vec<u8>,
    /// Sectors written since.
    pending: BTreeSet<usize>,
    /// Operations so far, and after how many the power is cut.
    operations: u64,
    cut_after: Option<u64>,
    syncs: usize,
}

impl Disk {
    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().expect("nobody panicked")
    }

    fn powered(&self) -> io::Result<MutexGuard<'_, Contents>> {
        let contents = self.contents();
        match contents.cut_after {
            Some(limit) if contents.operations >= limit => Err(io::Error::other("no power")),
            _ => Ok(contents),
        }
    }

    fn operate(&self) -> io::Result<MutexGuard<'_, Contents>> {
        let mut contents = self.powered()?;
        contents.operations += 1;
        Ok(contents)
    }

    pub fn cut_power_after(&self, operations: u64) {
        self.contents().cut_after = Some(operations);
    }

    pub fn operations(&self) -> u64 {
        self.contents().operations
    }

    /// Syncs so far.
    pub fn syncs(&self) -> usize {
        self.contents().syncs
    }

    /// Whether there is what a power cut may take.
    pub fn has_unsynced(&self) -> bool {
        !self.contents().pending.is_empty()
    }

    /// What is on it when power is back: of every sixteen unsynced sectors so many as chance says.
    pub fn after_power_cut(&self, dice: &mut Dice) -> Self {
        let contents = self.contents();
        let mut image = contents.synced.clone();
        let reached = dice.below(17);
        if dice.below(2) == 0 {
            image.resize(contents.written.len(), 0);
        }
        for sector in &contents.pending {
            let range = sector * SECTOR..(sector + 1) * SECTOR;
            let range = range.start.min(image.len())..range.end.min(image.len());
            if dice.below(16) < reached && contents.written.len() >= range.end {
                image[range.clone()].copy_from_slice(&contents.written[range]);
            }
        }
        Self(Arc::new(Mutex::new(Contents {
            written: image.clone(),
            synced: image,
            ..Contents::default()
        })))
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.powered()?.written.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let contents = self.powered()?;
        let start = offset as usize;
        let found = contents.written.get(start..start + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.operate()?.written.resize(length as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut contents = self.operate()?;
        contents.synced = contents.written.clone();
        contents.pending.clear();
        contents.syncs += 1;
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut contents = self.operate()?;
        let range = offset as usize..offset as usize + data.len();
        let place = contents.written.get_mut(range.clone());
        place
            .ok_or(io::ErrorKind::UnexpectedEof)?
            .copy_from_slice(data);
        let sectors = range.start / SECTOR..range.end.div_ceil(SECTOR);
        contents.pending.extend(sectors);
        Ok(())
    }
}
