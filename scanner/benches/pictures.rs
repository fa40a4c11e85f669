//! How many of a set of hard pictures are read, and how fast, beside rxing in one try on the same pictures.
//!
//! `cargo bench -p scanner` prints the table; `cargo bench -p scanner -- --save DIR` writes the pictures as PNG.

use scanner::testing::{Kind, Photo, photo_of};
use scanner::{Budget, scan};
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const EACH: u64 = 20;
const LIMIT_MS: f64 = 1500.0;

/// Published payloads of several lengths.
const TEXTS: [&str; 4] = [
    "01,10,031001600211,77480574,83.96,20171230,59326830950603727351,09ED",
    "01,32,,25432000000031411143,655.00,20250311,,19E3",
    "01,10,144031909110,01034285,91440300708437873H,5.45,20190320,\
     0053e0982be37e9763314b0c8a58b7c121e0b8b59b03bf3cae346ea8c7d2cbd7b4",
    "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash=\
     007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04&bill_num=05830164&total_amount=500",
];

fn main() -> Result<(), Box<dyn Error>> {
    let save = std::env::args()
        .skip_while(|a| a != "--save")
        .nth(1)
        .map(PathBuf::from);
    let mut total = Row::default();
    println!(
        "{:<12} {:>8} {:>6} {:>6}  {:>9} {:>9} {:>9} {:>5}",
        "kind", "pictures", "ours", "rxing", "median", "p95", "max", "over"
    );
    for kind in Kind::ALL {
        let mut row = Row::default();
        for seed in 0..EACH {
            let text = TEXTS[usize::try_from(seed)? % TEXTS.len()];
            let photo = photo_of(text, kind, seed)?;
            if let Some(folder) = &save {
                write_png(&photo, &folder.join(format!("{kind:?}-{seed:02}.png")))?;
            }
            row.add(&photo, text)?;
        }
        row.print(&format!("{kind:?}"));
        total.merge(row);
    }
    total.print("all");
    Ok(())
}

#[derive(Default)]
struct Row {
    ours: usize,
    rxing: usize,
    over: usize,
    times: Vec<Duration>,
}

impl Row {
    fn add(&mut self, photo: &Photo, text: &str) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        let clock = || started.elapsed().as_secs_f64() * 1000.0;
        let outcome = scan(
            photo.picture()?,
            &Budget::new(&clock, LIMIT_MS),
            &|found| found == text,
            &mut |_| {},
        );
        let took = started.elapsed();
        self.times.push(took);
        self.over += usize::from(took.as_secs_f64() * 1000.0 > LIMIT_MS + 50.0);
        self.ours += usize::from(outcome.texts.iter().any(|found| found == text));
        self.rxing += usize::from(rxing_reads(photo, text));
        if std::env::var_os("MISSES").is_some() && outcome.texts.iter().all(|found| found != text) {
            println!(
                "  miss #{} {:?} tries {} {:?} rxing {}",
                self.times.len() - 1,
                outcome.texts,
                outcome.tries,
                took,
                rxing_reads(photo, text)
            );
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.ours += other.ours;
        self.rxing += other.rxing;
        self.over += other.over;
        self.times.extend(other.times);
    }

    fn print(&mut self, name: &str) {
        self.times.sort();
        let at =
            |part: usize| self.times[(self.times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
        println!(
            "{name:<12} {:>8} {:>6} {:>6}  {:>6.1} ms {:>6.1} ms {:>6.1} ms {:>5}",
            self.times.len(),
            self.ours,
            self.rxing,
            at(50),
            at(95),
            at(100),
            self.over
        );
    }
}

/// rxing in one try, as well as it can: trying harder, light codes on dark ground too, all codes of the picture.
fn rxing_reads(photo: &Photo, text: &str) -> bool {
    let luma = photo.luma().to_vec();
    let mut hints = rxing::DecodeHints {
        PossibleFormats: Some([rxing::BarcodeFormat::QR_CODE].into()),
        AlsoInverted: Some(true),
        ..Default::default()
    };
    let found = rxing::helpers::detect_multiple_in_luma_with_hints(
        luma,
        photo.width(),
        photo.height(),
        &mut hints,
    );
    found.is_ok_and(|results| results.iter().any(|result| result.getText() == text))
}

fn write_png(photo: &Photo, path: &std::path::Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut encoder = png::Encoder::new(
        std::io::BufWriter::new(std::fs::File::create(path)?),
        photo.width(),
        photo.height(),
    );
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(photo.luma())?;
    Ok(())
}
