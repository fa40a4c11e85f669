//! Go's clock, so that it can be wrong: an overlay over the standard library's package `time`.

use crate::failure::{Doing, Result};
use crate::run;
use std::fs;
use std::path::Path;

/// How Go reads the clock, and its name where ours stands in for it.
const NOW: &str = "\nfunc Now() Time {\n";
const TRUE_NOW: &str = "\nfunc trueNow() Time {\n";

/// Only the wall's clock is moved; what measures durations is not.
const AHEAD: &str = r#"package time

import "syscall"

// Seconds by which this process's clock is ahead.
var ahead = func() int64 {
	text, _ := syscall.Getenv("LIANYAN_CLOCK_AHEAD")
	seconds, _ := atoi(text)
	return int64(seconds)
}()

// Now is the system's clock, moved.
func Now() Time {
	t := trueNow()
	t.addSec(ahead)
	return t
}
"#;

/// Writes it into a folder; the option that makes Go build with it.
pub fn overlay(folder: &Path) -> Result<String> {
    let root = run::output("go", &["env", "GOROOT"]).ok_or("Go does not say where it is.")?;
    let package = Path::new(&root).join("src/time");
    let time = package.join("time.go");
    let text = fs::read_to_string(&time).doing(format_args!("read {}", time.display()))?;
    if text.matches(NOW).count() != 1 {
        return Err("this Go reads its clock in another way than is known here.".into());
    }
    let put = |name: &str, text: &str| -> Result<_> {
        let file = folder.join(name);
        fs::write(&file, text).doing(format_args!("write {}", file.display()))?;
        Ok(file)
    };
    let replaced = put("time.go", &text.replace(NOW, TRUE_NOW))?;
    let added = put("ahead.go", AHEAD)?;
    let place = package.join("zz_ahead.go");
    let replace = format!("{{\"Replace\": {{{time:?}: {replaced:?}, {place:?}: {added:?}}}}}");
    let file = put("overlay.json", &replace)?;
    Ok(format!("-overlay={}", file.display()))
}
