//! Runs one image against a server that the user started.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use crate::emulator;
use crate::image::Image;

const HTTPS_PORT: &str = "443";

/// Runs an image with these parameters and returns its exit status. Its output is not captured.
pub(crate) fn run(image: Image, target_dir: &Path, words: &[&str]) -> Result<ExitCode, Box<dyn Error>> {
    let value = |name: &str| words.iter().rev().find_map(|word| word.strip_prefix(name));
    let Some(host) = value("connect=").or(value("host=")).filter(|host| !host.is_empty()) else {
        return Err("host=NAME is missing: it names the server to call".into());
    };
    let server = format!("{host}:{}", value("port=").unwrap_or(HTTPS_PORT));
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let status = emulator::command(image, target_dir, &server, &words).status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Quotes a word with spaces, because the image splits its command line at spaces.
fn quoted(word: &str) -> String {
    if word.contains(' ') && !word.starts_with('\'') { format!("'{word}'") } else { word.to_owned() }
}
