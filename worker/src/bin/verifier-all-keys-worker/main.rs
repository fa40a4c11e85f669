//! The verifier as a web worker, for chains whose validators have other keys than Ed25519: the same program, with those keys in it.

#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/answers.rs"]
mod answers;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/browser.rs"]
mod browser;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/desk.rs"]
mod desk;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/live.rs"]
mod live;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/shelf.rs"]
mod shelf;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/tabs.rs"]
mod tabs;
#[cfg(target_family = "wasm")]
#[path = "../verifier-worker/until.rs"]
mod until;

fn main() {
    #[cfg(target_family = "wasm")]
    desk::open();
}
