//! The verifier as a web worker.
//!
//! Questions wait in a queue and are answered one after the other, so that what one has proven is there for the next; a cancelled one is dropped
//! wherever it waits. An event that was handed in is looked for between them until it is proven to be
//! written. A panic ends the program: the browser reports it to the page, which starts a new one.

#[cfg(target_family = "wasm")]
mod answers;
#[cfg(target_family = "wasm")]
mod browser;
#[cfg(target_family = "wasm")]
mod desk;
#[cfg(target_family = "wasm")]
mod live;
#[cfg(target_family = "wasm")]
mod shelf;
#[cfg(target_family = "wasm")]
mod tabs;
#[cfg(target_family = "wasm")]
mod until;

fn main() {
    #[cfg(target_family = "wasm")]
    desk::open();
}
