//! What is called: an API, and one action of it.

use crate::{
    address::{Address, Host, HostOf},
    encode::count,
    error::{Field, Invalid},
    further::{Further, Header},
    key::check_service,
    text::{CLIENT, PATH, REGION, VISIBLE, check, check_len},
};

/// A version of a service, and the host and path it is called at.
///
/// ```
/// use tc3_core::{Api, Host, api};
///
/// // checked when it is compiled
/// const CVM: Api = api!("cvm", "2017-03-12");
/// let frankfurt = CVM.at(Host::Regional("eu-frankfurt"));
/// # let _ = frankfurt;
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Api<'a> {
    pub(crate) service: &'a str,
    pub(crate) version: Option<&'a str>,
    pub(crate) address: Address<'a>,
    /// Absent for `/`, which need not be checked.
    pub(crate) path: Option<&'a str>,
}

impl<'a> Api<'a> {
    /// A service by its name (the first label of its host, at most
    /// [`MAX_SERVICE`](crate::MAX_SERVICE) bytes) and the version of its API, at the nearest host.
    ///
    /// # Errors
    /// [`Invalid`] if either is empty or has bytes that cannot stand there.
    pub const fn new(service: &'a str, version: &'a str) -> Result<Self, Invalid> {
        match Self::unversioned(service) {
            Ok(api) => match check(version, Field::Version, &VISIBLE) {
                Ok(()) => Ok(Self { version: Some(version), ..api }),
                Err(invalid) => Err(invalid),
            },
            invalid => invalid,
        }
    }

    /// An API without a version, as the older API 2.0. Signature v1 alone can call it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub const fn unversioned(service: &'a str) -> Result<Self, Invalid> {
        match check_service(service) {
            Ok(()) => Ok(Self { service, version: None, address: Host::Nearest.address(), path: None }),
            Err(invalid) => Err(invalid),
        }
    }

    /// The same API at another host.
    #[must_use]
    pub const fn at(self, host: Host<'a>) -> Self {
        Self { address: host.address(), ..self }
    }

    /// The same API at another path than `/`.
    #[must_use]
    pub const fn path(self, path: &'a str) -> Self {
        Self { path: Some(path), ..self }
    }

    /// One action of this API.
    #[must_use]
    pub const fn action(self, action: &'a str) -> Call<'a> {
        Call {
            api: self,
            action,
            region: None,
            language: None,
            request_client: None,
            trace_id: None,
            further: None,
        }
    }

    /// The length of the URL without a query. The whole URL is what the official Go SDK measures.
    pub(crate) fn url_len(&self) -> usize {
        "https://".len().saturating_add(count(&self.host())).saturating_add(self.path_or_root().len())
    }

    /// The path, as it is requested.
    pub(crate) fn path_or_root(&self) -> &'a str {
        self.path.unwrap_or("/")
    }

    pub(crate) const fn host(&self) -> HostOf<'a> {
        HostOf { service: self.service, address: self.address }
    }
}

/// An [`Api`] from two literals, checked when it is compiled.
///
/// ```compile_fail
/// let api = tc3_core::api!("cvm.tencentcloudapi.com", "2017-03-12"); // a host is not a service
/// ```
#[macro_export]
macro_rules! api {
    ($service:expr, $version:expr) => {
        const {
            match $crate::Api::new($service, $version) {
                Ok(api) => api,
                Err(_) => panic!("not the name of a service and the version of its API"),
            }
        }
    };
}

/// The language of error messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Language {
    /// `zh-CN`
    Chinese,
    /// `en-US`
    English,
}

impl Language {
    /// As it stands in `X-TC-Language`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en-US",
        }
    }
}

/// "X-TC-RequestClient … at most 128."
const MAX_CLIENT: usize = 128;

/// An action with the parameters that all calls have in common. It cannot be signed before a verb
/// such as [`json`](Self::json) or [`get`](Self::get) has made it a [`Request`](crate::Request).
///
/// Setters store; the verb checks everything once.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Call<'a> {
    pub(crate) api: Api<'a>,
    pub(crate) action: &'a str,
    pub(crate) region: Option<&'a str>,
    pub(crate) language: Option<Language>,
    pub(crate) request_client: Option<&'a str>,
    pub(crate) trace_id: Option<&'a str>,
    pub(crate) further: Option<Further<'a>>,
}

impl<'a> Call<'a> {
    /// "A parameter for specifying the region of the operated data." Open text: see
    /// [`region`](crate::region) for the documented ones.
    #[must_use]
    pub const fn region(self, region: &'a str) -> Self {
        Self { region: Some(region), ..self }
    }

    /// The language of the answer's error message.
    #[must_use]
    pub const fn language(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// Who calls: letters, digits and `-_ ,;.`, at most 128 bytes.
    #[must_use]
    pub const fn request_client(self, client: &'a str) -> Self {
        Self { request_client: Some(client), ..self }
    }

    /// An id of the caller's, sent as `X-TC-TraceId`.
    #[must_use]
    pub const fn trace_id(self, id: &'a str) -> Self {
        Self { trace_id: Some(id), ..self }
    }

    /// Signs action, version or region too, and adds headers, signed or not.
    #[must_use]
    pub const fn headers(self, headers: &'a [Header<'a>]) -> Self {
        Self { further: Some(Further::new(headers)), ..self }
    }

    /// Every text that TC3 and v1 have in common, checked once.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let Api { service, address, path, .. } = self.api;
        // First, because the address compares it.
        if let Some(region) = self.region {
            check(region, Field::Region, &REGION)?;
        }
        address.check(service, self.region)?;
        if let Some(path) = path {
            check(path, Field::Path, &PATH)?;
            if let [byte, ..] = path.as_bytes()
                && *byte != b'/'
            {
                return Err(Invalid::Byte { field: Field::Path, at: 0, byte: *byte });
            }
        }
        check(self.action, Field::Action, &VISIBLE)?;
        if let Some(client) = self.request_client {
            check_client(client)?;
        }
        if let Some(id) = self.trace_id {
            check(id, Field::TraceId, &VISIBLE)?;
        }
        Ok(())
    }
}

/// A blank may stand inside, and not at an end, where a receiver trims it.
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
