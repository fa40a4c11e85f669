//! What is trusted of the chain, in the browser's own database, apart from the identities: it may be wiped without losing anything that cannot be
//! verified again.

use js_sys::Uint8Array;
use verifier::{KeptStore, Shelf, StoreError, chains::Chain};
use wasm_bindgen::JsCast;
use worker::database::{Database, Refused};

/// A layout or an encoding that changes gets the next number. Halts stay where they are; states that cannot be read any more are verified again from the
/// checkpoint.
const TRUST: Database = Database {
    name: "lianyan-trust",
    version: Some(1),
    table: "trust",
};

/// The same for halts, whatever the layout: a page that was rolled back does not go on where a newer one has found a fork.
const HALTS: Database = Database {
    version: None,
    ..TRUST
};

/// How a halt's name ends.
const HALT: &str = "/halt";

/// The browser's database as a shelf.
pub struct Browsers;

/// What this browser keeps of a chain.
pub async fn open(chain: &Chain) -> KeptStore<Browsers> {
    let check = chain.options().signatures;
    KeptStore::open(Browsers, &chain.id, &chain.checkpoint_hash, check).await
}

/// A store of a chain that keeps nothing for later.
pub fn none(chain: &Chain) -> KeptStore<Browsers> {
    let check = chain.options().signatures;
    KeptStore::forgetful(Browsers, &chain.id, &chain.checkpoint_hash, check)
}

impl Shelf for Browsers {
    async fn names(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let mut names = match TRUST.names().await {
            Ok(names) => names,
            // Where there is one all the same, it is a newer page's: nothing in it is for this one, but a halt.
            Err(why) => {
                let mut halts = HALTS.names().await.map_err(|_| failed(why))?;
                halts.retain(|name| name.ends_with(HALT));
                halts
            }
        };
        names.retain(|name| name.starts_with(beginning));
        Ok(names)
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let table = if name.ends_with(HALT) { HALTS } else { TRUST };
        let value = match table.get(name).await {
            // A browser that wipes what is stored breaks off what is under way: the next try finds nothing.
            Err(_) => table.get(name).await,
            found => found,
        };
        let value = value.map_err(failed)?;
        Ok(value.dyn_ref::<Uint8Array>().map(|bytes| bytes.to_vec()))
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let bytes = Uint8Array::from(bytes);
        TRUST.put(name, &bytes).await.map_err(failed)
    }

    async fn remove(&self, names: &[String]) -> Result<(), StoreError> {
        TRUST.remove(names).await.map_err(failed)
    }
}

fn failed(_: Refused) -> StoreError {
    StoreError("the browser does not keep it".into())
}
