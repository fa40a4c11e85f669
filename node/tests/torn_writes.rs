//! A power cut in the middle of a write. Of what was not synced, any sectors may have reached the disk and any not.

mod common;

use common::{Dice, admit, begun, follow, over, time_at};
use node::{application::Application, store::Store};
use redb::StorageBackend;
use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex, MutexGuard},
};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
const HEIGHTS: u64 = 12;
const CUTS: u64 = 300;

/// A disk whose cache loses power.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Contents>>);

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

    fn cut_power_after(&self, operations: u64) {
        self.contents().cut_after = Some(operations);
    }

    fn operations(&self) -> u64 {
        self.contents().operations
    }

    /// What is on it when power is back: of every sixteen unsynced sectors so many as chance says.
    fn after_power_cut(&self, dice: &mut Dice) -> Self {
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

fn mounted(disk: &Disk) -> Application {
    over(Store::over(disk.clone()).expect("opens"))
}

/// Plays a block; an error where the power goes.
fn play(application: &Application, height: u64) -> node::error::Result<Vec<u8>> {
    let admitted = (0..3).map(|at| admit(&format!("m-{height}-{at}"), time_at(height)));
    let answer = follow(application, height, &admitted.collect::<Vec<_>>())?;
    Ok(answer.app_hash.to_vec())
}

#[test]
fn whatever_of_a_write_reached_the_disk_nothing_committed_is_lost_and_replay_leads_to_the_same_state()
 {
    let undisturbed = Disk::default();
    let steady = begun(mounted(&undisturbed));
    let begun_after = undisturbed.operations();
    let mut hashes = vec![steady.info().last_block_app_hash.to_vec()];
    hashes.extend((1..=HEIGHTS).map(|height| play(&steady, height).expect("has power")));
    let operations = undisturbed.operations() - begun_after;

    let (mut rolled_back, mut torn) = (0, 0);
    for seed in 0..CUTS {
        let mut dice = Dice::new(seed);
        let disk = Disk::default();
        let application = begun(mounted(&disk));
        disk.cut_power_after(disk.operations() + dice.below(operations));
        let committed = (1..=HEIGHTS)
            .take_while(|height| play(&application, *height).is_ok())
            .last()
            .unwrap_or(0);
        drop(application);
        torn += u32::from(!disk.contents().pending.is_empty());
        let application = mounted(&disk.after_power_cut(&mut dice));
        let height = application.info().last_block_height;
        // What was written whole just before the power went was not answered, and may be there.
        assert!(
            height == committed || height == committed + 1,
            "seed {seed}: at {height}, and {committed} was committed"
        );
        rolled_back += u32::from(height == committed);
        let hash = application.info().last_block_app_hash.to_vec();
        assert_eq!(
            hash, hashes[height as usize],
            "seed {seed}, height {height}"
        );
        for height in height + 1..=HEIGHTS {
            let hash = play(&application, height).expect("has power");
            assert_eq!(
                hash, hashes[height as usize],
                "seed {seed}, height {height}"
            );
        }
    }
    assert!(
        torn > 100 && rolled_back > 100,
        "{torn} torn, {rolled_back} rolled back"
    );
}
