//! Every event is accepted, every record replays, and nothing is left to chance.

use super::*;

#[test]
fn every_event_of_the_small_script_is_accepted_and_every_record_replays() {
    let (script, ledger) = small();
    assert!(script.events() > 2_000);
    assert!(ledger.time < START + SPAN);
    ledger.replay_all();
}

/// Around the new year, at the end of February, and at any hour of the day: dates, months and numbers follow.
#[test]
fn every_event_is_accepted_whenever_the_chain_begins() {
    for (days, hours) in [(50, 3), (115, 10), (240, 17)] {
        let start = START + days * calendar::DAY + hours * calendar::HOUR;
        Ledger::play(&Script::new(CHAIN, start, Size::Small, Tempo::Past));
    }
}

/// On CometBFT events come in minutes, and never at the very moment that was wished.
#[test]
fn every_event_of_the_live_script_is_accepted_even_where_blocks_come_late() {
    for late in [0, 20 * calendar::SECOND] {
        let script = Script::new(CHAIN, START, Size::Small, Tempo::Live);
        let ledger = Ledger::play_late(&script, late);
        assert_eq!(script.events(), small().0.events());
        for (id, wanted) in super::votes::ENDINGS {
            let decision = super::votes::decision(&ledger, id, script.calendar.end());
            assert_eq!(decision, wanted, "{id}");
        }
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let bytes = |chain: &str| {
        let script = Script::new(chain, START, Size::Small, Tempo::Past);
        let blocks: Vec<Block> = script.blocks().collect();
        (
            script.genesis(&validators(), &[KeyType::Ed25519]),
            blocks,
            script.blobs().to_vec(),
        )
    };
    assert_eq!(bytes(CHAIN), bytes(CHAIN));
    assert_ne!(bytes(CHAIN).1, bytes("dev-demo-other").1);
}

/// Minutes of work without optimisation; `cargo test --release -p node -- --ignored` plays it.
#[test]
#[ignore = "slow unless optimised"]
fn every_event_of_the_full_script_is_accepted() {
    let started = std::time::Instant::now();
    let script = Script::new(CHAIN, START, Size::Full, Tempo::Past);
    println!("made in {:?}", started.elapsed());
    let blocks: Vec<Block> = script.blocks().collect();
    println!(
        "{} events in {} blocks signed after {:?}",
        script.events(),
        blocks.len(),
        started.elapsed()
    );
    drop(blocks);
    let ledger = Ledger::play(&script);
    assert!(
        ledger
            .all::<records::kinds::invoice::Invoice>("invoice")
            .len()
            >= 2_000
    );
    let lenders: records::kinds::vote::Vote =
        ledger.find("vote", "shanhai-exit-plan").expect("opened");
    assert_eq!(lenders.roster.heads, 20_000);
    assert_eq!(lenders.tally.participation().heads, 14_000);
    for (id, wanted) in super::votes::ENDINGS {
        assert_eq!(
            super::votes::decision(&ledger, id, START + SPAN),
            wanted,
            "{id}"
        );
    }
}

#[test]
fn blocks_stay_small() {
    for block in small().0.blocks() {
        let size: usize = block.envelopes.iter().map(Vec::len).sum();
        assert!(block.envelopes.len() <= 400 && size < 1_500_000, "{size}");
    }
}
