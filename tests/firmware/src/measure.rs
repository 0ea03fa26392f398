//! Measures an image's size, and attributes its code to packages.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use addr2line::Context;
use addr2line::gimli::{self, Dwarf, EndianSlice, LittleEndian, SectionId};
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS};
use object::read::elf::ElfFile32;
use object::{Object, ObjectSection, SectionFlags};

use crate::table::thousands;

/// Sections that the linker script reserves and no code defines.
const RESERVED: [&str; 2] = [".heap", ".stack"];

/// The shortest instruction of both architectures, in bytes.
const STEP: u64 = 2;

/// The part for code of no package.
const STD: &str = "std";

const OURS: &str = "tc3-embedded ";
const TLS: &str = "tc3-embedded tls";

/// The sizes in an image's ELF file, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// Code, constants and initial values.
    pub(crate) flash: u64,
    /// Statics, the zeroed ones included.
    pub(crate) statics: u64,
    /// Code by the package of its source file; tc3-embedded by module.
    pub(crate) code: BTreeMap<String, u64>,
    /// The compiler's name and version, as it wrote them into the image.
    pub(crate) compiler: String,
}

impl Size {
    /// The code of tc3-embedded without its TLS module.
    pub(crate) fn own_code(&self) -> u64 {
        let own = |part: &str| part.starts_with(OURS) && part != TLS;
        self.code.iter().filter(|(part, _)| own(part)).map(|(_, bytes)| bytes).sum()
    }

    pub(crate) fn of(image: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(image)?;
        let elf: ElfFile32<'_> = ElfFile32::parse(&*bytes)?;
        let mut size = Self { flash: 0, statics: 0, code: BTreeMap::new(), compiler: String::new() };
        let sources = sources(&elf)?;
        for section in elf.sections() {
            let SectionFlags::Elf { sh_flags, sh_type } = section.flags() else { continue };
            let name = section.name()?;
            if name == ".comment" {
                size.compiler = compiler(section.data()?);
            }
            if !sh_flags.contains(SHF_ALLOC) || RESERVED.contains(&name) {
                continue;
            }
            if sh_type != SHT_NOBITS {
                size.flash = size.flash.saturating_add(section.size());
            }
            if sh_flags.contains(SHF_WRITE) {
                size.statics = size.statics.saturating_add(section.size());
            }
            if sh_flags.contains(SHF_EXECINSTR) {
                attribute(&sources, section.address(), section.size(), &mut size.code)?;
            }
        }
        Ok(size)
    }
}

/// The parts of the image, the largest first.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(&String, &u64)> = self.code.iter().collect();
        parts.sort_by_key(|(_, bytes)| Reverse(**bytes));
        for (part, bytes) in parts {
            writeln!(f, "{:>9}  {part}", thousands(*bytes))?;
        }
        let [own, flash, statics] = [self.own_code(), self.flash, self.statics].map(thousands);
        writeln!(f, "{own:>9}  bytes of code of tc3-embedded without TLS")?;
        writeln!(f, "{flash:>9}  bytes of flash, constants and initial values included")?;
        writeln!(f, "{statics:>9}  bytes of static RAM")
    }
}

/// Maps addresses to source lines.
type Sources<'e> = Context<EndianSlice<'e, LittleEndian>>;

fn sources<'e>(elf: &ElfFile32<'e>) -> Result<Sources<'e>, Box<dyn Error>> {
    let section = |id: SectionId| {
        let section = elf.section_by_name(id.name());
        let data = section.and_then(|section| section.data().ok()).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(data, LittleEndian))
    };
    Ok(Context::from_dwarf(Dwarf::load(section)?)?)
}

/// Adds the bytes of a section to the parts that they belong to.
///
/// Inlined code counts for the package that it was written in. Inlined code of the standard library
/// counts for its caller.
fn attribute(
    sources: &Sources<'_>,
    start: u64,
    len: u64,
    code: &mut BTreeMap<String, u64>,
) -> Result<(), Box<dyn Error>> {
    for address in (start..start.saturating_add(len)).step_by(2) {
        let mut frames = sources.find_frames(address).skip_all_loads()?;
        let mut owner = None;
        while let (None, Some(frame)) = (&owner, frames.next()?) {
            owner = frame.location.and_then(|location| part(location.file?));
        }
        let bytes = code.entry(owner.unwrap_or_else(|| STD.to_owned())).or_default();
        *bytes = bytes.saturating_add(STEP);
    }
    Ok(())
}

/// The package of a source file, for tc3-embedded with the module; `None` for the standard library.
fn part(file: &str) -> Option<String> {
    let mut folders = file.split('/');
    if let Some((_, module)) = file.split_once("/tc3-embedded/src/") {
        return Some(format!("{OURS}{}", module.split(['/', '.']).next()?));
    }
    if file.contains("/registry/src/") {
        // …/registry/src/INDEX/PACKAGE-VERSION/…
        let (name, _version) = folders.skip_while(|it| *it != "registry").nth(3)?.rsplit_once('-')?;
        return Some(name.to_owned());
    }
    let ours = |folder: &&str| *folder == "tc3-core" || *folder == "examples";
    match folders.find(ours)? {
        "examples" => Some("examples".to_owned()),
        package => Some(package.to_owned()),
    }
}

/// The compiler among the NUL-terminated strings of `.comment`.
fn compiler(comment: &[u8]) -> String {
    let mut strings = comment.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    strings.find(|string| string.starts_with("rustc")).unwrap_or_default().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Size, compiler, part};

    #[test]
    fn a_source_file_belongs_to_a_package_and_in_tc3_embedded_to_a_module() {
        let parts = [
            "/home/me/tc3/tc3-embedded/src/client/reply.rs",
            "/home/me/tc3/tc3-embedded/src/http.rs",
            "/home/me/tc3/tc3-core/src/sign.rs",
            "/home/me/tc3/examples/board/src/blocking.rs",
            "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/rustls-webpki-0.103.16/src/der.rs",
            "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/fmt/mod.rs",
        ];
        let expected = ["tc3-embedded client", "tc3-embedded http", "tc3-core", "examples", "rustls-webpki"];
        let found: Vec<String> = parts.iter().filter_map(|file| part(file)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn own_code_leaves_out_tls_and_signing() {
        let code =
            [("tc3-embedded tls", 1), ("tc3-core", 2), ("tc3-embedded http", 4), ("tc3-embedded clock", 8)];
        let code = code.map(|(part, bytes)| (part.to_owned(), bytes)).into();
        assert_eq!(Size { flash: 0, statics: 0, code, compiler: String::new() }.own_code(), 12);
    }

    #[test]
    fn the_compiler_is_found_beside_the_linker() {
        assert_eq!(compiler(b"Linker: LLD 22\0rustc version 1.95.0 (5980)\0"), "rustc version 1.95.0 (5980)");
    }
}
