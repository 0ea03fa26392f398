//! What a receiver demands beyond a valid signature.

use super::{HeaderName, Item, Rejection, Verifier, message::signed_hosts, tc3, v1};
use crate::{
    credentials::Credentials,
    crypto::{sha256::Sha256Engine, software::Software},
    host::entry_of,
    time::Timestamp,
};

/// What a receiver demands beyond a valid signature. By default nothing.
///
/// The page [`in_a_webhook_or_gateway`](super::in_a_webhook_or_gateway) says what each demand prevents.
///
/// ```
/// use tc3_core::verify::Demands;
///
/// const DEMANDS: Demands<'_> = Demands::new()
///     .hosts(&["hooks.example.com"])
///     .services(&["iotcloud"])
///     .actions(&["PublishMessage", "CloseAlarm"])
///     .signed(&["X-TC-Action", "X-TC-Version"])
///     .signed_if_sent(&["X-TC-Region"])
///     .signed_body();
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Demands<'a> {
    hosts: Option<&'a [&'a str]>,
    services: Option<&'a [&'a str]>,
    actions: Option<&'a [&'a str]>,
    versions: Option<&'a [&'a str]>,
    regions: Option<&'a [&'a str]>,
    signed: &'a [&'a str],
    signed_if_sent: &'a [&'a str],
    signed_body: bool,
}

impl<'a> Demands<'a> {
    /// No demands.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            hosts: None,
            services: None,
            actions: None,
            versions: None,
            regions: None,
            signed: &[],
            signed_if_sent: &[],
            signed_body: false,
        }
    }

    /// The host must be one of these, in upper or lower case. A host without a port in this list is accepted with any
    /// port, because some clients add the port after signing. An empty list accepts none.
    #[must_use]
    pub const fn hosts(self, hosts: &'a [&'a str]) -> Self {
        Self { hosts: Some(hosts), ..self }
    }

    /// The service must be one of these, in lower case. An empty list accepts none.
    ///
    /// In TC3, `Credential` names the service, and a [`SigningKey`](crate::SigningKey) signs for that service alone. On
    /// a host outside Tencent's domains, a key of any service is accepted without this demand.
    ///
    /// In v1, only the host names the service. A host outside Tencent's domains names none, and is accepted: demand
    /// [`hosts`](Self::hosts) too. No key of v1 is for one service alone.
    #[must_use]
    pub const fn services(self, services: &'a [&'a str]) -> Self {
        Self { services: Some(services), ..self }
    }

    /// The action must be one of these, in the same case. An empty list accepts none.
    ///
    /// In TC3, an attacker on the way can replace the action with another one of the list, unless you also demand that
    /// `X-TC-Action` is [`signed`](Self::signed).
    #[must_use]
    pub const fn actions(self, actions: &'a [&'a str]) -> Self {
        Self { actions: Some(actions), ..self }
    }

    /// The version must be one of these. An empty list accepts none.
    #[must_use]
    pub const fn versions(self, versions: &'a [&'a str]) -> Self {
        Self { versions: Some(versions), ..self }
    }

    /// The region must be one of these, in the same case; a request without a region is refused. An empty list accepts
    /// none.
    #[must_use]
    pub const fn regions(self, regions: &'a [&'a str]) -> Self {
        Self { regions: Some(regions), ..self }
    }

    /// Each of these headers must be sent and signed. Names are compared without case.
    ///
    /// The official SDKs sign only `content-type` and `host`, which a [`Verifier`] always demands. A sender that uses
    /// this crate can sign more, with `Header::SignAction`, `SignVersion`, `SignRegion` and `Signed`.
    ///
    /// In v1, a parameter takes the place of an `X-TC-` header: `Action` that of `X-TC-Action`. All parameters are
    /// signed. Of the headers, only `Host` is signed.
    #[must_use]
    pub const fn signed(self, headers: &'a [&'a str]) -> Self {
        Self { signed: headers, ..self }
    }

    /// Like [`signed`](Self::signed), for headers that may be absent.
    #[must_use]
    pub const fn signed_if_sent(self, headers: &'a [&'a str]) -> Self {
        Self { signed_if_sent: headers, ..self }
    }

    /// The body must be signed: `UNSIGNED-PAYLOAD` is refused, as header and as the whole body. In v1, the body is always
    /// signed.
    #[must_use]
    pub const fn signed_body(self) -> Self {
        Self { signed_body: true, ..self }
    }

    fn check_tc3(&self, claim: &tc3::Claim<'_>) -> Result<(), Rejection> {
        self.check_host(claim.host())?;
        check(self.services, Item::Service, |service| claim.service() == service)?;
        check(self.actions, Item::Action, |action| claim.action() == action)?;
        check(self.versions, Item::Version, |version| claim.version() == version)?;
        check(self.regions, Item::Region, |region| claim.region() == Some(region))?;
        self.check_headers(|name| claim.is_signed(name), |name| claim.message.has_header(name))?;
        if self.signed_body && claim.may_be_unsigned() { Err(Rejection::UnsignedBody) } else { Ok(()) }
    }

    fn check_v1(&self, claim: &v1::Claim<'_, '_>) -> Result<(), Rejection> {
        let is = |name, value: &str| claim.parameter(name).is_some_and(|parameter| parameter.is(value));
        self.check_host(claim.host())?;
        check(self.services, Item::Service, |service| entry_of(claim.host(), service).is_ok())?;
        check(self.actions, Item::Action, |action| is("Action", action))?;
        check(self.versions, Item::Version, |version| is("Version", version))?;
        check(self.regions, Item::Region, |region| is("Region", region))?;
        self.check_headers(|name| claim.is_signed(name), |name| claim.message.has_header(name))
    }

    fn check_host(&self, sent: &str) -> Result<(), Rejection> {
        check(self.hosts, Item::Host, |host| signed_hosts(sent).any(|sent| sent.eq_ignore_ascii_case(host)))
    }

    fn check_headers(
        &self,
        is_signed: impl Fn(&str) -> bool,
        is_sent: impl Fn(&str) -> bool,
    ) -> Result<(), Rejection> {
        let optional = self.signed_if_sent.iter().filter(|name| is_sent(name));
        match self.signed.iter().chain(optional).find(|name| !is_signed(name)) {
            Some(name) => Err(Rejection::UnsignedHeader(HeaderName::new(name))),
            None => Ok(()),
        }
    }
}

/// Checks that an item is in the list. Without a list, every item is accepted.
fn check(list: Option<&[&str]>, item: Item, is: impl Fn(&str) -> bool) -> Result<(), Rejection> {
    match list {
        Some(list) if !list.iter().any(|value| is(value)) => Err(Rejection::NotAllowed(item)),
        _ => Ok(()),
    }
}

impl<H: Sha256Engine> Verifier<H> {
    /// A verifier that also refuses requests which do not meet these demands. It keeps the window of this one.
    #[must_use]
    pub fn demanding(self, demands: Demands<'_>) -> DemandingVerifier<'_, H> {
        DemandingVerifier { verifier: self, demands }
    }
}

/// A [`Verifier`] with [`Demands`], made by [`Verifier::demanding`].
// A type of its own: a firmware without demands links no code for them.
#[derive(Debug)]
pub struct DemandingVerifier<'a, H: Sha256Engine = Software> {
    verifier: Verifier<H>,
    demands: Demands<'a>,
}

impl<H: Sha256Engine> DemandingVerifier<'_, H> {
    /// Allows timestamps to differ from `now` by up to `seconds`, as [`Verifier::window`].
    #[must_use]
    pub fn window(self, seconds: u32) -> Self {
        Self { verifier: self.verifier.window(seconds), ..self }
    }

    /// Checks that a TC3 request meets the demands and was signed with these credentials.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn tc3(
        &mut self,
        claim: &tc3::Claim<'_>,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        self.demands.check_tc3(claim)?;
        self.verifier.tc3(claim, credentials, now)
    }

    /// Checks that a v1 request meets the demands and was signed with these credentials.
    ///
    /// # Errors
    /// [`Rejection`].
    pub fn v1(
        &mut self,
        claim: &v1::Claim<'_, '_>,
        credentials: &Credentials<'_>,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        self.demands.check_v1(claim)?;
        self.verifier.v1(claim, credentials, now)
    }
}

#[cfg(feature = "defmt")]
impl<H: Sha256Engine> defmt::Format for DemandingVerifier<'_, H> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{}, {}", self.verifier, self.demands);
    }
}
