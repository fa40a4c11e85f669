//! The chain begins: the founding events of the genesis document.

use super::{
    Application, FIRST_RULES, InitChainRequest, InitChainResponse, ValidatorUpdate,
    blobs::note_looked,
    execution::{Execution, powers},
    position::Position,
};
use crate::{
    error::{Error, Result},
    statesync,
    store::{EntryPlace, Table},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use records::{Context, KeyType, kinds::consortium::Consortium, log::Entry};
use serde::{Deserialize, Serialize};

/// The genesis document's `app_state`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppState {
    /// Founding events: base64 of envelopes, in order.
    pub events: Vec<String>,
}

impl AppState {
    /// From envelopes.
    pub fn new<T: AsRef<[u8]>>(envelopes: impl IntoIterator<Item = T>) -> Self {
        let events = envelopes.into_iter().map(|bytes| BASE64.encode(bytes));
        Self {
            events: events.collect(),
        }
    }
}

impl Application {
    /// `InitChain`: executes the founding events at height 0 and the genesis time. What was there before a first block goes at once;
    /// nothing is kept before the next `commit`.
    pub fn init_chain(&self, request: &InitChainRequest) -> Result<InitChainResponse> {
        let state: AppState = serde_json::from_slice(&request.app_state_bytes)
            .map_err(|error| Error::Setup(format!("genesis app_state: {error}")))?;
        self.require_unbegun(request)?;
        self.blobs.begin();
        self.begin_anew()?;
        let snapshot = self.store.snapshot();
        let directory = self.governing(&snapshot, None);
        let context = Context {
            chain: &request.chain_id,
            height: 0,
            time: request.time,
            rules_version: FIRST_RULES,
            directory: &directory,
        };
        let mut execution = Execution::new(&snapshot, None);
        for (position, text) in (0..).zip(&state.events) {
            let envelope = BASE64
                .decode(text)
                .map_err(|_| founding(position, "is not base64"))?;
            self.execute_founding(&mut execution, &context, position, &envelope)?;
        }
        let consortium = execution
            .consortium()?
            .ok_or_else(|| Error::Setup("the genesis founds no consortium".into()))?;
        let validators: Vec<ValidatorUpdate> = powers(&consortium)
            .into_iter()
            .map(|(key, power)| ValidatorUpdate { key, power })
            .collect();
        require_same(&validators, &request.validators)?;
        require_known(&consortium, &request.key_types)?;
        let (app_hash, mut changes) = execution.finish(self, 0)?;
        changes.put(Table::Versions, vec![0; 8], vec![0; 8]);
        let position = Position {
            chain_id: request.chain_id.clone(),
            height: 0,
            time: request.time,
            app_hash,
            version: 0,
            hashes_logged: 0,
            app_version: FIRST_RULES,
        };
        position.save(&mut changes)?;
        note_looked(&mut changes);
        *super::lock(&self.pending) = Some((position, changes));
        Ok(InitChainResponse {
            validators,
            app_hash,
        })
    }

    /// Forgets a restoration, and a founding that no block followed: this one may be another of the same chain, and no record of that one is in its
    /// state.
    fn begin_anew(&self) -> Result<()> {
        *super::lock(&self.restoring) = None;
        *super::write_lock(&self.committed) = None;
        statesync::forget(&self.store, &self.upper)
    }

    /// A chain whose first block was not decided begins again; any other stays what it is.
    fn require_unbegun(&self, request: &InitChainRequest) -> Result<()> {
        match self.position() {
            Some(position) if position.height > 0 || position.chain_id != request.chain_id => {
                Err(Error::Setup(format!(
                    "the database holds chain {} at height {}, and cannot begin {}",
                    position.chain_id, position.height, request.chain_id
                )))
            }
            _ => Ok(()),
        }
    }

    fn execute_founding(
        &self,
        execution: &mut Execution<'_>,
        context: &Context<'_>,
        position: u32,
        envelope: &[u8],
    ) -> Result<()> {
        let event = self
            .open_event(context.chain, context.rules_version, envelope)
            .map_err(|why| founding(position, &why))?;
        let place = EntryPlace {
            height: 0,
            position,
        };
        let entry = Entry {
            height: 0,
            time: context.time,
            envelope,
        }
        .encode();
        execution
            .event(&event, context, place, &entry)?
            .map_err(|refusal| founding(position, &refusal.log()))?;
        execution.changes.put(Table::Entries, place.encode(), entry);
        Ok(())
    }
}

fn founding(position: u32, why: &str) -> Error {
    Error::Setup(format!("founding event {position}: {why}"))
}

/// The genesis document names the validators twice; they must be the same.
fn require_same(founded: &[ValidatorUpdate], listed: &[ValidatorUpdate]) -> Result<()> {
    let mut listed = listed.to_vec();
    listed.sort_by(|a, b| a.key.cmp(&b.key));
    if founded == listed {
        Ok(())
    } else {
        Err(Error::Setup(
            "the genesis lists other validators than its founding event".into(),
        ))
    }
}

/// CometBFT stops at a validator whose type of key its parameters do not name: what the consortium allows, it must know from the first block on.
fn require_known(consortium: &Consortium, known: &[String]) -> Result<()> {
    for key_type in [KeyType::Ed25519, KeyType::MlDsa65] {
        if consortium.allows(key_type) && !known.iter().any(|name| name == key_type.word()) {
            return Err(Error::Setup(format!(
                "the founding event allows validators with {0} keys, and the genesis's pub_key_types name no {0}",
                key_type.word()
            )));
        }
    }
    Ok(())
}
