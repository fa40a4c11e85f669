/// A picture of dark and light pixels.
#[derive(Clone, Debug)]
pub(crate) struct Bits {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Bits {
    /// One value for each pixel, row by row.
    pub(super) fn new(width: usize, height: usize, dark: Vec<bool>) -> Self {
        Self {
            width,
            height,
            dark,
        }
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks_exact(self.width)
    }

    /// Whether a pixel is dark; `None` outside.
    pub(crate) fn dark(&self, x: usize, y: usize) -> Option<bool> {
        if x < self.width {
            self.dark.get(y * self.width + x).copied()
        } else {
            None
        }
    }
}
