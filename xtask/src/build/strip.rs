//! Takes out of a Wasm module what only people and tools read.

use anyhow::{Context as _, Result, bail};
use wasmparser::{Encoding, Parser, Payload};

/// Magic number and version, with which every module begins.
const PREAMBLE: usize = 8;

/// A copy of the module without the names of functions and without debug information.
///
/// Those are custom sections, which never change what a program does. `producers` (the language and
/// the tools that made the module, some hundred bytes) stays: whoever runs the service may ask.
///
/// # Errors
///
/// When the bytes are not a well-formed core module.
pub(crate) fn stripped(module: &[u8]) -> Result<Vec<u8>> {
    let mut kept = module
        .get(..PREAMBLE)
        .context("shorter than a Wasm header")?
        .to_vec();
    let mut section_start = PREAMBLE;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.context("not a well-formed Wasm module")?;
        if let Payload::Version {
            encoding: Encoding::Component,
            ..
        } = payload
        {
            bail!("a Wasm component, where a core module was expected");
        }
        // The parts of a section are payloads too; only the whole has a section's number.
        let Some((_, content)) = payload.as_section() else {
            continue;
        };
        let section = module
            .get(section_start..content.end)
            .context("sections out of order")?;
        if !is_for_people(&payload) {
            kept.extend_from_slice(section);
        }
        section_start = content.end;
    }
    Ok(kept)
}

fn is_for_people(payload: &Payload<'_>) -> bool {
    match payload {
        Payload::CustomSection(section) => {
            section.name() == "name" || section.name().starts_with(".debug")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";
    /// A type section with one type: no parameters, no results.
    const TYPES: &[u8] = &[1, 4, 1, 0x60, 0, 0];

    fn custom(name: &str, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(1 + name.len() + content.len()).expect("test sections are short");
        let name_length = u8::try_from(name.len()).expect("test names are short");
        let mut section = vec![0, length, name_length];
        section.extend_from_slice(name.as_bytes());
        section.extend_from_slice(content);
        section
    }

    #[test]
    fn names_and_debug_information_go_and_all_else_stays() {
        let producers = custom("producers", &[0]);
        let module = [
            HEADER,
            &custom(".debug_info", b"lines"),
            TYPES,
            &custom("name", &[]),
            &producers,
            &custom(".debug_str", b"strings"),
        ]
        .concat();
        assert_eq!(
            stripped(&module).expect("a module"),
            [HEADER, TYPES, &producers].concat()
        );
    }

    #[test]
    fn a_module_without_names_stays_as_it_is() {
        let module = [HEADER, TYPES].concat();
        assert_eq!(stripped(&module).expect("a module"), module);
    }

    #[test]
    fn err_truncated_module() {
        let module = [HEADER, &[1, 40, 1]].concat();
        assert!(stripped(&module).is_err());
        assert!(stripped(b"\0as").is_err());
    }

    #[test]
    fn err_component() {
        assert!(stripped(b"\0asm\x0d\0\x01\0").is_err());
    }
}
