//! The browser's own database (IndexedDB): values under names.
//!
//! A browser may refuse to store anything, run out of space, or lose all of it. None of that stops a program: each of these functions says whether it
//! worked. The database is opened anew each time, so that nothing here goes stale and no other page is kept from a newer version of it.

use idb::{DatabaseEvent, Factory, ObjectStore, ObjectStoreParams, Query, TransactionMode};
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, EventTarget, IdbOpenDbRequest, IdbRequest, IdbTransaction,
};

/// A browser that does not answer within this time has failed.
const PATIENCE_MILLIS: i32 = 10_000;

/// The browser did not do what it was asked for. Why, it says in words of its own.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

impl From<idb::Error> for Refused {
    fn from(_: idb::Error) -> Self {
        Self
    }
}

impl From<JsValue> for Refused {
    fn from(_: JsValue) -> Self {
        Self
    }
}

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
    pub async fn all(&self) -> Result<Array, Refused> {
        let values = self.read(|table| table.get_all(None, None).map(Into::into));
        Ok(values.await?.unchecked_into())
    }

    /// Every name, ascending.
    pub async fn names(&self) -> Result<Vec<String>, Refused> {
        let names = self.read(|table| table.get_all_keys(None, None).map(Into::into));
        let names: Array = names.await?.unchecked_into();
        Ok(names.iter().filter_map(|name| name.as_string()).collect())
    }

    /// One value; undefined where it is not stored.
    pub async fn get(&self, name: &str) -> Result<JsValue, Refused> {
        self.read(|table| table.get(Query::Key(name.into())).map(Into::into))
            .await
    }

    /// Stores a value under its name, in the place of an older one.
    pub async fn put(&self, name: &str, value: &JsValue) -> Result<(), Refused> {
        self.write(|table| table.put(value, Some(&name.into())).map(drop))
            .await
    }

    /// Removes values.
    pub async fn remove(&self, names: &[String]) -> Result<(), Refused> {
        let delete = |table: &ObjectStore| {
            let mut each = names.iter();
            each.try_for_each(|name| table.delete(Query::Key(name.into())).map(drop))
        };
        self.write(delete).await
    }

    async fn read(
        &self,
        ask: impl FnOnce(&ObjectStore) -> Result<IdbRequest, idb::Error>,
    ) -> Result<JsValue, Refused> {
        let database = self.open().await?;
        let request = database
            .transaction(&[self.table], TransactionMode::ReadOnly)
            .and_then(|transaction| ask(&transaction.object_store(self.table)?));
        let found = match request {
            Ok(request) => reply(&request).await,
            Err(error) => Err(error.into()),
        };
        database.close();
        found
    }

    /// Done only once the transaction is complete: a full disk is told there, not before.
    async fn write(
        &self,
        change: impl FnOnce(&ObjectStore) -> Result<(), idb::Error>,
    ) -> Result<(), Refused> {
        let database = self.open().await?;
        let begun = database
            .transaction(&[self.table], TransactionMode::ReadWrite)
            .and_then(|transaction| {
                change(&transaction.object_store(self.table)?)?;
                Ok(IdbTransaction::from(transaction))
            });
        let done = match begun {
            Ok(transaction) => {
                let ends = [("complete", true), ("abort", false), ("error", false)];
                settled(&transaction, &ends).await
            }
            Err(error) => Err(error.into()),
        };
        database.close();
        done
    }

    async fn open(&self) -> Result<idb::Database, Refused> {
        let mut request = Factory::new()?.open(self.name, self.version)?;
        let table = self.table;
        request.on_upgrade_needed(move |event| {
            if let Ok(database) = event.database() {
                // Refused only if it is there already.
                let _ = database.create_object_store(table, ObjectStoreParams::new());
            }
        });
        request.forget_callbacks();
        let database = reply(&IdbOpenDbRequest::from(request)).await?;
        Ok(database.try_into()?)
    }
}

async fn reply(request: &IdbRequest) -> Result<JsValue, Refused> {
    let ends = [("success", true), ("error", false), ("blocked", false)];
    settled(request, &ends).await?;
    Ok(request.result()?)
}

/// Waits for one of these events; each says whether it is a good one. The crate's own waiting knows no end, nor a blocked request.
async fn settled(target: &EventTarget, ends: &[(&str, bool)]) -> Result<(), Refused> {
    let promise = Promise::new(&mut |resolve, reject| {
        for (event, good) in ends {
            let hear: &Function = if *good { &resolve } else { &reject };
            let _ = target.add_event_listener_with_callback(event, hear);
        }
        let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
        let _ =
            scope.set_timeout_with_callback_and_timeout_and_arguments_0(&reject, PATIENCE_MILLIS);
    });
    JsFuture::from(promise).await?;
    Ok(())
}
