//! The keys as a web worker of their own: it holds what nobody else may have, and speaks to the page alone, never to a network.
//!
//! Messages are handled one after the other, for each may have to wait for the browser's storage. A panic ends the program: the browser reports it to the
//! page, which starts a new one; what was stored is there again.

#[cfg(target_family = "wasm")]
mod acts;
#[cfg(target_family = "wasm")]
mod browser;
#[cfg(target_family = "wasm")]
mod desk;
#[cfg(target_family = "wasm")]
mod keyring;
#[cfg(target_family = "wasm")]
mod store;

fn main() {
    #[cfg(target_family = "wasm")]
    desk::open();
}
