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
    let head = String::from_utf8_lossy(message.head()).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut parts = vec!["curl --silent --show-error".to_owned()];
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match (name, shot.token_variable) {
            // curl writes them from the URL and the body, in the same words.
            ("Host" | "Content-Length", _) => {}
            ("X-TC-Token", Some(variable)) => parts.push(format!("-H \"X-TC-Token: ${variable}\"")),
            _ => parts.push(format!("-H {}", quote(&format!("{name}: {value}")))),
        }
    }
    parts.extend(routing(message.host(), route));
    let mut url = format!("https://{}{target}", message.host());
    let body = body(shot)?;
    let mut before = String::new();
    match (&shot.signed, shot.token_variable) {
        (Either::V1(signed), Some(variable)) => {
            if method == "GET" {
                parts.push("--get".to_owned());
                url.truncate(url.find('?').unwrap_or(url.len()));
            }
            let wire = signed.wire().to_string();
            let rest: Vec<_> = wire.split('&').filter(|pair| !pair.starts_with("Token=")).collect();
            parts.push(format!("--data-raw {}", quote(&rest.join("&"))));
            parts.push(format!("--data-urlencode \"Token=${variable}\""));
        }
        _ if method == "GET" => {}
        _ => match str::from_utf8(&body) {
            Ok(text) if !text.contains('\0') => parts.push(format!("--data-raw {}", quote(text))),
            _ => {
                before = format!("echo {} | base64 -d | ", Base64::encode_string(&body));
                parts.push("--data-binary @-".to_owned());
            }
        },
    }
    parts.push(quote(&url));
    Ok(format!("{before}{}\n", parts.join(" \\\n  ")))
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
    use super::quote;

    #[test]
    fn a_quote_cannot_end_the_word_it_is_in() {
        assert_eq!(quote(r#"{"a":"it's $HOME"}"#), r#"'{"a":"it'\''s $HOME"}'"#);
    }
}
