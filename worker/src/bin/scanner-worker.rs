//! The scanner as a web worker: pictures in, the texts of their QR codes out, one after the other; and the way back, a text as a QR code.

fn main() {
    #[cfg(target_family = "wasm")]
    desk::open();
}

#[cfg(target_family = "wasm")]
mod desk {
    use js_sys::{Array, ArrayBuffer, Date, Uint8Array};
    use qrcode::{Color, EcLevel, QrCode};
    use records::codes;
    use scanner::{Budget, Picture, luma_from_rgba, scan};
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
    use worker::{FromScanner, Id, ToScanner};

    /// Listens to the page.
    pub fn open() {
        let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
            if let Some(answer) = answer(&event) {
                post(&answer);
            }
        });
        let _ = scope().add_event_listener_with_callback("message", hear.as_ref().unchecked_ref());
        hear.forget();
        post(&FromScanner::Ready);
    }

    fn scope() -> DedicatedWorkerGlobalScope {
        js_sys::global().unchecked_into()
    }

    fn post(message: &FromScanner) {
        if let Some(text) = worker::write(message) {
            // Fails only for values that cannot be cloned, which a text can.
            let _ = scope().post_message(&text.into());
        }
    }

    /// A message is a pair: what to do, and the picture's RGBA bytes.
    fn answer(event: &MessageEvent) -> Option<FromScanner> {
        let pair: Array = event.data().dyn_into().ok()?;
        let (id, width, height, budget_millis) = match worker::read(&pair.get(0).as_string()?)? {
            ToScanner::Draw { id, text } => return Some(draw(id, &text)),
            ToScanner::Scan {
                id,
                width,
                height,
                budget_millis,
            } => (id, width, height, budget_millis),
        };
        let started = Date::now();
        let pixels: ArrayBuffer = pair.get(1).dyn_into().ok()?;
        let luma = luma_from_rgba(&Uint8Array::new(&pixels).to_vec());
        let Ok(picture) = Picture::new(width, height, &luma) else {
            return Some(FromScanner::Failed {
                id,
                reason: "bad-picture".into(),
            });
        };
        let budget = Budget::new(&Date::now, budget_millis.into());
        let outcome = scan(picture, &budget, &codes::is_ours, &mut |_| {});
        Some(FromScanner::Found {
            id,
            texts: codes::ours_first(outcome.texts),
            millis: (Date::now() - started) as u32,
        })
    }

    fn draw(id: Id, text: &str) -> FromScanner {
        let row = |row: &[Color]| {
            let module = |color: &Color| color.select('1', '0');
            row.iter().map(module).collect()
        };
        match QrCode::with_error_correction_level(text, EcLevel::M) {
            Ok(code) => FromScanner::Drawn {
                id,
                rows: code.to_colors().chunks(code.width()).map(row).collect(),
            },
            Err(_) => FromScanner::Failed {
                id,
                reason: "text-too-long".into(),
            },
        }
    }
}
