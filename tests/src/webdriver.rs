//! The WebDriver protocol (W3C), as much of it as the scenarios use: JSON over HTTP to chromedriver.

use crate::Outcome;
use serde_json::{Value, json};
use std::time::Duration;

/// The key under which WebDriver names an element (W3C WebDriver §12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser session.
#[derive(Debug)]
pub struct Session {
    address: String,
    agent: ureq::Agent,
}

/// A window or tab of the browser.
#[derive(Clone, Debug)]
pub struct Window(String);

/// An element of the page now shown.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Session {
    /// Opens a session with these Chrome options at the driver listening on `port`.
    ///
    /// # Errors
    /// Where the browser does not start.
    pub fn open(port: u16, chrome_options: &Value) -> Outcome<Self> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut session = Self {
            address: format!("http://127.0.0.1:{port}/session"),
            agent,
        };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": chrome_options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let opened = session.post("", &wanted)?;
        let id = opened["sessionId"]
            .as_str()
            .ok_or("the driver named no session")?;
        session.address = format!("{}/{id}", session.address);
        Ok(session)
    }

    /// Opens a page.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn go(&self, address: &str) -> Outcome {
        self.post("/url", &json!({"url": address})).map(drop)
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn reload(&self) -> Outcome {
        self.post("/refresh", &json!({})).map(drop)
    }

    /// Goes back to the page before.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn back(&self) -> Outcome {
        self.post("/back", &json!({})).map(drop)
    }

    /// The window that is spoken to.
    ///
    /// # Errors
    /// Where it was closed.
    pub fn window(&self) -> Outcome<Window> {
        self.get("/window").and_then(window)
    }

    /// Opens another window, which is still empty, and speaks to it from now on.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn open_window(&self) -> Outcome<Window> {
        self.open_another("window")
    }

    /// The same with a tab of this window: what was seen before is hidden behind it.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn open_tab(&self) -> Outcome<Window> {
        self.open_another("tab")
    }

    fn open_another(&self, kind: &str) -> Outcome<Window> {
        let opened = self.post("/window/new", &json!({ "type": kind }))?;
        let opened = window(opened["handle"].clone())?;
        self.speak_to(&opened)?;
        Ok(opened)
    }

    /// Speaks to this window from now on; it is brought to the front.
    ///
    /// # Errors
    /// Where it was closed.
    pub fn speak_to(&self, window: &Window) -> Outcome {
        self.post("/window", &json!({"handle": window.0}))?;
        self.devtools("Page.bringToFront", &json!({})).map(drop)
    }

    /// Closes the window that is spoken to. Another must be spoken to next.
    ///
    /// # Errors
    /// Where it was closed before.
    pub fn close_window(&self) -> Outcome {
        self.agent
            .delete(format!("{}/window", self.address))
            .call()?;
        Ok(())
    }

    /// Every element that a CSS selector names now.
    ///
    /// # Errors
    /// Where the selector is none.
    pub fn all(&self, selector: &str) -> Outcome<Vec<Element>> {
        let found = self.post(
            "/elements",
            &json!({"using": "css selector", "value": selector}),
        )?;
        let list = found.as_array().ok_or("the driver listed no elements")?;
        Ok(list
            .iter()
            .filter_map(|one| Some(Element(one[ELEMENT].as_str()?.to_owned())))
            .collect())
    }

    /// What the element shows.
    ///
    /// # Errors
    /// Where it is gone.
    pub fn text(&self, element: &Element) -> Outcome<String> {
        let text = self.get(&format!("/element/{}/text", element.0))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// An attribute of the element.
    ///
    /// # Errors
    /// Where it is gone.
    pub fn attribute(&self, element: &Element, name: &str) -> Outcome<Option<String>> {
        let value = self.get(&format!("/element/{}/attribute/{name}", element.0))?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Clicks it, as a person would: it must be visible and uncovered.
    ///
    /// # Errors
    /// Where it cannot be clicked.
    pub fn click(&self, element: &Element) -> Outcome {
        self.post(&format!("/element/{}/click", element.0), &json!({}))
            .map(drop)
    }

    /// Types into it; for a file input, the file's path.
    ///
    /// # Errors
    /// Where it takes no keys.
    pub fn write(&self, element: &Element, text: &str) -> Outcome {
        self.post(
            &format!("/element/{}/value", element.0),
            &json!({"text": text}),
        )
        .map(drop)
    }

    /// Empties an input.
    ///
    /// # Errors
    /// Where it is none.
    pub fn clear(&self, element: &Element) -> Outcome {
        self.post(&format!("/element/{}/clear", element.0), &json!({}))
            .map(drop)
    }

    /// Presses keys, whatever has the focus; special ones by their code points (WebDriver §17.4.2).
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn keys(&self, keys: &str) -> Outcome {
        let one = |key: char| {
            ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
        };
        let actions: Vec<Value> = keys.chars().flat_map(one).collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": actions});
        self.post("/actions", &json!({"actions": [keyboard]}))
            .map(drop)
    }

    /// Runs JavaScript in the page; a promise is awaited.
    ///
    /// # Errors
    /// Where it throws.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Outcome<Value> {
        self.post(
            "/execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// A command of the Chrome DevTools protocol.
    ///
    /// # Errors
    /// Where Chrome refuses it.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Outcome<Value> {
        self.post(
            "/goog/cdp/execute",
            &json!({"cmd": command, "params": parameters}),
        )
    }

    /// What the page and the browser wrote to the console since the last call.
    ///
    /// # Errors
    /// Where the driver keeps no log.
    pub fn console(&self) -> Outcome<Vec<String>> {
        let log = self.post("/se/log", &json!({"type": "browser"}))?;
        let lines = log.as_array().ok_or("the driver listed no log")?;
        Ok(lines
            .iter()
            .filter_map(|line| Some(line["message"].as_str()?.to_owned()))
            .collect())
    }

    /// A picture of what is shown, PNG.
    ///
    /// # Errors
    /// Where the browser takes none.
    pub fn screenshot(&self) -> Outcome<Vec<u8>> {
        use base64::Engine;
        let picture = self.get("/screenshot")?;
        let text = picture.as_str().ok_or("the driver sent no picture")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }

    /// A picture of the whole page, as far as it can be scrolled, PNG.
    ///
    /// # Errors
    /// Where the browser takes none.
    pub fn whole_page(&self) -> Outcome<Vec<u8>> {
        let metrics = self.devtools("Page.getLayoutMetrics", &json!({}))?;
        let size = &metrics["cssContentSize"];
        self.picture(
            json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}),
        )
    }

    /// What the first element of this selector shows, as PNG.
    ///
    /// # Errors
    /// Where there is none, or the browser takes no picture.
    pub fn picture_of(&self, selector: &str) -> Outcome<Vec<u8>> {
        const PLACE: &str = "
            const place = document.querySelector(arguments[0]).getBoundingClientRect();
            return {x: place.x + scrollX, y: place.y + scrollY, width: place.width, height: place.height, scale: 1};";
        self.picture(self.run(PLACE, &[selector.into()])?)
    }

    fn picture(&self, clip: Value) -> Outcome<Vec<u8>> {
        use base64::Engine;
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let picture = self.devtools("Page.captureScreenshot", &wanted)?;
        let text = picture["data"]
            .as_str()
            .ok_or("the browser sent no picture")?;
        Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
    }

    fn get(&self, path: &str) -> Outcome<Value> {
        let answer = self.agent.get(format!("{}{path}", self.address)).call()?;
        value(answer)
    }

    fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let answer = self
            .agent
            .post(format!("{}{path}", self.address))
            .send_json(body)?;
        value(answer)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.address).call();
    }
}

fn window(handle: Value) -> Outcome<Window> {
    let handle = handle.as_str().ok_or("the driver named no window")?;
    Ok(Window(handle.to_owned()))
}

fn value(answer: ureq::http::Response<ureq::Body>) -> Outcome<Value> {
    let good = answer.status().is_success();
    let mut body: Value = answer.into_body().read_json()?;
    let value = body["value"].take();
    if good {
        return Ok(value);
    }
    let message = value["message"]
        .as_str()
        .unwrap_or("the driver gave no reason");
    Err(message.lines().next().unwrap_or_default().to_owned().into())
}
