//! What was measured: the table that is checked in, and the README's.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::bench::{Evidence, Trial};
use crate::image::Image;
use crate::measure::Size;

/// A compiler, and what became of each image with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) compiler: String,
    pub(crate) images: BTreeMap<Image, BTreeMap<Metric, u64>>,
}

/// What is measured of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Metric {
    /// Code, constants and initial values, in bytes, of the image that the cases run.
    Flash,
    /// The same as it is for the field, without sentences for errors.
    TerseFlash,
    /// Of that, code that is ours and neither TLS nor signing.
    OwnCode,
    /// In bytes, the zeroed ones included.
    Statics,
    /// The most that the stack took in any case, in bytes.
    PeakStack,
    /// Instructions of one TC3 signature, the day's key included.
    Signature,
    /// Instructions of a handshake with an ECDSA chain of two, waiting left out.
    EcdsaHandshake,
    /// The same with an RSA chain of the public one's shape.
    RsaHandshake,
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flash => "flash with sentences for errors, bytes",
            Self::TerseFlash => "flash, bytes",
            Self::OwnCode => "of it ours, without TLS and signing",
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

    /// What [`BUDGETED`] may take.
    pub(crate) const fn budget(self) -> Option<u64> {
        match self {
            Self::TerseFlash => Some(124_000),
            Self::OwnCode => Some(12_288),
            Self::Statics | Self::PeakStack => Some(20_480),
            Self::Flash | Self::Signature | Self::EcdsaHandshake | Self::RsaHandshake => None,
        }
    }

    /// By how many percent it may be worse than what is checked in.
    pub(crate) const fn tolerance(self) -> u64 {
        match self {
            // Of the same image: keys differ, and where waiting ends is not exact to the instruction.
            Self::EcdsaHandshake | Self::RsaHandshake => 3,
            // What is inlined into it depends on how the standard library was built, which the
            // compiler's name does not say.
            Self::OwnCode => 3,
            Self::Flash | Self::TerseFlash | Self::Statics | Self::PeakStack | Self::Signature => 1,
        }
    }
}

/// The image that budgets are for.
pub(crate) const BUDGETED: Image = Image::CortexMUart;

impl Measured {
    /// From the images themselves, and from what they said when they ran.
    pub(crate) fn new(built: &Path, trials: &[Trial]) -> Result<Self, Box<dyn Error>> {
        let mut measured = Self::default();
        for image in Image::ALL {
            let size = Size::of(&image.path(built))?;
            let metrics = measured.images.entry(image).or_default();
            metrics.extend([
                (Metric::Flash, size.flash),
                (Metric::OwnCode, size.own_code()),
                (Metric::Statics, size.statics),
            ]);
            if image == BUDGETED {
                metrics.insert(Metric::TerseFlash, Size::of(&image.terse(built))?.flash);
            }
            measured.compiler = size.compiler;
            for trial in trials.iter().filter(|trial| trial.image == image) {
                if let Ok(evidence) = &trial.outcome {
                    note(metrics, trial.case.handshake, evidence);
                }
            }
        }
        Ok(measured)
    }

    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_str(&fs::read_to_string(ours("measured.json"))?)?)
    }

    /// Writes the table, and the README's after it.
    pub(crate) fn write(&self) -> Result<(), Box<dyn Error>> {
        fs::write(ours("measured.json"), serde_json::to_string_pretty(self)? + "\n")?;
        let readme = fs::read_to_string(ours("README.md"))?;
        let (before, _, after) = parts(&readme).ok_or(NoPlace)?;
        Ok(fs::write(ours("README.md"), format!("{before}{BEGIN}{self}{END}{after}"))?)
    }
}

/// `measured: …` of one run; `handshake` is what its handshake is an example of.
fn note(metrics: &mut BTreeMap<Metric, u64>, handshake: Option<Metric>, evidence: &Evidence) {
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

fn ours(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The README has no place for the table.
#[derive(Debug)]
struct NoPlace;

impl fmt::Display for NoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "README.md lacks the lines between which the table belongs: {BEGIN}{END}")
    }
}

impl Error for NoPlace {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::{Measured, fs, ours, parts, thousands};

    #[test]
    fn the_readme_shows_the_table_that_is_checked_in() {
        let readme = fs::read_to_string(ours("README.md")).unwrap();
        let (_, table, _) = parts(&readme).unwrap();
        assert_eq!(table, Measured::read().unwrap().to_string());
    }

    #[test]
    fn long_numbers_are_read_in_groups_of_three() {
        assert_eq!([0, 999, 1_000, 12_345_678].map(thousands), ["0", "999", "1,000", "12,345,678"]);
    }
}
