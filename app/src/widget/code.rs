//! A text as a QR code, for a phone that is at hand.

use crate::draw::prelude::*;
use crate::shell::use_page;
use std::fmt::Write;

/// What it says.
#[derive(PartialEq)]
pub struct Code {
    /// The text; the code is drawn once it has come from the scanner worker.
    pub text: String,
}

part!(Code, use_code);

#[hook]
fn use_code(props: &Code) -> Html {
    let page = use_page();
    let rows = use_state(Vec::new);
    {
        let (scanner, rows) = (page.scanner.clone(), rows.setter());
        use_effect_with(props.text.clone(), move |text| {
            let hear = Callback::from(move |drawn: Result<Vec<String>, String>| {
                rows.set(drawn.unwrap_or_default());
            });
            scanner.draw(text.clone(), hear);
        });
    }
    html! { <svg class="code" viewBox={sides(&rows)} aria-hidden="true"><path d={modules(&rows)} /></svg> }
}

/// Modules of white around a code (ISO/IEC 18004).
const QUIET: usize = 4;

fn sides(rows: &[String]) -> String {
    let side = rows.len() + 2 * QUIET;
    format!("0 0 {side} {side}")
}

/// The dark modules, row by row, as one path.
fn modules(rows: &[String]) -> String {
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, module) in row.bytes().enumerate() {
            if module == b'1' {
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_where_it_stands() {
        let rows = ["101", "010"].map(String::from);
        assert_eq!(modules(&rows), "M4 4h1v1h-1zM6 4h1v1h-1zM5 5h1v1h-1z");
        assert_eq!(sides(&rows), "0 0 10 10");
    }
}
