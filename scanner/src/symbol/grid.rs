/// A square of modules; `true` is dark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    side: usize,
    dark: Vec<bool>,
}

impl Grid {
    /// A square of `side` × `side` light modules.
    pub(crate) fn new(side: usize) -> Self {
        Self {
            side,
            dark: vec![false; side * side],
        }
    }

    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Whether the module in column `x`, row `y` is dark; what lies outside is light.
    pub(crate) fn dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }

    pub(crate) fn set(&mut self, x: usize, y: usize, dark: bool) {
        if x < self.side
            && let Some(module) = self.dark.get_mut(y * self.side + x)
        {
            *module = dark;
        }
    }

    /// Columns become rows: the square as seen in a mirror.
    pub(crate) fn transposed(&self) -> Self {
        let mut turned = Self::new(self.side);
        for y in 0..self.side {
            for x in 0..self.side {
                turned.set(y, x, self.dark(x, y));
            }
        }
        turned
    }
}
