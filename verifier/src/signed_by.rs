//! Who signed the checkpoint from which trust began, kept beside what is trusted: for people to read, and no ground for anything.

use crate::{chains::Chain, checkpoint::Vouched, verifier::Verifier};
use alloc::string::{String, ToString};
use light_client::client::{Shelf, Store, states_root};

impl Vouched {
    /// Keeps who signed. Where that fails, the next visit names nobody, and trusts what this one does.
    pub async fn keep_signers(&self, shelf: &impl Shelf, chain: &Chain) {
        let mut lines = self.checkpoint.height.to_string();
        for member in &self.members {
            lines.push('\n');
            lines.push_str(member);
        }
        let _ = shelf.put(&place(chain), lines.as_bytes()).await;
    }
}

impl<S: Store> Verifier<S> {
    /// Takes over what an earlier visit kept: the members that `chains.json` lists. They are named while their checkpoint is among what is trusted.
    pub async fn recall_signers(&mut self, shelf: &impl Shelf) {
        let kept = shelf.get(&place(&self.chain)).await;
        let kept = kept.ok().flatten().unwrap_or_default();
        let text = core::str::from_utf8(&kept).unwrap_or_default();
        if let Some((height, members)) = text.split_once('\n')
            && let Ok(height) = height.parse()
        {
            let listed = &self.chain.checkpoint_keys;
            let is_listed = |name: &&str| listed.iter().any(|key| key.member == **name);
            let members = members.split('\n').filter(is_listed);
            self.trust.vouched = members.map(String::from).collect();
            self.trust.vouched_for = height;
        }
    }
}

/// Among the states that were reached from the page's checkpoint: what removes them all, a person who decides or a newer page, removes this as well.
fn place(chain: &Chain) -> String {
    states_root(&chain.id, &chain.checkpoint_hash) + "signers"
}
