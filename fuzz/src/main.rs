//! Plays files through a target, to look at what a fuzzer found: `cargo run -p lianyan-fuzz TARGET FILE…`.

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
