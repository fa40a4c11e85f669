//! Votes of ten thousand, a hundred thousand and a million ballots: casting, proving and counting them again; called by `cargo xtask bench votes`.

#[path = "../../tests/comet/hard_days/device.rs"]
mod device;
mod poll;
mod verify;

use lianyan_tests::Outcome;
use poll::{Casting, Poll, VOTE, ballot};
use records::RecordName;
use records::kinds::{ballot as ballots, vote};
use std::process::ExitCode;
use std::time::Instant;
use verifier::Question;
use verify::{Served, Taken};

/// Ballots of one vote. The last is asked for by `LIANYAN_BENCH_MILLION=1`, for it takes minutes and gigabytes of disk.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const BIG: &str = "LIANYAN_BENCH_MILLION";
/// Proofs timed at each size.
const PROOFS: usize = 2_000;
/// Ballots that the page offers to draw of a large vote.
const SAMPLE: u32 = 200;

fn main() -> ExitCode {
    let is_wanted = |size: &usize| *size < 1_000_000 || std::env::var_os(BIG).is_some();
    println!("\none vote in which every head of the roster votes: a table for each size\n");
    match SIZES.into_iter().filter(is_wanted).try_for_each(measure) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn measure(heads: usize) -> Outcome {
    let poll = Poll::open(heads)?;
    println!("| {heads} ballots | |\n|---|---:|");
    row_of_casting(&poll, heads, &poll.cast_all()?)?;
    let whole = RecordName::new(vote::NAME, VOTE).ok_or("no name of a record")?;
    let votes: Vec<RecordName> = vec![whole.clone(); PROOFS];
    // A step that visits every ballot, and no neighbour after the other.
    let some = (0..PROOFS).map(|number| ballot(number * 7_919 % heads));
    let some = some.collect::<Outcome<Vec<_>>>()?;
    row_of_proofs(&poll, "one ballot", &some)?;
    row_of_proofs(&poll, "the vote", &votes)?;
    let served = Served::new(&poll)?;
    let own = Question::record(ballots::NAME, ballot(heads / 2)?.id(), None);
    let questions = [
        ("own ballot", own),
        (
            "the vote, as it is opened",
            Question::record(vote::NAME, VOTE, None),
        ),
        ("a sample of 200", Question::recount(VOTE, SAMPLE)),
        ("every ballot", Question::recount(VOTE, 0)),
    ];
    for (what, question) in questions {
        row_of_verifier(what, &served.ask(&question.ok_or("no question")?)?);
    }
    println!();
    Ok(())
}

fn row_of_casting(poll: &Poll, heads: usize, casting: &Casting) -> Outcome {
    let each = |seconds: f64, count: usize| seconds * 1e6 / count as f64;
    println!(
        "| executed a second; processor each, all and the last tenth | {:.0}; {:.0} µs, {:.0} µs |",
        heads as f64 / casting.seconds,
        each(casting.processor, heads),
        each(casting.last_tenth, heads / 10)
    );
    println!("| an envelope | {} bytes |", casting.bytes / heads);
    println!(
        "| database | {} bytes a ballot |",
        poll.database()? / heads as u64
    );
    let published = poll.roster.publish()?;
    let bytes = published.chunks.iter().map(Vec::len).sum::<usize>();
    println!(
        "| the roster, published | {:.1} MB in {} blobs |",
        bytes as f64 / 1e6,
        published.chunks.len()
    );
    Ok(())
}

fn row_of_proofs(poll: &Poll, what: &str, records: &[RecordName]) -> Outcome {
    let (mut times, mut bytes, mut state) = (Vec::new(), 0, 0);
    for record in records {
        let began = Instant::now();
        let head = poll.query("/head", record)?;
        times.push(began.elapsed());
        bytes += head.proof.ok_or("no proof")?.len();
        state += poll.query("/state", record)?.value.len();
    }
    times.sort();
    println!(
        "| proof of {what}; its state | {} bytes, {:.0} µs, 99 % {:.0} µs; {} bytes |",
        bytes / records.len(),
        times[times.len() / 2].as_secs_f64() * 1e6,
        times[times.len() * 99 / 100].as_secs_f64() * 1e6,
        state / records.len()
    );
    Ok(())
}

fn row_of_verifier(what: &str, taken: &Taken) {
    println!(
        "| a verifier, {what} | {}: {:.2} MB in {} requests, processor {:.1} ms |",
        taken.said,
        taken.bytes as f64 / 1e6,
        taken.requests,
        taken.processor * 1e3
    );
}
