//! Acts under way: from what is needed to what was signed, and to what may then be read.

use crate::{
    browser::{failed, post, random},
    keyring::Keyring,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use keys::{Action, Signed, Unsigned, needs, open, sign};
use litemap::LiteMap;
use records::Ground;
use worker::{FromKeys, Id, RecordRef};

/// Acts by their number.
#[derive(Default)]
pub struct Acts(LiteMap<Id, Act>);

struct Act {
    key: String,
    action: Action,
    chain: String,
    /// What it was signed on, and the envelope.
    signed: Option<(Ground, Vec<u8>)>,
}

impl Acts {
    /// Begins one, and says what must be proven for it.
    pub async fn begin(
        &mut self,
        ring: &mut Keyring,
        id: Id,
        (key, action, chain): (String, Action, String),
    ) -> Result<(), Unsigned> {
        let who = ring.fresh(&key).await;
        let who = who.ok_or_else(|| Unsigned::new("no-such-identity"))?;
        let needed = needs(who, &action)?;
        let record = |name: &records::RecordName| RecordRef {
            kind: name.kind().into(),
            id: name.id().into(),
        };
        post(&FromKeys::Needs {
            id,
            records: needed.records.iter().map(record).collect(),
            blobs: needed.blobs,
        });
        let act = Act {
            key,
            action,
            chain,
            signed: None,
        };
        self.0.insert(id, act);
        Ok(())
    }

    /// Signs on what was proven. The identity is kept before the event leaves.
    pub async fn sign(&mut self, ring: &mut Keyring, id: Id, ground: &str) -> Result<(), Unsigned> {
        let Some(act) = self.0.get_mut(&id) else {
            return Ok(());
        };
        let ground = Ground::decode(ground).ok_or_else(|| Unsigned::new("state-unreadable"))?;
        let who = ring.fresh(&act.key).await;
        let who = who.ok_or_else(|| Unsigned::new("no-such-identity"))?;
        let Signed {
            envelope,
            blob,
            share,
        } = sign(who, &act.action, &act.chain, &ground, random())?;
        act.signed = Some((ground, envelope.clone()));
        ring.keep(&act.key).await;
        post(&FromKeys::Signed {
            id,
            envelope: String::from_utf8_lossy(&envelope).into_owned(),
            blob: BASE64_STANDARD.encode(blob.unwrap_or_default()),
            share: share.unwrap_or_default(),
        });
        Ok(())
    }

    /// The event is written, so it is pending no more; a reader may see the content now.
    pub async fn written(&mut self, ring: &mut Keyring, id: Id) -> Result<(), Unsigned> {
        let Some(act) = self.0.remove(&id) else {
            return Ok(());
        };
        let (Some((ground, envelope)), Some(who)) = (act.signed, ring.fresh(&act.key).await) else {
            return Ok(());
        };
        who.pending.retain(|pending| pending.envelope != envelope);
        let content = match act.action {
            Action::Read { document, grant } => Some(open(who, &document, &grant, &ground)),
            _ => None,
        };
        ring.keep(&act.key).await;
        if let Some(content) = content {
            let text = content?;
            post(&FromKeys::Content { id, text });
        }
        Ok(())
    }

    /// Forgets one.
    pub fn drop(&mut self, id: Id) {
        self.0.remove(&id);
    }
}

/// Tells the page why an act ended.
pub fn report(id: Id, done: Result<(), Unsigned>) {
    if let Err(unsigned) = done {
        failed(id, unsigned);
    }
}
