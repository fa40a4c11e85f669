//! The command line.

use std::{net::IpAddr, path::PathBuf};

/// What `--help` prints.
pub(super) const HELP: &str = "\
lianyan-node demo --data DIR [options]    a whole consortium with development keys, three nodes, and the page

  --data DIR         where chain and keys are kept; a second start continues the same chain
  --site DIR         the built page to serve; without it none is
  --rpc-port N       RPC of the first node [26657]; the two others take the next two ports
  --page-port N      the page [8080]
  --listen ADDRESS   address to listen at [127.0.0.1]; 0.0.0.0 lets other devices in
  --small            a small set of demo data
  --fresh            start over: another chain, with another id
";

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Say what there is.
    Help,
    /// Run the demo.
    Demo(Demo),
}

/// The demo's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demo {
    /// Where chain and keys are kept.
    pub data: PathBuf,
    /// The built page.
    pub site: Option<PathBuf>,
    /// RPC port of the first node.
    pub rpc_port: u16,
    /// Port of the page.
    pub page_port: u16,
    /// Address to listen at.
    pub listen: IpAddr,
    /// Whether the small set of demo data is wanted.
    pub small: bool,
    /// Whether to start over.
    pub fresh: bool,
}

/// Reads the command line; a sentence where it cannot be read.
pub(super) fn parse(words: &[String]) -> Result<Command, String> {
    let (command, words) = words.split_first().ok_or(HELP)?;
    match command.as_str() {
        "demo" if words.iter().any(|word| word == "--help") => Ok(Command::Help),
        "demo" => demo(words).map(Command::Demo),
        "help" | "--help" | "-h" => Ok(Command::Help),
        _ => Err(format!("there is no command `{command}`; try --help")),
    }
}

fn demo(words: &[String]) -> Result<Demo, String> {
    let mut data = None;
    let mut demo = Demo {
        data: PathBuf::new(),
        site: None,
        rpc_port: 26657,
        page_port: 8080,
        listen: IpAddr::from([127, 0, 0, 1]),
        small: false,
        fresh: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word.as_str() {
            "--small" => demo.small = true,
            "--fresh" => demo.fresh = true,
            "--data" => data = Some(value()?.into()),
            "--site" => demo.site = Some(value()?.into()),
            "--rpc-port" => demo.rpc_port = number(word, value()?)?,
            "--page-port" => demo.page_port = number(word, value()?)?,
            "--listen" => demo.listen = number(word, value()?)?,
            _ => return Err(format!("demo knows no `{word}`; try --help")),
        }
    }
    demo.data = data.ok_or("demo wants --data DIR")?;
    Ok(demo)
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` does not fit {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn options_are_read() {
        let Ok(Command::Demo(demo)) = parsed("demo --data d --small --rpc-port 1 --listen ::1")
        else {
            panic!("not read");
        };
        assert_eq!(
            (demo.data, demo.small, demo.fresh, demo.rpc_port),
            ("d".into(), true, false, 1)
        );
        assert!(demo.listen.is_ipv6());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(parsed("demo").unwrap_err().contains("--data"));
        assert!(
            parsed("demo --data d --rpc-port 70000")
                .unwrap_err()
                .contains("70000")
        );
        assert!(
            parsed("demo --data d --smal")
                .unwrap_err()
                .contains("--smal")
        );
        assert!(parsed("demos").unwrap_err().contains("demos"));
        assert_eq!(parsed("--help"), Ok(Command::Help));
    }
}
