use crate::image::{Bits, Plane, by_global_threshold, by_neighbourhood};
use crate::picture::Picture;

/// Longest side of what is looked at, in pixels. A larger picture is made smaller first, so that no try takes
/// longer than for a picture of this size.
const LONGEST: usize = 1600;

/// How far a quarter of the picture reaches into its neighbours, as a part of the picture's side: a code on the
/// border is whole in one of them.
const OVERLAP: usize = 10;

/// One way to look at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Try {
    /// The whole picture.
    Whole,
    /// The whole picture at half the size: noise averages out, larger codes come into reach.
    Half,
    /// The whole picture, every edge counted, however faint.
    Faint,
    /// At half the size, every edge counted.
    FaintHalf,
    /// At a quarter of the size.
    Quarter,
    /// At an eighth of the size, for a code that fills the picture.
    Eighth,
    /// The top left quarter, where Chinese invoices have their code, as sharp as the picture is or enlarged.
    TopLeft,
    /// The top right quarter, the same way.
    TopRight,
    /// The bottom left quarter, the same way.
    BottomLeft,
    /// The bottom right quarter, the same way.
    BottomRight,
    /// Smoothed against noise.
    Smoothed,
    /// One threshold for the whole picture.
    OneThreshold,
    /// Light codes on dark ground.
    Inverted,
    /// Light codes on dark ground, at half the size.
    InvertedHalf,
    /// Light codes on dark ground, at a quarter of the size.
    InvertedQuarter,
}

impl Try {
    /// All ways, in the order in which they are tried.
    pub(crate) const ALL: [Self; 15] = [
        Self::Whole,
        Self::Half,
        Self::TopLeft,
        Self::Faint,
        Self::FaintHalf,
        Self::Quarter,
        Self::Inverted,
        Self::InvertedHalf,
        Self::Eighth,
        Self::InvertedQuarter,
        Self::Smoothed,
        Self::TopRight,
        Self::BottomLeft,
        Self::BottomRight,
        Self::OneThreshold,
    ];

    pub(crate) fn bits(self, plane: &Plane) -> Bits {
        match self {
            Self::OneThreshold => by_global_threshold(plane),
            Self::Faint | Self::FaintHalf | Self::Smoothed => by_neighbourhood(plane, 5, 2),
            _ => by_neighbourhood(plane, 8, 3),
        }
    }
}

/// The picture at the sizes that the tries need, each made once.
pub(crate) struct Sources<'a> {
    picture: Picture<'a>,
    whole: Option<Plane>,
    half: Option<Plane>,
    quarter: Option<Plane>,
}

impl<'a> Sources<'a> {
    pub(crate) fn of(picture: Picture<'a>) -> Self {
        Self {
            picture,
            whole: None,
            half: None,
            quarter: None,
        }
    }

    /// What a try looks at; `None` where the picture is too small for it.
    pub(crate) fn plane(&mut self, what: Try) -> Option<Plane> {
        match what {
            Try::Whole | Try::Faint | Try::OneThreshold => self.whole().cloned(),
            Try::Half | Try::FaintHalf => self.half().cloned(),
            Try::Quarter => self.quarter().cloned(),
            Try::Eighth => self.quarter()?.halved(),
            Try::TopLeft => self.part(false, false),
            Try::TopRight => self.part(true, false),
            Try::BottomLeft => self.part(false, true),
            Try::BottomRight => self.part(true, true),
            Try::Smoothed => Some(self.whole()?.blurred()),
            Try::Inverted => Some(self.whole()?.inverted()),
            Try::InvertedHalf => Some(self.half()?.inverted()),
            Try::InvertedQuarter => Some(self.quarter()?.inverted()),
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

    fn quarter(&mut self) -> Option<&Plane> {
        if self.quarter.is_none() {
            self.quarter = self.half()?.halved();
        }
        self.quarter.as_ref()
    }

    fn part(&self, right: bool, bottom: bool) -> Option<Plane> {
        let (width, height) = self.sides()?;
        let part = Plane::of_part(
            &self.picture,
            span(width, right),
            span(height, bottom),
            LONGEST,
        )?;
        let side = part.width().max(part.height());
        Some(if side * 2 <= LONGEST {
            part.scaled(2.0)
        } else {
            part
        })
    }

    fn sides(&self) -> Option<(usize, usize)> {
        Some((
            usize::try_from(self.picture.width()).ok()?,
            usize::try_from(self.picture.height()).ok()?,
        ))
    }
}

/// The first or second half of a side, and a little more.
fn span(side: usize, second: bool) -> [usize; 2] {
    let more = side / OVERLAP;
    if second {
        [(side / 2).saturating_sub(more), side]
    } else {
        [0, (side / 2 + more).max(1)]
    }
}
