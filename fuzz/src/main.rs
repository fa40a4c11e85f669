//! With the feature `libfuzzer` the fuzzer's program for the target that `LIANYAN_FUZZ_TARGET` names; the names where it names none. Otherwise it plays files
//! through a target, to look at what a fuzzer found: `cargo run -p lianyan-fuzz TARGET FILE…`.
#![cfg_attr(feature = "libfuzzer", no_main)]

#[cfg(feature = "libfuzzer")]
mod driven;

#[cfg(feature = "libfuzzer")]
libfuzzer_sys::fuzz_target!(init: driven::prepare(), |data: &[u8]| driven::run(data));

#[cfg(not(feature = "libfuzzer"))]
fn main() -> std::process::ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some(target) = lianyan_fuzz::target(&name) else {
        eprintln!("There is no target `{name}`. There are:");
        for target in lianyan_fuzz::TARGETS {
            eprintln!("  {}", target.name);
        }
        return std::process::ExitCode::FAILURE;
    };
    for file in words {
        match std::fs::read(&file) {
            Ok(bytes) => (target.run)(&bytes),
            Err(error) => {
                eprintln!("{file}: {error}");
                return std::process::ExitCode::FAILURE;
            }
        }
        println!("{file}: nothing wrong");
    }
    std::process::ExitCode::SUCCESS
}
