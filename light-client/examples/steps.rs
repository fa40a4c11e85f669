//! Writes non-adjacent steps for the benchmark in `tests/bench-step`: `cargo run -p light-client --example steps -- FOLDER`.
//!
//! For 4, 30 and 150 validators of equal power a file `N.json` = {trusted, untrusted, now}: the same validators, ten heights
//! apart, everybody signs. For 4 and 30 with ML-DSA-65 keys `ml-dsa-65-N.json`.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;

use std::{env, fs, io};

use generate::{Member, Recipe, at, members};
use light_client::json::write;
use signing::Key;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| String::from("."));
    fs::create_dir_all(&folder)?;
    for count in [4, 30, 150] {
        write_step(&format!("{folder}/{count}.json"), &members(0, count, 10))?;
    }
    for count in [4, 30] {
        let member = |number| Member {
            key: Key::ml_dsa_65(number),
            power: 10,
        };
        let members: Vec<Member> = (0..count).map(member).collect();
        write_step(&format!("{folder}/ml-dsa-65-{count}.json"), &members)?;
    }
    Ok(())
}

fn write_step(path: &str, members: &[Member]) -> io::Result<()> {
    let (trusted, untrusted) = (
        Recipe::new(2, members).block(),
        Recipe::new(12, members).block(),
    );
    let (trusted, untrusted) = (write::light_block(&trusted), write::light_block(&untrusted));
    let now = at(200_000_000_000);
    let step = format!(r#"{{"trusted":{trusted},"untrusted":{untrusted},"now":"{now}"}}"#);
    fs::write(path, step)
}
