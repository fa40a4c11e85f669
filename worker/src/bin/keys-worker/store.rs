//! Identity files in the browser's own storage (IndexedDB), one entry for each, under its public key.
//!
//! A browser may refuse to store anything, run out of space, or lose all of it. None of that stops the keys: each of these functions says whether it
//! worked, and the page says what that means. The database is opened anew each time, so that nothing here goes stale.

use crate::browser::scope;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode,
};

const DATABASE: &str = "lianyan";
const VERSION: u32 = 1;
const IDENTITIES: &str = "identities";

/// Every file that is stored.
pub async fn all() -> Result<Vec<String>, JsValue> {
    let database = open().await?;
    let files = reply(&identities(&database, IdbTransactionMode::Readonly)?.get_all()?).await;
    database.close();
    let files: Array = files?.unchecked_into();
    Ok(files.iter().filter_map(|file| file.as_string()).collect())
}

/// One file; none where it is not stored.
pub async fn get(key: &str) -> Result<Option<String>, JsValue> {
    let database = open().await?;
    let file = reply(&identities(&database, IdbTransactionMode::Readonly)?.get(&key.into())?).await;
    database.close();
    Ok(file?.as_string())
}

/// Stores a file under its key, in the place of an older one.
pub async fn put(key: &str, file: &str) -> Result<(), JsValue> {
    let change = |store: IdbObjectStore| store.put_with_key(&file.into(), &key.into());
    write(change).await
}

/// Removes a file.
pub async fn remove(key: &str) -> Result<(), JsValue> {
    write(|store: IdbObjectStore| store.delete(&key.into())).await
}

/// Done only once the transaction is complete: a full disk is told there, not before.
async fn write(
    change: impl FnOnce(IdbObjectStore) -> Result<IdbRequest, JsValue>,
) -> Result<(), JsValue> {
    let database = open().await?;
    let done = match identities(&database, IdbTransactionMode::Readwrite) {
        Ok(store) => {
            let transaction = store.transaction();
            change(store)?;
            let ends = [("complete", true), ("abort", false), ("error", false)];
            settled(transaction.as_ref(), &ends).await
        }
        Err(error) => Err(error),
    };
    database.close();
    done.map(drop)
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = Reflect::get(&scope(), &"indexedDB".into())?;
    let factory: IdbFactory = factory.dyn_into()?;
    let request = factory.open_with_u32(DATABASE, VERSION)?;
    let upgraded = request.clone();
    let upgrade = Closure::once_into_js(move || create(&upgraded));
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    reply(&request).await?.dyn_into()
}

fn create(request: &IdbOpenDbRequest) {
    if let Ok(database) = request.result() {
        let database: IdbDatabase = database.unchecked_into();
        // Refused only if it is there already.
        let _ = database.create_object_store(IDENTITIES);
    }
}

fn identities(database: &IdbDatabase, mode: IdbTransactionMode) -> Result<IdbObjectStore, JsValue> {
    database
        .transaction_with_str_and_mode(IDENTITIES, mode)?
        .object_store(IDENTITIES)
}

async fn reply(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let ends = [("success", true), ("error", false), ("blocked", false)];
    settled(request.as_ref(), &ends).await?;
    request.result()
}

/// Waits for one of these events; each says whether it is a good one.
async fn settled(target: &web_sys::EventTarget, ends: &[(&str, bool)]) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        for (event, good) in ends {
            let hear: &Function = if *good { &resolve } else { &reject };
            let _ = target.add_event_listener_with_callback(event, hear);
        }
    });
    JsFuture::from(promise).await
}
