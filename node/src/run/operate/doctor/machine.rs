//! What the machine itself gives away: its disk, its ports.

use super::{files::Whole, finding::Finding, settings};
use std::{io::ErrorKind, net::TcpListener, path::Path};

const GB: u64 = 1_000_000_000;

/// Whether there is room for the chain to grow.
pub(super) fn disk(home: &Path, least: u64) -> Option<Finding> {
    let disk = rustix::fs::statvfs(home).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < least.saturating_mul(GB)).then(|| {
        Finding::fault(
            "disk-full",
            format!("{} GB are free under {}", free / GB, home.display()),
            "make room or move the home to a larger disk, before it is full: a node whose disk is full stops",
        )
    })
}

/// What CometBFT is going to listen at, which nobody else may.
pub(super) fn ports(Whole { config, signer, .. }: &Whole) -> Vec<Finding> {
    let mend = match signer.as_str() {
        "" => "start it, and ask again; where it does not stay up, `journalctl -u lianyan-app -u lianyan-comet` says why".to_owned(),
        signer => format!(
            "start it, and the signer that it awaits at {signer}: without it CometBFT ends after some seconds, each time anew; then ask again"
        ),
    };
    let mut findings = vec![Finding::note(
        "not-running",
        "CometBFT does not answer: only files, ports and peers were looked at",
        mend,
    )];
    let wanted = [
        ("rpc.laddr", "tcp://127.0.0.1:26657"),
        ("p2p.laddr", "tcp://0.0.0.0:26656"),
        ("instrumentation.prometheus_listen_addr", ":26660"),
    ];
    for (path, default) in wanted {
        let Some(address) = settings::listens(config, path, default) else {
            let written = settings::text(config, path);
            findings.push(Finding::fault(
                "port-taken",
                format!("nothing can listen at `{written}`"),
                format!("write an address and a port of this machine to {path}"),
            ));
            continue;
        };
        if let Err(error) = TcpListener::bind(address) {
            let why = match error.kind() {
                ErrorKind::AddrInUse => "another program listens there already".to_owned(),
                _ => error.to_string(),
            };
            findings.push(Finding::fault(
                "port-taken",
                format!("{path} = {address}: {why}"),
                format!(
                    "`ss -ltnp | grep :{}` names the program; end it, or choose another port",
                    address.port()
                ),
            ));
        }
    }
    findings
}
