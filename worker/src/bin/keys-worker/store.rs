//! Identity files in the browser's own database, one entry for each, under its public key. Where the browser refuses to keep them, the page says what that means.

use wasm_bindgen::JsValue;
use worker::database::Database;

const IDENTITIES: Database = Database {
    name: "lianyan",
    version: Some(1),
    table: "identities",
};

/// Every file that is stored.
pub async fn all() -> Result<Vec<String>, JsValue> {
    let files = IDENTITIES.all().await?;
    Ok(files.iter().filter_map(|file| file.as_string()).collect())
}

/// One file; none where it is not stored.
pub async fn get(key: &str) -> Result<Option<String>, JsValue> {
    Ok(IDENTITIES.get(key).await?.as_string())
}

/// Stores a file under its key, in the place of an older one.
pub async fn put(key: &str, file: &str) -> Result<(), JsValue> {
    IDENTITIES.put(key, &file.into()).await
}

/// Removes a file.
pub async fn remove(key: &str) -> Result<(), JsValue> {
    IDENTITIES.remove(&[key.into()]).await
}
