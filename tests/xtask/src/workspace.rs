//! The workspace as `cargo metadata` describes it.

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::command;

/// The folders and crates of the workspace.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    members: Vec<Member>,
    /// What the long tasks measured in this run.
    pub(crate) figures: RefCell<toml::Table>,
}

/// One crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: String,
    /// All features except `default`.
    pub(crate) features: Vec<Feature>,
    /// The crate's entry in `cargo metadata`.
    pub(crate) manifest: Value,
}

/// A feature of a crate.
pub(crate) struct Feature {
    pub(crate) name: String,
    /// The other features of the crate that it enables.
    pub(crate) enables: Vec<String>,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let metadata = metadata(["--no-deps"])?;
        Ok(Self {
            root: PathBuf::from(string(&metadata, "workspace_root")?),
            target: PathBuf::from(string(&metadata, "target_directory")?),
            members: list(&metadata, "/packages").map(Member::read).collect::<Result<_, _>>()?,
            figures: RefCell::default(),
        })
    }

    /// The crates without `publish = false`, which cargo reports as an empty list of registries.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.manifest.get("publish") != Some(&json!([])))
    }

    /// The published crates of the category `no-std`.
    pub(crate) fn bare(&self) -> impl Iterator<Item = &Member> {
        self.published().filter(|member| list(&member.manifest, "/categories").any(|it| it == "no-std"))
    }

    /// A cargo command in the root folder.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut cargo = self.program("cargo");
        cargo.args(arguments);
        cargo
    }

    /// A command in the root folder.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Command {
        let mut program = Command::new(name);
        program.current_dir(&self.root);
        // `cargo run` sets these variables for xtask. If they were passed on, build scripts that depend on one would
        // run again.
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
    fn read(manifest: &Value) -> Result<Self, Box<dyn Error>> {
        let features = manifest.get("features").and_then(Value::as_object);
        Ok(Self {
            name: string(manifest, "name")?.to_owned(),
            version: string(manifest, "version")?.to_owned(),
            features: features
                .into_iter()
                .flatten()
                .filter(|(name, _)| *name != "default")
                .map(|(name, enables)| Feature { name: name.clone(), enables: own_features(enables) })
                .collect(),
            manifest: manifest.clone(),
        })
    }
}

/// The names in a feature's list that are features of the same crate.
fn own_features(enables: &Value) -> Vec<String> {
    let enables = enables.as_array().into_iter().flatten().filter_map(Value::as_str);
    enables.filter(|it| !it.contains([':', '/'])).map(str::to_owned).collect()
}

/// The output of `cargo metadata`.
pub(crate) fn metadata<const N: usize>(arguments: [&str; N]) -> Result<Value, Box<dyn Error>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1"]).args(arguments);
    Ok(serde_json::from_str(&command::read(&mut cargo)?)?)
}

/// The elements of the array at a JSON pointer. Empty if there is no array.
pub(crate) fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = &'v Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

/// A string that `cargo metadata` always contains.
pub(crate) fn string<'v>(value: &'v Value, key: &str) -> Result<&'v str, Box<dyn Error>> {
    value
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("cargo metadata has no string `{key}`").into())
}
