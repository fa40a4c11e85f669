//! Pictures in, texts out; and `lianyan scan`.

use crate::{Exit, Line, print, unreadable};
use records::codes::{self, Scanned};
use records::shape::Shape;
use scanner::{Budget, Picture, luma_from_rgba, scan};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// Milliseconds for one picture.
const BUDGET: f64 = 5_000.0;

/// Reads the codes of every picture; one line each.
pub fn run(files: &[PathBuf]) -> Exit {
    let ends = files.iter().map(|file| one(file));
    ends.max().unwrap_or(Exit::Usage)
}

fn one(file: &Path) -> Exit {
    let name = file.display().to_string();
    let texts = match texts(file) {
        Ok(texts) => texts,
        Err(why) => return unreadable(&name, &why),
    };
    let codes: Vec<_> = texts
        .iter()
        .map(|text| {
            let read = codes::read(text);
            json!({ "text": text, "format": format_of(&read), "record": read.record_id(), "declared": read.declared().and_then(|declared| declared.write()) })
        })
        .collect();
    let mut rows = vec![("file".to_string(), name.clone())];
    rows.extend(
        texts
            .iter()
            .map(|text| (format_of(&codes::read(text)).to_string(), text.clone())),
    );
    print(&Line {
        json: json!({ "file": name, "codes": codes }),
        rows,
    });
    if texts.is_empty() {
        Exit::NotEstablished
    } else {
        Exit::Verified
    }
}

fn format_of(read: &Scanned) -> &'static str {
    match read {
        Scanned::Classic(_) => "classic",
        Scanned::Digital(_) => "digital",
        Scanned::Blockchain(_) => "blockchain",
        Scanned::Fiscal(_) => "fiscal",
        Scanned::Link(_) => "link",
        Scanned::Text(_) => "text",
    }
}

/// Whether a text is a code that names something to check.
pub fn is_wanted(text: &str) -> bool {
    !matches!(codes::read(text), Scanned::Text(_))
}

/// The texts of a picture's codes, a wanted one first.
pub fn texts(file: &Path) -> Result<Vec<String>, String> {
    let picture = image::open(file)
        .map_err(|error| error.to_string())?
        .into_rgba8();
    let (width, height) = picture.dimensions();
    let luma = luma_from_rgba(picture.as_raw());
    let picture = Picture::new(width, height, &luma).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64() * 1000.0;
    let outcome = scan(
        picture,
        &Budget::new(&clock, BUDGET),
        &is_wanted,
        &mut |_| {},
    );
    let mut texts = outcome.texts;
    texts.sort_by_key(|text| !is_wanted(text));
    Ok(texts)
}
