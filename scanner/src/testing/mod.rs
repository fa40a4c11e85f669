//! Photos and films of printed invoices, made up from a seed: the same on every machine. For tests and benches.

mod camera;
mod damage;
mod film;
mod page;
mod random;

pub use camera::Kind;
pub use film::film_of;

use crate::geometry::Point;
use crate::image::Plane;
use crate::picture::{Picture, PictureError};
use page::Page;
use random::Random;

/// The payment address printed beside the invoice's code in [`Kind::SecondCode`].
pub const ADVERT: &str = "https://pay.example.com/q?shop=8841&from=receipt";

/// A picture of its own in shades of grey.
#[derive(Clone, Debug)]
pub struct Photo {
    plane: Plane,
    /// The middle of the invoice's code.
    code: Point,
}

impl Photo {
    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        u32::try_from(self.plane.width()).unwrap_or(u32::MAX)
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        u32::try_from(self.plane.height()).unwrap_or(u32::MAX)
    }

    /// Shades, row by row from the top, one byte a pixel, 0 is black.
    #[must_use]
    pub fn luma(&self) -> &[u8] {
        self.plane.luma()
    }

    /// The photo as a PNG file.
    ///
    /// # Errors
    /// As the encoder's; never for a photo made here.
    pub fn to_png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width(), self.height());
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header()?.write_image_data(self.luma())?;
        Ok(file)
    }

    /// As the scanner takes it.
    ///
    /// # Errors
    /// Never for a photo made here; the type is the scanner's own.
    pub fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::new(self.width(), self.height(), self.luma())
    }
}

/// A photo of a printed invoice that carries a code with `text`, as a phone takes it under the circumstances of
/// `kind`. The same seed gives the same photo.
///
/// # Errors
/// Where the text does not fit into a QR code.
pub fn photo_of(text: &str, kind: Kind, seed: u64) -> Result<Photo, qrcode::types::QrError> {
    let mut random = Random::new(seed ^ (kind.number() << 32));
    let page = Page::print(
        text,
        (kind == Kind::SecondCode).then_some(ADVERT),
        &mut random,
    )?;
    Ok(camera::shoot(&page, kind, &mut random))
}
