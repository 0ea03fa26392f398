//! The figures in sizes.toml.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use crate::step::Outcome;

/// Figures by board, image and name.
type All = BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>;

pub(crate) struct Figures {
    compiler: String,
    all: All,
}

/// The reciprocal of the allowed increase of a figure: 1/100 is 1 %.
const TOLERANCE: u64 = 100;

impl Figures {
    pub(crate) fn new(compiler: String) -> Self {
        Self { compiler, all: All::new() }
    }

    pub(crate) fn add(&mut self, board: &str, image: &str, name: &str, value: u64) {
        let images = self.all.entry(board.to_owned()).or_default();
        images.entry(image.to_owned()).or_default().insert(name.to_owned(), value);
    }

    pub(crate) fn get(&self, board: &str, image: &str, name: &str) -> Option<u64> {
        self.all.get(board)?.get(image)?.get(name).copied()
    }

    pub(crate) fn compiler(&self) -> &str {
        &self.compiler
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut table: toml::Table = text.parse()?;
        let compiler = table.remove("compiler").and_then(|it| it.as_str().map(str::to_owned));
        let compiler = compiler.ok_or("sizes.toml names no compiler")?;
        Ok(Self { compiler, all: toml::Value::Table(table).try_into()? })
    }

    /// Fails if a figure is worse than before. If the compiler differs, only prints the worse figures.
    pub(crate) fn compare(&self, before: &Self) -> Outcome {
        let worse = self.worse(before);
        for line in &worse {
            println!("{line}");
        }
        if worse.is_empty() {
            println!("no figure is more than 1 % worse than in sizes.toml");
            return Ok(());
        }
        if self.compiler != before.compiler {
            println!("warning: sizes.toml was written with {}, this is {}", before.compiler, self.compiler);
            return Ok(());
        }
        Err(format!(
            "{} figures are worse: improve them, or run `cargo xtask footprint` and say in the commit why",
            worse.len()
        )
        .into())
    }

    fn worse(&self, before: &Self) -> Vec<String> {
        let mut worse = Vec::new();
        for (board, image, name, now) in self.each() {
            match before.get(board, image, name) {
                None => worse.push(format!("{board} {image}: {name} {now} is not in sizes.toml")),
                Some(then) if now > then.saturating_add(then / TOLERANCE) => {
                    worse.push(format!("{board} {image}: {name} {now}, was {then}"));
                }
                Some(_) => {}
            }
        }
        for (board, image, name, then) in before.each() {
            if self.get(board, image, name).is_none() {
                worse.push(format!("{board} {image}: {name} is no longer measured, was {then}"));
            }
        }
        worse
    }

    fn each(&self) -> impl Iterator<Item = (&str, &str, &str, u64)> {
        self.all.iter().flat_map(|(board, images)| {
            images.iter().flat_map(move |(image, figures)| {
                figures
                    .iter()
                    .map(move |(name, value)| (board.as_str(), image.as_str(), name.as_str(), *value))
            })
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# Written by `cargo xtask footprint`; bytes, and instructions.")?;
        writeln!(f, "compiler = \"{}\"", self.compiler)?;
        for (board, images) in &self.all {
            for (image, figures) in images {
                writeln!(f, "\n[{board}.{image}]")?;
                for (name, value) in figures {
                    writeln!(f, "{name} = {value}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    fn figures(compiler: &str, flash: u64) -> Figures {
        let mut figures = Figures::new(compiler.to_owned());
        figures.add("M0", "sign", "flash", flash);
        figures
    }

    #[test]
    fn written_figures_are_read_back() {
        let written = figures("rustc 1", 4096);
        let read = Figures::parse(&written.to_string());
        assert_eq!(read.map(|read| read.to_string()).ok(), Some(written.to_string()));
    }

    #[test]
    fn one_per_cent_worse_passes_and_more_fails() {
        let before = figures("rustc 1", 4096);
        assert!(figures("rustc 1", 4136).compare(&before).is_ok());
        assert!(figures("rustc 1", 4137).compare(&before).is_err());
        assert!(figures("rustc 1", 10).compare(&before).is_ok());
    }

    #[test]
    fn worse_figures_of_another_compiler_pass() {
        assert!(figures("rustc 2", 9000).compare(&figures("rustc 1", 4096)).is_ok());
    }

    #[test]
    fn a_figure_that_is_new_or_gone_fails() {
        let mut more = figures("rustc 1", 4096);
        more.add("M0", "sign", "stack", 1);
        assert!(more.compare(&figures("rustc 1", 4096)).is_err());
        assert!(figures("rustc 1", 4096).compare(&more).is_err());
    }
}
