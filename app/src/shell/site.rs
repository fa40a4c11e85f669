//! What the page's own origin serves besides the programs: `chains.json`, samples, the build's hash.

use js_sys::{Function, JSON, Promise, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// A file of this origin as text; nothing when it is not there.
pub async fn text(path: &str) -> Option<String> {
    let window = web_sys::window()?;
    let response: Response = JsFuture::from(window.fetch_with_str(path))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}

/// What `app/boot.js` knows by that name.
fn boot(name: &str) -> Option<JsValue> {
    let boot = Reflect::get(&js_sys::global(), &"lianyan".into()).ok()?;
    Reflect::get(&boot, &name.into()).ok()
}

/// A file that index.html pins by hash; nothing when it is not there or another.
pub async fn pinned(name: &str) -> Option<String> {
    let fetch: Function = boot("text")?.dyn_into().ok()?;
    let text = fetch.call1(&JsValue::NULL, &name.into()).ok()?;
    JsFuture::from(text.dyn_into::<Promise>().ok()?)
        .await
        .ok()?
        .as_string()
}

/// The build's hash as index.html pins it; nothing in a development build.
pub fn build_hash() -> Option<String> {
    Reflect::get(&boot("build")?, &"build".into())
        .ok()?
        .as_string()
}

/// The text of `chains.json`.
pub async fn chains() -> Option<String> {
    JsFuture::from(boot("chains")?.dyn_into::<Promise>().ok()?)
        .await
        .ok()?
        .as_string()
}

/// When `chains.json` was last changed, as its server says, Unix nanoseconds as decimal text.
pub fn listed() -> Option<String> {
    let millis = boot("listed")?.as_f64().filter(|millis| *millis > 0.0)?;
    // Milliseconds since 1970 stay far below 2⁵³.
    Some(format!("{}000000", millis as i64))
}

/// Opens the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// The id of the chain that the page asks about, where it is one with development keys; known once `chains.json` is here.
pub fn dev_chain() -> Option<Rc<str>> {
    let id = boot("chain")?.as_string()?;
    id.starts_with("dev-").then(|| id.into())
}

/// A text in a parsed file; empty where there is none.
pub fn field(object: &JsValue, name: &str) -> String {
    let value = Reflect::get(object, &name.into()).ok();
    value.and_then(|text| text.as_string()).unwrap_or_default()
}

/// Whether this is WeChat's browser.
pub fn is_wechat() -> bool {
    let agent = web_sys::window().and_then(|window| window.navigator().user_agent().ok());
    agent.is_some_and(|agent| agent.contains("MicroMessenger"))
}

/// The address of WeChat's signed configuration in `site.json`, if this is WeChat and the site lets its own scanner be used.
pub async fn wechat_config() -> Option<String> {
    if !is_wechat() {
        return None;
    }
    let site = JSON::parse(&text("./site.json").await?).ok()?;
    Some(field(&site, "wechat_config")).filter(|address| !address.is_empty())
}

/// Calls WeChat's scanner, where its script is on the page and was configured; `done` gets the text.
pub fn wechat_scan(done: impl FnOnce(String) + 'static) -> Result<(), JsValue> {
    let wx = Reflect::get(&js_sys::global(), &"wx".into())?;
    let scan: Function = Reflect::get(&wx, &"scanQRCode".into())?.dyn_into()?;
    let wish = JSON::parse(r#"{"needResult":1,"scanType":["qrCode","barCode"]}"#)?;
    let success = wasm_bindgen::closure::Closure::once_into_js(move |answer: JsValue| {
        let text = Reflect::get(&answer, &"resultStr".into())
            .ok()
            .and_then(|text| text.as_string());
        if let Some(text) = text {
            done(without_symbology(&text).to_owned());
        }
    });
    Reflect::set(&wish, &"success".into(), &success)?;
    scan.call1(&wx, &wish).map(drop)
}

/// WeChat writes `CODE_128,` before a bar code's text; an invoice's own commas are no such prefix.
fn without_symbology(text: &str) -> &str {
    match text.split_once(',') {
        Some((prefix, rest)) if is_symbology(prefix) => rest,
        _ => text,
    }
}

fn is_symbology(prefix: &str) -> bool {
    prefix == "QR_CODE"
        || prefix == "CODE_128"
        || prefix == "CODE_39"
        || prefix == "EAN_13"
        || prefix == "DATA_MATRIX"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_symbology_is_cut_off() {
        assert_eq!(without_symbology("CODE_128,12345"), "12345");
        let invoice = "01,32,,25432000000031411143,655.00,20250311,,19E3";
        assert_eq!(without_symbology(invoice), invoice);
    }
}
