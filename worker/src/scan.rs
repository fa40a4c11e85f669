//! What the page and the scanner worker say to each other.

use crate::Id;

/// From the page to the scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToScanner {
    /// Look for QR codes in the picture beside this message.
    Scan {
        /// Question number.
        id: Id,
        /// Width in pixels.
        width: u32,
        /// Height in pixels; the buffer holds `width × height × 4` bytes, RGBA.
        height: u32,
        /// Time after which the scanner gives up, in milliseconds: short for a camera frame, long for a photo.
        budget_millis: u32,
    },
    /// Draw a text as a QR code; the buffer beside the message is empty.
    Draw {
        /// Question number.
        id: Id,
        /// The text.
        text: String,
    },
}

/// From the scanner to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromScanner {
    /// The worker is loaded and listens.
    Ready,
    /// What was found.
    Found {
        /// Question number.
        id: Id,
        /// The texts found: those that read as an invoice, a bill or a link, else all; empty when there was none.
        texts: Vec<String>,
        /// Time used, in milliseconds.
        millis: u32,
    },
    /// The QR code.
    Drawn {
        /// Question number.
        id: Id,
        /// Its modules row by row, `1` for dark; without the quiet zone.
        rows: Vec<String>,
    },
    /// The picture could not be looked at, or the text not be drawn.
    Failed {
        /// Question number.
        id: Id,
        /// Reason code, kebab-case.
        reason: String,
    },
}

records::tagged!(ToScanner by "is" {
    Scan "scan" { id, width, height, budget_millis },
    Draw "draw" { id, text },
});
records::tagged!(FromScanner by "is" {
    Ready "ready" {},
    Found "found" { id, texts, millis },
    Drawn "drawn" { id, rows },
    Failed "failed" { id, reason },
});
