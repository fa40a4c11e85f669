//! Identity files in the browser's own database, one entry for each, under its public key. Where the browser refuses to keep them, the page says what that means.

use worker::database::{Database, Refused};

const IDENTITIES: Database = Database {
    name: "lianyan",
    version: Some(1),
    table: "identities",
};

/// Every file that is stored.
pub async fn all() -> Result<Vec<String>, Refused> {
    let files = IDENTITIES.all().await?;
    Ok(files.iter().filter_map(|file| file.as_string()).collect())
}

/// One file; none where it is not stored.
pub async fn get(key: &str) -> Result<Option<String>, Refused> {
    Ok(IDENTITIES.get(key).await?.as_string())
}

/// Stores a file under its key, in the place of an older one.
pub async fn put(key: &str, file: &str) -> Result<(), Refused> {
    IDENTITIES.put(key, &file.into()).await
}

/// Removes a file.
pub async fn remove(key: &str) -> Result<(), Refused> {
    IDENTITIES.remove(&[key.into()]).await
}
