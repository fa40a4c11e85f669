//! Pictures as the scanner works on them: shades, and dark or light.

mod bits;
mod plane;
mod threshold;

pub(crate) use bits::Bits;
pub(crate) use plane::Plane;
pub(crate) use threshold::{by_global_threshold, by_neighbourhood};
