//! Writing the demo data into a chain that has just begun.

use super::home::{Chain, Home};
use crate::{
    chain::FullNode,
    consortium::{PastBlock, write_history},
    demo::Script,
    error::Result,
    store::{Changes, Table},
};
use std::{
    io::{IsTerminal, Write},
    sync::Arc,
    time::Instant,
};

/// Writes everything, and notes that it is there.
pub(super) fn fill(
    home: &Home,
    chain: &mut Chain,
    script: &Script,
    nodes: &[Arc<FullNode>],
) -> Result<()> {
    let start = Instant::now();
    keep_blobs(script, nodes)?;
    let blocks = script.blocks().map(|block| PastBlock {
        time: block.time,
        events: block.envelopes,
    });
    let total = script.events();
    let shown = std::io::stdout().is_terminal();
    let written = write_history(nodes, &chain.signers(), blocks, |written| {
        if shown {
            let done = written.accepted + written.refused;
            print!("\rwriting demo data: {done} of {total} events");
            let _ = std::io::stdout().flush();
        }
    })?;
    chain.filled = true;
    home.save(chain)?;
    let seconds = start.elapsed().as_secs_f32();
    let refused = match written.refused {
        0 => String::new(),
        refused => format!(", {refused} refused by a rule"),
    };
    println!(
        "{}demo data: {} events in {} blocks{refused}, {seconds:.1} s",
        if shown { "\r" } else { "" },
        written.accepted,
        nodes.first().map_or(0, |node| node.height()),
    );
    Ok(())
}

fn keep_blobs(script: &Script, nodes: &[Arc<FullNode>]) -> Result<()> {
    for node in nodes {
        let mut changes = Changes::default();
        for blob in script.blobs() {
            let hash = crate::merkle::sha256(blob);
            changes.put(Table::Blobs, hash.to_vec(), blob.clone());
        }
        node.application.store().commit(changes)?;
    }
    Ok(())
}
