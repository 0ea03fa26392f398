//! `cargo xtask footprint`: flash, stack and instructions of each feature of tc3-core on bare metal.

pub(crate) mod image;

use std::fs;

use measure::{BOARDS, Figures, Section, cell, table};

use crate::setup;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

use image::Build;

/// The image that does nothing. Its figures are subtracted from the others.
const EMPTY: &str = "empty";

/// An image with its label in the tables and the output that it must contain.
struct Row {
    bin: &'static str,
    what: &'static str,
    writes: &'static str,
}

const SIGNATURE: &str = "Signature=7940295dee5eed8199f63a36695f4ec0c1f4e20af0091970ad50e676045cc928";
const SECRET_ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx";

#[rustfmt::skip]
const ROWS: [Row; 13] = [
    Row { bin: "sign", what: "POST of JSON, key derived", writes: SIGNATURE },
    Row { bin: "cached", what: "the same again, with `CachingSha256`", writes: SIGNATURE },
    Row { bin: "nearest", what: "to the nearest host", writes: SIGNATURE },
    Row { bin: "endpoint", what: "to a host that is compared with the service", writes: SIGNATURE },
    Row { bin: "head", what: "request line and all headers", writes: SIGNATURE },
    Row { bin: "get", what: "GET with structured parameters", writes: "GET /?Filters.0.Name=zone&Filters.0.Values.0=ap-guangzhou-1&Offset=0 HTTP/1.1" },
    Row { bin: "multipart", what: "multipart/form-data", writes: "Content-Type: multipart/form-data; boundary=58731222010402" },
    Row { bin: "v1_sha256", what: "v1 with HmacSHA256", writes: "Signature=l%2F7kAZqVxzSzZVyS4kxoSuoMD9UzKzMXnK1rpOGxATE%3D" },
    Row { bin: "v1_sha1", what: "v1 with HmacSHA1", writes: "Signature=bePky9byEUBc3bAQiqVy4ArMaBY%3D" },
    Row { bin: "verify", what: "verifying TC3", writes: SECRET_ID },
    Row { bin: "verify_v1", what: "verifying v1", writes: SECRET_ID },
    Row { bin: "response", what: "reading the answer, with advice", writes: "AuthFailure.SignatureExpire" },
    Row { bin: "explain", what: "canonical request and string to sign", writes: "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n" },
];

/// Whole calls by tc3-embedded, without TLS.
#[rustfmt::skip]
const CALLS: [Row; 3] = [
    Row { bin: "call", what: "a whole call, without TLS", writes: REQUEST_ID },
    Row { bin: CALL_ASYNC, what: "the same, async; the stack has the future", writes: REQUEST_ID },
    Row { bin: "call_v1", what: "a whole call with v1 and HmacSHA256", writes: REQUEST_ID },
];
const CALL_ASYNC: &str = "call_async";
const REQUEST_ID: &str = "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6";

/// The maximum of one figure of an image on each board.
#[rustfmt::skip]
const GOALS: [(&str, &str, [u64; BOARDS.len()]); 8] = [
    ("sign", "flash", [4_096, 3_712, 4_608]),
    ("sign", "static", [0; 3]),
    ("sign", "stack", [1_024; 3]),
    ("sign", "instructions", [203_000, 118_000, 160_000]),
    ("cached", "instructions", [60_000, 34_000, 47_000]),
    ("cached", "instructions_speed", [42_000, 21_000, 34_000]),
    ("call", "flash", [22_000, 21_000, 24_000]),
    (CALL_ASYNC, "future", [1_000; 3]),
];

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let step = match arguments {
        [] => Step::new("footprint", || write(workspace)),
        ["--check"] => step(workspace),
        _ => return Err("usage: cargo xtask footprint [--check]".into()),
    };
    step::run_all("footprint", [setup::targets(workspace)?, setup::programs(&setup::QEMU)], [step])
}

/// Measures, and fails if a figure is worse than in sizes.toml or than promised.
pub(crate) fn step(workspace: &Workspace) -> Step<'_> {
    Step::new("footprint", || check(workspace))
}

const SIZES: &str = "tests/footprint/sizes.toml";

fn write(workspace: &Workspace) -> Outcome {
    let figures = measure(workspace)?;
    let head = "# Written by `cargo xtask footprint`; bytes, and instructions.\n";
    fs::write(workspace.root.join(SIZES), format!("{head}{figures}"))?;
    sections(&figures).iter().try_for_each(|section| section.write(&workspace.root))
}

fn check(workspace: &Workspace) -> Outcome {
    let before = Figures::parse(&fs::read_to_string(workspace.root.join(SIZES))?)?;
    sections(&before).iter().try_for_each(|section| section.compare(&workspace.root, "sizes.toml"))?;
    judge(&measure(workspace)?, &before)
}

fn judge(figures: &Figures, before: &Figures) -> Outcome {
    let limits = GOALS.iter().flat_map(|(image, name, most)| {
        let each = BOARDS.iter().zip(most);
        each.map(|(board, most)| (board.name, *image, *name, *most))
    });
    figures.check("sizes.toml", before, |_| 1, &limits.collect::<Vec<_>>())
}

/// For size, with `core` built for size too.
const SIZE: Build = Build { level: "z", is_compact: true, builds_core: true, feature: "" };
/// For size, with the prebuilt `core`.
pub(crate) const PREBUILT: Build = Build { builds_core: false, ..SIZE };
const SPEED: Build = Build { level: "3", is_compact: false, builds_core: true, feature: "" };

/// The images of tc3-core alone, except the empty one.
pub(crate) fn bins() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.bin)
}

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(&CALLS)
}

fn measure(workspace: &Workspace) -> Outcome<Figures> {
    let bins: Vec<&str> = [EMPTY].into_iter().chain(rows().map(|row| row.bin)).collect();
    SIZE.build(workspace, &bins)?;
    PREBUILT.build(workspace, &bins)?;
    SPEED.build(workspace, &[EMPTY, "cached"])?;
    let mut figures = Figures::new()?;
    for board in &BOARDS {
        let ([flash, statics, _, instructions], _) = SIZE.run(workspace, board, EMPTY, "")?;
        let empty = [flash, statics, 0, instructions];
        let (prebuilt_empty, _) = PREBUILT.elf(workspace, board, EMPTY)?.size()?;
        for Row { bin, writes, .. } in rows() {
            let (measured, output) = SIZE.run(workspace, board, bin, writes)?;
            if let Some((_, size)) = output.split_once("\nfuture ") {
                figures.add(board.name, bin, "future", u64::from_str_radix(size.trim(), 16)?);
            }
            let names = ["flash", "static", "stack", "instructions"];
            for ((name, value), empty) in names.into_iter().zip(measured).zip(empty) {
                figures.add(board.name, bin, name, value.saturating_sub(empty));
            }
            let (prebuilt, _) = PREBUILT.elf(workspace, board, bin)?.size()?;
            figures.add(board.name, bin, "flash_prebuilt", prebuilt.saturating_sub(prebuilt_empty));
        }
        let ([.., empty], _) = SPEED.run(workspace, board, EMPTY, "")?;
        let ([.., fast], _) = SPEED.run(workspace, board, "cached", SIGNATURE)?;
        figures.add(board.name, "cached", "instructions_speed", fast.saturating_sub(empty));
    }
    Ok(figures)
}

/// The rows of the root's README: label, image, figure.
#[rustfmt::skip]
const SHORT: [(&str, &str, &str); 13] = [
    ("flash of signing, beyond an image that does nothing", "sign", "flash"),
    ("the same with the prebuilt `core`", "sign", "flash_prebuilt"),
    ("static RAM of signing", "sign", "static"),
    ("deepest stack", "sign", "stack"),
    ("instructions, key derived", "sign", "instructions"),
    ("signing again, with `CachingSha256`: flash", "cached", "flash"),
    ("… deepest stack", "cached", "stack"),
    ("… instructions, key cached", "cached", "instructions"),
    ("… instructions, built for speed", "cached", "instructions_speed"),
    ("a whole call without TLS, by `tc3-embedded`: flash", "call", "flash"),
    ("… deepest stack, including 1,024 bytes of buffers", "call", "stack"),
    ("… the future of the same call, async", CALL_ASYNC, "future"),
    ("a whole call with v1 and HmacSHA256: flash", "call_v1", "flash"),
];

const TABLES: [(&str, &str); 4] = [
    ("Flash in bytes, `core` built at the same level (z)", "flash"),
    ("Flash in bytes, prebuilt `core`", "flash_prebuilt"),
    ("Deepest stack in bytes", "stack"),
    ("Instructions", "instructions"),
];

fn sections(figures: &Figures) -> [Section<'static>; 2] {
    let row = |image, name| BOARDS.iter().map(|board| cell(figures.get(board.name, image, name))).collect();
    let titles = BOARDS.map(|board| board.title);
    let short = table("", &titles, SHORT.iter().map(|(what, image, name)| (*what, row(image, name))));
    let full = TABLES.map(|(title, name)| {
        table(title, &titles, rows().map(|Row { what, bin, .. }| (*what, row(bin, name))))
    });
    let full = format!("Compiler: {}.\n\n{}", figures.compiler(), full.join("\n"));
    [("README.md", short), ("tests/footprint/README.md", full)].map(|(document, text)| Section {
        document,
        command: "`cargo xtask footprint`",
        text,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use std::collections::BTreeSet;
    use std::process::Command;

    use super::{EMPTY, Figures, SIZES, Workspace, fs, judge, rows};
    use crate::command::read;
    use crate::workspace::entries;

    #[test]
    fn every_image_in_the_folder_belongs_to_a_task() {
        let folder = Workspace::read().unwrap().root.join("tests/footprint/src/bin");
        let images = entries(&folder).unwrap().into_iter();
        let images: BTreeSet<_> = images.map(|path| path.file_stem().unwrap().to_owned()).collect();
        let others = [EMPTY, "rest", "residue", "v1_signatures", "branch"];
        assert_eq!(images, rows().map(|row| row.bin).chain(others).map(Into::into).collect());
    }

    #[test]
    fn three_percent_more_or_less_fail_and_no_goal_is_sixteen_percent_above_its_figure() {
        // With the figures of another compiler, a difference is only a warning.
        let version = read(Command::new("rustc").arg("--version")).unwrap();
        assert_eq!(Figures::new().unwrap().compiler(), version.trim_end());
        let text = fs::read_to_string(Workspace::read().unwrap().root.join(SIZES)).unwrap();
        let (before, all) = (Figures::parse(&text).unwrap(), text.matches(" = ").count() - 1);
        let all = all - text.matches(" = 0\n").count();
        for (percent, differ, missed) in [(100, 0, 0), (97, all, 0), (116, all, 21)] {
            let wrong = judge(&before.scaled(percent), &before).map_err(|wrong| wrong.to_string());
            let wrong = wrong.err().unwrap_or_default();
            let counts = [" % ", " is promised"].map(|word| wrong.matches(word).count());
            assert_eq!(counts, [differ, missed], "{percent} %: {wrong}");
        }
    }
}
