//! Three hours of a device: `examples/embassy-task` in the emulator, against a service that closes idle connections,
//! restarts, changes keys, jumps its clock and loses answers.
//!
//! What is simulated: the board skips the time that the device sleeps between its messages. An instruction takes one
//! nanosecond of the device's time, and the device waits for the servers in real time. The service reads the device's
//! time in the messages. So it does on the next request what a real service would have done before that request.

mod ledger;
mod service;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use measure::{M4, Result};
use peer::pki;
use peer::server::{self, Config, Http};
use peer::sntp::{Reply, Sntp};

use crate::case::check_pace;
use crate::image::HOST;
use crate::server::NOW;
use service::{Cloud, KEYS};

/// The name for `cargo xtask firmware only`.
pub(crate) const NAME: &str = "three hours of a device";

const IMAGE: &str = "embassy-task";
const SERVER: &str = "iotcloud.tencentcloudapi.com";

/// Contains the expected report.
const README: &str = include_str!("../../../examples/embassy-task/README.md");

/// The time after which the emulator is killed.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs the device until its last message has arrived. Fails if a message did not arrive, if one was sent again
/// although
/// [`ledger`] does not allow it, or if the report is not the expected one.
pub(crate) fn run(folder: &Path) -> Result<()> {
    let start = Instant::now();
    let identity = pki::public_shaped(NOW);
    let ca = folder.join("device.der");
    fs::write(&ca, &identity.root)?;
    let uart = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    // At first, the server's own clock is not synchronised. The device asks again after a minute.
    let sntp = Sntp::start(vec![Some(Reply { leap: 3, ..Reply::at(NOW) }), Some(Reply::at(NOW + 60))])?;
    let (end, ended) = mpsc::channel();
    let cloud = Cloud::start(end)?;
    let server = server::start(Config::new(&identity), Http::Service(cloud.clone().serve()))?;
    let words = [
        IMAGE.to_owned(),
        format!("host={SERVER}"),
        format!("ca={}", ca.display()),
        HOST.to_owned(),
        format!("port={}", server.addr().port()),
        format!("ntp={}", sntp.addr().port()),
    ];
    let mut qemu = M4.emulator(&folder.join(M4.target).join("release").join(IMAGE), 0, &words);
    qemu.args(["-serial", &format!("tcp:{}", uart.local_addr()?), "-nic", "user,model=lan9118"]);
    // Files, because a pipe that nobody reads would stop the device.
    let (frames, lines) = (folder.join("device.defmt"), folder.join("device.txt"));
    qemu.stdin(Stdio::null()).stdout(File::create(&frames)?).stderr(File::create(&lines)?);
    let mut child = qemu.spawn()?;
    let outcome = uart.accept().map_err(Into::into).and_then(|(uart, _)| cloud.issue_over(uart));
    let outcome = outcome.and_then(|()| wait(&mut child, &ended));
    child.kill()?;
    child.wait()?;
    let connections = server.finish().connections;
    let report = cloud.report();
    print!("{report}");
    let took = start.elapsed().as_secs_f64();
    let printed = fs::read_to_string(&lines)?;
    let checked = outcome.and_then(|()| cloud.check()).and_then(|()| {
        check_pace(&printed)?;
        let logged = fs::read(&frames)?;
        let shows = |part: &[u8]| logged.windows(part.len()).any(|it| it == part);
        let is_shown = KEYS.iter().any(|[_, key, _]| key.as_bytes().windows(7).any(shows));
        let hellos: Vec<_> = connections.iter().filter_map(|it| Some(it.client_hello()?.random)).collect();
        let (_, shown) = README.split_once("```text\n").unwrap_or_default();
        match (sntp.finish().len(), shown.split("```").next() == Some(&report)) {
            _ if logged.iter().filter(|byte| **byte == 0).count() < 180 => Err("few defmt frames".into()),
            _ if is_shown => Err("a part of a key is in the defmt frames".into()),
            _ if hellos.iter().collect::<BTreeSet<_>>().len() < hellos.len().max(22) => {
                Err(format!("not 22 ClientHellos, or a random came twice: {hellos:02x?}").into())
            }
            (2, true) => Ok(()),
            (2, false) => Err(format!("the report is not that of examples/{IMAGE}/README.md").into()),
            (requests, _) => Err(format!("{requests} requests for the time, not 2").into()),
        }
    });
    checked
        .map(|()| println!("ok  {took:5.1} s  {IMAGE:<17}  {NAME}"))
        .map_err(|error| format!("{NAME}: {error}\nthe device printed: {printed}").into())
}

/// Waits until the last message has arrived.
fn wait(child: &mut Child, ended: &Receiver<()>) -> Result<()> {
    let start = Instant::now();
    while ended.recv_timeout(Duration::from_millis(20)) == Err(RecvTimeoutError::Timeout) {
        if let Some(status) = child.try_wait()? {
            return Err(format!("the emulator ended with {status}").into());
        }
        if start.elapsed() > LIMIT {
            return Err(format!("not all messages arrived within {} s", LIMIT.as_secs()).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    const PROGRAM: &str = include_str!("../../../examples/embassy-task/src/main.rs");
    const README: &str = include_str!("../../../README.md");

    #[test]
    fn the_program_of_a_device_has_at_most_100_lines_and_the_readme_shows_its_core() {
        let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
        // Without the imports, which are a paragraph.
        let code = PROGRAM.split("\n\n").filter(|part| !part.starts_with("use ")).flat_map(str::lines);
        let lines: Vec<&str> = code.map(str::trim).filter(is_code).collect();
        assert!((50..=100).contains(&lines.len()), "{} lines", lines.len());
        let (_, shown) = README.split_once("```rust,ignore\n").unwrap_or_default();
        let (shown, _) = shown.split_once("```").unwrap_or_default();
        assert!(shown.lines().count() > 15, "the README shows {} lines", shown.lines().count());
        let mut rest = lines.into_iter();
        for line in shown.lines().map(str::trim).filter(is_code) {
            assert!(rest.any(|it| it == line), "not in the program, or in another order: {line}");
        }
    }
}
