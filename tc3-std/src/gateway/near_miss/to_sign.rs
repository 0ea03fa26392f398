//! Mistakes in the string to sign.

use super::{
    Mistake, each,
    mac::{hex_sha256, sha256},
    recipe::{Recipe, date_of},
    text::{CAPITAL_HEX, Recode, base64, hex},
};

/// Changes a line of the prologue, and notes it.
fn set(recipe: &mut Recipe, index: usize, line: String) {
    recipe.note.clone_from(&line);
    if let Some(old) = recipe.prologue.get_mut(index) {
        *old = line;
    }
}

fn lines(base: &Recipe, index: usize, lines: impl IntoIterator<Item = String>) -> Vec<Recipe> {
    each(base, lines, |it, line| set(it, index, line))
}

pub(super) const MISTAKES: &[Mistake] = &[
    ("the string to sign ends in a line feed: nothing follows the hash", |_, base| {
        each(base, ["\n", "\r\n", "\\n"], |it, end| it.to_sign_end = end)
    }),
    ("the canonical request itself is signed: sign its SHA-256 in hexadecimal", |_, base| {
        each(base, [()], |it, ()| it.digest = <[u8]>::to_vec)
    }),
    ("the hash of the canonical request is written in capitals: write it in lower case", |_, base| {
        each(base, [()], |it, ()| it.digest = |request| hex(&sha256(request), CAPITAL_HEX))
    }),
    ("the hash of the canonical request is not written in hexadecimal", |_, base| {
        let digests: [Recode; 2] = [|request| base64(&sha256(request)), |request| sha256(request).to_vec()];
        each(base, digests, |it, digest| it.digest = digest)
    }),
    ("the canonical request is hashed twice", |_, base| {
        let digests: [Recode; 2] =
            [|request| hex_sha256(&hex_sha256(request)), |request| hex_sha256(&sha256(request))];
        each(base, digests, |it, digest| it.digest = digest)
    }),
    ("the first line of the string to sign must be TC3-HMAC-SHA256; signed was ", |_, base| {
        let names =
            ["AWS4-HMAC-SHA256", "HMAC-SHA256", "HmacSHA256", "TC3-HMAC-SHA1", "tc3-hmac-sha256", "TC3"];
        lines(base, 0, names.map(str::to_owned))
    }),
    ("a line of the string to sign is missing: ", |_, base| {
        each(base, [(0, "the algorithm"), (1, "the timestamp"), (2, "the scope")], |it, (index, name)| {
            it.note = name.to_owned();
            let kept = it.prologue.iter().enumerate().filter(|(other, _)| *other != index);
            it.prologue = kept.map(|(_, line)| line.clone()).collect();
        })
    }),
    (
        "the timestamp in the string to sign is not that of X-TC-Timestamp: read the clock once; signed was ",
        |facts, base| {
            let at = facts.claim.timestamp().unix();
            let others = (1..=10).flat_map(|off| [at.saturating_sub(off), at.saturating_add(off)]);
            let zones =
                (-28..=28).filter_map(|half_hours: i64| at.checked_add_signed(half_hours.checked_mul(1800)?));
            let seconds = others.chain(zones.filter(|other| *other != at)).map(|other| other.to_string());
            lines(base, 1, seconds.chain([format!("{at}000")]))
        },
    ),
    ("the timestamp in the string to sign must be in UNIX seconds; signed was ", |facts, base| {
        let iso = facts.claim.timestamp().to_string();
        let basic = iso.replace(['-', ':'], "");
        lines(base, 1, [iso, basic, date_of(facts.claim.timestamp().unix())])
    }),
    (
        "the date in the string to sign is not the UTC date of the timestamp, as in Credential: is it a local date? \
         signed was ",
        |facts, base| {
            let (at, service) = (facts.claim.timestamp().unix(), facts.claim.service());
            let dates = [at.saturating_sub(86_400), at.saturating_add(86_400)].map(date_of);
            lines(base, 2, dates.map(|date| format!("{date}/{service}/tc3_request")))
        },
    ),
    (
        "the scope in the string to sign must be DATE/SERVICE/tc3_request, as in Credential; signed was ",
        |facts, base| {
            let (date, service) = (date_of(facts.claim.timestamp().unix()), facts.claim.service());
            let (id, host) = (facts.claim.secret_id(), facts.claim.host());
            let region = facts.claim.region().unwrap_or("ap-guangzhou");
            let (compact, capitals) = (date.replace('-', ""), service.to_ascii_uppercase());
            let label = host.split('.').next().unwrap_or_default();
            lines(
                base,
                2,
                [
                    format!("{id}/{date}/{service}/tc3_request"),
                    format!("{date}/{service}"),
                    format!("{date}/{service}/aws4_request"),
                    format!("{date}/{service}/tc3_request/"),
                    format!("/{date}/{service}/tc3_request"),
                    format!("{compact}/{service}/tc3_request"),
                    format!("{date}/{capitals}/tc3_request"),
                    format!("{date}/{label}/tc3_request"),
                    format!("{date}/{host}/tc3_request"),
                    format!("{date}/{region}/{service}/tc3_request"),
                    format!("{date}/tc3_request"),
                    format!("{date}//tc3_request"),
                ],
            )
        },
    ),
];
