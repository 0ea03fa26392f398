//! An API: a service, its version, and the host and path it is called at.

use crate::{
    allowed_bytes::{LABEL, VISIBLE, check, check_len},
    encode::count,
    error::{Field, Invalid},
    host::{Host, HostParts, SignedHost},
};

/// The longest name of a service, in bytes.
pub const MAX_SERVICE: usize = 31;

pub(crate) const fn check_service(name: &str) -> Result<(), Invalid> {
    match check(name, Field::Service, &LABEL) {
        Ok(()) => check_len(name, Field::Service, MAX_SERVICE),
        invalid => invalid,
    }
}

/// One version of a service, with the host and path it is called at.
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
    /// `None` for `/`, which needs no check and is encoded in one call: saves up to 112 B on a Cortex-M0.
    pub(crate) path: Option<&'a str>,
}

impl<'a> Api<'a> {
    /// A service, by its name (the first label of its host, at most [`MAX_SERVICE`] bytes), and the
    /// version of its API, at the nearest host.
    ///
    /// # Errors
    /// [`Invalid`] if either is empty or contains a byte that is not allowed.
    pub const fn new(service: &'a str, version: &'a str) -> Result<Self, Invalid> {
        match Self::unversioned(service) {
            Ok(api) => match check(version, Field::Version, &VISIBLE) {
                Ok(()) => Ok(Self { version: Some(version), ..api }),
                Err(invalid) => Err(invalid),
            },
            invalid => invalid,
        }
    }

    /// An API without a version, such as the older API 2.0. Only signature v1 can call it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub const fn unversioned(service: &'a str) -> Result<Self, Invalid> {
        match check_service(service) {
            Ok(()) => Ok(Self { service, version: None, host: Host::Nearest.parts(), path: None }),
            Err(invalid) => Err(invalid),
        }
    }

    /// The same API at another host.
    #[must_use]
    pub const fn at(self, host: Host<'a>) -> Self {
        Self { host: host.parts(), ..self }
    }

    /// The same API at another path than `/`.
    #[must_use]
    pub const fn path(self, path: &'a str) -> Self {
        Self { path: Some(path), ..self }
    }

    /// The length of the URL without a query, in bytes. The official Go SDK limits the whole URL.
    pub(crate) fn url_len(&self) -> usize {
        "https://".len().saturating_add(count(&self.host())).saturating_add(self.path_or_root().len())
    }

    /// The path of the request.
    pub(crate) fn path_or_root(&self) -> &'a str {
        self.path.unwrap_or("/")
    }

    pub(crate) const fn host(&self) -> SignedHost<'a> {
        SignedHost { service: self.service, parts: self.host }
    }
}

/// Makes an [`Api`] from two literals, checked at compile time.
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
