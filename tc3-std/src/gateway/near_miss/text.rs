//! Encodings of bytes as text.

use base64ct::{Base64, Encoding};

/// Writes bytes in another way.
pub(super) type Recode = fn(&[u8]) -> Vec<u8>;

pub(super) const HEX: &[u8; 16] = b"0123456789abcdef";
pub(super) const CAPITAL_HEX: &[u8; 16] = b"0123456789ABCDEF";

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(super) fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    // The bytes may be a key. A buffer that grows would leave copies behind.
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(2));
    text.extend(bytes.iter().flat_map(|byte| pair(*byte, digits)));
    text
}

fn pair(byte: u8, digits: &[u8; 16]) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| digits.get(usize::from(digit)).copied().unwrap_or_default())
}

pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    Base64::encode_string(bytes).into_bytes()
}

pub(super) fn unbase64(text: &[u8]) -> Vec<u8> {
    str::from_utf8(text).ok().and_then(|text| Base64::decode_vec(text).ok()).unwrap_or_default()
}

/// Percent-decoded bytes. A `+` stays. What is no escape stays too.
pub(super) fn decode(text: &[u8]) -> Vec<u8> {
    let (mut decoded, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((first, others)) = rest.split_first() {
        let digit = |index: usize| others.get(index).and_then(|digit| char::from(*digit).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high << 4 | low).unwrap_or_default());
                rest = others.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(*first);
                rest = others;
            }
        }
    }
    decoded
}

/// Percent-encoded bytes. Those in `kept` stay, besides letters and digits.
pub(super) fn encode(bytes: &[u8], kept: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let escape = |byte: &u8| {
        let [high, low] = pair(*byte, digits);
        let whole = if byte.is_ascii_alphanumeric() || kept.contains(byte) { 1 } else { 3 };
        let escaped = if whole == 1 { [*byte, 0, 0] } else { [b'%', high, low] };
        escaped.into_iter().take(whole)
    };
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(3));
    text.extend(bytes.iter().flat_map(escape));
    text
}

pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut replaced, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((first, others)) = rest.split_first() {
        if !from.is_empty() && rest.starts_with(from) {
            replaced.extend_from_slice(to);
            rest = rest.get(from.len()..).unwrap_or_default();
        } else {
            replaced.push(*first);
            rest = others;
        }
    }
    replaced
}

/// How a header's name is often written: `X-TC-Action`.
pub(super) fn title(name: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        _ if word == "tc" => "TC".to_owned(),
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => String::new(),
    };
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// All orders of up to four items; of more, sorted and reversed.
pub(super) fn orders<T: Clone + Ord>(items: &[T]) -> Vec<Vec<T>> {
    if items.len() > 4 {
        let mut sorted = items.to_vec();
        sorted.sort();
        return vec![sorted, items.iter().rev().cloned().collect()];
    }
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let insert = |rest: Vec<T>| {
        let at = move |index: usize| {
            let mut order = rest.clone();
            order.insert(index.min(order.len()), first.clone());
            order
        };
        (0..items.len()).map(at)
    };
    orders(rest).into_iter().flat_map(insert).collect()
}

#[cfg(test)]
mod tests {
    use super::{HEX, decode, encode, orders, replace, title};

    #[test]
    fn texts_are_encoded_as_signers_do() {
        assert_eq!(decode(b"a%2Fb+%C3%a9%zz%4"), b"a/b+\xc3\xa9%zz%4");
        assert_eq!(encode("a/é ".as_bytes(), b"/", HEX), b"a/%c3%a9%20");
        assert_eq!(replace(b"a\r\nb\r", b"\r\n", b"\n"), b"a\nb\r");
        assert_eq!(title("x-tc-action"), "X-TC-Action");
        let mut all = orders(&[1, 2, 3, 4]);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 24);
    }
}
