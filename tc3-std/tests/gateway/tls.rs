//! TLS of the client and of the gateway.

use crate::server::{CVM, TestServer, now, signer};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    crypto::ring,
    pki_types::{ServerName, UnixTime},
    time_provider::TimeProvider,
};
use std::{net::TcpStream, sync::Arc, time::Duration};
use tc3_core::Host;
use tc3_std::{
    gateway::{Config, Transport},
    tls::Trust,
};

#[test]
fn a_server_may_support_only_tls_12_or_only_tls_13() {
    for (transport, version) in [(Transport::Tls12, "TLS 1.2"), (Transport::Tls13, "TLS 1.3")] {
        let server = TestServer::with(Config::new().transport(transport));
        let mut connection = server.client().open("cvm.tencentcloudapi.com").unwrap();
        assert_eq!(connection.stream().version(), version);
        let request = CVM.action("DescribeZones").json("{}").unwrap();
        connection.send(signer().sign(&request, now()).into()).unwrap().into_success().unwrap();
    }
}

#[test]
fn the_gateway_has_a_certificate_for_every_host() {
    let server = TestServer::new();
    let addr = server.gateway.addr().to_string();
    let hosts =
        [Host::Regional("ap-guangzhou"), Host::Unchecked("gateway.example"), Host::Unchecked("localhost")];
    for host in hosts.into_iter().chain([Host::Unchecked(&addr)]) {
        let request = CVM.at(host).action("DescribeZones").json("{}").unwrap();
        server.call(signer().sign(&request, now())).unwrap();
    }
}

#[derive(Debug)]
struct Clock(UnixTime);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

#[test]
fn a_client_that_offers_http_2_and_whose_clock_is_a_day_slow_gets_http_1() {
    let server = TestServer::new();
    let slow = Clock(UnixTime::since_unix_epoch(Duration::from_secs(now().unix() - 86_400)));
    let trust = Trust::empty().and_file(server.ca.as_ref()).unwrap();
    let builder = ClientConfig::builder_with_details(Arc::new(ring::default_provider()), Arc::new(slow));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(RootCertStore::from(trust)).with_no_client_auth();
    config.alpn_protocols = ["h2", "http/1.1"].map(|protocol| protocol.into()).to_vec();
    let name = ServerName::try_from("cvm.tencentcloudapi.com").unwrap();
    let mut session = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect(server.gateway.addr()).unwrap();
    while session.is_handshaking() {
        session.complete_io(&mut socket).unwrap();
    }
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
}
