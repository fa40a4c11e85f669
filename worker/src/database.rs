//! The browser's own database (IndexedDB): values under names.
//!
//! A browser may refuse to store anything, run out of space, or lose all of it. None of that stops a program: each of these functions says whether it
//! worked. The database is opened anew each time, so that nothing here goes stale and no other page is kept from a newer version of it.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest,
    IdbRequest, IdbTransactionMode,
};

/// A browser that does not answer within this time has failed.
const PATIENCE_MILLIS: i32 = 10_000;

/// A database with one table.
#[derive(Clone, Copy, Debug)]
pub struct Database {
    /// Its name.
    pub name: &'static str,
    /// Version of its layout; none opens whichever is there. One that a newer page has made is not opened by an older version, which counts as a browser
    /// that refuses.
    pub version: Option<u32>,
    /// Name of its table.
    pub table: &'static str,
}

impl Database {
    /// Every value.
    pub async fn all(&self) -> Result<Array, JsValue> {
        let values = self.read(IdbObjectStore::get_all).await?;
        Ok(values.unchecked_into())
    }

    /// Every name, ascending.
    pub async fn names(&self) -> Result<Vec<String>, JsValue> {
        let names: Array = self
            .read(IdbObjectStore::get_all_keys)
            .await?
            .unchecked_into();
        Ok(names.iter().filter_map(|name| name.as_string()).collect())
    }

    /// One value; undefined where it is not stored.
    pub async fn get(&self, name: &str) -> Result<JsValue, JsValue> {
        self.read(|table| table.get(&name.into())).await
    }

    /// Stores a value under its name, in the place of an older one.
    pub async fn put(&self, name: &str, value: &JsValue) -> Result<(), JsValue> {
        self.write(|table| table.put_with_key(value, &name.into()).map(drop))
            .await
    }

    /// Removes values.
    pub async fn remove(&self, names: &[String]) -> Result<(), JsValue> {
        let delete = |table: IdbObjectStore| {
            let mut each = names.iter();
            each.try_for_each(|name| table.delete(&name.into()).map(drop))
        };
        self.write(delete).await
    }

    async fn read(
        &self,
        ask: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    ) -> Result<JsValue, JsValue> {
        let database = self.open().await?;
        let request = self
            .table(&database, IdbTransactionMode::Readonly)
            .and_then(|table| ask(&table));
        let found = match request {
            Ok(request) => reply(&request).await,
            Err(error) => Err(error),
        };
        database.close();
        found
    }

    /// Done only once the transaction is complete: a full disk is told there, not before.
    async fn write(
        &self,
        change: impl FnOnce(IdbObjectStore) -> Result<(), JsValue>,
    ) -> Result<(), JsValue> {
        let database = self.open().await?;
        let begun = self
            .table(&database, IdbTransactionMode::Readwrite)
            .and_then(|table| {
                let transaction = table.transaction();
                change(table).map(|()| transaction)
            });
        let done = match begun {
            Ok(transaction) => {
                let ends = [("complete", true), ("abort", false), ("error", false)];
                settled(transaction.as_ref(), &ends).await
            }
            Err(error) => Err(error),
        };
        database.close();
        done.map(drop)
    }

    async fn open(&self) -> Result<IdbDatabase, JsValue> {
        let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
        // Where there is none, opening fails.
        let factory: IdbFactory = factory.unchecked_into();
        let request = match self.version {
            Some(version) => factory.open_with_u32(self.name, version),
            None => factory.open(self.name),
        }?;
        let (upgraded, table) = (request.clone(), self.table);
        let upgrade = Closure::once_into_js(move || create(&upgraded, table));
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        Ok(reply(&request).await?.unchecked_into())
    }

    fn table(
        &self,
        database: &IdbDatabase,
        mode: IdbTransactionMode,
    ) -> Result<IdbObjectStore, JsValue> {
        database
            .transaction_with_str_and_mode(self.table, mode)?
            .object_store(self.table)
    }
}

fn create(request: &IdbOpenDbRequest, table: &str) {
    if let Ok(database) = request.result() {
        let database: IdbDatabase = database.unchecked_into();
        // Refused only if it is there already.
        let _ = database.create_object_store(table);
    }
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
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let _ =
            scope.set_timeout_with_callback_and_timeout_and_arguments_0(&reject, PATIENCE_MILLIS);
    });
    JsFuture::from(promise).await
}
