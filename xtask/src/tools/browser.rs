//! A real browser and its driver, for the tests and the screenshots.

use super::debian_rust;
use crate::cache;
use crate::failure::Result;
use crate::run;
use std::process::Command;

const PACKAGES: [&str; 4] = [
    "chromium",
    "chromium-driver",
    "chromium-headless-shell",
    "fonts-noto-cjk",
];

/// chromium, chromedriver and a font with Chinese in it; with apt where they are missing. Where chromium-headless-shell is there too, it spares work.
pub fn ensure() -> Result {
    if run::on_path("chromium") && run::on_path("chromedriver") {
        return Ok(());
    }
    if !run::on_path("apt-get") {
        return Err("the browser tests need `chromium` and `chromedriver` on PATH, and there is no apt-get to install them.".into());
    }
    if run::output("id", &["-u"]).is_some_and(|user| user != "0") {
        return Err(format!(
            "the browser tests need a browser, its driver and a Chinese font, which only root can install: `sudo apt-get install {}`.",
            PACKAGES.join(" ")
        )
        .into());
    }
    let log = cache::folder()?.join("browser.log");
    let words = ["install", "--yes", "--no-install-recommends"];
    let mut command = Command::new("apt-get");
    command
        .args(words)
        .args(PACKAGES)
        .env("DEBIAN_FRONTEND", "noninteractive");
    debian_rust::refresh();
    run::step(
        "Installing Chromium, its driver and a Chinese font with apt: pages are tested in a real browser",
        &log,
        &mut command,
    )
}
