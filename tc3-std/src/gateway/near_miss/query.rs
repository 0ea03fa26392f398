//! Mistakes in the query.

use super::{
    Mistake, each,
    recipe::Recipe,
    text::{CAPITAL_HEX, HEX, decode, encode, lossy, orders, replace},
};

/// Characters of a query that need no escape: RFC 3986's unreserved, and what joins parameters.
const KEPT: &[u8] = b"-._~&=";

/// The recipes whose query differs from the one sent, with that query as their note.
fn with(base: &Recipe, queries: impl IntoIterator<Item = Vec<u8>>) -> Vec<Recipe> {
    each(base, queries.into_iter().filter(|query| *query != base.query), |it, query| {
        it.note = format!("{:?}", lossy(&query));
        it.query = query;
    })
}

/// Changes the case of the escapes alone.
fn recase(query: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let (mut recased, mut left) = (query.to_vec(), 0_u8);
    for byte in &mut recased {
        match (*byte, left) {
            (b'%', _) => left = 2,
            (_, 0) => {}
            (digit, _) => {
                left = left.saturating_sub(1);
                let value = char::from(digit).to_digit(16).and_then(|value| usize::try_from(value).ok());
                *byte = value.and_then(|value| digits.get(value)).copied().unwrap_or(digit);
            }
        }
    }
    recased
}

pub(super) const MISTAKES: &[Mistake] = &[
    (
        "the query is signed in another order than it is sent: sign the bytes of the request line; signed was ",
        |_, base| {
            let params: Vec<_> = base.query.split(|byte| *byte == b'&').collect();
            with(base, orders(&params).into_iter().map(|order| order.join(&b'&')))
        },
    ),
    ("a space in the query is signed as %20 and sent as +: send %20; signed was ", |_, base| {
        with(base, [replace(&base.query, b"+", b"%20")])
    }),
    ("a space in the query is signed as + and sent as %20: sign what is sent; signed was ", |_, base| {
        with(base, [replace(&base.query, b"%20", b"+")])
    }),
    ("the query is signed without its percent-encoding: sign what is sent; signed was ", |_, base| {
        with(base, [decode(&base.query), decode(&replace(&base.query, b"+", b" "))])
    }),
    (
        "the hex digits of the query's escapes are signed in another case than they are sent: use capitals; \
         signed was ",
        |_, base| with(base, [recase(&base.query, HEX), recase(&base.query, CAPITAL_HEX)]),
    ),
    (
        "other characters of the query are percent-encoded when it is signed than when it is sent; signed was ",
        |_, base| {
            let decoded = decode(&base.query);
            let kept = [KEPT, b"-._&=", b"-._~&=!*'()", b"-._~&=/:,", b"-._*&="];
            let encoded = kept.map(|kept| encode(&decoded, kept, CAPITAL_HEX));
            let plus = encoded.clone().map(|query| replace(&query, b"%20", b"+"));
            with(base, encoded.into_iter().chain(plus))
        },
    ),
    ("the query is percent-encoded twice when it is signed; signed was ", |_, base| {
        with(base, [encode(&base.query, KEPT, CAPITAL_HEX), replace(&base.query, b"%", b"%25")])
    }),
    ("the query is signed with the question mark: sign what follows it", |_, base| {
        each(base, [()], |it, ()| it.query = [b"?", base.query.as_slice()].concat())
    }),
    ("the query is not signed: a GET signs what follows the question mark", |_, base| {
        each(base, [()], |it, ()| it.query = Vec::new())
    }),
    ("the body is signed as the query too: the query of a POST is empty", |facts, base| {
        let is_short = facts.inbound.body.len() < 32 * 1024;
        each(base, is_short.then_some(()), |it, ()| it.query = facts.inbound.body.to_vec())
    }),
];
