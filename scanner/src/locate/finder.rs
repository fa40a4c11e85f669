use crate::geometry::{Point, point, real, whole};
use crate::image::{Bits, Plane};

use super::rings;

/// Most finder patterns that are kept: more than any page has, few enough to look at all threes of them.
const MOST: usize = 40;

/// How well the rings must be seen.
const FAINTEST: f32 = 0.45;

/// Most places that are remembered while looking; pure noise has far more.
const MOST_PLACES: usize = 200;

/// A place where dark and light follow each other as 1:1:3:1:1 along the row and along the column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder {
    pub(crate) at: Point,
    /// Seven modules as the row and the column cross them, in pixels.
    pub(crate) width: f32,
    /// The column's part of it divided by the row's.
    pub(crate) stretch: f32,
    /// How many rows crossed it.
    rows: f32,
    /// Correlation of the shades with rings of dark and light, up to 1.
    pub(crate) seen: f32,
}

/// The finder patterns of a picture, those seen best first.
pub(crate) fn finders(plane: &Plane, bits: &Bits, step: usize) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    let step = step.max(1);
    for (y, row) in bits.rows().enumerate().skip(step / 2).step_by(step) {
        for centre in crossings(row) {
            if let Some(place) = confirmed(bits, centre, y) {
                remember(&mut found, place);
            }
        }
        if found.len() > MOST_PLACES {
            found.sort_by(|a, b| (b.rows / b.width.sqrt()).total_cmp(&(a.rows / a.width.sqrt())));
            found.truncate(MOST_PLACES / 2);
        }
    }
    for finder in &mut found {
        finder.seen = rings::seen(plane, finder.at, finder.width);
    }
    found.retain(|finder| finder.seen > FAINTEST);
    found.sort_by(|a, b| b.seen.total_cmp(&a.seen));
    found.truncate(MOST);
    found
}

fn remember(found: &mut Vec<Finder>, place: Finder) {
    let same = |old: &&mut Finder| {
        let size = old.width / place.width;
        (0.6..1.67).contains(&size) && (old.at - place.at).length() < old.width * 0.3
    };
    match found.iter_mut().find(same) {
        Some(old) => {
            let (was, now) = (old.rows / (old.rows + 1.0), 1.0 / (old.rows + 1.0));
            old.at = old.at * was + place.at * now;
            old.width = old.width * was + place.width * now;
            old.stretch = old.stretch * was + place.stretch * now;
            old.rows += 1.0;
        }
        None => found.push(place),
    }
}

/// Centres (in pixels) and widths of all runs in the row that look like a finder pattern.
fn crossings(row: &[bool]) -> impl Iterator<Item = Crossing> + '_ {
    let mut runs = [0usize; 5];
    let mut end = 0;
    let chunks = row.chunk_by(|a, b| a == b);
    chunks.filter_map(move |chunk| {
        end += chunk.len();
        runs.rotate_left(1);
        if let Some(last) = runs.last_mut() {
            *last = chunk.len();
        }
        let dark = chunk.first().copied().unwrap_or(false);
        if dark { Crossing::of(runs, end) } else { None }
    })
}

/// A 1:1:3:1:1 run along a line.
#[derive(Clone, Copy)]
struct Crossing {
    centre: f32,
    width: f32,
}

impl Crossing {
    /// `end` is where the last of the five runs ends.
    fn of(runs: [usize; 5], end: usize) -> Option<Self> {
        let [a, b, c, d, e] = runs.map(real);
        let width = a + b + c + d + e;
        if runs.contains(&0) || width < 7.0 {
            return None;
        }
        let module = width / 7.0;
        // Most of a module off, or a pixel where modules are small.
        let slack = (module * 0.8).max(1.0);
        let close =
            |run: f32, modules: f32| (run - modules * module).abs() < slack * modules.sqrt();
        // Blur and ink move every edge the same way: what a dark run gains, its neighbour loses.
        let pairs = (a + b - 2.0 * module).abs() < slack && (d + e - 2.0 * module).abs() < slack;
        let fits = close(a, 1.0)
            && close(b, 1.0)
            && close(c, 3.0)
            && close(d, 1.0)
            && close(e, 1.0)
            && pairs;
        fits.then(|| Self {
            centre: real(end) - e - d - c / 2.0,
            width,
        })
    }
}

/// Looks along the column through the crossing, and once more along the row through what is found there.
fn confirmed(bits: &Bits, crossing: Crossing, y: usize) -> Option<Finder> {
    let reach = whole(crossing.width * 0.8) + 1;
    let x = whole(crossing.centre);
    let down = across(|i| bits.dark(x, i), y, bits.height(), reach)?;
    let middle = whole(down.centre);
    let along = across(|i| bits.dark(i, middle), x, usize::MAX, reach)?;
    let ratio = down.width / along.width;
    let sized = (0.5..2.0).contains(&ratio) && along.width < crossing.width * 1.4;
    sized.then(|| Finder {
        at: point(along.centre, down.centre),
        width: (along.width + down.width) / 2.0,
        stretch: ratio,
        rows: 1.0,
        seen: 0.0,
    })
}

/// The 1:1:3:1:1 run around `from`, no part of it reaching further than `reach` from there.
fn across(
    dark: impl Fn(usize) -> Option<bool>,
    from: usize,
    end: usize,
    reach: usize,
) -> Option<Crossing> {
    let stop = from.saturating_add(reach).min(end);
    let mut forward = Walk {
        at: from,
        left: stop.saturating_sub(from),
    };
    let mut backward = Walk {
        at: from,
        left: reach.min(from + 1),
    };
    let half = forward.run(&dark, true, 1);
    let (d, e) = (forward.run(&dark, false, 1), forward.run(&dark, true, 1));
    let other_half = backward.run(&dark, true, -1);
    let (b, a) = (
        backward.run(&dark, false, -1),
        backward.run(&dark, true, -1),
    );
    // The pixel at `from` was counted from both sides.
    let middle = (half + other_half).checked_sub(1)?;
    Crossing::of([a, b, middle, d, e], forward.at)
}

struct Walk {
    at: usize,
    left: usize,
}

impl Walk {
    /// Length of the run of one colour from here on.
    fn run(&mut self, dark: &impl Fn(usize) -> Option<bool>, colour: bool, step: isize) -> usize {
        let mut length = 0;
        while self.left > 0 && dark(self.at) == Some(colour) {
            length += 1;
            self.left -= 1;
            let Some(next) = self.at.checked_add_signed(step) else {
                self.left = 0;
                break;
            };
            self.at = next;
        }
        length
    }
}
