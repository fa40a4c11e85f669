//! What became of a transaction, proven: it is in a block, and the header after that block commits to its result.

use crate::{
    chains::Chain,
    host::Host,
    nodes::Sets,
    rpc::{Call, Fault},
    session::Session,
};
use light_client::{
    json::{self, TxResult, Value},
    sha256, verify_outcome,
};

impl<H: Host> Session<'_, H> {
    /// The proven result of a transaction, and the height of its block. None where no node shows it in a block with a header after it that
    /// this session's header proves; that it is in none is not proven by this.
    pub async fn outcome(
        &mut self,
        chain: &Chain,
        sets: &mut Sets,
        tx: &[u8],
    ) -> Option<(u64, TxResult)> {
        for at in self.roll.for_proofs() {
            match self.outcome_at(at, chain, sets, tx).await {
                Ok(Some(result)) => return Some(result),
                // It has not seen the transaction in a block, or the block after it.
                Ok(None) | Err(Fault::Refused(_)) => {}
                Err(fault) => self.roll.fault(at, &fault),
            }
        }
        None
    }

    async fn outcome_at(
        &mut self,
        at: usize,
        chain: &Chain,
        sets: &mut Sets,
        tx: &[u8],
    ) -> Result<Option<(u64, TxResult)>, Fault> {
        let asked = sha256(&[tx]);
        let answer = json::tx(&self.first(at, Call::tx(&asked)).await?)?;
        let height = answer.height;
        let after = height.saturating_add(1);
        if after > self.header.header().height {
            return Ok(None);
        }
        let results = self.first(at, Call::block_results(height)).await?;
        let results = json::block_results(&results)?;
        let headers = self.headers(chain, sets, &[height, after]).await;
        let (Some(own), Some(next)) = (headers.get(&height), headers.get(&after)) else {
            return Ok(None);
        };
        verify_outcome(&answer, &results, &asked, own, next)
            .map(|result| Some((height, result)))
            .map_err(|_| Fault::Refuted("outcome-not-proven".into()))
    }

    async fn first(&self, at: usize, call: Call) -> Result<Value, Fault> {
        let answers = self.node(at)?.ask(&[call]).await?;
        let first = answers.into_iter().next();
        first.ok_or_else(|| Fault::Garbage("nothing".into()))
    }
}
