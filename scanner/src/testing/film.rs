use super::{Kind, Photo, photo_of};
use crate::geometry::{point, real, shade};
use crate::image::Plane;

/// Pixels of the still for each pixel of the film.
const ZOOM: f32 = 1.3;

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

/// What the camera sees in one moment: the hand sways a few pixels around the code.
fn swayed(still: &Photo, number: usize, width: usize, height: usize) -> Plane {
    let phase = real(number) * 0.7;
    let sway = point(phase.sin() * 6.0, (phase * 0.6).cos() * 4.0);
    let corner = still.code + sway - point(real(width), real(height)) * (ZOOM / 2.0);
    Plane::from_fn(width, height, |x, y| {
        shade(
            still
                .plane
                .between(corner + point(real(x) + 0.5, real(y) + 0.5) * ZOOM),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Budget, Picture, scan};

    #[test]
    fn every_frame_of_a_film_shows_the_code() {
        let text = "01,32,,25432000000031411143,655.00,20250311,,19E3";
        let film = film_of(text, 3).unwrap();
        let header = b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n";
        let mut rest = film.strip_prefix(header).unwrap();
        for _ in 0..3 {
            let frame = rest.strip_prefix(b"FRAME\n").unwrap();
            let (luma, after) = frame.split_at(640 * 480);
            let clock = || 0.0;
            let found = scan(
                Picture::new(640, 480, luma).unwrap(),
                &Budget::new(&clock, 1.0),
                &|_| true,
                &mut |_| {},
            );
            assert_eq!(found.texts, [text]);
            rest = after.get(640 * 480 / 2..).unwrap();
        }
        assert!(rest.is_empty());
    }
}
