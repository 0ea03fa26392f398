//! A signed request as a curl command line.

use crate::{
    arguments::Route,
    shot::{Either, Shot},
    sign::body,
    trouble::Trouble,
};
use base64ct::{Base64, Encoding};

/// A command for a POSIX shell. A token is not in it: the shell takes it from its variable.
pub(crate) fn command(shot: &Shot<'_>, route: &Route) -> Result<String, Trouble> {
    let message = shot.message();
    let head = String::from_utf8_lossy(message.head());
    let (line, headers) = head.split_once("\r\n").unwrap_or_default();
    let target = line.split(' ').nth(1).unwrap_or("/");
    let url = format!("https://{}{target}", message.host());
    let mut words = vec!["curl --silent --show-error".to_owned()];
    words.extend(headers.lines().filter_map(|line| header(line, shot.token_variable)));
    words.extend(routing(message.host(), route));
    let is_get = line.starts_with("GET ");
    let mut before = String::new();
    match (&shot.signed, shot.token_variable) {
        (Either::V1(signed), Some(variable)) => {
            let (url, _) = url.split_once('?').unwrap_or((&url, ""));
            words.extend(is_get.then(|| "--get".to_owned()));
            words.extend(parameters(&signed.wire().to_string(), variable));
            words.push(quote(url));
        }
        _ => {
            if !is_get {
                let (pipe, option) = data(&body(shot)?);
                before = pipe;
                words.push(option);
            }
            words.push(quote(&url));
        }
    }
    Ok(format!("{before}{}\n", words.join(" \\\n  ")))
}

fn header(line: &str, token_variable: Option<&str>) -> Option<String> {
    match (line.split_once(": ")?, token_variable) {
        // curl writes them from the URL and the body, in the same words.
        (("Host" | "Content-Length", _), _) => None,
        (("X-TC-Token", _), Some(variable)) => Some(format!("-H \"X-TC-Token: ${variable}\"")),
        _ => Some(format!("-H {}", quote(line))),
    }
}

/// The parameters of a v1 request, whose order on the wire is free.
fn parameters(wire: &str, token_variable: &str) -> [String; 2] {
    let rest: Vec<_> = wire.split('&').filter(|pair| !pair.starts_with("Token=")).collect();
    let token = format!("--data-urlencode \"Token=${token_variable}\"");
    [format!("--data-raw {}", quote(&rest.join("&"))), token]
}

/// What stands before the command, and the option that sends the body.
fn data(body: &[u8]) -> (String, String) {
    match str::from_utf8(body) {
        Ok(text) if !text.contains('\0') => (String::new(), format!("--data-raw {}", quote(text))),
        // No shell can quote it.
        _ => (format!("echo {} | base64 -d | ", Base64::encode_string(body)), "--data-binary @-".to_owned()),
    }
}

fn routing(host: &str, route: &Route) -> Vec<String> {
    let connect = route.connect.as_ref().map(|address| {
        let signed = if host.contains(':') { host.to_owned() } else { format!("{host}:443") };
        format!("--connect-to {}", quote(&format!("{signed}:{address}")))
    });
    let ca = route.ca.as_ref().map(|path| format!("--cacert {}", quote(&path.to_string_lossy())));
    [connect, ca].into_iter().flatten().collect()
}

/// One word of a POSIX shell, whatever is in it.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{data, quote};

    #[test]
    fn a_quote_cannot_end_the_word_it_is_in() {
        assert_eq!(quote(r#"{"a":"it's $HOME"}"#), r#"'{"a":"it'\''s $HOME"}'"#);
    }

    #[test]
    fn bytes_that_are_no_text_go_through_a_pipe() {
        let (before, option) = data(&[0, 255]);
        assert_eq!((before.as_str(), option.as_str()), ("echo AP8= | base64 -d | ", "--data-binary @-"));
    }
}
