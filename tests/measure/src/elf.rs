//! An image's ELF file: sizes, symbols and the code of each package.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use addr2line::Context;
use addr2line::gimli::{self, Dwarf, EndianSlice, LittleEndian, SectionId};
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS};
use object::read::elf::ElfFile32;
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags};

use crate::{Result, thousands};

/// Sections that the runtimes' linker scripts reserve. They contain neither code nor statics.
const RESERVED: [&str; 2] = [".heap", ".stack"];

/// The shortest instruction of all boards, in bytes.
const STEP: u64 = 2;

const EMBEDDED: &str = "tc3-embedded ";

/// The contents of an ELF file.
#[derive(Debug)]
pub struct Elf(Vec<u8>);

/// Bytes of code, by the package of the source file; tc3-embedded by module.
#[derive(Debug)]
pub struct Code(BTreeMap<String, u64>);

impl Elf {
    /// Reads an image.
    pub fn read(image: &Path) -> Result<Self> {
        Ok(Self(fs::read(image).map_err(|cause| format!("{}: {cause}", image.display()))?))
    }

    fn parse(&self) -> Result<ElfFile32<'_>> {
        Ok(ElfFile32::parse(&*self.0)?)
    }

    /// Bytes of flash (code, constants and initial values) and of static RAM (the zeroed one included).
    pub fn size(&self) -> Result<(u64, u64)> {
        let (mut flash, mut statics) = (0_u64, 0_u64);
        for section in self.parse()?.sections() {
            let SectionFlags::Elf { sh_flags, sh_type } = section.flags() else { continue };
            if !sh_flags.contains(SHF_ALLOC) || RESERVED.contains(&section.name()?) {
                continue;
            }
            if sh_type != SHT_NOBITS {
                flash = flash.saturating_add(section.size());
            }
            if sh_flags.contains(SHF_WRITE) {
                statics = statics.saturating_add(section.size());
            }
        }
        Ok((flash, statics))
    }

    /// The names of all symbols. Fails if there are none, because a search would prove nothing.
    pub fn symbols(&self) -> Result<Vec<String>> {
        let elf = self.parse()?;
        let names = elf.symbols().filter_map(|symbol| symbol.name().ok()).filter(|name| !name.is_empty());
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.is_empty() { Err("an image has no symbols to look for".into()) } else { Ok(names) }
    }

    /// Finds the source line of each instruction.
    ///
    /// Inlined code counts for the package that it was written in. Inlined code of the standard library
    /// counts for its caller.
    pub fn code(&self) -> Result<Code> {
        let elf = self.parse()?;
        let sources = sources(&elf)?;
        let mut code = BTreeMap::new();
        for section in elf.sections() {
            let SectionFlags::Elf { sh_flags, .. } = section.flags() else { continue };
            if !sh_flags.contains(SHF_EXECINSTR) {
                continue;
            }
            let end = section.address().saturating_add(section.size());
            for address in (section.address()..end).step_by(2) {
                let mut frames = sources.find_frames(address).skip_all_loads()?;
                let mut owner = None;
                while let (None, Some(frame)) = (&owner, frames.next()?) {
                    owner = frame.location.and_then(|location| part(location.file?));
                }
                let bytes: &mut u64 = code.entry(owner.unwrap_or_else(|| "std".to_owned())).or_default();
                *bytes = bytes.saturating_add(STEP);
            }
        }
        Ok(Code(code))
    }
}

/// Maps addresses to source lines.
fn sources<'e>(elf: &ElfFile32<'e>) -> Result<Context<EndianSlice<'e, LittleEndian>>> {
    let section = |id: SectionId| {
        let section = elf.section_by_name(id.name());
        let data = section.and_then(|section| section.data().ok()).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(data, LittleEndian))
    };
    Ok(Context::from_dwarf(Dwarf::load(section)?)?)
}

/// The package of a source file, for tc3-embedded with the module; `None` for the standard library.
fn part(file: &str) -> Option<String> {
    if let Some((_, module)) = file.split_once("/tc3-embedded/src/") {
        return Some(format!("{EMBEDDED}{}", module.split(['/', '.']).next()?));
    }
    if let Some((_, registry)) = file.split_once("/registry/src/") {
        // INDEX/PACKAGE-VERSION/…
        let (name, _version) = registry.split('/').nth(1)?.rsplit_once('-')?;
        return Some(name.to_owned());
    }
    file.split('/').find(|folder| ["tc3-core", "examples"].contains(folder)).map(str::to_owned)
}

impl Code {
    /// The code of tc3-embedded without its TLS module.
    #[must_use]
    pub fn embedded(&self) -> u64 {
        let own = |part: &str| part.starts_with(EMBEDDED) && part != "tc3-embedded tls";
        self.0.iter().filter(|(part, _)| own(part)).map(|(_, bytes)| bytes).sum()
    }
}

/// The parts, the largest first.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<(&String, &u64)> = self.0.iter().collect();
        parts.sort_by_key(|(_, bytes)| Reverse(**bytes));
        parts.iter().try_for_each(|(part, bytes)| writeln!(f, "{:>9}  {part}", thousands(**bytes)))
    }
}
