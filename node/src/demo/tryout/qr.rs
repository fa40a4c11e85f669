//! Texts as QR codes in PNG files: large, black on white, with a quiet zone.

use qrcode::{Color, EcLevel, QrCode};
use std::io;

/// Pixels of the shorter codes' modules; no picture gets wider than [`MOST`].
const MODULE: usize = 12;
const MOST: usize = 1_400;
/// Modules of white around the code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;
/// Texts up to this long get the stronger correction.
const SHORT: usize = 300;

/// The picture of a text.
pub fn png(text: &str) -> io::Result<Vec<u8>> {
    let level = if text.len() <= SHORT {
        EcLevel::M
    } else {
        EcLevel::L
    };
    let code = QrCode::with_error_correction_level(text, level).map_err(io::Error::other)?;
    let modules = code.width() + 2 * QUIET;
    let scale = MODULE.min(MOST / modules).max(1);
    let side = modules * scale;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| {
            (at / scale)
                .checked_sub(QUIET)
                .filter(|at| *at < code.width())
        };
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => code[(x, y)] == Color::Dark,
            _ => false,
        }
    };
    let pixels: Vec<u8> = (0..side * side)
        .map(|at| {
            if is_dark(at % side, at / side) {
                0
            } else {
                255
            }
        })
        .collect();
    let mut out = Vec::new();
    let side = u32::try_from(side).map_err(io::Error::other)?;
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(&pixels).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    Ok(out)
}
