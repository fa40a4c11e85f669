//! A power cut in the middle of a write. Of what was not synced, any sectors may have reached the disk and any not.

mod common;
#[path = "common/disk.rs"]
mod disk;

use common::{Dice, admit, begun, follow, over, time_at};
use disk::Disk;
use node::{application::Application, store::Store};

const HEIGHTS: u64 = 12;
const CUTS: u64 = 300;

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
        torn += u32::from(disk.has_unsynced());
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
