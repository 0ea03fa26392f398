//! The table of measurements: `measured.json`, and the copy in the README.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::bench::{Evidence, Trial};
use crate::image::Image;
use crate::measure::Size;

/// The compiler, and the measurements of each image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) compiler: String,
    pub(crate) images: BTreeMap<Image, BTreeMap<Metric, u64>>,
}

/// A measurement of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Metric {
    /// Bytes of code, constants and initial values, with the feature `sentences`.
    Flash,
    /// The same without the feature `sentences`, as for the field.
    TerseFlash,
    /// Bytes of code of tc3-embedded without its TLS module, with the feature `sentences`.
    OwnCode,
    /// Bytes of static memory, including zero-initialized.
    Statics,
    /// Bytes of the deepest stack of all cases.
    PeakStack,
    /// Instructions of one TC3 signature, including the key derivation.
    Signature,
    /// Instructions of a handshake with an ECDSA chain of two certificates, without waiting.
    EcdsaHandshake,
    /// The same with an RSA chain shaped like the one of the public service.
    RsaHandshake,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flash => "flash with error sentences, bytes",
            Self::TerseFlash => "flash without error sentences, bytes",
            Self::OwnCode => "code of tc3-embedded without TLS, bytes",
            Self::Statics => "static RAM, bytes",
            Self::PeakStack => "peak stack, bytes",
            Self::Signature => "signature, instructions",
            Self::EcdsaHandshake => "handshake with ECDSA, instructions",
            Self::RsaHandshake => "handshake with RSA, instructions",
        })
    }
}

impl Metric {
    pub(crate) const ALL: [Self; 8] = [
        Self::Flash,
        Self::TerseFlash,
        Self::OwnCode,
        Self::Statics,
        Self::PeakStack,
        Self::Signature,
        Self::EcdsaHandshake,
        Self::RsaHandshake,
    ];

    /// The upper limit for [`BUDGETED`].
    pub(crate) const fn budget(self) -> Option<u64> {
        match self {
            Self::TerseFlash => Some(124_000),
            Self::OwnCode => Some(12_288),
            Self::Statics | Self::PeakStack => Some(20_480),
            Self::Flash | Self::Signature | Self::EcdsaHandshake | Self::RsaHandshake => None,
        }
    }

    /// By how many percent it may exceed the checked-in value.
    pub(crate) const fn tolerance(self) -> u64 {
        match self {
            // Each run has new keys, and the end of waiting is not exact to the instruction.
            Self::EcdsaHandshake | Self::RsaHandshake => 3,
            // Inlined code of the standard library depends on how that was built, which the
            // compiler's version does not show.
            Self::OwnCode => 3,
            Self::Flash | Self::TerseFlash | Self::Statics | Self::PeakStack | Self::Signature => 1,
        }
    }
}

/// The image that the budgets apply to.
pub(crate) const BUDGETED: Image = Image::CortexMUart;

impl Measured {
    /// Measures the images' files, and collects what the images printed when they ran.
    pub(crate) fn new(target_dir: &Path, trials: &[Trial]) -> Result<Self, Box<dyn Error>> {
        let mut measured = Self::default();
        for image in Image::ALL {
            let size = Size::of(&image.path(target_dir))?;
            let metrics = measured.images.entry(image).or_default();
            metrics.extend([
                (Metric::Flash, size.flash),
                (Metric::OwnCode, size.own_code()),
                (Metric::Statics, size.statics),
            ]);
            if image == BUDGETED {
                metrics.insert(Metric::TerseFlash, Size::of(&image.terse(target_dir))?.flash);
            }
            measured.compiler = size.compiler;
            for trial in trials.iter().filter(|trial| trial.image == image) {
                if let Ok(evidence) = &trial.outcome {
                    record(metrics, trial.case.handshake, evidence);
                }
            }
        }
        Ok(measured)
    }

    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_str(&fs::read_to_string(file("measured.json"))?)?)
    }

    /// Writes `measured.json` and the README's table.
    pub(crate) fn write(&self) -> Result<(), Box<dyn Error>> {
        fs::write(file("measured.json"), serde_json::to_string_pretty(self)? + "\n")?;
        let readme = fs::read_to_string(file("README.md"))?;
        let (before, _, after) = parts(&readme).ok_or(MissingMarks)?;
        Ok(fs::write(file("README.md"), format!("{before}{BEGIN}{self}{END}{after}"))?)
    }
}

/// Records the `measured: …` line of one run, whose handshake is measured for `handshake`.
fn record(metrics: &mut BTreeMap<Metric, u64>, handshake: Option<Metric>, evidence: &Evidence) {
    let lines = evidence.run.output.lines().filter_map(|line| line.strip_prefix("measured: "));
    for (name, value) in lines.flat_map(|line| line.split(' ')).filter_map(|word| word.split_once('=')) {
        let metric = match name {
            "stack-peak" => Some(Metric::PeakStack),
            "sign-insns" if handshake.is_some() => Some(Metric::Signature),
            "handshake-insns" => handshake,
            _ => None,
        };
        if let (Some(metric), Ok(value)) = (metric, value.parse::<u64>()) {
            let most = metrics.entry(metric).or_default();
            *most = value.max(*most);
        }
    }
}

/// The README's table.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let images: Vec<String> = self.images.keys().map(|image| format!(" {image} |")).collect();
        let lines = "---:|".repeat(images.len().saturating_add(1));
        writeln!(f, "| |{} budget of {BUDGETED} |\n|---|{lines}", images.concat())?;
        for metric in Metric::ALL {
            write!(f, "| {metric} |")?;
            let values = self.images.values().map(|values| values.get(&metric).copied());
            for value in values.chain([metric.budget()]) {
                write!(f, " {} |", value.map_or("-".to_owned(), thousands))?;
            }
            writeln!(f)?;
        }
        writeln!(f, "\nWith {}.", self.compiler)
    }
}

pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = digits.as_str();
    while let Some((head, group)) = rest.split_at_checked(rest.len().saturating_sub(3)) {
        groups.push(group);
        if head.is_empty() {
            break;
        }
        rest = head;
    }
    groups.reverse();
    groups.join(",")
}

const BEGIN: &str = "<!-- measured: written by `cargo xtask firmware measure` -->\n";
const END: &str = "<!-- end -->\n";

fn parts(readme: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    Some((before, table, after))
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The README lacks the marks around the table.
#[derive(Debug)]
struct MissingMarks;

impl fmt::Display for MissingMarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "README.md lacks the two lines around the table:\n{BEGIN}{END}")
    }
}

impl Error for MissingMarks {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{Measured, file, fs, parts, thousands};

    #[test]
    fn the_table_in_the_readme_equals_measured_json() {
        let readme = fs::read_to_string(file("README.md")).unwrap();
        let (_, table, _) = parts(&readme).unwrap();
        assert_eq!(table, Measured::read().unwrap().to_string());
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(thousands), ["0", "999", "1,000", "12,345,678"]);
    }
}
