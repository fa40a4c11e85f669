//! Every way in which a text or a picture reaches the page, and codes as others print them.

use super::Scenario;
use super::invoices::bitmap;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use lianyan_tests::browser::Browser;
use lianyan_tests::place::Folder;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use scanner::testing::{Kind, photo_of};
use serde_json::json;

pub const OTHERS_CODES: Scenario = Scenario {
    name: "codes as others print them are read, and no more is said of them than the chain proves",
    run: published,
};

pub const SCENARIOS: &[Scenario] = &[
    OTHERS_CODES,
    Scenario {
        name: "a text that is pasted, dropped or typed by a hand-held scanner is checked",
        run: handed_over,
    },
    Scenario {
        name: "a picture that is pasted or dropped is read",
        run: pictures_handed_over,
    },
    Scenario {
        name: "a file that is no picture and a picture without a code are said to be that",
        run: useless_files,
    },
    Scenario {
        name: "where there is no camera the other ways stay",
        run: no_camera,
    },
];

/// One code of each form that domain authorities print, none of them on this chain; and what the page may say of it.
const PUBLISHED: [(&str, &str, &str); 9] = [
    (
        "eight fields",
        "01,01,1200154130,03630024,94339.62,20160621,,9335,",
        "absent",
    ),
    (
        "seven fields",
        "01,10,011001605111,80100798,64.9,20161018,85342965681116380258",
        "absent",
    ),
    (
        "full-width commas",
        "01，10，050003523456，29342181，104.72，20180613，02418567008427471889，1774",
        "absent",
    ),
    (
        "fully digital",
        "01,32,,25432000000031411143,655.00,20250311,,19E3",
        "absent",
    ),
    (
        "rail ticket",
        "01,51,,26339132621000219582,56.00,20260423,,219a",
        "absent",
    ),
    ("roll", "01,11,031001900107,01234567", "absent"),
    (
        "blockchain",
        "01,10,144031909110,01034285,91440300708437873H,5.45,20190320,\
         0053e0982be37e9763314b0c8a58b7c121e0b8b59b03bf3cae346ea8c7d2cbd7b4",
        "absent",
    ),
    (
        "a portal's address",
        "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?\
         hash=007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04&bill_num=05830164&total_amount=500",
        "absent",
    ),
    ("no code at all", "你好，世界", "not-established"),
];

fn published(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    for (form, text, outcome) in PUBLISHED {
        let seen = visitor.check(text)?;
        seen.must_be(outcome)
            .map_err(|why| format!("{form}: {why}"))?;
        if outcome == "absent" {
            seen.must_have("header-signed", "passed")?;
        }
    }
    // Of a code that the chain does not hold the page still says what it says by itself.
    let (_, text, _) = PUBLISHED[0];
    visitor.check(text)?;
    visitor.must_show("said", "off", "false")
}

/// Gives a text to the page as the browser would.
const PASTE: &str = "
    const data = new DataTransfer();
    data.setData('text', arguments[0]);
    document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));";
const DROP: &str = "
    const data = new DataTransfer();
    data.setData('text', arguments[0]);
    document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));";
const TYPE: &str = "
    const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    [...arguments[0]].forEach(press);
    press('Enter');";

fn handed_over(world: &World) -> Outcome {
    let text = world.invoice("red")?;
    for way in [PASTE, DROP, TYPE] {
        let visitor = Visitor::new(&world.page())?;
        visitor.go("#/scan")?;
        visitor.see("scan-text")?;
        visitor
            .browser()
            .session()
            .run(way, &[text.clone().into()])?;
        let seen = visitor.verdict().map_err(|why| format!("{way}: {why}"))?;
        seen.must_be("out-of-force")?;
    }
    Ok(())
}

const FILE: &str = "
    const bytes = Uint8Array.from(atob(arguments[0]), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'invoice.bmp', {type: 'image/bmp'}));
    const event = arguments[1] === 'paste'
        ? new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
        : new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true});
    document.body.dispatchEvent(event);";

fn pictures_handed_over(world: &World) -> Outcome {
    let photo = photo_of(&world.invoice("genuine")?, Kind::SecondCode, 12)?;
    let picture = BASE64.encode(bitmap(&photo));
    for way in ["paste", "drop"] {
        let visitor = Visitor::new(&world.page())?;
        visitor.go("#/scan")?;
        visitor.see("scan-text")?;
        let arguments = [picture.clone().into(), way.into()];
        visitor.browser().session().run(FILE, &arguments)?;
        let seen = visitor.verdict().map_err(|why| format!("{way}: {why}"))?;
        seen.must_be("verified")?;
    }
    Ok(())
}

/// A picture of nothing.
pub fn without_code() -> Outcome<Vec<u8>> {
    let mut blank = bitmap(&photo_of("x", Kind::Faint, 1)?);
    let pixels = blank.len() - 4;
    blank[1_078..pixels].fill(200);
    Ok(blank)
}

fn useless_files(world: &World) -> Outcome {
    let folder = Folder::new("useless")?;
    let visitor = Visitor::new(&world.page())?;
    for (name, bytes) in [
        ("torn.bmp", b"BM no picture".to_vec()),
        ("blank.bmp", without_code()?),
        ("words.proof", b"no proof".to_vec()),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes)?;
        visitor.go("#/")?;
        visitor.go("#/scan")?;
        visitor.browser().give_file("[data-testid=album]", &file)?;
        visitor
            .see("scan-wrong")
            .map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(())
}

/// As in browsers that let no page film.
const NO_CAMERA: &str =
    "Object.defineProperty(Navigator.prototype, 'mediaDevices', {get: () => undefined});";

fn no_camera(world: &World) -> Outcome {
    let browser = Browser::phone()?;
    let script = json!({ "source": NO_CAMERA });
    let session = browser.session();
    session.devtools("Page.addScriptToEvaluateOnNewDocument", &script)?;
    let visitor = Visitor::with(browser, &world.page())?;
    visitor.go("#/scan")?;
    visitor.see("dev-banner")?;
    visitor.press("camera-toggle")?;
    visitor.must_show("camera", "phase", "unavailable")?;
    visitor.fill("scan-text", &world.invoice("red")?)?;
    visitor.press("scan-check")?;
    visitor.verdict()?.must_be("out-of-force")
}
