//! Looking for codes in a picture: the browser's own reader where there is one, else the scanner worker.

use crate::engine::Scanner;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array, Uint8ClampedArray};
use records::codes;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlVideoElement, ImageBitmap};
use yew::Callback;

/// Longest side of a photo that is looked at; more pixels cost time and show nothing new of a printed code.
const PHOTO_SIDE: u32 = 2400;
const FRAME_SIDE: u32 = 1280;
const PHOTO_MILLIS: u32 = 4_000;
const FRAME_MILLIS: u32 = 250;

/// What was found: texts, or a reason code.
pub type Found = Result<Vec<String>, String>;

/// Looks at pictures.
#[derive(Clone, PartialEq)]
pub struct Look {
    scanner: Scanner,
    detector: Option<JsValue>,
}

impl Look {
    /// Takes the browser's own reader where it reads QR codes.
    pub fn new(scanner: Scanner) -> Self {
        Self {
            scanner,
            detector: detector(),
        }
    }

    /// Looks at a picture file.
    pub fn file(&self, file: File, hear: Callback<Found>) {
        let look = self.clone();
        spawn_local(async move {
            match open(&file).await {
                Some(canvas) => look.canvas(canvas, PHOTO_MILLIS, hear).await,
                None => hear.emit(Err("bad-picture".into())),
            }
        });
    }

    /// Looks at what a video shows now.
    pub fn video(&self, video: &HtmlVideoElement, hear: Callback<Found>) {
        let (width, height) = fit(video.video_width(), video.video_height(), FRAME_SIDE);
        let drawn = canvas(width, height).and_then(|(canvas, context)| {
            let (w, h) = (f64::from(width), f64::from(height));
            context
                .draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, w, h)
                .ok()?;
            Some(canvas)
        });
        let look = self.clone();
        match drawn {
            Some(canvas) => {
                spawn_local(async move { look.canvas(canvas, FRAME_MILLIS, hear).await })
            }
            None => hear.emit(Ok(Vec::new())),
        }
    }

    async fn canvas(
        &self,
        canvas: HtmlCanvasElement,
        budget_millis: u32,
        mut hear: Callback<Found>,
    ) {
        if let Some(detector) = &self.detector {
            let texts = detect(detector, &canvas).await.unwrap_or_default();
            let texts = codes::ours_first(texts);
            // The browser's reader gives up on hard photos that our own still reads.
            if budget_millis == FRAME_MILLIS || is_enough(&texts) {
                return hear.emit(Ok(texts));
            }
            let ask = hear.clone();
            hear = Callback::from(move |found: Found| ask.emit(at_least(found, &texts)));
        }
        match pixels(&canvas) {
            Some(pixels) => self.scanner.scan(
                (canvas.width(), canvas.height()),
                pixels,
                budget_millis,
                hear,
            ),
            None => hear.emit(Err("bad-picture".into())),
        }
    }

    /// Whether pictures can be read now; else the reader is fetched with the first one.
    pub fn is_ready(&self) -> bool {
        self.detector.is_some() || self.scanner.is_ready()
    }
}

/// Whether what one reader found needs no second one.
fn is_enough(texts: &[String]) -> bool {
    texts.first().is_some_and(|text| codes::is_ours(text))
}

/// What the second reader found, or, where that is nothing, what the first had.
fn at_least(found: Found, first: &[String]) -> Found {
    match found {
        Ok(texts) if !texts.is_empty() => Ok(texts),
        nothing if first.is_empty() => nothing,
        _ => Ok(first.to_vec()),
    }
}

fn detector() -> Option<JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &"BarcodeDetector".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let wish = js_sys::Object::new();
    Reflect::set(&wish, &"formats".into(), &Array::of1(&"qr_code".into())).ok()?;
    Reflect::construct(&class, &Array::of1(&wish)).ok()
}

async fn detect(detector: &JsValue, canvas: &HtmlCanvasElement) -> Option<Vec<String>> {
    let detect: Function = Reflect::get(detector, &"detect".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let promise: Promise = detect.call1(detector, canvas).ok()?.dyn_into().ok()?;
    let codes: Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let text = |code: JsValue| Reflect::get(&code, &"rawValue".into()).ok()?.as_string();
    Some(
        codes
            .iter()
            .filter_map(text)
            .filter(|text| !text.is_empty())
            .collect(),
    )
}

async fn open(file: &File) -> Option<HtmlCanvasElement> {
    let promise = web_sys::window()?
        .create_image_bitmap_with_blob(file)
        .ok()?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.unchecked_into();
    let (width, height) = fit(bitmap.width(), bitmap.height(), PHOTO_SIDE);
    let (canvas, context) = canvas(width, height)?;
    context
        .draw_image_with_image_bitmap_and_dw_and_dh(
            &bitmap,
            0.0,
            0.0,
            f64::from(width),
            f64::from(height),
        )
        .ok()?;
    Some(canvas)
}

/// The size that keeps the shape and has no side longer than `longest`.
fn fit(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height);
    if side <= longest {
        return (width, height);
    }
    let scaled = |length: u32| {
        (u64::from(length) * u64::from(longest))
            .checked_div(u64::from(side))
            .unwrap_or(1)
            .max(1) as u32
    };
    (scaled(width), scaled(height))
}

fn canvas(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    if width == 0 || height == 0 {
        return None;
    }
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.unchecked_into();
    Some((canvas, context))
}

/// The canvas's RGBA bytes, without a copy through this program's memory.
fn pixels(canvas: &HtmlCanvasElement) -> Option<Uint8Array> {
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
    let image = context
        .get_image_data(
            0.0,
            0.0,
            f64::from(canvas.width()),
            f64::from(canvas.height()),
        )
        .ok()?;
    let data: Uint8ClampedArray = Reflect::get(&image, &"data".into()).ok()?.unchecked_into();
    Some(Uint8Array::new(&data.buffer()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVOICE: &str = "01,32,,25432000000031411143,655.00,20250311,,19E3";

    #[test]
    fn an_advert_beside_an_invoice_is_not_taken_for_it() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let chosen = codes::ours_first(texts(&["https://advert.example/", INVOICE]));
        assert_eq!(chosen, [INVOICE]);
        assert!(is_enough(&chosen));
        let advert = codes::ours_first(texts(&["https://advert.example/"]));
        assert_eq!(advert.len(), 1);
        assert!(!is_enough(&advert) && !is_enough(&[]));
        assert_eq!(at_least(Ok(Vec::new()), &advert), Ok(advert.clone()));
        assert_eq!(at_least(Ok(chosen.clone()), &advert), Ok(chosen));
        let ended = Err("scanner-ended".to_owned());
        assert_eq!(at_least(ended.clone(), &advert), Ok(advert));
        assert_eq!(at_least(ended.clone(), &[]), ended);
    }

    #[test]
    fn a_large_photo_keeps_its_shape() {
        assert_eq!(fit(4800, 3600, 2400), (2400, 1800));
        assert_eq!(fit(640, 480, 2400), (640, 480));
        assert_eq!(fit(100_000, 1, 2400), (2400, 1));
        assert_eq!(fit(0, 0, 2400), (0, 0));
    }
}
