//! One image against a server of the caller's.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use crate::emulator;
use crate::image::Image;

/// The ports of `https`.
const PORT: &str = "443";

/// Runs an image with these words, and ends as it does. Its output is shown as it comes.
pub(crate) fn run(image: Image, built: &Path, words: &[&str]) -> Result<ExitCode, Box<dyn Error>> {
    let value = |name: &str| words.iter().rev().find_map(|word| word.strip_prefix(name));
    let Some(host) = value("connect=").or(value("host=")).filter(|host| !host.is_empty()) else {
        return Err("host=NAME is missing: the server to call".into());
    };
    let server = format!("{host}:{}", value("port=").unwrap_or(PORT));
    let words: Vec<String> = words.iter().map(|word| whole(word)).collect();
    let status = emulator::command(image, built, &server, &words).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The image takes a word apart at its blanks unless it stands in quotes.
fn whole(word: &str) -> String {
    if word.contains(' ') && !word.starts_with('\'') { format!("'{word}'") } else { word.to_owned() }
}
