use crate::budget::Budget;
use crate::image::Plane;
use crate::locate::{
    Corner, Fit, corners, corners_with_one_hidden, finders, fits, grid_with_certainty, grids,
};
use crate::picture::Picture;
use crate::symbol;
use crate::tries::{self, Try};

/// What happens during a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A try begins.
    Trying {
        /// Its number, from 1.
        number: usize,
        /// How many there are at most.
        of: usize,
        /// What is tried.
        what: Try,
    },
    /// A text was read that was not read before.
    Read {
        /// The text.
        text: String,
    },
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The texts of the codes in the picture, each once, in the order in which they were read. Where a text
    /// was wanted and found, it is the last one.
    pub texts: Vec<String>,
    /// How many tries were begun.
    pub tries: usize,
    /// Whether the budget ended the scan, so that there may be codes that were not read.
    pub out_of_time: bool,
}

/// Reads the codes of a picture, in one try after the other, until a text is `wanted`, all tries are made or
/// the budget is used up. The budget is looked at before every step that takes more than a few milliseconds.
pub fn scan(
    picture: Picture<'_>,
    budget: &Budget<'_>,
    wanted: &dyn Fn(&str) -> bool,
    progress: &mut dyn FnMut(Progress),
) -> Outcome {
    let mut scan = Scan {
        budget,
        wanted,
        progress,
        outcome: Outcome::default(),
        done: false,
    };
    scan.run(picture);
    scan.outcome
}

struct Scan<'a> {
    budget: &'a Budget<'a>,
    wanted: &'a dyn Fn(&str) -> bool,
    progress: &'a mut dyn FnMut(Progress),
    outcome: Outcome,
    done: bool,
}

impl Scan<'_> {
    fn run(&mut self, picture: Picture<'_>) {
        let mut sources = tries::Sources::of(picture);
        for what in Try::ALL {
            if self.ended() {
                return;
            }
            self.outcome.tries += 1;
            (self.progress)(Progress::Trying {
                number: self.outcome.tries,
                of: Try::ALL.len(),
                what,
            });
            let Some(plane) = sources.plane(what) else {
                continue;
            };
            self.look(&plane, what);
        }
    }

    fn ended(&mut self) -> bool {
        if !self.done && self.budget.is_over() {
            self.outcome.out_of_time = true;
            self.done = true;
        }
        self.done
    }

    fn look(&mut self, plane: &Plane, what: Try) {
        let bits = what.bits(plane);
        let found = finders(plane, &bits, 1 + plane.height() / 800);
        let known = self.outcome.texts.len();
        self.read_at(plane, &corners(&found));
        if self.outcome.texts.len() == known {
            self.read_at(plane, &corners_with_one_hidden(&found));
        }
    }

    fn read_at(&mut self, plane: &Plane, corners: &[Corner]) {
        for corner in corners {
            if self.ended() {
                return;
            }
            for fit in fits(plane, corner) {
                if let Some(text) = self.read(plane, &fit) {
                    self.found(text);
                    break;
                }
            }
        }
    }

    /// On flat paper first, then on bent, then with parts hidden.
    fn read(&mut self, plane: &Plane, fit: &Fit) -> Option<String> {
        let flat = self.read_flat(plane, fit);
        if flat.is_some() || self.ended() {
            return flat;
        }
        let fit = fit.bent(plane);
        let bent = self.read_flat(plane, &fit);
        if bent.is_some() || self.ended() {
            return bent;
        }
        let (grid, certainty) = grid_with_certainty(plane, &fit);
        symbol::read_by_certainty(&grid, certainty)
    }

    fn read_flat(&mut self, plane: &Plane, fit: &Fit) -> Option<String> {
        grids(plane, fit)
            .take_while(|_| !self.ended())
            .find_map(|grid| symbol::read(&grid))
    }

    fn found(&mut self, text: String) {
        if self.outcome.texts.contains(&text) {
            return;
        }
        self.done = (self.wanted)(&text);
        (self.progress)(Progress::Read { text: text.clone() });
        self.outcome.texts.push(text);
    }
}
