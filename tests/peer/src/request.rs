//! The length of an HTTP message with a Content-Length.

/// The length of the first request or response in these bytes. Returns `None` if it is incomplete.
pub(crate) fn len(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let head_lines = String::from_utf8_lossy(bytes.get(..head)?).to_ascii_lowercase();
    let declared = head_lines.lines().find_map(|line| line.strip_prefix("content-length:"));
    let body = declared.map_or(Some(0), |it| it.trim().parse().ok())?;
    Some(head + body).filter(|len| *len <= bytes.len())
}
