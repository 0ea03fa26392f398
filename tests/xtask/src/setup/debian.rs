//! The standard library's sources from Debian's package `rust-src`, in the default toolchain's version.
//!
//! Nothing is installed and apt's state is not changed. A private package list names Debian's suites on the
//! mirror that this machine uses, and the package is only unpacked.

use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{read, run};
use crate::setup::targets::Toolchain;
use crate::step::Outcome;

/// Debian's suites. Each current release of the compiler is in one of them.
const SUITES: [&str; 5] = ["stable", "stable-backports", "testing", "unstable", "experimental"];

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Puts the sources into the toolchain, where cargo looks for them, unless they are there already.
pub(crate) fn library(scratch: &Path, toolchain: &Toolchain) -> Outcome {
    let library = toolchain.rustlib().join("src/rust/library");
    if library.join("Cargo.lock").exists() {
        return Ok(());
    }
    let apt = Apt::prepare(scratch)?;
    run(&mut apt.command("apt-get", &["update", "-qq"]))?;
    let offered = apt.offered()?;
    let Some(version) = matching(&toolchain.release, &offered) else {
        return Err(NoSources::NoVersion { release: toolchain.release.clone(), offered }.into());
    };
    run(&mut apt.command("apt-get", &["download", "-qq", &format!("rust-src={version}")]))?;
    unpack(scratch, &library)
}

/// The first version with the compiler's minor release. The patch release may differ.
fn matching<'o>(release: &str, offered: &'o [String]) -> Option<&'o String> {
    let minor: Vec<&str> = release.splitn(3, '.').take(2).collect();
    let prefix = format!("{}.", minor.join("."));
    offered.iter().find(|version| version.starts_with(&prefix))
}

fn unpack(scratch: &Path, library: &Path) -> Outcome {
    let package = only(scratch, "rust-src_")?;
    let unpacked = scratch.join("unpacked");
    run(Command::new("dpkg-deb").arg("-x").args([&package, &unpacked]))?;
    let sources = only(&unpacked.join("usr/src"), "rustc-")?.join("library");
    let partial = library.with_extension("partial");
    // `cp`, because the toolchain may be on another file system, then a rename, so that no partial copy is seen.
    fs::create_dir_all(&partial)?;
    run(Command::new("cp").args(["-rT"]).args([&sources, &partial]))?;
    fs::rename(&partial, library)?;
    Ok(fs::remove_dir_all(scratch)?)
}

/// The one entry of a folder with this prefix.
fn only(folder: &Path, prefix: &str) -> Result<PathBuf, Box<dyn Error>> {
    let found =
        fs::read_dir(folder)?.flatten().find(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    found.map(|entry| entry.path()).ok_or_else(|| {
        let folder = folder.to_path_buf();
        let prefix = prefix.to_owned();
        NoSources::NotThere { folder, prefix }.into()
    })
}

/// apt with a private package list and state.
struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn prepare(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mirror = mirror().ok_or(NoSources::NoMirror)?;
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder.join("lists/partial"))?;
        fs::create_dir_all(folder.join("archives/partial"))?;
        let sources = SUITES.map(|suite| format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n"));
        fs::write(folder.join("sources.list"), sources.concat())?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let inside = |name: &str| self.folder.join(name).display().to_string();
        let options = [
            format!("Dir::Etc::sourcelist={}", inside("sources.list")),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            format!("Dir::State::lists={}", inside("lists")),
            format!("Dir::Cache::archives={}", inside("archives")),
            "Dir::Cache::pkgcache=".to_owned(),
            "Dir::Cache::srcpkgcache=".to_owned(),
            "Acquire::Languages=none".to_owned(),
            // apt's user cannot write into this folder.
            "APT::Sandbox::User=root".to_owned(),
        ];
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        for option in options {
            command.args(["-o", &option]);
        }
        command.args(arguments);
        command
    }

    /// The versions of `rust-src`, newest first.
    fn offered(&self) -> Result<Vec<String>, Box<dyn Error>> {
        let table = read(&mut self.command("apt-cache", &["madison", "rust-src"]))?;
        let version = |line: &str| Some(line.split('|').nth(1)?.trim().to_owned());
        Ok(table.lines().filter_map(version).collect())
    }
}

/// The mirror of Debian in this machine's configuration.
fn mirror() -> Option<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let modern = read("/etc/apt/sources.list.d/debian.sources");
    let classic = read("/etc/apt/sources.list");
    first_uri(&modern).or_else(|| first_deb(&classic)).map(str::to_owned)
}

/// `URIs: MIRROR` in a deb822 file.
fn first_uri(text: &str) -> Option<&str> {
    let value = text.lines().find_map(|line| line.strip_prefix("URIs:"))?;
    value.split_whitespace().next()
}

/// `deb [options] MIRROR suite components` in a one-line list.
fn first_deb(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("deb "))?;
    let line = line.trim_start();
    let rest = match line.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => line,
    };
    rest.split_whitespace().next()
}

/// Why the sources are not available.
#[derive(Debug)]
enum NoSources {
    NoMirror,
    NoVersion { release: String, offered: Vec<String> },
    NotThere { folder: PathBuf, prefix: String },
}

impl fmt::Display for NoSources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMirror => f.write_str("apt's configuration names no Debian mirror"),
            Self::NoVersion { release, offered } => {
                write!(f, "Debian offers rust-src {}, none for rustc {release}", offered.join(", "))
            }
            Self::NotThere { folder, prefix } => {
                write!(f, "no entry of {} begins with {prefix}", folder.display())
            }
        }
    }
}

impl Error for NoSources {}

#[cfg(test)]
mod tests {
    use super::{first_deb, first_uri, matching};

    #[test]
    fn the_mirror_is_read_from_deb822_and_one_line_lists() {
        let modern = "# a comment\nTypes: deb\nURIs: http://mirror.test/debian\nSuites: stable\n";
        let classic = "# a comment\ndeb [arch=amd64] http://mirror.test/debian stable main\n";
        let plain = "deb http://mirror.test/debian stable main\n";
        assert_eq!(first_uri(modern), Some("http://mirror.test/debian"));
        assert_eq!(first_deb(classic), Some("http://mirror.test/debian"));
        assert_eq!(first_deb(plain), Some("http://mirror.test/debian"));
        assert_eq!(first_uri(classic), None);
        assert_eq!(first_deb(modern), None);
    }

    #[test]
    fn only_the_compilers_minor_release_matches() {
        let offered = ["1.97.1-1", "1.95.0-2", "1.9.0-1"].map(str::to_owned);
        assert_eq!(matching("1.95.0", &offered), offered.get(1));
        assert_eq!(matching("1.97.0-nightly", &offered), offered.first());
        assert_eq!(matching("1.96.0", &offered), None);
    }
}
