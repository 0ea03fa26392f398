//! The tables in the READMEs, between two marks.

use std::fs;

use crate::step::Outcome;
use crate::workspace::Workspace;

use super::ROWS;
use super::board::BOARDS;
use super::figures::Figures;

const BEGIN: &str = "<!-- written by `cargo xtask footprint` -->\n";
const END: &str = "<!-- end -->";

/// A README and its generated part.
pub(crate) struct Document {
    path: &'static str,
    part: String,
}

impl Document {
    pub(crate) fn write(&self, workspace: &Workspace) -> Outcome {
        let path = workspace.root.join(self.path);
        let (before, _, after) = self.split(&fs::read_to_string(&path)?)?;
        Ok(fs::write(path, [before, self.part.clone(), after].concat())?)
    }

    /// Fails if the document's figures differ from sizes.toml.
    pub(crate) fn compare(&self, workspace: &Workspace) -> Outcome {
        let (_, part, _) = self.split(&fs::read_to_string(workspace.root.join(self.path))?)?;
        if part == self.part {
            Ok(())
        } else {
            Err(format!("{} differs from sizes.toml; `cargo xtask footprint` writes both", self.path).into())
        }
    }

    fn split(&self, text: &str) -> Result<(String, String, String), Box<dyn std::error::Error>> {
        let marked = || format!("{} has no marks `{}` and `{END}`", self.path, BEGIN.trim_end());
        let (before, rest) = text.split_once(BEGIN).ok_or_else(marked)?;
        let (part, after) = rest.split_once(END).ok_or_else(marked)?;
        Ok((format!("{before}{BEGIN}"), part.to_owned(), format!("{END}{after}")))
    }
}

pub(crate) fn documents(figures: &Figures) -> [Document; 2] {
    [
        Document { path: "README.md", part: short(figures) },
        Document { path: "tests/footprint/README.md", part: full(figures) },
    ]
}

/// The rows of the root's README: label, image, figure.
#[rustfmt::skip]
const SHORT: [(&str, &str, &str); 9] = [
    ("flash of signing, beyond an image that does nothing", "sign", "flash"),
    ("the same with the prebuilt `core`", "sign", "flash_prebuilt"),
    ("static RAM of signing", "sign", "static"),
    ("deepest stack", "sign", "stack"),
    ("instructions, key derived", "sign", "instructions"),
    ("signing again, with `CachingSha256`: flash", "cached", "flash"),
    ("… deepest stack", "cached", "stack"),
    ("… instructions, key cached", "cached", "instructions"),
    ("… instructions, built for speed", "cached", "instructions_speed"),
];

fn short(figures: &Figures) -> String {
    let mut table = head("");
    for (what, image, name) in SHORT {
        let values = BOARDS.map(|board| value(figures, board.name, image, name));
        table.push_str(&format!("| {what} | {} |\n", values.join(" | ")));
    }
    table
}

fn full(figures: &Figures) -> String {
    let mut text = format!("Compiler: {}.\n", figures.compiler());
    for (title, name) in [
        ("Flash in bytes, `core` built at the same level (z)", "flash"),
        ("Flash in bytes, prebuilt `core`", "flash_prebuilt"),
        ("Deepest stack in bytes", "stack"),
        ("Instructions", "instructions"),
    ] {
        text.push_str(&format!("\n{}", head(title)));
        for row in &ROWS {
            let values = BOARDS.map(|board| value(figures, board.name, row.bin, name));
            text.push_str(&format!("| {} | {} |\n", row.what, values.join(" | ")));
        }
    }
    text
}

fn head(title: &str) -> String {
    format!("| {title} | {} |\n|---|--:|--:|--:|\n", BOARDS.map(|board| board.title).join(" | "))
}

fn value(figures: &Figures, board: &str, image: &str, name: &str) -> String {
    figures.get(board, image, name).map_or("-".to_owned(), thousands)
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
