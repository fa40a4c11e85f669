//! A picture in, the texts of its QR codes out.
//!
//! A photo is looked at in several ways ([`Try`]), one after the other, until the caller has the text it wants or the
//! time budget is used up. In each view finder patterns are found on a black and white picture; the square between three
//! of them (or two, where one is hidden) is then fitted to the shades of all patterns that every code has, which works
//! far into blur, noise and faint print; and the modules are told apart after undoing blur between them.
//!
//! There is no I/O and no clock in here, no `unsafe`, and no loop whose length a picture can choose: lists of candidates
//! have upper bounds, and the budget is looked at between candidates.
//!
//! ```
//! use scanner::{Budget, Picture, scan};
//!
//! let grey = vec![255; 640 * 480];
//! let picture = Picture::new(640, 480, &grey)?;
//! let started = std::time::Instant::now();
//! let clock = || started.elapsed().as_secs_f64() * 1000.0;
//! let outcome = scan(picture, &Budget::new(&clock, 800.0), &|text| text.starts_with("01,"), &mut |_| {});
//! assert!(outcome.texts.is_empty() && !outcome.out_of_time);
//! # Ok::<(), scanner::PictureError>(())
//! ```

mod budget;
#[cfg(feature = "image-files")]
mod files;
mod geometry;
mod image;
mod locate;
mod picture;
mod scan;
mod symbol;
#[cfg(feature = "testing")]
pub mod testing;
mod tries;

pub use budget::Budget;
#[cfg(feature = "image-files")]
pub use files::{FileError, FilePicture};
pub use picture::{MAX_SIDE, Picture, PictureError, luma_from_rgba};
pub use scan::{Outcome, Progress, scan};
pub use tries::Try;
