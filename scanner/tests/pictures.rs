//! The scanner on made-up photos of invoices, and on pictures made to keep it busy.

use scanner::testing::{ADVERT, Kind, photo_of};
use scanner::{Budget, FilePicture, Outcome, Picture, Progress, scan};
use std::cell::Cell;
use std::time::{Duration, Instant};

const TEXT: &str = "01,32,,25432000000031411143,655.00,20250311,,19E3";

/// How long this thread has worked: on Linux the time that it had a processor, so that a busy machine lengthens nothing; elsewhere the time that passed.
fn worked(since: Instant) -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = schedule.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Scans with a generous budget and returns, besides the outcome, the longest time in milliseconds between two
/// looks at the clock: what a budget can be exceeded by.
fn watched(picture: Picture<'_>, limit_ms: f64, wanted: &dyn Fn(&str) -> bool) -> (Outcome, f64) {
    let started = Instant::now();
    let begin = worked(started);
    let (last, longest) = (Cell::new(0.0), Cell::new(0.0f64));
    let clock = || {
        let now = worked(started).saturating_sub(begin).as_secs_f64() * 1000.0;
        longest.set(longest.get().max(now - last.get()));
        last.set(now);
        now
    };
    let outcome = scan(picture, &Budget::new(&clock, limit_ms), wanted, &mut |_| {});
    clock();
    (outcome, longest.get())
}

#[test]
fn most_hard_photos_are_read() {
    // Not all: some of the glare and the mixtures leave too little of a code.
    let (mut read, mut all) = (0, 0);
    for kind in Kind::ALL {
        for seed in 0..3 {
            let photo = photo_of(TEXT, kind, seed).unwrap();
            let (outcome, _) = watched(photo.picture().unwrap(), 60_000.0, &|text| text == TEXT);
            assert!(
                outcome
                    .texts
                    .iter()
                    .all(|text| text == TEXT || text == ADVERT),
                "misread: {:?}",
                outcome.texts
            );
            read += usize::from(outcome.texts.iter().any(|text| text == TEXT));
            all += 1;
        }
    }
    assert!(read >= 37, "{read} of {all}");
}

#[test]
fn both_codes_of_a_picture_are_read_and_the_wanted_one_ends_the_scan() {
    let photo = photo_of(TEXT, Kind::SecondCode, 1).unwrap();
    let (mut outcome, _) = watched(photo.picture().unwrap(), 60_000.0, &|_| false);
    outcome.texts.sort();
    assert_eq!(outcome.texts, [TEXT, ADVERT]);
    let (outcome, _) = watched(photo.picture().unwrap(), 60_000.0, &|text| text == TEXT);
    assert_eq!(outcome.texts.last().map(String::as_str), Some(TEXT));
    assert_eq!(outcome.tries, 1);
}

#[test]
fn progress_tells_each_try_and_each_text() {
    let photo = photo_of(TEXT, Kind::Inverted, 2).unwrap();
    let started = Instant::now();
    let clock = || started.elapsed().as_secs_f64() * 1000.0;
    let mut told = Vec::new();
    let outcome = scan(
        photo.picture().unwrap(),
        &Budget::new(&clock, 60_000.0),
        &|_| true,
        &mut |p| told.push(p),
    );
    assert_eq!(
        told.last(),
        Some(&Progress::Read {
            text: TEXT.to_owned()
        })
    );
    assert_eq!(
        told.iter()
            .filter(|p| matches!(p, Progress::Trying { .. }))
            .count(),
        outcome.tries
    );
    assert!(outcome.tries > 1);
}

#[test]
fn a_used_up_budget_ends_the_scan_at_once() {
    let photo = photo_of(TEXT, Kind::Compressed, 1).unwrap();
    let (outcome, _) = watched(photo.picture().unwrap(), 0.0, &|_| true);
    assert_eq!((outcome.tries, outcome.out_of_time), (0, true));
    // A clock that jumps a second at each look: only a handful of looks are made before the end.
    let looks = Cell::new(0.0);
    let clock = || {
        looks.set(looks.get() + 1.0);
        looks.get() * 1000.0
    };
    let outcome = scan(
        photo.picture().unwrap(),
        &Budget::new(&clock, 1500.0),
        &|_| false,
        &mut |_| {},
    );
    assert!(
        outcome.out_of_time && looks.get() <= 4.0,
        "{} looks",
        looks.get()
    );
}

/// Pictures that look like thousands of codes, or like nothing.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    const SIDE: usize = 1600;
    let draw = |shade: &dyn Fn(usize, usize) -> u8| {
        (0..SIDE * SIDE)
            .map(|i| shade(i % SIDE, i / SIDE))
            .collect()
    };
    let noise = |x: usize, y: usize| {
        let mixed =
            (x as u64 * 0x9e37_79b9 + y as u64 * 0x85eb_ca6b).wrapping_mul(0xff51_afd7_ed55_8ccd);
        (mixed >> 40) as u8
    };
    let ring = |x: usize, y: usize| (x % 8).abs_diff(3).max((y % 8).abs_diff(3));
    let finder = move |x: usize, y: usize| {
        if matches!(ring(x, y), 0 | 1 | 3) {
            20
        } else {
            230
        }
    };
    vec![
        ("blank", draw(&|_, _| 200)),
        ("noise", draw(&noise)),
        ("coarse noise", draw(&|x, y| noise(x / 4, y / 4))),
        (
            "checkerboard",
            draw(&|x, y| if (x / 3 + y / 3) % 2 == 0 { 0 } else { 255 }),
        ),
        ("stripes", draw(&|x, _| if x % 7 < 3 { 0 } else { 255 })),
        ("finder patterns", draw(&|x, y| finder(x / 2, y / 2))),
        ("small finder patterns", draw(&finder)),
        (
            "rings",
            draw(&|x, y| {
                if (x.abs_diff(800).pow(2) + y.abs_diff(800).pow(2)).isqrt() % 14 < 7 {
                    0
                } else {
                    255
                }
            }),
        ),
    ]
}

#[test]
fn no_picture_keeps_the_scanner_long_from_its_clock() {
    for (name, luma) in hostile() {
        let picture = || Picture::new(1600, 1600, &luma).unwrap();
        // Where other programs use the same caches even work takes longer, but not each time at the same place.
        let gap = (0..4).map(|_| {
            let (outcome, gap) = watched(picture(), 400.0, &|_| false);
            assert!(outcome.texts.is_empty(), "{name}");
            gap
        });
        let kept_short = gap.into_iter().any(|gap| gap < 300.0);
        assert!(
            kept_short,
            "{name}: more than 300 ms from one look at the clock to the next"
        );
    }
}

#[test]
fn a_huge_picture_costs_no_more_than_a_large_one() {
    let luma = vec![255u8; 12_000 * 9_000];
    let (outcome, gap) = watched(
        Picture::new(12_000, 9_000, &luma).unwrap(),
        60_000.0,
        &|_| false,
    );
    assert!(!outcome.out_of_time && gap < 5000.0, "{gap} ms");
    let (outcome, _) = watched(Picture::new(1, 1, &[0]).unwrap(), 60_000.0, &|_| false);
    assert!(outcome.texts.is_empty());
}

#[test]
fn a_picture_file_is_read_and_other_files_are_refused() {
    let photo = photo_of(TEXT, Kind::Perspective, 3).unwrap();
    let file = photo.to_png().unwrap();
    let picture = FilePicture::decode(&file).unwrap();
    let (outcome, _) = watched(picture.picture().unwrap(), 60_000.0, &|text| text == TEXT);
    assert_eq!(outcome.texts, [TEXT]);
    for cut in [0, 7, 30, file.len() / 2] {
        assert!(FilePicture::decode(&file[..cut]).is_err(), "{cut} bytes");
    }
    assert!(FilePicture::decode(b"<EInvoice><Header/></EInvoice>").is_err());
}

#[test]
fn pictures_of_any_shape_and_content_do_not_panic() {
    let mut state = 7u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..300 {
        let (width, height) = (1 + random(90), 1 + random(90));
        let (cell, shades) = (1 + random(6), [0, 255, 128, random(256)]);
        let cells: Vec<u64> = (0..100 * 100).map(|_| random(4)).collect();
        let luma: Vec<u8> = (0..width * height)
            .map(|i| {
                shades[cells[(i / width / cell * 100 + i % width / cell) as usize] as usize] as u8
            })
            .collect();
        let picture = Picture::new(width as u32, height as u32, &luma).unwrap();
        let (outcome, _) = watched(picture, 60_000.0, &|_| false);
        assert!(outcome.texts.is_empty() && !outcome.out_of_time);
    }
}
