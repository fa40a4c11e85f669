//! A person with a browser on the page: what they do, and what they then see.

use crate::Outcome;
use crate::browser::{Browser, Device};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A verdict may wait for nodes that never answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A person on the page.
#[derive(Debug)]
pub struct Visitor {
    browser: Browser,
    page: String,
}

/// A final verdict as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `verified`, `out-of-force`, `rejected`, `absent`, `not-established`.
    pub outcome: String,
    /// The sentence's code.
    pub headline: String,
    /// Each check's status.
    pub checks: BTreeMap<String, String>,
    /// The raw proof.
    pub raw: String,
}

impl Visitor {
    /// Opens the page on a phone.
    ///
    /// # Errors
    /// Where it does not open.
    pub fn new(page: &str) -> Outcome<Self> {
        Self::with(Browser::phone()?, page)
    }

    /// Opens the page on a phone where more than the engine takes part.
    ///
    /// # Errors
    /// Where it does not open.
    pub fn in_whole_browser(page: &str) -> Outcome<Self> {
        let device = Device {
            whole: true,
            ..Device::default()
        };
        Self::with(Browser::start(&device, None)?, page)
    }

    /// Opens the page on a phone whose camera shows a film.
    ///
    /// # Errors
    /// Where it does not open.
    pub fn who_films(page: &str, film: &Path) -> Outcome<Self> {
        Self::with(Browser::start(&Device::default(), Some(film))?, page)
    }

    /// Opens the page in a browser that was prepared before.
    ///
    /// # Errors
    /// Where it does not open.
    pub fn with(browser: Browser, page: &str) -> Outcome<Self> {
        let visitor = Self {
            browser,
            page: page.to_owned(),
        };
        visitor.go("#/")?;
        Ok(visitor)
    }

    /// The browser, for what only one scenario does.
    #[must_use]
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Goes to a route, as in `#/scan`.
    ///
    /// # Errors
    /// Where the page does not open.
    pub fn go(&self, route: &str) -> Outcome {
        self.browser.open(&format!("{}/{route}", self.page))
    }

    /// Presses what carries this `data-testid`.
    ///
    /// # Errors
    /// Where it does not appear, or cannot be pressed.
    pub fn press(&self, id: &str) -> Outcome {
        self.browser.press(&named(id))
    }

    /// Presses what carries this `data-testid`, and says how many milliseconds later what this selector names was drawn; it must not be there before.
    ///
    /// # Errors
    /// Where it is there before, or nothing comes within the browser's own patience.
    pub fn time(&self, id: &str, awaited: &str) -> Outcome<f64> {
        let arguments = [named(id).into(), awaited.into()];
        let waited = self.browser.session().run(PRESS_AND_WAIT, &arguments)?;
        Ok(waited
            .as_f64()
            .ok_or_else(|| format!("{awaited} was there before {id} was pressed"))?)
    }

    /// Types into what carries this `data-testid`.
    ///
    /// # Errors
    /// Where it does not appear.
    pub fn fill(&self, id: &str, text: &str) -> Outcome {
        self.browser.fill(&named(id), text)
    }

    /// Waits for what carries this `data-testid`.
    ///
    /// # Errors
    /// Where it does not appear.
    pub fn see(&self, id: &str) -> Outcome {
        self.browser.see(&named(id)).map(drop)
    }

    /// Waits until what carries this `data-testid` has this value in another `data-` attribute.
    ///
    /// # Errors
    /// Where it has not in time.
    pub fn must_show(&self, id: &str, name: &str, value: &str) -> Outcome {
        let selector = format!("[data-testid=\"{id}\"][data-{name}=\"{value}\"]");
        self.browser
            .until_within(PATIENCE, &selector, |session| {
                Ok(session.all(&selector)?.into_iter().next())
            })
            .map(drop)
    }

    /// Waits until nothing that carries this `data-testid` has this value in another `data-` attribute.
    ///
    /// # Errors
    /// Where something still has.
    pub fn must_not_show(&self, id: &str, name: &str, value: &str) -> Outcome {
        let selector = format!("[data-testid=\"{id}\"][data-{name}=\"{value}\"]");
        self.browser
            .until_within(PATIENCE, &format!("end of {selector}"), |session| {
                Ok(session.all(&selector)?.is_empty().then_some(()))
            })
    }

    /// A `data-` attribute of what carries this `data-testid`, once it has one.
    ///
    /// # Errors
    /// Where it has none in time.
    pub fn data(&self, id: &str, name: &str) -> Outcome<String> {
        let (selector, attribute) = (
            format!("[data-testid=\"{id}\"][data-{name}]"),
            format!("data-{name}"),
        );
        self.browser.until_within(PATIENCE, &selector, |session| {
            match session.all(&selector)?.first() {
                Some(element) => session.attribute(element, &attribute),
                None => Ok(None),
            }
        })
    }

    /// Puts a text into the scan page's box and waits for the verdict.
    ///
    /// # Errors
    /// Where there is no final verdict in time.
    pub fn check(&self, text: &str) -> Outcome<Seen> {
        self.go("#/scan")?;
        self.fill("scan-text", text)?;
        self.press("scan-check")?;
        self.verdict()
    }

    /// Gives a picture to the scan page and waits for the verdict.
    ///
    /// # Errors
    /// Where there is no final verdict in time.
    pub fn check_picture(&self, file: &Path) -> Outcome<Seen> {
        self.go("#/scan")?;
        self.browser.give_file(&named("album"), file)?;
        self.verdict()
    }

    /// Presses what carries this `data-testid` and waits for the file with this ending that the page hands out.
    ///
    /// # Errors
    /// Where none comes in time.
    pub fn save(&self, id: &str, ending: &str) -> Outcome<PathBuf> {
        let folder = self.browser.files().join("kept");
        std::fs::create_dir_all(&folder)?;
        let into = json!({ "behavior": "allow", "downloadPath": folder });
        let session = self.browser.session();
        session.devtools("Browser.setDownloadBehavior", &into)?;
        self.press(id)?;
        self.browser.until(&format!("a file .{ending}"), |_| {
            // Chromium reserves the name with an empty file first.
            let whole = |file: &DirEntry| file.metadata().is_ok_and(|found| found.len() > 0);
            let files = std::fs::read_dir(&folder)?.flatten().filter(whole);
            let mut files = files.map(|file| file.path());
            Ok(files.find(|file| file.extension().is_some_and(|found| found == ending)))
        })
    }

    /// Brings an identity file into the browser, as its owner would.
    ///
    /// # Errors
    /// Where the page does not show the identity afterwards.
    pub fn take_identity(&self, file: &str) -> Outcome {
        self.go("#/keys")?;
        self.fill("import-text", file)?;
        self.press("import")?;
        self.see("identity-card")
    }

    /// Waits for the final verdict on what is shown.
    ///
    /// # Errors
    /// Where there is none in time.
    pub fn verdict(&self) -> Outcome<Seen> {
        self.browser
            .until_within(PATIENCE, "final verdict", |session| {
                let seen = session.run(READ, &[])?;
                let text =
                    |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                Ok(seen["outcome"].as_str().map(|outcome| Seen {
                    outcome: outcome.to_owned(),
                    headline: text(&seen["headline"]),
                    raw: text(&seen["raw"]),
                    checks: seen["checks"]
                        .as_object()
                        .map(|checks| {
                            checks
                                .iter()
                                .map(|(id, status)| (id.clone(), text(status)))
                                .collect()
                        })
                        .unwrap_or_default(),
                }))
            })
    }
}

const PRESS_AND_WAIT: &str = "
    const [button, awaited] = arguments;
    if (document.querySelector(awaited)) return null;
    return new Promise(done => {
        const started = performance.now();
        new MutationObserver((_, watch) => {
            if (document.querySelector(awaited)) { watch.disconnect(); requestAnimationFrame(() => done(performance.now() - started)); }
        }).observe(document, {childList: true, subtree: true, attributes: true});
        document.querySelector(button).click();
    });";

/// One look at the whole verdict, so that no half of it is older than the other.
const READ: &str = "
    const top = document.querySelector('[data-testid=verdict][data-outcome]');
    if (!top) return {};
    const checks = {};
    document.querySelectorAll('[data-testid=check]').forEach(one => { checks[one.dataset.check] = one.dataset.status; });
    const raw = document.querySelector('[data-testid=raw]')?.textContent || '';
    return {outcome: top.dataset.outcome, headline: top.dataset.headline, checks, raw};
";

impl Seen {
    /// This outcome and no other.
    ///
    /// # Errors
    /// Where it is another; shows all that was seen.
    pub fn must_be(&self, outcome: &str) -> Outcome {
        self.must_be_one_of(&[outcome])
    }

    /// One of these outcomes.
    ///
    /// # Errors
    /// Where it is another; shows all that was seen.
    pub fn must_be_one_of(&self, outcomes: &[&str]) -> Outcome {
        if outcomes.contains(&self.outcome.as_str()) {
            return Ok(());
        }
        Err(format!(
            "the verdict should be {}, but was seen as {self:?}",
            outcomes.join(" or ")
        )
        .into())
    }

    /// This check with this status.
    ///
    /// # Errors
    /// Where it is missing or has another; shows all that was seen.
    pub fn must_have(&self, check: &str, status: &str) -> Outcome {
        if self.checks.get(check).is_some_and(|seen| seen == status) {
            return Ok(());
        }
        Err(format!("the check {check} should be {status}, but was seen as {self:?}").into())
    }
}

fn named(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}
