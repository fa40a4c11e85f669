//! Writes non-adjacent steps for the benchmark in `tests/bench-step`: `cargo run -p light-client --example steps -- FOLDER`.
//!
//! For 4, 30 and 150 validators of equal power a file `N.json` = {trusted, untrusted, now}: the same validators, ten heights
//! apart, everybody signs.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;

use std::{env, fs, io};

use generate::{Recipe, at, members};
use light_client::json::write;

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| String::from("."));
    fs::create_dir_all(&folder)?;
    for count in [4, 30, 150] {
        let members = members(0, count, 10);
        let (trusted, untrusted) = (
            Recipe::new(2, &members).block(),
            Recipe::new(12, &members).block(),
        );
        let (trusted, untrusted) = (write::light_block(&trusted), write::light_block(&untrusted));
        let now = at(200_000_000_000);
        let step = format!(r#"{{"trusted":{trusted},"untrusted":{untrusted},"now":"{now}"}}"#);
        fs::write(format!("{folder}/{count}.json"), step)?;
    }
    Ok(())
}
