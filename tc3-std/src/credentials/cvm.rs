//! The role of a virtual machine.

use super::{
    error::{CredentialError, RemoteFault},
    found::{Lookup, Provider},
    json::Object,
    sts::{Temporary, finish, temporary},
};
use crate::client::{CallError, Connection, Message, Reply, Timeouts, dial};
use std::time::Duration;
use tc3_core::Timestamp;

const HOST: &str = "metadata.tencentyun.com";
const ROOT: &str = "/latest/meta-data/cam/security-credentials/";

/// The role of the virtual machine that the program runs on, from the machine's metadata service.
///
/// Elsewhere than on a machine of Tencent Cloud the service cannot be reached, and the source is absent. So it is if the
/// machine has no role. HTTP without TLS is the service's only protocol; its address is not routed outside of the
/// machine.
#[derive(Clone, Debug)]
pub struct CvmRole {
    address: String,
    role: Option<String>,
    timeouts: Timeouts,
}

impl Default for CvmRole {
    /// The machine's role at `metadata.tencentyun.com:80`, with 1 s to connect and 5 s for each read.
    fn default() -> Self {
        let read = Duration::from_secs(5);
        let timeouts = Timeouts { connect: Duration::from_secs(1), read, write: read };
        Self { address: format!("{HOST}:80"), role: None, timeouts }
    }
}

impl CvmRole {
    /// Asks for this role, not for the name of the machine's role.
    #[must_use]
    pub fn role(self, name: impl Into<String>) -> Self {
        Self { role: Some(name.into()), ..self }
    }

    /// Connects to this `HOST:PORT`, such as a test server.
    #[must_use]
    pub fn connect_to(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// Replaces the default timeouts.
    #[must_use]
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        Self { timeouts, ..self }
    }

    fn origin(&self) -> String {
        format!("the metadata service {}", self.address)
    }

    /// `None` if the service cannot be reached.
    fn get(&self, name: &str) -> Result<Option<Reply>, RemoteFault> {
        let Ok(socket) = dial(&self.address, self.timeouts) else { return Ok(None) };
        let head = format!("GET {ROOT}{name} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
        let reply = Connection::new(socket).send(Message::dangerous_raw(head, &[]));
        reply.map(Some).map_err(|error: CallError| RemoteFault::Call(Box::new(error)))
    }

    /// The name of the machine's role, or why there is none.
    fn name(&self) -> Result<Result<String, String>, RemoteFault> {
        if let Some(name) = &self.role {
            return Ok(Ok(name.clone()));
        }
        let Some(reply) = self.get("")? else { return Ok(Err(self.unreachable())) };
        let name = str::from_utf8(reply.body()).map_err(|_| RemoteFault::RoleName)?.trim();
        match reply.status() {
            200 if !name.is_empty() => Ok(Ok(name.to_owned())),
            200 | 404 => Ok(Err("the virtual machine has no role".to_owned())),
            status => Err(RemoteFault::Status(status)),
        }
    }

    fn unreachable(&self) -> String {
        format!("{} cannot be reached", self.origin())
    }

    fn ask(&self) -> Result<Result<Temporary, String>, RemoteFault> {
        let name = match self.name()? {
            Ok(name) => name,
            Err(absent) => return Ok(Err(absent)),
        };
        // In a path, other characters would need an encoding.
        let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(byte);
        if !name.as_bytes().iter().all(is_known) {
            return Err(RemoteFault::RoleName);
        }
        let Some(reply) = self.get(&name)? else { return Ok(Err(self.unreachable())) };
        if reply.status() != 200 {
            return Err(RemoteFault::Status(reply.status()));
        }
        let body = reply.into_secret_body();
        let text = str::from_utf8(&body).map_err(|_| RemoteFault::NotJson)?;
        let answer = Object::read(text).map_err(|_| RemoteFault::NotJson)?;
        let name = "Code";
        let missing = |name| RemoteFault::Field { name };
        match answer.string(name).map_err(missing)?.ok_or(missing(name))? {
            code if *code == "Success" => temporary(&answer, &answer).map(Ok),
            code => Err(RemoteFault::Code(code.chars().filter(char::is_ascii_graphic).take(64).collect())),
        }
    }
}

impl Provider for CvmRole {
    fn find(&self, _: Timestamp) -> Result<Lookup, CredentialError> {
        let origin = self.origin();
        match self.ask() {
            Ok(Err(absent)) => Ok(Lookup::Absent(absent)),
            Ok(Ok(temporary)) => finish(origin, Ok(temporary)).map(Lookup::Found),
            Err(fault) => finish(origin, Err(fault)).map(Lookup::Found),
        }
    }
}
