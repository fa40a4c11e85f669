use super::*;
use qrcode::{EcLevel, QrCode};

fn grid_of(code: &QrCode) -> Grid {
    let side = code.width();
    let mut grid = Grid::new(side);
    for (i, color) in code.to_colors().into_iter().enumerate() {
        grid.set(i % side, i / side, color == qrcode::Color::Dark);
    }
    grid
}

#[test]
fn every_version_and_level_is_read_and_so_is_its_mirror_image() {
    for number in 1..=40i16 {
        for level in [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H] {
            let text = format!("01,{number}");
            let code = QrCode::with_version(&text, qrcode::Version::Normal(number), level).unwrap();
            let grid = grid_of(&code);
            assert_eq!(
                read(&grid).as_deref(),
                Some(&*text),
                "version {number} level {level:?}"
            );
            assert_eq!(read(&grid.transposed()).as_deref(), Some(&*text));
        }
    }
}

#[test]
fn digits_capitals_bytes_and_chinese_characters_are_read() {
    for text in [
        "0123456789012",
        "HTTPS://EXAMPLE.COM/A$B%C*D+E-F.G/H:I 9",
        "01,10,价税合计,9335,",
        "发票",
    ] {
        let code = QrCode::new(text).unwrap();
        assert_eq!(read(&grid_of(&code)).as_deref(), Some(text));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_read_as_gb18030() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("名称:深圳国贸餐厅,金额:壹佰圆整");
    let code = QrCode::new(&*bytes).unwrap();
    assert_eq!(
        read(&grid_of(&code)).as_deref(),
        Some("名称:深圳国贸餐厅,金额:壹佰圆整")
    );
}

#[test]
fn a_damaged_code_is_read_and_a_ruined_one_is_not() {
    let code = QrCode::with_error_correction_level(
        "01,32,,25432000000031411143,655.00,20250311,,19E3",
        EcLevel::M,
    )
    .unwrap();
    let mut grid = grid_of(&code);
    for y in 12..16 {
        for x in 12..18 {
            grid.set(x, y, true);
        }
    }
    assert_eq!(
        read(&grid).as_deref(),
        Some("01,32,,25432000000031411143,655.00,20250311,,19E3")
    );
    for y in 9..20 {
        for x in 9..29 {
            grid.set(x, y, true);
        }
    }
    assert_eq!(read(&grid), None);
}
