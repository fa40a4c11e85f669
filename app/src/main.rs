//! The page: a Yew single-page application without any cryptography. It asks two web workers and draws what they answer.

mod draw;
mod engine;
mod home;
mod i18n;
mod invoice;
mod keys;
mod medical;
mod scan;
mod shell;
mod trust;
mod tryout;
mod vote;
mod widget;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        // Who reads English waits for its texts rather than see the page change its language.
        shell::speaks(shell::prefs::Prefs::load().lang).await;
        draw();
    });
}

fn draw() {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.get_element_by_id("app")) {
        root.set_inner_html("");
        draw::start(root, shell::Shell);
    }
}
