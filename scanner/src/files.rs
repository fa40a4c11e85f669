use crate::picture::{MAX_SIDE, Picture, PictureError};
use image::{ImageError, ImageReader, Limits};
use std::io::Cursor;
use thiserror::Error;

/// Most memory that decoding one file may take, in bytes: a little more than a 100-megapixel photo needs.
const MOST_MEMORY: u64 = 512 << 20;

/// A picture read from a file.
#[derive(Clone, Debug)]
pub struct FilePicture {
    width: u32,
    height: u32,
    luma: Vec<u8>,
}

/// Why a file is not a picture that can be scanned.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Neither PNG nor JPEG, damaged, or larger than the limits.
    #[error("not a readable PNG or JPEG file: {0}")]
    Unreadable(#[from] ImageError),
    /// Its first bytes could not be read.
    #[error("not a readable file: {0}")]
    Io(#[from] std::io::Error),
}

impl FilePicture {
    /// Decodes the bytes of a PNG or JPEG file.
    ///
    /// # Errors
    /// Where the bytes are neither, are damaged, or hold a picture with a side above [`MAX_SIDE`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let rgba = reader.decode()?.into_rgba8();
        let (width, height) = rgba.dimensions();
        Ok(Self {
            width,
            height,
            luma: crate::luma_from_rgba(rgba.as_raw()),
        })
    }

    /// As the scanner takes it.
    ///
    /// # Errors
    /// Where the file holds a picture without pixels.
    pub fn picture(&self) -> Result<Picture<'_>, PictureError> {
        Picture::new(self.width, self.height, &self.luma)
    }
}
