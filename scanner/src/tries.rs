use crate::image::{Bits, Plane, by_global_threshold, by_neighbourhood};
use crate::picture::Picture;

/// Longest side of what is looked at, in pixels. A larger picture is made smaller first, so that no try takes
/// longer than for a picture of this size.
const LONGEST: usize = 1600;

/// One way to look at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Try {
    /// The whole picture.
    Whole,
    /// The whole picture at half the size: noise averages out, large codes come into reach.
    Half,
    /// At a quarter of the size.
    Quarter,
    /// The top left quarter, where Chinese invoices have their code, as sharp as the picture is or enlarged.
    TopLeft,
    /// Light codes on dark ground.
    Inverted,
    /// Smoothed against noise.
    Smoothed,
    /// One threshold for the whole picture.
    OneThreshold,
    /// Enlarged, for a code whose modules are hardly larger than pixels.
    Enlarged,
    /// Light codes on dark ground, at half the size.
    InvertedHalf,
}

impl Try {
    /// All ways, in the order in which they are tried.
    pub(crate) const ALL: [Self; 9] = [
        Self::Whole,
        Self::Half,
        Self::TopLeft,
        Self::Inverted,
        Self::Smoothed,
        Self::Quarter,
        Self::Enlarged,
        Self::OneThreshold,
        Self::InvertedHalf,
    ];

    pub(crate) fn bits(self, plane: &Plane) -> Bits {
        match self {
            Self::OneThreshold => by_global_threshold(plane),
            Self::Smoothed => by_neighbourhood(plane, 20, 2),
            _ => by_neighbourhood(plane, 20, 5),
        }
    }
}

/// The picture at the sizes that the tries need, each made once.
pub(crate) struct Sources<'a> {
    picture: Picture<'a>,
    whole: Option<Plane>,
    half: Option<Plane>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(picture: Picture<'a>) -> Self {
        Self {
            picture,
            whole: None,
            half: None,
        }
    }

    pub(crate) fn plane(&mut self, what: Try) -> Option<Plane> {
        match what {
            Try::Whole | Try::OneThreshold => self.whole().cloned(),
            Try::Half => self.half().cloned(),
            Try::Quarter => self.half()?.halved(),
            Try::TopLeft => self.top_left(),
            Try::Inverted => Some(self.whole()?.inverted()),
            Try::InvertedHalf => Some(self.half()?.inverted()),
            Try::Smoothed => Some(self.whole()?.blurred()),
            Try::Enlarged => self.enlarged(),
        }
    }

    fn whole(&mut self) -> Option<&Plane> {
        if self.whole.is_none() {
            let (width, height) = self.sides()?;
            self.whole = Plane::of_part(&self.picture, [0, width], [0, height], LONGEST);
        }
        self.whole.as_ref()
    }

    fn half(&mut self) -> Option<&Plane> {
        if self.half.is_none() {
            self.half = self.whole()?.halved();
        }
        self.half.as_ref()
    }

    fn top_left(&self) -> Option<Plane> {
        let (width, height) = self.sides()?;
        let part = Plane::of_part(
            &self.picture,
            [0, width.div_ceil(2)],
            [0, height.div_ceil(2)],
            LONGEST,
        )?;
        let side = part.width().max(part.height());
        Some(if side * 2 <= LONGEST {
            part.scaled(2.0)
        } else {
            part
        })
    }

    fn enlarged(&mut self) -> Option<Plane> {
        let whole = self.whole()?;
        let side = whole.width().max(whole.height());
        (side <= LONGEST * 3 / 4).then(|| whole.scaled(2.0))
    }

    fn sides(&self) -> Option<(usize, usize)> {
        Some((
            usize::try_from(self.picture.width()).ok()?,
            usize::try_from(self.picture.height()).ok()?,
        ))
    }
}
