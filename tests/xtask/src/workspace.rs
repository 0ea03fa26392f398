//! The workspace as `cargo metadata` describes it, so that no task keeps its own list of crates.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::command;

/// Where everything is, and the crates in it.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    members: Vec<Member>,
}

/// One crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The features, `default` left out: it only names others.
    pub(crate) features: Vec<Feature>,
    /// Its whole entry in `cargo metadata`.
    pub(crate) manifest: Value,
}

/// A feature of a crate.
pub(crate) struct Feature {
    pub(crate) name: String,
    /// The crate's other features that are on with it.
    pub(crate) brings: Vec<String>,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let metadata = metadata(["--no-deps"])?;
        Ok(Self {
            root: PathBuf::from(text(&metadata, "workspace_root")?),
            target: PathBuf::from(text(&metadata, "target_directory")?),
            members: list(&metadata, "/packages").map(Member::read).collect::<Result<_, _>>()?,
        })
    }

    /// The crates that go to the registry: all that do not say `publish = false`, which cargo reports
    /// as an empty list of registries.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.manifest.get("publish") != Some(&json!([])))
    }

    /// The published crates whose categories promise that they need no operating system.
    pub(crate) fn bare(&self) -> impl Iterator<Item = &Member> {
        self.published().filter(|member| list(&member.manifest, "/categories").any(|it| it == "no-std"))
    }

    /// A cargo command in the root folder.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut cargo = self.program("cargo");
        cargo.args(arguments);
        cargo
    }

    /// A program that starts cargo, in the root folder.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut program = Command::new(name);
        program.current_dir(&self.root);
        // `cargo run` describes xtask itself in these; build scripts that watch them would run again.
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                program.env_remove(name.as_ref());
            }
        }
        program
    }
}

impl Member {
    fn read(manifest: &Value) -> Result<Self, NoText> {
        let features = manifest.get("features").and_then(Value::as_object);
        Ok(Self {
            name: text(manifest, "name")?.to_owned(),
            version: text(manifest, "version")?.to_owned(),
            features: features
                .into_iter()
                .flatten()
                .filter(|(name, _)| *name != "default")
                .map(|(name, enables)| Feature { name: name.clone(), brings: brings(enables) })
                .collect(),
            manifest: manifest.clone(),
        })
    }
}

/// Of what a feature enables, what is neither a dependency nor a feature of one.
fn brings(enables: &Value) -> Vec<String> {
    let enables = enables.as_array().into_iter().flatten().filter_map(Value::as_str);
    enables.filter(|it| !it.contains([':', '/'])).map(str::to_owned).collect()
}

/// The answer of `cargo metadata`.
pub(crate) fn metadata<const N: usize>(arguments: [&str; N]) -> Result<Value, Box<dyn Error>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1"]).args(arguments);
    Ok(serde_json::from_str(&command::read(&mut cargo)?)?)
}

/// The elements of the list that a JSON pointer leads to; none where it is absent.
pub(crate) fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// A text that `cargo metadata` always gives.
pub(crate) fn text<'v>(value: &'v Value, key: &'static str) -> Result<&'v str, NoText> {
    value.get(key).and_then(Value::as_str).ok_or(NoText { key })
}

/// `cargo metadata` did not give a text it is documented to give.
#[derive(Debug)]
pub(crate) struct NoText {
    key: &'static str,
}

impl fmt::Display for NoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cargo metadata gave no text for `{}`", self.key)
    }
}

impl Error for NoText {}
