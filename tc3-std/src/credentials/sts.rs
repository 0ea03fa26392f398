//! Temporary credentials from STS, the service that hands them out for a role.

use super::{
    error::{CredentialError, RemoteFault},
    found::{FoundCredentials, Lookup, Provider},
    json::Object,
};
use crate::signer::OwnedCredentials;
use crate::{
    client::{Client, Message, Reply},
    tls::Trust,
};
use tc3_core::{Api, Request, Signer, Timestamp, api};
use zeroize::Zeroizing;

const STS: Api<'static> = api!("sts", "2018-08-13");
/// The region of the SDKs. STS gives the same answer in each.
const REGION: &str = "ap-guangzhou";
/// The lifetime that the SDKs ask for, in seconds.
pub(super) const SECONDS: u32 = 7_200;

/// How STS is reached. By default: `sts.tencentcloudapi.com`, the region `ap-guangzhou`, the public certificate
/// authorities, and the default timeouts.
#[derive(Clone, Debug)]
pub struct Sts {
    client: Option<Client>,
    region: String,
}

impl Default for Sts {
    fn default() -> Self {
        Self { client: None, region: REGION.to_owned() }
    }
}

/// The role to assume.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session: String,
    pub(super) seconds: Option<u32>,
}

impl Sts {
    /// Calls STS by this client, for example one that connects to a test server.
    #[must_use]
    pub fn client(self, client: Client) -> Self {
        Self { client: Some(client), ..self }
    }

    /// Calls STS in this region.
    #[must_use]
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: region.into(), ..self }
    }

    /// Exchanges credentials for those of a role.
    pub(super) fn assume(
        &self,
        base: &FoundCredentials,
        role: &Role,
        now: Timestamp,
    ) -> Result<FoundCredentials, CredentialError> {
        let origin = format!("the role {} (assumed with {})", role.arn, base.origin);
        let assumed = (|| {
            let credentials = base.credentials().map_err(RemoteFault::Refused)?;
            let body = body(&role.fields(), role.seconds)?;
            let request = self.request("AssumeRole", &body)?;
            let signed = Signer::new(credentials).sign(&request, now);
            parse(self.call(signed.into())?)
        })();
        finish(origin, assumed)
    }

    /// Exchanges an OIDC token for the credentials of a role. The request is not signed: the token authenticates it.
    pub(super) fn assume_with_token(
        &self,
        fields: &[(&'static str, &str)],
        origin: String,
        now: Timestamp,
    ) -> Result<FoundCredentials, CredentialError> {
        let assumed = (|| {
            let body = body(fields, None)?;
            let request = self.request("AssumeRoleWithWebIdentity", &body)?;
            parse(self.call(request.skip(now).into())?)
        })();
        finish(origin, assumed)
    }

    fn request<'a>(&'a self, action: &'a str, body: &'a str) -> Result<Request<'a>, RemoteFault> {
        STS.action(action).region(&self.region).json(body).map_err(RemoteFault::Refused)
    }

    fn call(&self, message: Message<'_>) -> Result<Reply, RemoteFault> {
        let failed = |error| RemoteFault::Call(Box::new(error));
        let client = match &self.client {
            Some(client) => client.clone(),
            None => Client::new(Trust::public()).map_err(|error| failed(error.into()))?,
        };
        client.call(message).map_err(failed)
    }
}

impl Role {
    fn fields(&self) -> [(&'static str, &str); 2] {
        [("RoleArn", &self.arn), ("RoleSessionName", &self.session)]
    }
}

/// The parameters as JSON. It can hold an OIDC token, so it is wiped, and never grows.
fn body(fields: &[(&'static str, &str)], seconds: Option<u32>) -> Result<Zeroizing<String>, RemoteFault> {
    let room = fields.iter().map(|(name, value)| name.len().saturating_add(value.len()).saturating_add(6));
    let mut body = Zeroizing::new(String::with_capacity(room.fold(64, usize::saturating_add)));
    for (name, value) in fields {
        // None of them needs an escape.
        let is_plain = |character: char| !character.is_control() && !matches!(character, '"' | '\\');
        if value.is_empty() || !value.chars().all(is_plain) {
            return Err(RemoteFault::Setting { name });
        }
        let begin = if body.is_empty() { "{\"" } else { ",\"" };
        [begin, name, "\":\"", value, "\""].iter().for_each(|part| body.push_str(part));
    }
    let seconds = seconds.unwrap_or(SECONDS);
    // The maximum of the service.
    if !(1..=43_200).contains(&seconds) {
        return Err(RemoteFault::Setting { name: "DurationSeconds" });
    }
    [",\"DurationSeconds\":", &seconds.to_string(), "}"].iter().for_each(|part| body.push_str(part));
    Ok(body)
}

/// Id, key, token and expiry of an answer.
pub(super) type Temporary = ([Zeroizing<String>; 3], Timestamp);

fn parse(reply: Reply) -> Result<Temporary, RemoteFault> {
    let body = reply.into_secret_body();
    let missing = |name| RemoteFault::Field { name };
    let text = str::from_utf8(&body).map_err(|_| RemoteFault::NotJson)?;
    let envelope = Object::read(text).map_err(|_| RemoteFault::NotJson)?;
    let response = envelope.object("Response").ok_or(missing("Response"))?;
    let credentials = response.object("Credentials").ok_or(missing("Credentials"))?;
    temporary(&credentials, &response)
}

/// The fields that STS and the metadata service have in common.
pub(super) fn temporary(credentials: &Object<'_>, times: &Object<'_>) -> Result<Temporary, RemoteFault> {
    let missing = |name| RemoteFault::Field { name };
    let field = |name| credentials.string(name).map_err(missing)?.ok_or(missing(name));
    let values = [field("TmpSecretId")?, field("TmpSecretKey")?, field("Token")?];
    let name = "ExpiredTime";
    let seconds = times.seconds(name).map_err(missing)?.ok_or(missing(name))?;
    Ok((values, Timestamp::from_unix(seconds).map_err(|_| missing(name))?))
}

/// Checks the values, and names the source in an error.
pub(super) fn finish(
    origin: String,
    assumed: Result<Temporary, RemoteFault>,
) -> Result<FoundCredentials, CredentialError> {
    let ([id, key, token], expires) = match assumed {
        Ok(temporary) => temporary,
        Err(fault) => return Err(CredentialError::Remote { origin, fault }),
    };
    match OwnedCredentials::checked(id.to_string(), key, Some(token), Some(expires)) {
        Ok(owned) => Ok(FoundCredentials { owned, origin, remark: None }),
        Err(invalid) => Err(CredentialError::Remote { origin, fault: RemoteFault::Refused(invalid) }),
    }
}

/// A role that is assumed with the credentials of another source, by `AssumeRole` of STS.
///
/// ```no_run
/// use tc3_std::{SystemClock, credentials::{AssumeRole, CredentialChain, CredentialsFile}};
///
/// let base = CredentialsFile::new("/run/secrets/tencentcloud");
/// let role = AssumeRole::new(base, "qcs::cam::uin/100000000001:roleName/deploy", "nightly");
/// let found = CredentialChain::of(role.duration(1_800)).find(SystemClock.now()?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AssumeRole<P> {
    base: P,
    role: Role,
    sts: Sts,
}

impl<P: Provider> AssumeRole<P> {
    /// Assumes the role with this `RoleArn`, with a `RoleSessionName` that the account's log shows.
    #[must_use]
    pub fn new(base: P, arn: impl Into<String>, session: impl Into<String>) -> Self {
        let role = Role { arn: arn.into(), session: session.into(), seconds: None };
        Self { base, role, sts: Sts::default() }
    }

    /// Asks for credentials that expire after this many seconds, 1 to 43,200. By default 7,200.
    #[must_use]
    pub fn duration(mut self, seconds: u32) -> Self {
        self.role.seconds = Some(seconds);
        self
    }

    /// Reaches STS in this way.
    #[must_use]
    pub fn sts(self, sts: Sts) -> Self {
        Self { sts, ..self }
    }
}

impl<P: Provider> Provider for AssumeRole<P> {
    fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
        match self.base.find(now)? {
            Lookup::Found(base) => self.sts.assume(&base, &self.role, now).map(Lookup::Found),
            absent => Ok(absent),
        }
    }
}
