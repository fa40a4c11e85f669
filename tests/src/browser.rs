//! A real browser with a fresh profile, and what a person does with it.

use crate::place::Folder;
use crate::process::{Process, free_port};
use crate::webdriver::{Element, Session};
use crate::{Failure, Outcome};
use serde_json::{Value, json};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a person would wait for anything here.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How soon it is asked again whether something has come: at first, and where it takes long. Each question costs a browser work.
const OFTEN: Duration = Duration::from_millis(50);
const SELDOM: Duration = Duration::from_millis(300);

/// Where no node is asked there is nothing to wait for.
const HASTE: Duration = Duration::from_secs(5);

static HASTY: AtomicBool = AtomicBool::new(false);

/// From now on nobody waits as long as nodes may take: for a page that asks none.
pub fn make_haste() {
    HASTY.store(true, Ordering::Relaxed);
}

/// Narrower screens are held in a hand and touched.
const PHONE: u32 = 800;

/// Needed to run headless, as root, without talking to anybody.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
];

/// Chromium's engine without what stands around it, which few scenarios need and which costs more than most visits.
const SHELL: &str = "chromium-headless-shell";

/// How the browser is held.
#[derive(Clone, Debug)]
pub struct Device {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// A language tag, as in `zh-CN`.
    pub language: &'static str,
    /// Whether the system prefers dark colours.
    pub dark: bool,
    /// Whether sites may store anything.
    pub stores: bool,
    /// Whether more than the engine takes part: tabs that hide each other, pages kept for going back.
    pub whole: bool,
}

impl Default for Device {
    /// A phone in Chinese, by daylight.
    fn default() -> Self {
        Self {
            width: 375,
            height: 812,
            language: "zh-CN",
            dark: false,
            stores: true,
            whole: false,
        }
    }
}

/// A browser with a profile of its own: its storage is empty and vanishes with it.
#[derive(Debug)]
pub struct Browser {
    session: Session,
    _driver: Process,
    profile: Folder,
}

const CENTRE: &str =
    "document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'});";

impl Browser {
    /// A phone.
    ///
    /// # Errors
    /// Where the browser does not start.
    pub fn phone() -> Outcome<Self> {
        Self::start(&Device::default(), None)
    }

    /// A phone whose camera shows a film (`.y4m`).
    ///
    /// # Errors
    /// Where the browser does not start.
    pub fn phone_that_films(film: &Path) -> Outcome<Self> {
        Self::start(&Device::default(), Some(film))
    }

    /// Any device.
    ///
    /// # Errors
    /// Where the browser does not start.
    pub fn start(device: &Device, film: Option<&Path>) -> Outcome<Self> {
        let profile = Folder::new("browser")?;
        let port = free_port()?;
        let mut driver = Process::start(
            Command::new("chromedriver").arg(format!("--port={port}")),
            &profile.path().join("driver.log"),
        )?;
        driver.wait(PATIENCE, |log| {
            log.contains("started successfully").then_some(())
        })?;
        let session = Session::open(port, &options(device, film, profile.path())?)?;
        if device.dark {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
            session.devtools("Emulation.setEmulatedMedia", &features)?;
        }
        if device.width >= PHONE {
            let metrics = json!({"width": device.width, "height": device.height, "deviceScaleFactor": 1, "mobile": false});
            session.devtools("Emulation.setDeviceMetricsOverride", &metrics)?;
        }
        Ok(Self {
            session,
            _driver: driver,
            profile,
        })
    }

    /// The session itself, for what is not a person's doing.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// A folder for files of this browser's user; gone with the browser.
    #[must_use]
    pub fn files(&self) -> &Path {
        self.profile.path()
    }

    /// Opens an address. A change after `#` alone does not load the page anew, as in any browser.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub fn open(&self, address: &str) -> Outcome {
        self.session.go(address)
    }

    /// Waits for the element a selector names.
    ///
    /// # Errors
    /// Where it does not come in time; says what is shown instead.
    pub fn see(&self, selector: &str) -> Outcome<Element> {
        self.until(&format!("an element {selector}"), |session| {
            Ok(session.all(selector)?.into_iter().next())
        })
    }

    /// Waits for the element a selector names and clicks it.
    ///
    /// # Errors
    /// Where it does not come in time, or stays covered.
    pub fn press(&self, selector: &str) -> Outcome {
        self.until(
            &format!("{selector} to be clicked"),
            |session| match session.all(selector)?.first() {
                Some(element) => {
                    // Into the middle, away from the bars that stay at the top and at the bottom.
                    session.run(CENTRE, &[selector.into()])?;
                    Ok(session.click(element).ok())
                }
                None => Ok(None),
            },
        )
    }

    /// Waits for an input, empties it and types.
    ///
    /// # Errors
    /// Where it does not come in time.
    pub fn fill(&self, selector: &str, text: &str) -> Outcome {
        let input = self.see(selector)?;
        self.session.clear(&input)?;
        self.session.write(&input, text)
    }

    /// Gives a file to a file input, which may be hidden behind a button.
    ///
    /// # Errors
    /// Where there is no such input.
    pub fn give_file(&self, selector: &str, file: &Path) -> Outcome {
        let input = self.see(selector)?;
        self.session.write(&input, &file.to_string_lossy())
    }

    /// What an element shows.
    ///
    /// # Errors
    /// Where it does not come in time.
    pub fn text(&self, selector: &str) -> Outcome<String> {
        let element = self.see(selector)?;
        self.session.text(&element)
    }

    /// Asks again and again until there is an answer.
    ///
    /// # Errors
    /// Where there is none in time; says what is shown instead.
    pub fn until<T>(&self, what: &str, ask: impl Fn(&Session) -> Outcome<Option<T>>) -> Outcome<T> {
        self.until_within(PATIENCE, what, ask)
    }

    /// The same with another patience.
    ///
    /// # Errors
    /// Where there is no answer in time.
    pub fn until_within<T>(
        &self,
        patience: Duration,
        what: &str,
        ask: impl Fn(&Session) -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let patience = match HASTY.load(Ordering::Relaxed) {
            true => patience.min(HASTE),
            false => patience,
        };
        let started = Instant::now();
        loop {
            // An element may vanish between being found and being asked: that is no answer yet.
            if let Ok(Some(found)) = ask(&self.session) {
                return Ok(found);
            }
            if started.elapsed() > patience {
                return Err(self.explain(what, patience));
            }
            let pause = started.elapsed() / 8;
            std::thread::sleep(pause.clamp(OFTEN, SELDOM));
        }
    }

    fn explain(&self, what: &str, patience: Duration) -> Failure {
        let shown = self.session.run(
            "return location.href + '\\n' + document.body.innerText",
            &[],
        );
        let shown = shown
            .ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default();
        let console = self.session.console().unwrap_or_default().join("\n");
        format!("no {what} within {patience:?}. Shown instead:\n{shown}\nConsole:\n{console}")
            .into()
    }
}

fn options(device: &Device, film: Option<&Path>, profile: &Path) -> Outcome<Value> {
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!(
        "--user-data-dir={}",
        profile.join("profile").display()
    ));
    flags.push(format!("--lang={}", device.language));
    // What the shell is told instead of the preference.
    flags.push(format!("--accept-lang={}", device.language));
    flags.push(format!("--window-size={},{}", device.width, device.height));
    if let Some(film) = film {
        flags.push(format!(
            "--use-file-for-fake-video-capture={}",
            film.display()
        ));
    }
    let mut options = json!({"args": flags, "prefs": {"intl.accept_languages": device.language}});
    if !device.stores {
        // Chromium's "block": with cookies every other storage is refused.
        options["prefs"]["profile.default_content_setting_values.cookies"] = 2.into();
    }
    if device.width < PHONE {
        options["mobileEmulation"] = json!({
            "deviceMetrics": {"width": device.width, "height": device.height, "pixelRatio": 2.0, "touch": true},
        });
    }
    // Permissions and settings are no matter of the engine either.
    let whole = device.whole || film.is_some() || !device.stores;
    if let Some(shell) = shell().filter(|_| !whole) {
        options["binary"] = started_with_a_page(&shell, profile)?.into();
    }
    Ok(options)
}

/// Where the shell lies: the driver looks on its own for the whole browser only, which is taken where there is no shell.
fn shell() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(SHELL));
    places.find(|place| place.is_file())
}

/// A script that starts the shell with a page: without one it opens none, and the driver waits for it.
fn started_with_a_page(shell: &Path, folder: &Path) -> Outcome<String> {
    let script = folder.join("shell");
    let text = format!("#!/bin/sh\nexec '{}' \"$@\" about:blank\n", shell.display());
    std::fs::write(&script, text)?;
    std::fs::set_permissions(&script, Permissions::from_mode(0o700))?;
    Ok(script.to_string_lossy().into_owned())
}
