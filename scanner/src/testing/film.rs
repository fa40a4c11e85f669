use super::{Kind, Photo, photo_of};
use crate::geometry::{point, real, shade};
use crate::image::Plane;

/// A film, in YUV4MPEG2 (`.y4m`, 640 × 480, 10 frames a second), of a hand-held phone above a printed invoice
/// that carries a code with `text`: what Chromium's `--use-file-for-fake-video-capture` shows as a camera.
///
/// # Errors
/// Where the text does not fit into a QR code.
pub fn film_of(text: &str, frames: usize) -> Result<Vec<u8>, qrcode::types::QrError> {
    let still = photo_of(text, Kind::Turned, 7)?;
    let (width, height) = (640, 480);
    let mut film = format!("YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n").into_bytes();
    for frame in 0..frames {
        film.extend_from_slice(b"FRAME\n");
        film.extend_from_slice(swayed(&still, frame, width, height).luma());
        // No colour: both chroma planes, a quarter each, in the middle.
        film.extend(std::iter::repeat_n(128u8, width * height / 2));
    }
    Ok(film)
}

/// The hand sways a few pixels.
fn swayed(still: &Photo, number: usize, width: usize, height: usize) -> Plane {
    let phase = real(number) * 0.7;
    let sway = point(phase.sin() * 6.0, (phase * 0.6).cos() * 4.0);
    let scale = real(still.plane.width()) / real(width);
    Plane::from_fn(width, height, |x, y| {
        shade(
            still
                .plane
                .between(point(real(x) + 0.5, real(y) + 0.5) * scale + sway),
        )
    })
}
