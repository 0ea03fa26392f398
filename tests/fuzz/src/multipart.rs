//! What goes into a multipart body is what comes out of it, or is refused for a reason.

use crate::request::Form;
use crate::source::Source;
use tc3_core::{Fault, Invalid, Multipart, api};

/// Any parts, with any boundary between them.
pub fn check(data: &[u8]) {
    let form = Form::new(&mut Source::new(data));
    let parts = form.parts();
    match Multipart::new(&form.boundary, &parts) {
        Err(refused) => assert!(is_wrong(&form, refused), "refused without a reason: {refused}"),
        Ok(multipart) => {
            let request =
                api!("cvm", "2017-03-12").action("Upload").multipart(multipart).expect("it is short");
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

/// The parts of a body as RFC 2046 (section 5.1.1) keeps them apart: headers and data.
fn split(body: &[u8], boundary: &str) -> Vec<(String, Vec<u8>)> {
    let delimiter = format!("\r\n--{boundary}");
    let find = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).position(|window| window == text);
    let (mut rest, mut parts) = ([b"\r\n", body].concat(), Vec::new());
    loop {
        let after = rest.strip_prefix(delimiter.as_bytes()).expect("a part begins with its boundary");
        let Some(part) = after.strip_prefix(b"\r\n") else {
            assert_eq!(after, b"--\r\n");
            return parts;
        };
        let end = find(part, delimiter.as_bytes()).expect("a part ends with its boundary");
        let head = find(part, b"\r\n\r\n").expect("headers end with an empty line");
        let heading = String::from_utf8(part[..head].to_vec()).expect("headers are text");
        parts.push((heading, part[head + 4..end].to_vec()));
        rest = part[end..].to_vec();
    }
}

fn is_wrong(form: &Form, refused: Invalid) -> bool {
    let boundary = &form.boundary;
    let unquotable =
        |text: &str| text.bytes().any(|byte| byte < b' ' || byte == 127 || b"\"\\".contains(&byte));
    let texts = |part: &crate::request::FormPart| {
        [Some(part.name.clone()), part.filename.clone(), part.content_type.clone()]
    };
    match refused {
        Invalid::Item { index, fault, .. } => {
            let part = &form.parts[index];
            match fault {
                Fault::EmptyName => part.name.is_empty(),
                Fault::Name { at, byte } => part.name.as_bytes()[at] == byte && unquotable(&part.name),
                Fault::Boundary => form.holds_its_boundary(),
                _ => texts(part).into_iter().flatten().any(|text| unquotable(&text)),
            }
        }
        Invalid::Byte { at, byte, .. } => {
            boundary.as_bytes()[at] == byte
                && !b"!#$%&'*+-.0123456789^_`abcdefghijklmnopqrstuvwxyz{|}~".contains(&byte)
        }
        _ => boundary.is_empty() || boundary.len() > 70,
    }
}
