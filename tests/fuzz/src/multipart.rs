//! The parts of a multipart body can be parsed back from it, or are refused for a valid reason.

use crate::request::Form;
use crate::source::Source;
use tc3_core::{Fault, Invalid, Multipart, api};

/// Encodes any parts with any boundary.
pub fn check(data: &[u8]) {
    let form = Form::new(&mut Source::new(data));
    let parts = form.parts();
    match Multipart::new(&form.boundary, &parts) {
        Err(refused) => assert!(is_justified(&form, refused), "refused without a reason: {refused}"),
        Ok(multipart) => {
            let request = api!("cvm", "2017-03-12")
                .action("Upload")
                .multipart(multipart)
                .expect("it is below the limit");
            let body = request.body().collect::<Vec<_>>().concat();
            assert_eq!((request.body_len(), &body), (body.len() as u64, &form.encoded()));
            let expected: Vec<_> = form.parts.iter().map(|part| (heading(part), part.data.clone())).collect();
            assert_eq!(split(&body, &form.boundary), expected);
        }
    }
}

fn heading(part: &crate::request::FormPart) -> String {
    let filename = part.filename.as_ref().map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    let kind = part.content_type.as_ref().map(|kind| format!("\r\nContent-Type: {kind}")).unwrap_or_default();
    format!("Content-Disposition: form-data; name=\"{}\"{filename}{kind}", part.name)
}

/// Splits a body into headers and data of its parts, by RFC 2046 section 5.1.1.
fn split(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let delimiter = format!("\r\n--{boundary}");
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    let (mut rest, mut parts) = ([b"\r\n", body].concat(), Vec::new());
    loop {
        let after = rest.strip_prefix(delimiter.as_bytes()).expect("a part begins with its boundary");
        let Some(part) = after.strip_prefix(b"\r\n") else {
            assert_eq!(after, b"--\r\n");
            return parts;
        };
        let end = find(part, delimiter.as_bytes()).expect("a part ends with its boundary");
        let head = find(part, b"\r\n\r\n").expect("headers end with an empty line");
        let heading = String::from_utf8(part[..head].to_vec()).expect("headers are UTF-8");
        parts.push((heading, part[head + 4..end].to_vec()));
        rest = part[end..].to_vec();
    }
}

/// Whether the form has the fault that the error names.
fn is_justified(form: &Form, refused: Invalid) -> bool {
    let boundary = &form.boundary;
    let unquotable =
        |value: &str| value.bytes().any(|byte| byte < b' ' || byte == 127 || b"\"\\".contains(&byte));
    let strings = |part: &crate::request::FormPart| {
        [Some(part.name.clone()), part.filename.clone(), part.content_type.clone()]
    };
    match refused {
        Invalid::Item { index, fault, .. } => {
            let part = &form.parts[index];
            match fault {
                Fault::EmptyName => part.name.is_empty(),
                Fault::Name { at, byte } => part.name.as_bytes()[at] == byte && unquotable(&part.name),
                Fault::Boundary => form.contains_its_boundary(),
                _ => strings(part).into_iter().flatten().any(|string| unquotable(&string)),
            }
        }
        Invalid::Byte { at, byte, .. } => {
            boundary.as_bytes()[at] == byte
                && !b"!#$%&'*+-.0123456789^_`abcdefghijklmnopqrstuvwxyz{|}~".contains(&byte)
        }
        _ => boundary.is_empty() || boundary.len() > 70,
    }
}
