//! Founders' homes, made by the program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};
use tempfile::TempDir;

/// Member id, voting power, and the last digits of its ports.
pub const FOUNDERS: [(&str, u32, u16); 4] = [
    ("tax", 31, 0),
    ("hospital", 26, 1),
    ("housing", 23, 2),
    ("notary", 20, 3),
];

/// What a run of the program said, and how it ended.
pub struct Said {
    pub text: String,
    pub code: Option<i32>,
}

impl Said {
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self.text
    }

    /// It ended badly, and said this.
    #[track_caller]
    pub fn ill(self, word: &str) {
        assert_eq!(self.code, Some(1), "{}", self.text);
        assert!(self.text.contains(word), "no `{word}` in: {}", self.text);
    }
}

/// Runs the program.
pub fn run<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan-node"));
    let Output {
        status,
        stdout,
        stderr,
    } = command.args(words).output().expect("runs");
    let text = [stdout, stderr].concat();
    Said {
        text: String::from_utf8_lossy(&text).into_owned(),
        code: status.code(),
    }
}

/// A folder with the homes of four founders, and a folder for what they send each other.
pub struct Homes {
    folder: PathBuf,
    /// Takes the folder away in the end.
    _temporary: Option<TempDir>,
}

impl Homes {
    /// Four homes, each with its card, none with a genesis.
    pub fn new() -> Self {
        let homes = Self::empty();
        homes.make_cards();
        homes
    }

    /// The same, founded: a copy of what is founded once.
    pub fn founded() -> Self {
        static FOUNDED: OnceLock<Homes> = OnceLock::new();
        let founded = FOUNDED.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("founders");
            let _ = fs::remove_dir_all(&folder);
            let homes = Self {
                folder,
                _temporary: None,
            };
            homes.make_cards();
            for (id, ..) in FOUNDERS {
                homes.genesis(id).well();
                homes.send(id, "consent");
            }
            for (id, ..) in FOUNDERS {
                homes.genesis(id).well();
            }
            homes
        });
        let homes = Self::empty();
        copy(&founded.folder, &homes.folder);
        homes
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            folder: folder.path().into(),
            _temporary: Some(folder),
        }
    }

    fn make_cards(&self) {
        fs::create_dir_all(self.mail()).expect("a folder");
        for (id, power, port) in FOUNDERS {
            self.init(id, power, port, &[]).well();
            self.send(id, "card");
        }
    }

    /// Makes a home; a program that knows every key stands for CometBFT.
    pub fn init(&self, id: &str, power: u32, port: u16, more: &[&str]) -> Said {
        self.init_with("true", id, power, port, more)
    }

    /// The same with another program.
    pub fn init_with(
        &self,
        cometbft: &str,
        id: &str,
        power: u32,
        port: u16,
        more: &[&str],
    ) -> Said {
        let (home, power) = (self.home(id), power.to_string());
        let (address, name) = (format!("127.0.0.1:{}", 26_656 + port), format!("机构 {id}"));
        let words = [
            "init",
            "--home",
            home.to_str().expect("UTF-8"),
            "--cometbft",
            cometbft,
            "--chain",
            "jiangbin",
            "--member",
            id,
            "--name",
            &name,
            "--name-en",
            id,
            "--role",
            "issuer",
            "--power",
            &power,
            "--address",
            &address,
        ];
        run(words.iter().chain(more))
    }

    pub fn home(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    pub fn mail(&self) -> PathBuf {
        self.folder.join("mail")
    }

    /// Sends a founder's card or consent to everybody.
    pub fn send(&self, id: &str, what: &str) {
        let mailed = self.mailed(id, what);
        let own = match what {
            "card" => Path::new("card.json"),
            _ => Path::new(mailed.file_name().expect("a name")),
        };
        fs::copy(self.home(id).join(own), &mailed).expect("copies");
    }

    pub fn mailed(&self, id: &str, what: &str) -> PathBuf {
        self.mail().join(format!("{id}.{what}.json"))
    }

    /// Runs the ceremony at one founder, with everything that was sent.
    pub fn genesis(&self, id: &str) -> Said {
        let sent = fs::read_dir(self.mail()).expect("a folder");
        let mut sent: Vec<PathBuf> = sent.map(|entry| entry.expect("an entry").path()).collect();
        // No order of the files may matter.
        sent.sort_by_key(|file| id.len() % 2 * file.to_string_lossy().len());
        let words = ["genesis".into(), "--home".into(), self.home(id)];
        run(words.iter().chain(&sent))
    }

    pub fn text(&self, id: &str, file: &str) -> String {
        fs::read_to_string(self.home(id).join(file)).expect("readable")
    }

    /// Changes a file of a home.
    pub fn edit(&self, id: &str, file: &str, from: &str, to: &str) {
        edit(&self.home(id).join(file), from, to);
    }
}

/// Changes a file; what is to be changed must be there.
pub fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("readable");
    assert!(text.contains(from), "no `{from}` in {}", file.display());
    fs::write(file, text.replace(from, to)).expect("writable");
}

/// Copies a folder with everything in it; who may read a file stays as it is.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copies")),
        }
    }
}
