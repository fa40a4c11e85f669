//! Where in a picture the codes are: finder patterns, three of which make a corner, and the perspective in
//! which the square between them is seen.

mod corner;
mod finder;
mod fit;
mod marks;
mod rings;
mod sample;

pub(crate) use corner::{Corner, Guessed, corners, corners_with_one_hidden};
pub(crate) use finder::{Finder, finders};
pub(crate) use fit::{Fit, fits};
pub(crate) use sample::{grid_with_certainty, grids};
