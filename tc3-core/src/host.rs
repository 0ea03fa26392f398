//! The host that a call signs, and to which it is usually sent.

use crate::{
    allowed_bytes::{HOST, REGION, check},
    encode::{Encode, Sink, lower_name},
    error::{Field, Invalid},
};

/// The signed host of a call.
///
/// Tencent's document: "We recommend using the domain name to access the nearest server." For
/// latency-sensitive businesses, the document recommends a region in the domain name. That a domain name
/// exists does not mean that the product serves its region.
///
/// The caller can connect to another address, such as that of a proxy or gateway. The signature still
/// contains this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Host<'a> {
    /// `{service}.tencentcloudapi.com`; not for finance regions.
    Nearest,
    /// `{service}.{region}.tencentcloudapi.com`; the only way to a finance region.
    Regional(&'a str),
    /// `{service}.internal.tencentcloudapi.com`, from inside Tencent's network.
    Internal,
    /// `{service}.internal.{region}.tencentcloudapi.com`.
    InternalRegional(&'a str),
    /// `{service}.ai.tencentcloudapi.com`.
    Ai,
    /// `{service}.ai.{region}.tencentcloudapi.com`.
    AiRegional(&'a str),
    /// `{service}.intl.tencentcloudapi.com`, the international site.
    Intl,
    /// A host with an optional port; the SDKs have a setting of this name. A host under one of Tencent's
    /// domains must belong to the service of the call and, for a finance region, be the regional host of that
    /// region. An IPv6 address must be in brackets: `[::1]:8443`. `:443` at the end is neither
    /// signed nor sent, because HTTP clients leave out the default port.
    Endpoint(&'a str),
    /// A host with an optional port, of which only the characters are checked. This takes the least flash. The host is
    /// signed and sent as given, in lower case: add `:443` only for a client that sends the default port. If the host
    /// belongs to another service, only the response shows it ("`Service` in Credential not valid").
    Unchecked(&'a str),
}

/// The domain of all services.
const DOMAIN: &str = ".tencentcloudapi.com";

impl<'a> Host<'a> {
    /// Splits the host into parts.
    // Inlined: only the strings of the variants that a firmware names are linked. Saves up to 1,288 B on a Cortex-M0.
    #[inline(always)]
    pub(crate) const fn parts(self) -> HostParts<'a> {
        let (form, family, text) = match self {
            Self::Nearest => (HostForm::Family, DOMAIN, ""),
            Self::Regional(region) => (HostForm::Family, REGIONAL, region),
            Self::Internal => (HostForm::Family, ".internal.tencentcloudapi.com", ""),
            Self::InternalRegional(region) => (HostForm::Family, ".internal.", region),
            Self::Ai => (HostForm::Family, ".ai.tencentcloudapi.com", ""),
            Self::AiRegional(region) => (HostForm::Family, ".ai.", region),
            Self::Intl => (HostForm::Family, ".intl.tencentcloudapi.com", ""),
            Self::Endpoint(host) => (HostForm::Endpoint, "", without_default_port(host)),
            Self::Unchecked(host) => (HostForm::Unchecked, "", host),
        };
        HostParts { form, family, text }
    }
}

/// The host without `:443`. RFC 9110, section 4.2.3: "If the port is equal to the default port for a scheme, the normal
/// form is to omit the port subcomponent."
const fn without_default_port(host: &str) -> &str {
    let [name @ .., b':', b'4', b'4', b'3'] = host.as_bytes() else { return host };
    match host.split_at_checked(name.len()) {
        // In `::1:443`, an address without brackets, the last group is not a port: `check` has to see it.
        Some((cut, _)) if matches!(name, [.., b']']) || count_colons(name) == 0 => cut,
        _ => host,
    }
}

/// What a regional host has between service and region.
const REGIONAL: &str = ".";

/// How a host is built: from a family of host names, or from a string of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum HostForm {
    Family,
    Endpoint,
    Unchecked,
}

/// A [`Host`] in parts.
// In parts, not as a `Host`: saves up to 1,704 B on a Cortex-M0. `form` is an enum without data, so that the compiler
// still knows its value in a copy of the parts.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct HostParts<'a> {
    form: HostForm,
    /// For [`HostForm::Family`]: what the host has between service and region, such as `.internal.`. If the
    /// host has no region: everything after the service.
    family: &'static str,
    /// For [`HostForm::Family`]: the region, or an empty string. Otherwise the whole host.
    text: &'a str,
}

impl HostParts<'_> {
    pub(crate) fn check(&self, service: &str, region: Option<&str>) -> Result<(), Invalid> {
        let (own_region, region) = (self.text.as_bytes(), region.unwrap_or_default().as_bytes());
        let (entry, reaches) = match self.form {
            HostForm::Unchecked => return check(self.text, Field::Host, &HOST),
            HostForm::Endpoint => {
                check(self.text, Field::Host, &HOST)?;
                let after_address = match self.text.as_bytes() {
                    [b'[', rest @ ..] => after_ipv6(rest).ok_or(Invalid::NotIpv6)?,
                    name => name,
                };
                if count_colons(after_address) > 1 {
                    return Err(Invalid::NotIpv6);
                }
                let Some(entry) = entry_of(self.text, service)? else { return Ok(()) };
                (entry, region.is_empty() || after_label(entry, region).is_some())
            }
            HostForm::Family => {
                if self.family.ends_with('.') {
                    check(self.text, Field::Region, &REGION)?;
                }
                (
                    own_region,
                    self.family == REGIONAL && (region.is_empty() || eq_ignore_case(own_region, region)),
                )
            }
        };
        // Only its own regional host reaches a finance region. The names of these regions end in "-fsi".
        let is_finance = |name| has_end(name, b"-fsi");
        if reaches || !(is_finance(entry) || is_finance(region)) { Ok(()) } else { Err(Invalid::Isolated) }
    }
}

/// The number of colons: one is before a port, more are those of an IPv6 address.
const fn count_colons(mut name: &[u8]) -> usize {
    let mut colons = 0_usize;
    while let [byte, tail @ ..] = name {
        name = tail;
        if *byte == b':' {
            colons = colons.wrapping_add(1);
        }
    }
    colons
}

/// What follows the brackets, if what follows `[` looks like an IPv6 address (RFC 3986, section 3.2.2): hex digits and at
/// least two colons before `]`, and nothing or a colon after it. An address with an IPv4 part, such as `[::1.2.3.4]`, does
/// not pass. To count the groups too would cost 236 B of flash on a Cortex-M0.
fn after_ipv6(mut rest: &[u8]) -> Option<&[u8]> {
    let mut colons = 0_u8;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b':' => colons = colons.saturating_add(1),
            b']' => return (colons > 1 && matches!(rest, [] | [b':', ..])).then_some(rest),
            byte if byte.is_ascii_hexdigit() => {}
            _ => return None,
        }
    }
    None
}

/// The rest of the host after the service and a dot, if the host is under one of Tencent's domains. These all
/// have the label `tencentcloudapi`. Returns `None` for any other host.
///
/// # Errors
/// [`Invalid::OtherService`] if the host does not begin with the service. Tencent's document: the service "must
/// match the domain name of the product called".
pub(crate) fn entry_of<'h>(host: &'h str, service: &str) -> Result<Option<&'h [u8]>, Invalid> {
    let host = host.as_bytes();
    if !has_end(host, b".tencentcloudapi") {
        return Ok(None);
    }
    after_label(host, service.as_bytes()).map(Some).ok_or(Invalid::OtherService)
}

/// The rest of a host after its first label and a dot, if the first label is `label`.
fn after_label<'h>(host: &'h [u8], label: &[u8]) -> Option<&'h [u8]> {
    match strip_prefix(host, label)? {
        [b'.', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Whether `end` occurs at the end of a label, which is before a dot, a port or the end of the name.
fn has_end(mut name: &[u8], end: &[u8]) -> bool {
    loop {
        if let Some([] | [b'.' | b':', ..]) = strip_prefix(name, end) {
            return true;
        }
        let [_, tail @ ..] = name else { return false };
        name = tail;
    }
}

/// The rest of a name after `prefix`, which is compared without case by ignoring one bit. In [`HOST`], two
/// characters that differ only in this bit are the cases of one letter.
fn strip_prefix<'n>(name: &'n [u8], prefix: &[u8]) -> Option<&'n [u8]> {
    let (first, rest) = name.split_at_checked(prefix.len())?;
    first.iter().zip(prefix).all(|(a, b)| (a ^ b) & !0x20 == 0).then_some(rest)
}

/// Whether two names of hosts or services are equal, compared without case.
pub(crate) fn eq_ignore_case(name: &[u8], other: &[u8]) -> bool {
    strip_prefix(name, other).is_some_and(<[u8]>::is_empty)
}

/// A host together with its service, as it is encoded.
#[derive(Clone, Copy)]
pub(crate) struct SignedHost<'a> {
    pub(crate) service: &'a str,
    pub(crate) parts: HostParts<'a>,
}

impl Encode for SignedHost<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let HostParts { form, family, text } = self.parts;
        if form != HostForm::Family {
            return lower_name(text.as_bytes(), out);
        }
        lower_name(self.service.as_bytes(), out);
        out.put(family.as_bytes());
        if !text.is_empty() {
            out.put(text.as_bytes());
            out.put(DOMAIN.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may panic")]

    use super::*;
    use crate::{encode::Encoded, region};
    use std::{format, string::ToString, vec::Vec};

    #[test]
    fn each_host_is_signed_as_listed_or_refused_for_the_listed_reason() {
        let lines = include_str!("../tests/hosts.txt").lines().filter(|line| !line.starts_with('#'));
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines.len(), 99);
        for line in lines {
            let words: Vec<_> = line.split(' ').collect();
            let [form, text, region, expected] = words[..] else { panic!("{line}") };
            let host = match form {
                "nearest" => Host::Nearest,
                "regional" => Host::Regional(text),
                "internal" => Host::Internal,
                "internal-regional" => Host::InternalRegional(text),
                "ai" => Host::Ai,
                "ai-regional" => Host::AiRegional(text),
                "intl" => Host::Intl,
                "endpoint" => Host::Endpoint(text),
                "unchecked" => Host::Unchecked(text),
                _ => panic!("{line}"),
            };
            let outcome = match host.parts().check("cvm", Some(region).filter(|region| *region != "-")) {
                Ok(()) => Encoded(SignedHost { service: "cvm", parts: host.parts() }).to_string(),
                Err(refused) => format!("{refused:?}"),
            };
            assert_eq!(outcome, expected, "{line}");
        }
        for region in region::ALL {
            assert_eq!(Host::Regional(region).parts().check("cvm", Some(region)), Ok(()), "{region}");
        }
    }

    #[test]
    fn names_that_differ_only_in_case_are_equal() {
        let host: Vec<_> = (0..=0x7f).filter(|byte| HOST.contains(*byte)).collect();
        assert_eq!(host.len(), 26 + 26 + 10 + 6);
        for (a, b) in host.iter().flat_map(|a| host.iter().map(move |b| (a, b))) {
            assert_eq!(eq_ignore_case(&[b'x', *a], &[b'X', *b]), a.eq_ignore_ascii_case(b), "{a} {b}");
        }
        assert!(!eq_ignore_case(b"a", b"ab"));
        assert!(!eq_ignore_case(b"ab", b"a"));
    }
}
