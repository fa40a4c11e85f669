use thiserror::Error;

/// Longest side of a picture that is accepted, in pixels: well above any phone camera's.
pub const MAX_SIDE: u32 = 20_000;

/// A picture in shades of grey, row by row from the top, one byte a pixel: 0 is black, 255 white.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    width: u32,
    height: u32,
    luma: &'a [u8],
}

/// Why a buffer is not a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PictureError {
    /// A side is zero or longer than [`MAX_SIDE`].
    #[error("a picture of {width} × {height} pixels; each side must be 1 to {MAX_SIDE}")]
    Side {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The buffer does not hold one byte for each pixel.
    #[error("{found} bytes for a picture of {expected} pixels")]
    Length {
        /// `width` × `height`.
        expected: u64,
        /// Bytes in the buffer.
        found: usize,
    },
}

impl<'a> Picture<'a> {
    /// Takes a buffer of `width` × `height` bytes.
    ///
    /// # Errors
    /// Where a side is zero or too long, or the buffer has another length.
    pub fn new(width: u32, height: u32, luma: &'a [u8]) -> Result<Self, PictureError> {
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(PictureError::Side { width, height });
        }
        let expected = u64::from(width) * u64::from(height);
        if u64::try_from(luma.len()) != Ok(expected) {
            return Err(PictureError::Length {
                expected,
                found: luma.len(),
            });
        }
        Ok(Self {
            width,
            height,
            luma,
        })
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The shades, `width` × `height` bytes.
    #[must_use]
    pub fn luma(&self) -> &'a [u8] {
        self.luma
    }
}

/// Shades of grey from red, green, blue and opacity, four bytes a pixel, as a canvas gives them. What is
/// transparent is seen as on white paper. A last incomplete pixel is left out.
#[must_use]
pub fn luma_from_rgba(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>()
        .0
        .iter()
        .map(|[r, g, b, a]| on_white(shade(*r, *g, *b), *a))
        .collect()
}

/// ITU-R BT.601 weights in 1/256.
fn shade(r: u8, g: u8, b: u8) -> u32 {
    (u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8
}

fn on_white(shade: u32, opacity: u8) -> u8 {
    let opacity = u32::from(opacity);
    u8::try_from((shade * opacity + 255 * (255 - opacity)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_of_another_length_is_refused() {
        assert!(Picture::new(3, 2, &[0; 6]).is_ok());
        assert_eq!(
            Picture::new(3, 2, &[0; 5]).unwrap_err(),
            PictureError::Length {
                expected: 6,
                found: 5
            }
        );
        assert_eq!(
            Picture::new(0, 2, &[]).unwrap_err(),
            PictureError::Side {
                width: 0,
                height: 2
            }
        );
        assert!(Picture::new(u32::MAX, u32::MAX, &[]).is_err());
    }

    #[test]
    fn colours_become_shades_and_transparency_becomes_paper() {
        let rgba = [
            0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 0, 9, 9,
        ];
        assert_eq!(luma_from_rgba(&rgba), [0, 255, 76, 255]);
    }
}
