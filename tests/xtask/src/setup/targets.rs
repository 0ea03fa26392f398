//! The bare-metal targets and the standard library's sources. rust-toolchain.toml names them, so that rustup installs
//! them with the compiler. This is for machines where rustup did not or cannot: `RUSTUP_AUTO_INSTALL=0`, or no way
//! to its server.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{read, run};
use crate::setup::{or_remedy, rustup};
use crate::step::{Outcome, Step};
use crate::workspace::{Workspace, entries};

const DEBIAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/setup/debian.sh");

/// A target's component of rustup is this and its name.
const TARGET: &str = "rust-std-";

/// The step that installs what is missing.
pub(crate) fn missing(workspace: &Workspace) -> Result<Option<Step<'_>>, Box<dyn Error>> {
    let absent = absent(workspace)?;
    let name = format!("add {} by rustup, or else from Debian's rust-src", absent.join(", "));
    Ok((!absent.is_empty()).then(|| Step::new(name, move || install(workspace, &absent))))
}

fn install(workspace: &Workspace, components: &[String]) -> Outcome {
    let mut rustup = Command::new("rustup");
    rustup.args(["component", "add"]).args(components);
    if let Err(cause) = run(rustup.env("RUST_BACKTRACE", "0")) {
        println!("{cause}; taking Debian's sources instead");
        let mut debian = Command::new(DEBIAN);
        debian.arg(env::temp_dir().join("tc3-rust-src")).arg(sysroot()?).arg(rustup::release_in_use()?);
        let built = run(debian.args(components.iter().filter_map(|it| it.strip_prefix(TARGET))));
        or_remedy(built, "let rustup reach its server, or run where Debian has this compiler's rust-src")?;
    }
    match absent(workspace)?.as_slice() {
        [] => Ok(()),
        [absent, ..] => {
            Err(format!("{absent} is incomplete; `rustup component remove {absent}`, then run setup again")
                .into())
        }
    }
}

/// The components of rustup whose files the compiler in use lacks.
fn absent(workspace: &Workspace) -> Result<Vec<String>, Box<dyn Error>> {
    let rustlib = sysroot()?.join("lib/rustlib");
    let has_core = |target: &&String| {
        let files = entries(&rustlib.join(target).join("lib")).unwrap_or_default();
        files.iter().any(|file| file.to_string_lossy().contains("/libcore-"))
    };
    let targets = workspace.toolchain.targets.iter().filter(|target| !has_core(target));
    let has_sources = rustlib.join("src/rust/library/Cargo.lock").exists();
    let sources = (!has_sources).then(|| "rust-src".to_owned());
    Ok(sources.into_iter().chain(targets.map(|it| format!("{TARGET}{it}"))).collect())
}

fn sysroot() -> Result<PathBuf, Box<dyn Error>> {
    Ok(PathBuf::from(read(Command::new("rustc").args(["--print", "sysroot"]))?.trim()))
}
