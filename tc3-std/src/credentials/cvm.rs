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

    fn get(&self, name: &str) -> Result<Reply, CallError> {
        let socket = dial(&self.address, self.timeouts)?;
        let head = format!("GET {ROOT}{name} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
        Connection::new(socket).send(Message::dangerous_raw(head, &[]))
    }

    /// The answer to the first request. `None` if the service cannot be reached.
    fn get_first(&self, name: &str) -> Result<Option<Reply>, RemoteFault> {
        match self.get(name) {
            Err(CallError::Dial(_)) => Ok(None),
            outcome => outcome.map(Some).map_err(|error| RemoteFault::Call(Box::new(error))),
        }
    }

    /// The status and the name of the machine's role. `None` if the service cannot be reached.
    fn name(&self) -> Result<Option<(u16, String)>, RemoteFault> {
        let Some(reply) = self.get_first("")? else { return Ok(None) };
        let name = str::from_utf8(reply.body()).map_err(|_| RemoteFault::RoleName)?.trim();
        Ok(Some((reply.status(), name.to_owned())))
    }

    fn ask(&self) -> Result<Result<Temporary, String>, RemoteFault> {
        let unreachable = || format!("{} cannot be reached", self.origin());
        let reply = if let Some(name) = &self.role {
            check(name)?;
            let Some(reply) = self.get_first(name)? else { return Ok(Err(unreachable())) };
            reply
        } else {
            let name = match self.name()? {
                None => return Ok(Err(unreachable())),
                Some((200, name)) if !name.is_empty() => name,
                Some((200 | 404, _)) => return Ok(Err("the virtual machine has no role".to_owned())),
                Some((status, _)) => return Err(RemoteFault::Status(status)),
            };
            check(&name)?;
            // The service has answered once: that it cannot be reached now is an error.
            self.get(&name).map_err(|error| RemoteFault::Call(Box::new(error)))?
        };
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

/// Refuses a name with characters that would need an encoding in a path.
fn check(name: &str) -> Result<(), RemoteFault> {
    let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(byte);
    if name.as_bytes().iter().all(is_known) { Ok(()) } else { Err(RemoteFault::RoleName) }
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
