//! Programs that end with this one, however that ends: by Ctrl-C, by a signal to it alone, or killed. What this program drops it ends itself.
//!
//! `xtask` is built with this file too.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::ops::{Deref, DerefMut};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Waits until its input ends, which is when this process does; the last line names the groups that are still there. Ctrl-C, which reaches it too, does
/// not end it. Who does not end when asked is killed.
const SHELL: &str = "trap '' INT TERM HUP; left=
while read -r line; do left=$line; done
[ -z \"$left\" ] || { kill -s TERM -- $left; sleep 5; kill -s KILL -- $left; }";

static UNDERTAKER: Mutex<Option<Undertaker>> = Mutex::new(None);

struct Undertaker {
    input: ChildStdin,
    groups: BTreeSet<u32>,
}

impl Undertaker {
    fn start() -> io::Result<Self> {
        let mut shell = Command::new("sh")
            .args(["-c", SHELL])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let input = shell.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self {
            input,
            groups: BTreeSet::new(),
        })
    }

    fn tell(&mut self) -> io::Result<()> {
        let groups: Vec<String> = self
            .groups
            .iter()
            .map(|group| format!("-{group}"))
            .collect();
        self.input
            .write_all(format!("{}\n", groups.join(" ")).as_bytes())
    }
}

/// A running program, in a group of its own with all that it starts.
#[derive(Debug)]
pub struct Ward(Child);

impl Ward {
    /// Starts it.
    ///
    /// # Errors
    /// Where it cannot be run, or no shell can.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        #[cfg(unix)]
        let mut kept = UNDERTAKER.lock().unwrap_or_else(PoisonError::into_inner);
        // Before the program: nothing should come between that and telling of it.
        #[cfg(unix)]
        let undertaker = match &mut *kept {
            Some(undertaker) => undertaker,
            none => none.insert(Undertaker::start()?),
        };
        let mut child = command.spawn()?;
        #[cfg(unix)]
        {
            undertaker.groups.insert(child.id());
            // What nobody would end does not begin.
            if let Err(lost) = undertaker.tell() {
                child.kill()?;
                child.wait()?;
                return Err(lost);
            }
        }
        Ok(Self(child))
    }
}

impl Deref for Ward {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Ward {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Ward {
    fn drop(&mut self) {
        let mut undertaker = UNDERTAKER.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(undertaker) = &mut *undertaker {
            undertaker.groups.remove(&self.0.id());
            let _ = undertaker.tell();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::time::{Duration, Instant};
    use std::{env, fs, thread};

    const MOTHER: &str = "LIANYAN_TEST_MOTHER";
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Plays a program whose ward has a child, then one that is ended by a signal to it alone.
    #[test]
    fn nothing_outlives_who_is_ended_by_a_signal() {
        if env::var_os(MOTHER).is_some() {
            let script = "sleep 600 & echo wards $$ $!; wait";
            let mut shell = Command::new("sh");
            shell.args(["-c", script]).stderr(Stdio::null());
            let mut ward = Ward::spawn(shell.stdout(Stdio::piped())).unwrap();
            // Said here, and not by the ward itself: by now it is entrusted.
            let mut said = BufReader::new(ward.stdout.take().unwrap()).lines();
            println!("{}", said.next().unwrap().unwrap());
            thread::sleep(2 * PATIENCE);
            return;
        }
        for signal in ["KILL", "TERM"] {
            let mut mother = Command::new(env::current_exe().unwrap());
            mother.args([
                "--exact",
                "undertaker::tests::nothing_outlives_who_is_ended_by_a_signal",
            ]);
            mother.args(["--nocapture"]).env(MOTHER, "1");
            let mut mother = mother.stdout(Stdio::piped()).spawn().unwrap();
            let wards = wards(BufReader::new(mother.stdout.take().unwrap()));
            assert!(wards.len() == 2 && wards.iter().all(|ward| runs(ward)));
            let id = mother.id().to_string();
            let mut kill = Command::new("kill");
            assert!(kill.args(["-s", signal, &id]).status().unwrap().success());
            mother.wait().unwrap();
            let ended = Instant::now();
            while wards.iter().any(|ward| runs(ward)) {
                assert!(ended.elapsed() < PATIENCE, "{signal}: {wards:?} go on");
                thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// The numbers that the ward says.
    fn wards(said: impl BufRead) -> Vec<String> {
        let mut lines = said.lines().map_while(Result::ok);
        let line = lines.find_map(|line| Some(line.split_once("wards ")?.1.to_owned()));
        let line = line.unwrap_or_default();
        line.split(' ').map(str::to_owned).collect()
    }

    /// Whether this process runs; one that only waits to be seen off does not.
    fn runs(process: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").map(|(_, state)| state);
        state.is_some_and(|state| !state.starts_with(['Z', 'X']))
    }
}
