//! Files with a byte that is not as it was made, cut files, and lengths that promise more than there is.

use crate::common::{Net, TestChain, now};
use crate::{common::chain, made, renewed, verify_after};
use std::rc::Rc;
use verifier::{
    chains::Chain,
    portable::{self, Unreadable},
    verdict::Verdict,
};

/// What a verdict says, without what depends on how precisely times are known.
fn meaning(verdict: &Verdict) -> String {
    let mut verdict = verdict.clone();
    for entry in &mut verdict.history {
        entry.until_time.clear();
    }
    verdict
        .checks
        .retain(|check| check.reason != "event-times-wide");
    verdict.raw.clear();
    format!("{verdict:?}")
}

/// Flips a bit of every byte, or of every `step`th; gives how many files could still be read, and how many still proved what they did.
pub fn flip_all(chain: &TestChain, reader: &[Chain], file: &[u8], step: usize) -> (usize, usize) {
    let host = Net::at(chain.time() + 3600 * records::testing::SECOND);
    let whole = verify_after(chain, reader, file, 3600);
    assert_eq!(whole.headline, "proven-as-of");
    let (mut read, mut same) = (0, 0);
    for at in (0..file.len()).step_by(step) {
        let mut bent = file.to_vec();
        bent[at] ^= 1 << (at % 8);
        let Ok(verdict) = now(portable::verify(&portable::beside(&host), reader, &bent)) else {
            continue;
        };
        read += 1;
        if verdict.headline == "proven-as-of" {
            same += 1;
            assert_eq!(meaning(&verdict), meaning(&whole), "byte {at}");
        }
    }
    println!(
        "{} bytes: {read} bent files could be read, {same} said the same",
        file.len()
    );
    (read, same)
}

#[test]
fn no_bent_byte_makes_a_file_prove_something_else() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let (read, same) = flip_all(&chain, &crate::reader(&chain, 1), &file, 1);
    assert!(read > 1000, "the test reaches the checks: {read}");
    assert_eq!(same, 0, "every byte counts");
}

#[test]
fn no_bent_byte_makes_a_renewed_file_prove_something_else() {
    let (chain, file) = renewed::renewed();
    let (_, same) = flip_all(
        &chain,
        &crate::reader(&chain, renewed::CHECKPOINT),
        &file,
        3,
    );
    assert_eq!(same, 0, "every byte counts");
}

#[test]
fn a_cut_file_and_one_with_more_behind_it_are_none() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let host = Net::at(chain.time());
    let read =
        |bytes: &[u8]| now(portable::verify(&portable::beside(&host), &[], bytes)).map(|_| ());
    for cut in 0..file.len() {
        assert!(read(&file[..cut]).is_err(), "{cut}");
    }
    assert_eq!(read(&[&file[..], &[0]].concat()), Err(Unreadable::Torn));
    assert_eq!(read(b""), Err(Unreadable::NotAProof));
    assert_eq!(read(b"%PDF-1.7"), Err(Unreadable::NotAProof));
    assert_eq!(read(b"lianyan\x02"), Err(Unreadable::Version(2)));
    assert_eq!(
        read(&vec![0; portable::MAX_FILE + 1]),
        Err(Unreadable::TooLong)
    );
}

#[test]
fn a_length_takes_no_memory_for_what_is_not_there() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let host = Net::at(chain.time());
    // Each byte in turn begins a number of nine bytes.
    for at in 8..file.len() {
        let mut bent = file[..at].to_vec();
        bent.extend([0xff; 8]);
        bent.push(0x7f);
        bent.extend(&file[at..]);
        let read = now(portable::verify(&portable::beside(&host), &[], &bent));
        assert_eq!(
            read.map(|verdict| verdict.headline),
            Err(Unreadable::Torn),
            "{at}"
        );
    }
}
