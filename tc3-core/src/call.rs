//! A call: an action of an API, and the parameters common to all actions.

use crate::{
    allowed_bytes::{CLIENT, PATH, REGION, SECRET_ID, VISIBLE, check, check_len},
    api::Api,
    content_type::MediaType,
    encode::Sink,
    error::{Field, Invalid},
    header::Header,
    language::Language,
};
use core::fmt;

/// Maximum length of `X-TC-RequestClient`, in bytes.
const MAX_CLIENT: usize = 128;

/// An action of an API, with the parameters common to all actions.
///
/// A call cannot be signed yet. Methods such as [`json`](Self::json) and [`get`](Self::get) check it and turn it
/// into a [`Request`](crate::Request). Setters check nothing.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Call<'a> {
    pub(crate) api: Api<'a>,
    pub(crate) action: &'a str,
    pub(crate) region: Option<&'a str>,
    pub(crate) language: Option<Language>,
    pub(crate) request_client: Option<&'a str>,
    pub(crate) trace_id: Option<&'a str>,
    pub(crate) extra_headers: Option<ExtraHeaders<'a>>,
}

/// The headers that the user adds, with the functions that only such headers need.
// Function pointers: a firmware without headers does not link that code. Saves up to 2,140 B on a Cortex-M0.
#[derive(Clone, Copy)]
pub(crate) struct ExtraHeaders<'a> {
    pub(crate) list: &'a [Header<'a>],
    pub(crate) code: &'static HeaderCode,
}

pub(crate) struct HeaderCode {
    /// Checks the headers. Takes the `Call` by value: a reference would force every `Call` into memory, even
    /// one without headers. Saves up to 828 B on a Cortex-M0.
    pub(crate) check: fn(Call<'_>) -> Result<(), Invalid>,
    /// Writes the canonical headers: `name:value` and a line feed for each signed header.
    pub(crate) canonical: fn(&Call<'_>, &MediaType<'_>, &mut dyn Sink),
    /// Writes the names of the signed headers, joined by `;`.
    pub(crate) names: fn(&Call<'_>, &mut dyn Sink),
}

impl fmt::Debug for ExtraHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ExtraHeaders<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}", self.list);
    }
}

impl<'a> Api<'a> {
    /// A call of this action, whose name consists of visible ASCII characters except `/` and `,`. The name is checked
    /// when the request is built.
    #[must_use]
    pub const fn action(self, action: &'a str) -> Call<'a> {
        Call {
            api: self,
            action,
            region: None,
            language: None,
            request_client: None,
            trace_id: None,
            extra_headers: None,
        }
    }
}

impl<'a> Call<'a> {
    /// The region whose data the action works on (`X-TC-Region`): lower-case letters, digits and `-`. The
    /// module [`region`](crate::region) lists the documented ones.
    #[must_use]
    pub const fn region(self, region: &'a str) -> Self {
        Self { region: Some(region), ..self }
    }

    /// The language of error messages in the response.
    #[must_use]
    pub const fn language(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// The name of the calling client (`X-TC-RequestClient`): letters, digits and `-_ ,;.`, at most 128 bytes,
    /// without a space at either end.
    #[must_use]
    pub const fn request_client(self, client: &'a str) -> Self {
        Self { request_client: Some(client), ..self }
    }

    /// A trace id, sent as `X-TC-TraceId`: visible ASCII characters.
    #[must_use]
    pub const fn trace_id(self, id: &'a str) -> Self {
        Self { trace_id: Some(id), ..self }
    }

    /// Checks all fields but the version and the headers, whose rules differ between TC3 and v1.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let Api { service, host, path, .. } = self.api;
        // The region comes first, because the host is compared with it.
        if let Some(region) = self.region {
            check(region, Field::Region, &REGION)?;
        }
        host.check(service, self.region)?;
        if let Some(path) = path {
            check(path, Field::Path, &PATH)?;
            if let [byte, ..] = path.as_bytes()
                && *byte != b'/'
            {
                return Err(Invalid::Byte { field: Field::Path, at: 0, byte: *byte });
            }
        }
        check(self.action, Field::Action, &SECRET_ID)?;
        if let Some(client) = self.request_client {
            check_client(client)?;
        }
        if let Some(id) = self.trace_id {
            check(id, Field::TraceId, &VISIBLE)?;
        }
        Ok(())
    }
}

/// A space is allowed inside the name, but not at either end, where a receiver would remove it.
fn check_client(client: &str) -> Result<(), Invalid> {
    const FIELD: Field = Field::RequestClient;
    if client.starts_with(' ') {
        return Err(Invalid::Byte { field: FIELD, at: 0, byte: b' ' });
    }
    check(client, FIELD, &CLIENT)?;
    if client.ends_with(' ') {
        return Err(Invalid::Byte { field: FIELD, at: client.len().saturating_sub(1), byte: b' ' });
    }
    check_len(client, FIELD, MAX_CLIENT)
}
