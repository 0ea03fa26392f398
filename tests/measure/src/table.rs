//! Tables in Markdown, and the sections of the documents that contain them.

use std::fs;
use std::path::Path;

use crate::Result;

const END: &str = "<!-- end -->";

/// The part of a document that a command writes.
#[derive(Debug)]
pub struct Section<'s> {
    /// The document, from the root folder.
    pub document: &'s str,
    /// The command.
    pub command: &'s str,
    /// The part.
    pub text: String,
}

impl Section<'_> {
    /// Replaces the part in the document.
    pub fn write(&self, root: &Path) -> Result<()> {
        let (before, _, after) = self.split(root)?;
        Ok(fs::write(root.join(self.document), [before, self.text.clone(), after].concat())?)
    }

    /// Fails if the document differs from the part, which shows the figures in `file`.
    pub fn compare(&self, root: &Path, file: &str) -> Result<()> {
        let (_, part, _) = self.split(root)?;
        if part == self.text {
            return Ok(());
        }
        let differs = part.lines().zip(self.text.lines()).find(|(was, is)| was != is);
        let (was, is) = differs.unwrap_or((&part, &self.text));
        let (document, command) = (self.document, self.command);
        Err(format!("{document} differs from {file}: {command} writes both\n{was}\n  is not\n{is}").into())
    }

    fn split(&self, root: &Path) -> Result<(String, String, String)> {
        let text = fs::read_to_string(root.join(self.document))?;
        let begin = format!("<!-- written by {} -->\n", self.command);
        let marked = || format!("{} has no marks `{}` and `{END}`", self.document, begin.trim_end());
        let (before, rest) = text.split_once(&begin).ok_or_else(marked)?;
        let (part, after) = rest.split_once(END).ok_or_else(marked)?;
        Ok((format!("{before}{begin}"), part.to_owned(), format!("{END}{after}")))
    }
}

/// A table of figures.
#[must_use]
pub fn table<'r>(
    title: &str,
    columns: &[&str],
    rows: impl Iterator<Item = (&'r str, Vec<String>)>,
) -> String {
    let mut table = format!("| {title} | {} |\n|---|{}\n", columns.join(" | "), "--:|".repeat(columns.len()));
    for (what, values) in rows {
        table.push_str(&format!("| {what} | {} |\n", values.join(" | ")));
    }
    table
}

/// The text of a figure in a table.
#[must_use]
pub fn cell(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), thousands)
}

/// A number with a comma before each three digits.
#[must_use]
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}
