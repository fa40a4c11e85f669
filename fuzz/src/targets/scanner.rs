//! Pictures: whatever is in them, a scan ends within its budget.

use crate::input::Input;
use qrcode::{Color, EcLevel, QrCode};
use scanner::{Budget, FilePicture, Picture, scan};
use std::cell::Cell;

/// Published codes of each form, and a link of ours.
pub const TEXTS: [&str; 9] = [
    "01,10,011001900311,26105568,356.60,20190602,69609999443421834136,C348",
    "01,01,1200154130,03630024,94339.62,20160621,,9335,",
    "01,32,,26427000000375586818,10.70,20260430,,FAFB",
    "01，04，4200161350，00015045，165106.00，20160501，48114255542168294433，DBFE，",
    "01,10,144031909110,01034285,91440300708437873H,5.45,20190320,0053e0982be37e9763314b0c8a58b7c121e0b8b59b03bf3cae346ea8c7d2cbd7b4",
    "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash=007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04&bill_num=05830164&total_amount=500",
    "https://portal.example/#/r/invoice/011001900311-26105568/AQUFBQUFBQUFBQUFBQUFBQU",
    "壹万贰仟叁佰肆拾伍元陆角柒分",
    "91440300708437873H",
];

/// Largest number of looks at the clock before the budget is over.
const LOOKS: f64 = 12.0;

const PIXELS: u8 = 0;
const MODULES: u8 = 1;

fn codes() -> impl Iterator<Item = QrCode> {
    let texts = TEXTS.iter().take(4).chain(["A", "12345"].iter());
    texts.flat_map(|text| QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok())
}

pub fn pictures() -> Vec<Vec<u8>> {
    codes()
        .flat_map(|code| {
            let modules = code
                .to_colors()
                .iter()
                .map(|color| u8::from(*color == Color::Dark))
                .collect::<Vec<u8>>();
            let version = u8::try_from((code.width() - 17) / 4).unwrap_or(1);
            let drawn = draw(code.width(), 2, |at| modules.get(at) == Some(&1));
            let side = u8::try_from(code.width() * 2 + 16).unwrap_or(u8::MAX);
            [
                [&[MODULES, version], modules.as_slice()].concat(),
                [&[PIXELS, side], drawn.as_slice()].concat(),
            ]
        })
        .collect()
}

/// A code in its quiet zone of four modules.
fn draw(width: usize, scale: usize, is_dark: impl Fn(usize) -> bool) -> Vec<u8> {
    let side = (width + 8) * scale;
    let pixel = |at: usize| {
        let (x, y) = ((at % side) / scale, (at / side) / scale);
        let inside = (4..width + 4).contains(&x) && (4..width + 4).contains(&y);
        if inside && is_dark((y - 4) * width + x - 4) {
            0
        } else {
            255
        }
    };
    (0..side * side).map(pixel).collect()
}

/// Grey pixels, or the modules of a code that are then drawn. The bytes: kind, size, the rest.
pub fn picture(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (kind, size) = (input.byte() % 2, input.byte());
    if kind == PIXELS {
        let width = u32::from(size.max(1));
        let mut luma = input.0.to_vec();
        luma.truncate(200 * 200);
        luma.truncate(luma.len() / width as usize * width as usize);
        look(width, &luma);
    } else {
        let width = 17 + 4 * usize::from(size % 10 + u8::from(size % 10 == 0));
        let modules = input.0;
        let luma = draw(width, 3, |at| {
            modules.get(at).is_some_and(|module| module & 1 == 1)
        });
        look(u32::try_from((width + 8) * 3).expect("small"), &luma);
    }
}

fn look(width: u32, luma: &[u8]) {
    let height = u32::try_from(luma.len()).expect("small") / width;
    let Ok(picture) = Picture::new(width, height, luma) else {
        return;
    };
    let looks = Cell::new(0.0);
    let clock = || looks.replace(looks.get() + 1.0);
    scan(
        picture,
        &Budget::new(&clock, LOOKS),
        &|text| text.starts_with("01,"),
        &mut |_| {},
    );
}

pub fn files() -> Vec<Vec<u8>> {
    let files = codes().take(2).map(|code| {
        let side = (code.width() + 8) * 2;
        let colors = code.to_colors();
        let luma = draw(code.width(), 2, |at| colors.get(at) == Some(&Color::Dark));
        let mut file = Vec::new();
        let side = u32::try_from(side).expect("small");
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("writes");
        writer.write_image_data(&luma).expect("writes");
        writer.finish().expect("writes");
        file
    });
    files.collect()
}

/// PNG and JPEG files.
pub fn file(bytes: &[u8]) {
    if let Ok(file) = FilePicture::decode(bytes)
        && let Ok(picture) = file.picture()
    {
        assert_eq!(
            picture.luma().len(),
            picture.width() as usize * picture.height() as usize
        );
    }
}
