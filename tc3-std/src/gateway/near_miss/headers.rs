//! Mistakes in the canonical headers and `SignedHeaders`.

use super::{
    Facts, Mistake, each,
    recipe::Recipe,
    text::{lossy, title},
};

/// Changes the value of a header, and notes it.
fn set(recipe: &mut Recipe, name: &str, value: impl AsRef<[u8]>) {
    let value = value.as_ref();
    recipe.note = lossy(value);
    recipe.headers.iter_mut().filter(|(other, _)| other == name).for_each(|(_, old)| *old = value.to_vec());
}

fn content_type(recipe: &Recipe) -> &[u8] {
    let found = recipe.headers.iter().find(|(name, _)| name == "content-type");
    found.map(|(_, value)| value.as_slice()).unwrap_or_default()
}

/// The values as sent, in the case that they have.
fn raw(facts: &Facts<'_>, recipe: &mut Recipe) {
    for (name, value) in &mut recipe.headers {
        *value = facts.inbound.header(name).unwrap_or_default().trim_ascii().to_vec();
    }
}

/// The headers that are sent but not signed and that a signer could sign.
fn unsigned(facts: &Facts<'_>, base: &Recipe) -> Vec<(String, Vec<u8>)> {
    let all = [
        "x-tc-action",
        "x-tc-region",
        "x-tc-timestamp",
        "x-tc-token",
        "x-tc-version",
        "user-agent",
        "accept",
    ];
    let is_new = |name: &&str| base.headers.iter().all(|(other, _)| other != name);
    let sent =
        |name: &str| facts.inbound.header(name).map(|value| (name.to_owned(), value.to_ascii_lowercase()));
    all.iter().filter(|name| is_new(name)).filter_map(|name| sent(name)).collect()
}

fn add(recipe: &mut Recipe, header: &(String, Vec<u8>)) {
    recipe.headers.push(header.clone());
    recipe.headers.sort();
}

fn list(recipe: &mut Recipe) {
    let names: Vec<_> = recipe.headers.iter().map(|(name, _)| name.as_str()).collect();
    recipe.signed_headers = names.join(";");
}

const CHARSETS: [&str; 6] =
    ["; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", ";charset=UTF-8", "; charset=utf8", ""];

const TYPES: [&str; 5] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/octet-stream",
];

pub(super) const MISTAKES: &[Mistake] = &[
    // First: it fits only what was sent, while the others would call its Content-Type another one.
    ("the values of headers are not signed in lower case: lower them, as the names", |facts, base| {
        each(base, [()], |it, ()| raw(facts, it))
    }),
    (
        "the charset in Content-Type is signed and not sent, or sent and not signed: an HTTP library may add it; \
         signed was ",
        |_, base| {
            let media_type = content_type(base).split(|byte| *byte == b';').next().unwrap_or_default();
            each(base, CHARSETS, |it, charset| {
                set(it, "content-type", [media_type, charset.as_bytes()].concat());
            })
        },
    ),
    ("another Content-Type is signed than is sent; signed was ", |_, base| {
        each(base, TYPES, |it, value| set(it, "content-type", value))
    }),
    ("the host is signed with a port that Host does not have; signed was ", |facts, base| {
        each(base, [443, 80, 8443, 8080], |it, port| {
            set(it, "host", format!("{}:{port}", facts.claim.host().to_ascii_lowercase()));
        })
    }),
    ("another host is signed than is sent in Host; signed was ", |facts, base| {
        let (host, service) = (facts.claim.host().to_ascii_lowercase(), facts.claim.service());
        let region = facts.claim.region().unwrap_or("ap-guangzhou");
        let label = host.split('.').next().unwrap_or_default().to_owned();
        let names = [
            format!("{service}.tencentcloudapi.com"),
            format!("{service}.{region}.tencentcloudapi.com"),
            format!("{service}.intl.tencentcloudapi.com"),
            format!("https://{host}"),
            format!("http://{host}"),
            format!("{host}/"),
            label,
            String::new(),
        ];
        each(base, names, |it, name| set(it, "host", name))
    }),
    (
        "the names of headers are not signed in lower case: lower them, in the lines and in SignedHeaders",
        |_, base| {
            each(base, [(true, true), (true, false), (false, true)], |it, (in_lines, in_list)| {
                if in_lines {
                    it.headers.iter_mut().for_each(|(name, _)| *name = title(name));
                }
                if in_list {
                    it.signed_headers = it.signed_headers.split(';').map(title).collect::<Vec<_>>().join(";");
                }
            })
        },
    ),
    ("neither names nor values of headers are signed in lower case: lower both", |facts, base| {
        each(base, [()], |it, ()| {
            raw(facts, it);
            it.headers.iter_mut().for_each(|(name, _)| *name = title(name));
        })
    }),
    ("a space follows the colon of a canonical header: trim the value", |_, base| {
        each(base, [": ", " : ", " :"], |it, colon| it.colon = colon)
    }),
    ("the canonical headers are not in ascending order of their names", |_, base| {
        each(base, [(true, false), (true, true), (false, true)], |it, (in_lines, in_list)| {
            let lines: Vec<_> = it.headers.iter().rev().cloned().collect();
            it.headers = if in_lines { lines } else { it.headers.clone() };
            if in_list {
                it.signed_headers = it.signed_headers.split(';').rev().collect::<Vec<_>>().join(";");
            }
        })
    }),
    ("a header is signed that SignedHeaders does not list: ", |facts, base| {
        let all = unsigned(facts, base);
        let mut recipes =
            each(base, all.iter().flat_map(|one| [(one, true), (one, false)]), |it, (one, is_listed)| {
                it.note.clone_from(&one.0);
                add(it, one);
                if is_listed {
                    list(it);
                }
            });
        recipes.extend(each(base, [true, false], |it, is_listed| {
            it.note = "all X-TC- headers".to_owned();
            all.iter().filter(|(name, _)| name.starts_with("x-tc-")).for_each(|one| add(it, one));
            if is_listed {
                list(it);
            }
        }));
        recipes
    }),
    ("a header that SignedHeaders lists is not signed: ", |_, base| {
        let names: Vec<_> = base.headers.iter().take(16).map(|(name, _)| name.clone()).collect();
        each(base, names.iter().flat_map(|name| [(name, true), (name, false)]), |it, (name, is_listed)| {
            it.note.clone_from(name);
            it.headers.retain(|(other, _)| other != name);
            if !is_listed {
                list(it);
            }
        })
    }),
    (
        "the SignedHeaders line of the canonical request is written in another way than in Authorization; signed was ",
        |_, base| {
            let names = base.signed_headers.clone();
            let forms = [",", ", ", "; ", " "].map(|separator| names.replace(';', separator));
            let more = [format!("{names};"), String::new(), format!("SignedHeaders={names}")];
            each(base, forms.into_iter().chain(more), |it, form| {
                it.note = format!("{form:?}");
                it.signed_headers = form;
            })
        },
    ),
];
