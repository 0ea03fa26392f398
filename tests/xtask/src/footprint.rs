//! `cargo xtask footprint`: flash, stack and instructions of each feature of tc3-core on bare metal.

pub(crate) mod board;
mod figures;
mod goals;
pub(crate) mod image;
mod table;

use std::error::Error;
use std::fs;

use crate::setup::{self, qemu, rustup, targets};
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

use board::{BOARDS, Board};
use figures::Figures;
use image::{Build, Core, Measured};

/// The image that does nothing. Its figures are subtracted from the others.
const EMPTY: &str = "empty";

/// An image with its label in the tables and the output that it must contain.
struct Row {
    bin: &'static str,
    what: &'static str,
    writes: &'static str,
}

const SIGNATURE: &str = "Signature=7940295dee5eed8199f63a36695f4ec0c1f4e20af0091970ad50e676045cc928";

#[rustfmt::skip]
const ROWS: [Row; 12] = [
    Row { bin: "sign", what: "POST of JSON, key derived", writes: SIGNATURE },
    Row { bin: "cached", what: "the same again, with `CachingSha256`", writes: SIGNATURE },
    Row { bin: "nearest", what: "to the nearest host", writes: SIGNATURE },
    Row { bin: "endpoint", what: "to a host that is compared with the service", writes: SIGNATURE },
    Row { bin: "head", what: "request line and all headers", writes: SIGNATURE },
    Row { bin: "get", what: "GET with structured parameters", writes: "GET /?Filters.0.Name=zone&Filters.0.Values.0=ap-guangzhou-1&Offset=0 HTTP/1.1" },
    Row { bin: "multipart", what: "multipart/form-data", writes: "Content-Type: multipart/form-data; boundary=58731222010402" },
    Row { bin: "v1_sha256", what: "v1 with HmacSHA256", writes: "Signature=l%2F7kAZqVxzSzZVyS4kxoSuoMD9UzKzMXnK1rpOGxATE%3D" },
    Row { bin: "v1_sha1", what: "v1 with HmacSHA1", writes: "Signature=bePky9byEUBc3bAQiqVy4ArMaBY%3D" },
    Row { bin: "verify", what: "verifying TC3", writes: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx" },
    Row { bin: "response", what: "reading the answer, with advice", writes: "AuthFailure.SignatureExpire" },
    Row { bin: "explain", what: "canonical request and string to sign", writes: "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n" },
];

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let mut steps = setup::announced([targets::missing(workspace)?, rustup::sources(), qemu::missing()]);
    steps.push(match arguments {
        [] => Step::new("footprint", || write(workspace)),
        ["--check"] => step(workspace),
        _ => return Err("usage: cargo xtask footprint [--check]".into()),
    });
    step::run_all("footprint", steps)
}

/// Measures, and fails if a figure is worse than in sizes.toml or than promised.
pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    Step::new("footprint", || check(workspace))
}

fn write(workspace: &Workspace) -> Outcome {
    let figures = measure(workspace)?;
    fs::write(workspace.root.join(SIZES), figures.to_string())?;
    for document in table::documents(&figures) {
        document.write(workspace)?;
    }
    Ok(())
}

fn check(workspace: &Workspace) -> Outcome {
    let before = Figures::parse(&fs::read_to_string(workspace.root.join(SIZES))?)?;
    for document in table::documents(&before) {
        document.compare(workspace)?;
    }
    let now = measure(workspace)?;
    // Prints both comparisons before it fails.
    let compared = now.compare(&before);
    if now.compiler() == before.compiler() {
        goals::check(&now)?;
    }
    compared
}

const SIZES: &str = "tests/footprint/sizes.toml";

/// For size, with `core` built for size too.
const SIZE: Build = Build { level: "z", is_compact: true, core: Core::Built, feature: "" };
/// For size, with the prebuilt `core`.
pub(crate) const PREBUILT: Build = Build { core: Core::Prebuilt, ..SIZE };
const SPEED: Build = Build { level: "3", is_compact: false, core: Core::Built, feature: "" };

/// All images except the empty one.
pub(crate) fn bins() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.bin)
}

fn measure(workspace: &Workspace) -> Result<Figures, Box<dyn Error>> {
    qemu::required()?;
    let bins: Vec<&str> = [EMPTY].into_iter().chain(bins()).collect();
    SIZE.build(workspace, &bins)?;
    PREBUILT.build(workspace, &bins)?;
    SPEED.build(workspace, &[EMPTY, "cached"])?;
    let mut figures = Figures::new(image::compiler()?);
    for board in &BOARDS {
        for row in &ROWS {
            measure_row(workspace, board, row, &mut figures)?;
        }
        let fast = run(workspace, SPEED, board, "cached")?;
        check_output("cached, built for speed", board, &fast.output, SIGNATURE)?;
        figures.add(board.name, "cached", "instructions_speed", fast.instructions);
    }
    Ok(figures)
}

fn measure_row(workspace: &Workspace, board: &Board, row: &Row, figures: &mut Figures) -> Outcome {
    let Row { bin, writes, .. } = *row;
    let Measured { flash, statics, stack, instructions, output } = run(workspace, SIZE, board, bin)?;
    check_output(bin, board, &output, writes)?;
    let (prebuilt, _) = PREBUILT.size(workspace, board, bin)?;
    let (empty, _) = PREBUILT.size(workspace, board, EMPTY)?;
    for (name, value) in [
        ("flash", flash),
        ("flash_prebuilt", prebuilt.saturating_sub(empty)),
        ("static", statics),
        ("stack", stack),
        ("instructions", instructions),
    ] {
        figures.add(board.name, bin, name, value);
    }
    Ok(())
}

fn check_output(image: &str, board: &Board, output: &str, writes: &str) -> Outcome {
    if output.contains(writes) {
        return Ok(());
    }
    Err(format!("{image} on {} wrote something else: {output}", board.name).into())
}

/// The figures of an image minus those of the empty image.
fn run(workspace: &Workspace, build: Build, board: &Board, bin: &str) -> Result<Measured, Box<dyn Error>> {
    let empty = build.run(workspace, board, EMPTY)?;
    Ok(build.run(workspace, board, bin)?.less(&empty))
}
