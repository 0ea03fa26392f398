//! Where a service is reached.

use crate::{
    encode::{Encode, Sink, lower_name},
    error::{Field, Invalid},
    text::{HOST, REGION, after, check, is_alike},
};

/// The signed host of a call.
///
/// "We recommend using the domain name to access the nearest server." For latency-sensitive
/// businesses the document recommends a region in the domain name. A domain is an entry point; it
/// does not say that the product serves that region.
///
/// The address that is dialled may be another (a proxy, a gateway): that is the caller's own
/// affair and never reaches the signature.
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
    /// A host as it was configured, with a port if there is one: what the SDKs call an endpoint. One under
    /// the services' own domains has to be this service's, and to reach the region if that is isolated.
    Endpoint(&'a str),
    /// A host as it is, with a port if there is one: what the Host header says is what is signed. It takes
    /// the least flash, because it is compared with nothing: whose host it is, and whether it reaches the
    /// region, only the answer tells ("'Service' in Credential not valid").
    Unchecked(&'a str),
}

/// A macro, because it stands in longer texts.
macro_rules! domain {
    () => {
        ".tencentcloudapi.com"
    };
}

impl<'a> Host<'a> {
    /// Inlined, so that of all families those alone are linked that a firmware names.
    #[inline(always)]
    pub(crate) const fn address(self) -> Address<'a> {
        let (form, family, text) = match self {
            Self::Nearest => (HostForm::Family, domain!(), ""),
            Self::Regional(region) => (HostForm::Family, REGIONAL, region),
            Self::Internal => (HostForm::Family, concat!(".internal", domain!()), ""),
            Self::InternalRegional(region) => (HostForm::Family, ".internal.", region),
            Self::Ai => (HostForm::Family, concat!(".ai", domain!()), ""),
            Self::AiRegional(region) => (HostForm::Family, ".ai.", region),
            Self::Intl => (HostForm::Family, concat!(".intl", domain!()), ""),
            Self::Endpoint(host) => (HostForm::Endpoint, "", host),
            Self::Unchecked(host) => (HostForm::Unchecked, "", host),
        };
        Address { form, family, text }
    }
}

/// Stands before a region that is reached by a host of its own.
const REGIONAL: &str = ".";

/// How an address is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum HostForm {
    Family,
    Endpoint,
    Unchecked,
}

/// A [`Host`] by its texts. Its form has no text in it: so the compiler still knows it of an address that was
/// copied.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) struct Address<'a> {
    form: HostForm,
    /// Of a family: what comes after the service, up to the region or to the end.
    family: &'static str,
    /// Of a family: the region, if it has one. Else the whole host.
    text: &'a str,
}

impl Address<'_> {
    pub(crate) fn check(&self, service: &str, region: Option<&str>) -> Result<(), Invalid> {
        let (text, region) = (self.text.as_bytes(), region.unwrap_or_default().as_bytes());
        let (entry, reaches) = match self.form {
            HostForm::Unchecked => return check(self.text, Field::Host, &HOST),
            HostForm::Endpoint => {
                check(self.text, Field::Host, &HOST)?;
                let Some(entry) = entry_of(self.text, service)? else { return Ok(()) };
                (entry, region.is_empty() || after_label(entry, region).is_some())
            }
            HostForm::Family => {
                if self.family.ends_with('.') {
                    check(self.text, Field::Region, &REGION)?;
                }
                (text, self.family == REGIONAL && (region.is_empty() || is_alike(text, region)))
            }
        };
        // Finance regions are isolated, and their names say so: "use the regional domain equal to
        // Region".
        let is_finance = |text| has_end(text, b"-fsi");
        if reaches || !(is_finance(entry) || is_finance(region)) { Ok(()) } else { Err(Invalid::Isolated) }
    }
}

/// What comes after the service in a host under one of the services' own domains, which all have a label
/// `tencentcloudapi`. Nothing for an address or a name of somebody else's.
///
/// # Errors
/// [`Invalid::OtherService`]: a credential "must match the domain name of the product called".
pub(crate) fn entry_of<'h>(host: &'h str, service: &str) -> Result<Option<&'h [u8]>, Invalid> {
    let host = host.as_bytes();
    if !has_end(host, b".tencentcloudapi") {
        return Ok(None);
    }
    after_label(host, service.as_bytes()).map(Some).ok_or(Invalid::OtherService)
}

/// What comes after a label that a host begins with.
fn after_label<'h>(host: &'h [u8], label: &[u8]) -> Option<&'h [u8]> {
    match after(host, label)? {
        [b'.', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Whether a label ends so; a port comes after the last.
fn has_end(mut text: &[u8], end: &[u8]) -> bool {
    loop {
        if let Some([] | [b'.' | b':', ..]) = after(text, end) {
            return true;
        }
        let [_, tail @ ..] = text else { return false };
        text = tail;
    }
}

/// A host and the service whose host it is.
#[derive(Clone, Copy)]
pub(crate) struct HostOf<'a> {
    pub(crate) service: &'a str,
    pub(crate) address: Address<'a>,
}

impl Encode for HostOf<'_> {
    fn encode_to<S: Sink>(&self, out: &mut S) {
        let Address { form, family, text } = self.address;
        if form != HostForm::Family {
            return lower_name(text.as_bytes(), out);
        }
        lower_name(self.service.as_bytes(), out);
        out.put(family.as_bytes());
        if !text.is_empty() {
            out.put(text.as_bytes());
            out.put(domain!().as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{encode::Encoded, error::Invalid, region};
    use std::string::ToString;

    fn host(host: Host<'_>) -> std::string::String {
        Encoded(HostOf { service: "cvm", address: host.address() }).to_string()
    }

    #[test]
    fn every_kind_of_address_is_spelled_as_documented() {
        assert_eq!(host(Host::Nearest), "cvm.tencentcloudapi.com");
        assert_eq!(host(Host::Regional("ap-guangzhou")), "cvm.ap-guangzhou.tencentcloudapi.com");
        assert_eq!(host(Host::Internal), "cvm.internal.tencentcloudapi.com");
        assert_eq!(host(Host::InternalRegional("ap-seoul")), "cvm.internal.ap-seoul.tencentcloudapi.com");
        assert_eq!(host(Host::Ai), "cvm.ai.tencentcloudapi.com");
        assert_eq!(host(Host::AiRegional("ap-beijing")), "cvm.ai.ap-beijing.tencentcloudapi.com");
        assert_eq!(host(Host::Intl), "cvm.intl.tencentcloudapi.com");
        assert_eq!(host(Host::Endpoint("Proxy.Example:8443")), "proxy.example:8443");
        assert_eq!(host(Host::Unchecked("Proxy.Example:8443")), "proxy.example:8443");
    }

    #[test]
    fn a_finance_region_is_reached_by_its_own_regional_host_alone() {
        let finance = Some(region::AP_SHANGHAI_FSI);
        for host in [
            Host::Nearest,
            Host::Internal,
            Host::InternalRegional(region::AP_SHANGHAI_FSI),
            Host::Ai,
            Host::AiRegional(region::AP_SHANGHAI_FSI),
            Host::Intl,
            Host::Regional("ap-shanghai"),
        ] {
            assert_eq!(host.address().check("cvm", finance), Err(Invalid::Isolated), "{host:?}");
        }
        assert_eq!(Host::Regional(region::AP_SHANGHAI_FSI).address().check("cvm", finance), Ok(()));
        assert_eq!(Host::Regional(region::AP_SHANGHAI_FSI).address().check("cvm", None), Ok(()));
        assert_eq!(
            Host::Regional(region::AP_SHENZHEN_FSI).address().check("cvm", finance),
            Err(Invalid::Isolated)
        );
        assert_eq!(
            Host::Regional(region::AP_SHENZHEN_FSI).address().check("cvm", Some("ap-tokyo")),
            Err(Invalid::Isolated)
        );
        assert_eq!(Host::Endpoint("gateway.example").address().check("cvm", finance), Ok(()));
        let check = |host| Host::Endpoint(host).address().check("cvm", finance);
        assert_eq!(check("cvm.tencentcloudapi.com"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.tencentcloudapi.com.cn:443"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.internal.ap-shanghai-fsi.tencentcloudapi.com"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.ap-shanghai-fsi-x-fsi.tencentcloudapi.com"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.ap-shanghai-fsi.tencentcloudapi.com"), Ok(()));
        assert_eq!(check("cvm.ap-shanghai-fsi.tencentcloudapi.com:443"), Ok(()));
        let check = |host| Host::Endpoint(host).address().check("cvm", Some("ap-tokyo"));
        assert_eq!(check("cvm.ap-shanghai-fsi.tencentcloudapi.com"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.internal.ap-shanghai-fsi.tencentcloudapi.com"), Err(Invalid::Isolated));
        assert_eq!(check("cvm.ap-seoul.tencentcloudapi.com"), Ok(()));
        assert_eq!(check("cvm.ap-fsi-x.tencentcloudapi.com"), Ok(()));
    }

    #[test]
    fn an_endpoint_of_another_service_is_refused_and_one_of_ones_own_is_not() {
        let check = |host| Host::Endpoint(host).address().check("cvm", None);
        assert_eq!(check("cbs.tencentcloudapi.com"), Err(Invalid::OtherService));
        assert_eq!(check("cbs.tencentcloudapi.com:443"), Err(Invalid::OtherService));
        assert_eq!(check("cbs.internal.tencentcloudapi.cn"), Err(Invalid::OtherService));
        assert_eq!(check("cbs.tencentcloudapi"), Err(Invalid::OtherService));
        assert_eq!(check("cbs.tencentcloudapi:443"), Err(Invalid::OtherService));
        assert_eq!(check("cbs.tencentcloudapis.com"), Ok(()));
        assert_eq!(check("cvm.tencentcloudapi.com.cn"), Ok(()));
        assert_eq!(check("CVM.ap-tokyo.TencentCloudAPI.com"), Ok(()));
        assert_eq!(check("127.0.0.1:8443"), Ok(()));
        assert_eq!(check("[::1]:8443"), Ok(()));
        assert_eq!(check("proxy"), Ok(()));
    }

    #[test]
    fn a_host_that_is_given_exactly_is_compared_with_nothing() {
        let check = |host| Host::Unchecked(host).address().check("cvm", Some(region::AP_SHANGHAI_FSI));
        assert_eq!(check("cvm.tencentcloudapi.com"), Ok(()));
        assert_eq!(check("cbs.tencentcloudapi.com"), Ok(()));
        assert_eq!(check("cvm/"), Err(Invalid::Byte { field: Field::Host, at: 3, byte: b'/' }));
    }

    #[test]
    fn every_region_constant_is_a_region() {
        for region in region::ALL {
            assert_eq!(Host::Regional(region).address().check("cvm", Some(region)), Ok(()));
        }
        assert_eq!(region::ALL.len(), 22);
    }
}
