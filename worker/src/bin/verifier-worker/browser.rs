//! The browser as the verifier's host: fetch with limits, the clock, randomness, messages to the page.

use js_sys::{Date, Function, Promise, Reflect, Uint8Array};
use litemap::LiteMap;
use verifier::{Host, Limits, News, Unreachable, portable::Aside};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Request, RequestInit,
    Response,
};
use worker::{FromVerifier, Id};

/// The worker's own global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a message to the page.
pub fn post(message: &FromVerifier) {
    if let Some(text) = worker::write(message) {
        pass_on(&text);
    }
}

/// Sends the text of a message to the page.
pub fn pass_on(text: &str) {
    // Fails only for values that cannot be cloned, which a text can.
    let _ = scope().post_message(&text.into());
}

/// Waits.
pub async fn sleep(millis: i32) {
    let timer = Promise::new(&mut |resolve, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(timer).await;
}

/// The host of one question; what it tells goes to the page under the question's number.
pub struct Browser {
    /// The question; none while the chain is merely followed.
    pub id: Option<Id>,
    /// A proof file that is being made or verified.
    pub aside: Option<Aside>,
}

/// The time, in milliseconds since 1970.
pub fn milliseconds() -> f64 {
    Date::now()
}

impl Host for Browser {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        let controller = AbortController::new().map_err(|_| Unreachable::NoConnection)?;
        let timer = abort_after(&controller, limits.millis);
        let result = fetch(&address(url), &body, &controller, limits.bytes).await;
        scope().clear_timeout_with_handle(timer);
        let timed_out = controller.signal().aborted();
        controller.abort();
        result.map_err(|error| {
            if timed_out {
                Unreachable::TimedOut
            } else {
                error
            }
        })
    }

    fn aside(&self) -> Option<&Aside> {
        self.aside.as_ref()
    }

    fn now(&self) -> i64 {
        // Milliseconds since 1970: exact in a float far beyond the year 9999.
        (milliseconds() as i64).saturating_mul(1_000_000)
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        scope()
            .crypto()
            .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
            .expect("every browser with WebAssembly has randomness");
        bytes
    }

    fn tell(&self, news: News) {
        let Some(id) = self.id else { return };
        post(&match news {
            News::Waiting(stage, facts) => FromVerifier::Waiting {
                id,
                step: stage.code().into(),
                facts,
            },
            News::Sent(event_id, until) => FromVerifier::Sent {
                id,
                event_id,
                until: until.to_string(),
            },
            News::Checked(check) => FromVerifier::Checked { id, check },
            News::Signing(signers, total_power) => FromVerifier::Signing {
                id,
                signers,
                total_power,
            },
        });
    }

    async fn pause(&self, millis: u32) {
        sleep(i32::try_from(millis).unwrap_or(i32::MAX)).await;
    }
}

/// `:26657` is that port on the page's own host.
pub fn address(url: &str) -> String {
    if !url.starts_with(':') {
        return url.into();
    }
    // A worker made from a blob has an opaque location; its origin is the page's.
    let origin = scope().location().origin();
    let (scheme, host) = origin.split_once("://").unwrap_or(("http", ""));
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    [scheme, "://", name, url].concat()
}

fn abort_after(controller: &AbortController, millis: u32) -> i32 {
    let abort = Reflect::get(controller, &"abort".into())
        .ok()
        .and_then(|abort| abort.dyn_into::<Function>().ok())
        .map(|abort| abort.bind0(controller));
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    abort
        .and_then(|abort| {
            scope()
                .set_timeout_with_callback_and_timeout_and_arguments_0(&abort, millis)
                .ok()
        })
        .unwrap_or_default()
}

/// A text body without a content type of its own, so that no preflight is needed; read piece by piece, so that an endless answer ends here.
async fn fetch(
    url: &str,
    body: &[u8],
    controller: &AbortController,
    most: usize,
) -> Result<Vec<u8>, Unreachable> {
    let cut = |_: JsValue| Unreachable::NoConnection;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_body(&String::from_utf8_lossy(body).as_ref().into());
    options.set_signal(Some(&controller.signal()));
    let request = Request::new_with_str_and_init(url, &options).map_err(cut)?;
    let answer = JsFuture::from(scope().fetch_with_request(&request))
        .await
        .map_err(cut)?;
    let answer: Response = answer.unchecked_into();
    if !answer.ok() {
        let pause = answer.headers().get("retry-after").ok().flatten();
        return Err(Unreachable::by_status(answer.status(), pause.as_deref()));
    }
    let Some(stream) = answer.body() else {
        return Err(Unreachable::NoConnection);
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(cut)?;
        if Reflect::get(&piece, &"done".into())
            .map_err(cut)?
            .is_truthy()
        {
            return Ok(bytes);
        }
        let piece = Reflect::get(&piece, &"value".into()).map_err(cut)?;
        let piece: Uint8Array = piece.unchecked_into();
        bytes.extend(piece.to_vec());
        if bytes.len() > most {
            return Err(Unreachable::TooLong);
        }
    }
}

/// Tells the page that something failed.
pub fn failed(id: Id, reason: &str, facts: LiteMap<String, String>) {
    post(&FromVerifier::Failed {
        id,
        reason: reason.into(),
        facts,
    });
}
