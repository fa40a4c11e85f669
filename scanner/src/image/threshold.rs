use super::{Bits, Plane};

/// A pixel is dark if it is darker, by more than `margin`, than the mean of the square of pixels up to
/// `radius` around it. Shadows and glare change slowly, so that a neighbourhood sees neither.
pub(crate) fn by_neighbourhood(plane: &Plane, radius: usize, margin: u8) -> Bits {
    let sums = Sums::of(plane);
    let (width, height) = (plane.width(), plane.height());
    let mut dark = Vec::with_capacity(width * height);
    for (y, row) in plane.rows().enumerate() {
        let (top, bottom) = (y.saturating_sub(radius), (y + radius + 1).min(height));
        let band = sums.band(top, bottom);
        for (x, value) in row.iter().enumerate() {
            let (left, right) = (x.saturating_sub(radius), (x + radius + 1).min(width));
            let area = u32::try_from((right - left) * (bottom - top)).unwrap_or(u32::MAX);
            let shade = (u32::from(*value) + u32::from(margin)) * area;
            dark.push(shade < band.between(left, right));
        }
    }
    Bits::new(width, height, dark)
}

/// A pixel is dark if it is below the one threshold that parts the shades best (Otsu 1979).
pub(crate) fn by_global_threshold(plane: &Plane) -> Bits {
    let threshold = otsu(plane.luma());
    Bits::new(
        plane.width(),
        plane.height(),
        plane.luma().iter().map(|v| *v < threshold).collect(),
    )
}

/// Sums of all pixels above and left of each corner, modulo 2³²: differences of them are exact for any
/// rectangle of up to 2²⁴ pixels.
struct Sums {
    stride: usize,
    sums: Vec<u32>,
}

/// Two rows of the sums: all that rectangles between these rows need.
struct Band<'a> {
    top: &'a [u32],
    bottom: &'a [u32],
}

impl Sums {
    fn of(plane: &Plane) -> Self {
        let stride = plane.width() + 1;
        let mut sums = vec![0u32; stride];
        sums.reserve(stride * plane.height());
        for (y, row) in plane.rows().enumerate() {
            let mut along = 0u32;
            sums.push(0);
            for (x, value) in row.iter().enumerate() {
                along = along.wrapping_add(u32::from(*value));
                let above = sums.get(y * stride + x + 1).copied().unwrap_or(0);
                sums.push(above.wrapping_add(along));
            }
        }
        Self { stride, sums }
    }

    fn band(&self, top: usize, bottom: usize) -> Band<'_> {
        let row = |y: usize| {
            self.sums
                .get(y * self.stride..(y + 1) * self.stride)
                .unwrap_or_default()
        };
        Band {
            top: row(top),
            bottom: row(bottom),
        }
    }
}

impl Band<'_> {
    fn between(&self, left: usize, right: usize) -> u32 {
        let at = |row: &[u32], x: usize| row.get(x).copied().unwrap_or(0);
        at(self.bottom, right)
            .wrapping_sub(at(self.bottom, left))
            .wrapping_sub(at(self.top, right))
            .wrapping_add(at(self.top, left))
    }
}

fn otsu(luma: &[u8]) -> u8 {
    let mut histogram = [0u32; 256];
    for value in luma {
        if let Some(count) = histogram.get_mut(usize::from(*value)) {
            *count += 1;
        }
    }
    let total: f64 = histogram.iter().map(|c| f64::from(*c)).sum();
    let weighted: f64 = (0u32..)
        .zip(histogram)
        .map(|(v, c)| f64::from(v) * f64::from(c))
        .sum();
    let (mut below, mut below_weighted, mut best, mut threshold) = (0.0, 0.0, 0.0, 128u8);
    for (value, count) in (0u8..=255).zip(histogram) {
        below += f64::from(count);
        below_weighted += f64::from(value) * f64::from(count);
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = below_weighted / below - (weighted - below_weighted) / above;
        let spread = below * above * apart * apart;
        if spread > best {
            (best, threshold) = (spread, value.saturating_add(1));
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_the_shadow_is_dark_and_the_shadow_is_not() {
        // Light falls off from left to right; two marks, each darker than its surroundings.
        let plane = Plane::from_fn(200, 40, |x, y| {
            let paper = 240 - x;
            let mark = (18..22).contains(&y) && (x % 100 > 48 && x % 100 < 52);
            u8::try_from(if mark { paper - 30 } else { paper }).unwrap()
        });
        let bits = by_neighbourhood(&plane, 15, 4);
        assert_eq!(bits.dark(50, 20), Some(true));
        assert_eq!(bits.dark(150, 20), Some(true));
        assert_eq!(bits.dark(190, 20), Some(false));
        assert_eq!(bits.dark(200, 20), None);
    }

    #[test]
    fn the_global_threshold_lies_between_two_shades() {
        let plane = Plane::from_fn(10, 10, |x, _| if x < 3 { 60 } else { 90 });
        let bits = by_global_threshold(&plane);
        assert_eq!(
            (bits.dark(0, 0), bits.dark(9, 9)),
            (Some(true), Some(false))
        );
    }
}
