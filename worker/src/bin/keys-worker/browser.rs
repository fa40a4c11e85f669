//! The browser around the keys: messages to the page, and randomness.

use keys::Unsigned;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;
use worker::{FromKeys, Id};

/// The worker's own global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a message to the page.
pub fn post(message: &FromKeys) {
    if let Some(text) = worker::write(message) {
        // Fails only for values that cannot be cloned, which a text can.
        let _ = scope().post_message(&text.into());
    }
}

/// Tells the page why something was not done.
pub fn failed(id: Id, unsigned: Unsigned) {
    post(&FromKeys::Failed {
        id,
        reason: unsigned.reason.into(),
        facts: unsigned.facts,
    });
}

/// 32 unpredictable bytes.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    scope()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .expect("every browser with WebAssembly has randomness");
    bytes
}
