//! An API: a service, its version, and the host and path of its requests.

use crate::{
    allowed_bytes::{LABEL, check, check_len, check_version, is_date},
    encode::count,
    error::{Field, Invalid},
    host::{Host, HostParts, SignedHost},
};

/// Maximum length of a service name, in bytes.
pub const MAX_SERVICE: usize = 31;

pub(crate) const fn check_service(name: &str) -> Result<(), Invalid> {
    match check(name, Field::Service, &LABEL) {
        Ok(()) => check_len(name, Field::Service, MAX_SERVICE),
        invalid => invalid,
    }
}

/// A service, usually one version of it, and the host and path that its requests go to.
///
/// ```
/// use tc3_core::{Api, Host, api};
///
/// // checked at compile time
/// const CVM: Api = api!("cvm", "2017-03-12");
/// let frankfurt = CVM.at(Host::Regional("eu-frankfurt"));
/// # let _ = frankfurt;
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Api<'a> {
    pub(crate) service: &'a str,
    pub(crate) version: Option<&'a str>,
    pub(crate) host: HostParts<'a>,
    /// `None` means `/`. Any other path is checked when a request is made.
    // `None` needs no check and is encoded in one call: saves up to 112 B on a Cortex-M0.
    pub(crate) path: Option<&'a str>,
}

impl<'a> Api<'a> {
    /// This version of a service, at [`Host::Nearest`]. `service` is the first label of the host name, at
    /// most [`MAX_SERVICE`] bytes.
    ///
    /// # Errors
    /// [`Invalid`] if the name is empty, too long or contains a byte that is not allowed, or if the version does not
    /// look like `2017-03-12`: it must have 10 characters, all digits or dashes, with dashes in the same places.
    /// [`api!`](crate::api) also refuses other dashes, a month that is not 01 to 12, and a day that is not 01 to 31.
    pub const fn new(service: &'a str, version: &'a str) -> Result<Self, Invalid> {
        match Self::unversioned(service) {
            Ok(api) => match check_version(version) {
                Ok(()) => Ok(Self { version: Some(version), ..api }),
                Err(invalid) => Err(invalid),
            },
            invalid => invalid,
        }
    }

    /// A service whose requests carry no `Version`, such as those of Tencent's older API 2.0. They can only be
    /// signed with v1.
    ///
    /// # Errors
    /// As [`new`](Self::new), without those for the version.
    pub const fn unversioned(service: &'a str) -> Result<Self, Invalid> {
        match check_service(service) {
            Ok(()) => Ok(Self { service, version: None, host: Host::Nearest.parts(), path: None }),
            Err(invalid) => Err(invalid),
        }
    }

    /// Whether the version has the form `YYYY-MM-DD`, with month and day in their ranges. For [`api!`](crate::api).
    #[doc(hidden)]
    #[must_use]
    pub const fn has_date(&self) -> bool {
        matches!(self.version, Some(version) if is_date(version))
    }

    /// The same API at another host.
    #[must_use]
    pub const fn at(self, host: Host<'a>) -> Self {
        Self { host: host.parts(), ..self }
    }

    /// The same API at this path, which must begin with `/`.
    #[must_use]
    pub const fn path(self, path: &'a str) -> Self {
        Self { path: Some(path), ..self }
    }

    /// The length of the URL without a query, in bytes. Callers add the query and check the whole URL, as the
    /// official Go SDK does.
    pub(crate) fn url_len(&self) -> usize {
        "https://".len().saturating_add(count(&self.host())).saturating_add(self.path_or_root().len())
    }

    /// The path, or `/` if none was set.
    pub(crate) fn path_or_root(&self) -> &'a str {
        self.path.unwrap_or("/")
    }

    pub(crate) const fn host(&self) -> SignedHost<'a> {
        SignedHost { service: self.service, parts: self.host }
    }
}

/// Makes an [`Api`] from two constants, checked at compile time.
///
/// ```compile_fail
/// let api = tc3_core::api!("cvm.tencentcloudapi.com", "2017-03-12"); // a host name is not a service name
/// ```
///
/// ```compile_fail
/// let api = tc3_core::api!("cvm", "2017-13-12"); // no date
/// ```
#[macro_export]
macro_rules! api {
    ($service:expr, $version:expr) => {
        const {
            match $crate::Api::new($service, $version) {
                Ok(api) if api.has_date() => api,
                _ => panic!("invalid service name or API version"),
            }
        }
    };
}
