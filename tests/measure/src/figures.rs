//! Figures by board, image and name, and the file in which they are checked in.

use std::collections::BTreeMap;
use std::fmt;
use std::process::Command;

use crate::Result;

/// What was measured, and the compiler.
#[derive(Clone, Debug)]
pub struct Figures {
    compiler: String,
    all: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

/// The names of a board, an image and a figure, and its promised maximum.
type Limit<'l> = (&'l str, &'l str, &'l str, u64);

impl Figures {
    /// No figures yet, of the default compiler.
    pub fn new() -> Result<Self> {
        let version = Command::new("rustc").arg("--version").output()?;
        Ok(Self::of(String::from_utf8(version.stdout)?.trim()))
    }

    /// No figures yet, of this compiler.
    #[must_use]
    pub fn of(compiler: &str) -> Self {
        Self { compiler: compiler.to_owned(), all: BTreeMap::new() }
    }

    /// Adds a figure. If there is one, the larger one stays.
    pub fn add(&mut self, board: &str, image: &str, name: &str, value: u64) {
        let images = self.all.entry(board.to_owned()).or_default();
        let figure = images.entry(image.to_owned()).or_default().entry(name.to_owned()).or_default();
        *figure = value.max(*figure);
    }

    /// One figure.
    #[must_use]
    pub fn get(&self, board: &str, image: &str, name: &str) -> Option<u64> {
        self.all.get(board)?.get(image)?.get(name).copied()
    }

    /// The compiler's name and version.
    #[must_use]
    pub fn compiler(&self) -> &str {
        &self.compiler
    }

    /// Reads what [`Display`](fmt::Display) has written.
    pub fn parse(text: &str) -> Result<Self> {
        let mut table: toml::Table = text.parse()?;
        let compiler = table.remove("compiler").and_then(|it| it.as_str().map(str::to_owned));
        let compiler = compiler.ok_or("the figures name no compiler")?;
        Ok(Self { compiler, all: toml::Value::Table(table).try_into()? })
    }

    /// Compares with the figures in a file, prints what is wrong and what only differs, and fails if something is
    /// wrong: a figure that is over its limit, over `tolerance` percent more or less than in the file, not in the file,
    /// or only in the file. Less may be a measurement that leaves something out. If another compiler wrote the file, a
    /// figure may differ.
    pub fn check(
        &self,
        file: &str,
        before: &Self,
        tolerance: impl Fn(&str) -> u64,
        limits: &[Limit<'_>],
    ) -> Result<()> {
        let (mut wrong, mut differs) = (Vec::new(), Vec::new());
        for (board, image, name, now) in self.each() {
            let percent = tolerance(name);
            match before.get(board, image, name) {
                None => wrong.push(format!("{board} {image}: {name} {now} is not in {file}")),
                Some(then) if now.abs_diff(then) > then.saturating_mul(percent) / 100 => {
                    let side = if now > then { "more" } else { "less" };
                    differs
                        .push(format!("{board} {image}: {name} {now}, was {then}: over {percent} % {side}"));
                }
                Some(_) => {}
            }
        }
        for (board, image, name, then) in before.each() {
            if self.get(board, image, name).is_none() {
                wrong.push(format!("{board} {image}: {name} is in {file} with {then} and was not measured"));
            }
        }
        for (board, image, name, most) in limits {
            let is = self.get(board, image, name);
            if is.is_none_or(|is| is > *most) {
                let is = is.map_or_else(|| "was not measured".to_owned(), |is| is.to_string());
                wrong.push(format!("{board} {image}: {name} {is}, at most {most} is promised"));
            }
        }
        if self.compiler == before.compiler {
            wrong.append(&mut differs);
        } else {
            println!("warning: {file} was written with {}, this is {}", before.compiler, self.compiler);
            differs.iter().for_each(|line| println!("warning: {line}"));
        }
        if wrong.is_empty() {
            println!("{} figures measured, {} in {file}", self.each().count(), before.each().count());
            return Ok(());
        }
        Err(format!("mend these figures, or write {file} and say in the commit why:\n{}", wrong.join("\n"))
            .into())
    }

    /// So many percent of each figure, for tests of comparisons.
    #[must_use]
    pub fn scaled(&self, percent: u64) -> Self {
        let mut scaled = Self::of(&self.compiler);
        for (board, image, name, value) in self.each() {
            scaled.add(board, image, name, value.saturating_mul(percent) / 100);
        }
        scaled
    }

    fn each(&self) -> impl Iterator<Item = (&str, &str, &str, u64)> {
        self.all.iter().flat_map(|(board, images)| {
            images.iter().flat_map(move |(image, figures)| {
                let figures = figures.iter();
                figures.map(move |(name, value)| (board.as_str(), image.as_str(), name.as_str(), *value))
            })
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "compiler = \"{}\"", self.compiler)?;
        for (board, images) in &self.all {
            for (image, figures) in images {
                writeln!(f, "\n[{board}.{image}]")?;
                figures.iter().try_for_each(|(name, value)| writeln!(f, "{name} = {value}"))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn a_goal_whose_figure_was_not_measured_is_missed() {
        let (none, goal) = (Figures::of("rustc 1.0"), ("M0", "sign", "flash", 9));
        let outcome = none.check("figures.toml", &none, |_| 0, &[goal]).map_err(|error| error.to_string());
        let says = "M0 sign: flash was not measured, at most 9 is promised";
        assert!(outcome.as_ref().is_err_and(|it| it.ends_with(says)), "{says} is not in {outcome:?}");
    }
}
