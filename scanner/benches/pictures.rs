//! How many of a set of hard pictures are read, and how fast, beside rxing in one try on the same pictures.
//!
//! `cargo bench -p scanner` prints the table. After `--`: `--ours` leaves rxing out, `--misses` names the pictures
//! that were not read, `--save DIR` writes the pictures as PNG.

use scanner::testing::{Kind, Photo, photo_of};
use scanner::{Budget, scan};
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

/// Pictures of each kind.
const EACH: usize = 20;

/// What the page allows for one picture.
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
    let options = Options::of_command_line();
    let mut all = Row::default();
    println!("kind         pictures   ours  rxing   median       p95       max  over budget");
    for kind in Kind::ALL {
        let mut row = Row::default();
        for (number, text) in TEXTS.iter().cycle().enumerate().take(EACH) {
            let photo = photo_of(text, kind, u64::try_from(number)?)?;
            let name = format!("{kind:?}-{number:02}");
            if let Some(folder) = &options.save {
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join(&name).with_extension("png"), photo.to_png()?)?;
            }
            let read = row.measure(&photo, text)?;
            if options.misses && !read {
                println!("not read: {name}");
            }
            row.rxing += usize::from(options.rxing && rxing_reads(&photo, text));
        }
        row.print(&format!("{kind:?}"));
        all.merge(row);
    }
    all.print("all");
    Ok(())
}

struct Options {
    rxing: bool,
    misses: bool,
    save: Option<PathBuf>,
}

impl Options {
    fn of_command_line() -> Self {
        let given = |name: &str| std::env::args().any(|argument| argument == name);
        let save = std::env::args()
            .skip_while(|argument| argument != "--save")
            .nth(1);
        Self {
            rxing: !given("--ours"),
            misses: given("--misses"),
            save: save.map(PathBuf::from),
        }
    }
}

#[derive(Default)]
struct Row {
    ours: usize,
    rxing: usize,
    over: usize,
    times_ms: Vec<f64>,
}

impl Row {
    /// Scans one photo; whether its text was read.
    fn measure(&mut self, photo: &Photo, text: &str) -> Result<bool, Box<dyn Error>> {
        let started = Instant::now();
        let clock = || started.elapsed().as_secs_f64() * 1000.0;
        let budget = Budget::new(&clock, LIMIT_MS);
        let outcome = scan(
            photo.picture()?,
            &budget,
            &|found| found == text,
            &mut |_| {},
        );
        let took = clock();
        let read = outcome.texts.iter().any(|found| found == text);
        self.times_ms.push(took);
        self.over += usize::from(took > LIMIT_MS);
        self.ours += usize::from(read);
        Ok(read)
    }

    fn merge(&mut self, other: Self) {
        self.ours += other.ours;
        self.rxing += other.rxing;
        self.over += other.over;
        self.times_ms.extend(other.times_ms);
    }

    fn print(&mut self, name: &str) {
        self.times_ms.sort_by(f64::total_cmp);
        let count = self.times_ms.len();
        let [median, p95, max] = [50, 95, 100].map(|part| self.times_ms[(count - 1) * part / 100]);
        let Self {
            ours, rxing, over, ..
        } = self;
        println!(
            "{name:<12} {count:>8} {ours:>6} {rxing:>6}  {median:>6.1} ms {p95:>6.1} ms {max:>6.1} ms {over:>6}"
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
    let (width, height) = (photo.width(), photo.height());
    let found = rxing::helpers::detect_multiple_in_luma_with_hints(luma, width, height, &mut hints);
    found.is_ok_and(|results| results.iter().any(|result| result.getText() == text))
}
