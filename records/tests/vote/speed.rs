//! Where the time of a recount goes. Run with `cargo test --release -p records --test vote -- --ignored --nocapture speed`.

use crate::community::{VOTE, owner, voting_with};
use records::{
    Envelope, Event, Payload, RecordName, Replay, canonical,
    kinds::vote::{Choice, Recount},
    testing::CHAIN,
};

/// Seconds that this thread was on a processor: other work on the machine does not count.
fn cpu_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds = stat
        .split(' ')
        .next()
        .and_then(|first| first.parse::<u64>().ok());
    nanoseconds.expect("a number") as f64 / 1e9
}

fn timed<T>(what: &str, n: usize, run: impl FnOnce() -> T) -> T {
    let start = cpu_time();
    let result = run();
    let each = (cpu_time() - start) * 1e6 / n as f64;
    println!("{what:32} {each:8.2} µs each");
    result
}

#[test]
#[ignore = "a measurement"]
fn speed_of_a_recount() {
    const N: usize = 10_000;
    let mut community = timed("open a vote", 1, || {
        voting_with(&[100; N], |open| open.title = "大修".into())
    });
    timed("sign and write", N, || {
        for index in 0..N as u32 {
            let envelope = community.signed_by(index, Choice::For, &owner(index));
            let _ = community.ledger.write(&envelope);
        }
    });
    let log = community.ledger.log("vote", VOTE).to_vec();
    let n = log.len();
    println!("{n} entries, {} bytes each", log[n - 1].len());
    timed("decode envelope", n, || {
        for entry in &log {
            std::hint::black_box(Envelope::decode(&entry[16..]).expect("decodes"));
        }
    });
    timed("verify envelope", n, || {
        for entry in &log {
            Envelope::decode(&entry[16..])
                .expect("decodes")
                .verify()
                .expect("verifies");
        }
    });
    let payloads: Vec<_> = log
        .iter()
        .map(|entry| {
            Envelope::decode(&entry[16..])
                .expect("decodes")
                .payload()
                .to_vec()
        })
        .collect();
    timed("payload to value, compared", n, || {
        for payload in &payloads {
            std::hint::black_box(canonical::decode_value(payload).expect("decodes"));
        }
    });
    timed("payload decoded", n, || {
        for payload in &payloads {
            std::hint::black_box(canonical::decode::<Payload>(payload).expect("decodes"));
        }
    });
    timed("event opened", n, || {
        for entry in &log {
            std::hint::black_box(Event::open(&entry[16..]).expect("opens"));
        }
    });
    timed("replay", n, || {
        let mut replay = Replay::new(RecordName::new("vote", VOTE).expect("a name"), CHAIN);
        for entry in &log {
            replay
                .push(entry, &community.ledger.timeline)
                .expect("replays");
        }
    });
    let recounted = timed("recount", n, || {
        let mut recount = Recount::new(VOTE, CHAIN).expect("a vote");
        for entry in &log {
            recount
                .push(entry, &community.ledger.timeline)
                .expect("counts");
        }
        recount
            .finish(&community.ledger.head("vote", VOTE))
            .expect("agrees")
    });
    assert_eq!(recounted.tally.participation().heads as usize, n - 1);
}

/// What recomputing an electorate from its published leaves takes; the leaves are those of lenders, with keys and one loan each.
#[test]
#[ignore = "a measurement"]
fn speed_of_an_electorate() {
    for heads in [20_000usize, 100_000] {
        let leaf = |n: usize| {
            let rooms = vec![records::roster::Room {
                area: 1_000_000,
                room: format!("L{n:06}-1"),
            }];
            let key = records::testing::key(&format!("lender {n}")).public();
            let head = format!("p-{n:012x}");
            records::roster::Leaf::new(&head, Some(key), rooms).expect("a leaf")
        };
        let roster = records::roster::Roster::new((0..heads).map(leaf).collect()).expect("fits");
        let published = roster.publish().expect("encodes");
        let bytes: usize = published.chunks.iter().map(Vec::len).sum();
        let blobs: std::collections::BTreeMap<_, _> = published
            .chunks
            .iter()
            .chain([&published.list])
            .map(|blob| (records::hash::sha256(&[blob]), blob.clone()))
            .collect();
        let what = format!("{heads} heads, {bytes} bytes");
        let again = timed(&what, heads, || {
            records::roster::from_blobs(&published.digest(), |hash| blobs.get(hash).cloned())
        });
        assert_eq!(again.expect("decodes").totals(), roster.totals());
    }
}
