//! The parts of a Wasm module that have a size.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use wasmparser::{KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    pub(super) functions: Vec<Function<'a>>,
    /// Bytes of the data section.
    pub(super) data: usize,
}

#[derive(Debug)]
pub(super) struct Function<'a> {
    /// As the compiler wrote it; nothing in a stripped module.
    pub(super) name: Option<&'a str>,
    /// Bytes of its body.
    pub(super) size: usize,
}

impl<'a> Module<'a> {
    /// # Errors
    ///
    /// When the bytes are not a well-formed module.
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut module = Self::default();
        // Imported functions are counted first, and have no bodies.
        let mut imported = 0;
        let mut names = HashMap::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.context("not a well-formed Wasm module")? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        if let TypeRef::Func(_) = import?.ty {
                            imported += 1;
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => module.functions.push(Function {
                    name: None,
                    size: body.range().len(),
                }),
                Payload::DataSection(data) => module.data = data.range().len(),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(section) = section.as_known() {
                        names = function_names(section)?;
                    }
                }
                _ => {}
            }
        }
        for (index, function) in (imported..).zip(&mut module.functions) {
            function.name = names.get(&index).copied();
        }
        Ok(module)
    }
}

fn function_names(section: NameSectionReader<'_>) -> Result<HashMap<u32, &str>> {
    let mut names = HashMap::new();
    for part in section {
        if let Name::Function(functions) = part? {
            for naming in functions {
                let naming = naming?;
                names.insert(naming.index, naming.name);
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One import, then two functions, of which only the second has a name; 3 bytes of data.
    const MODULE: &[&[u8]] = &[
        b"\0asm\x01\0\0\0",
        // Types: one, no parameters, no results.
        &[1, 4, 1, 0x60, 0, 0],
        // Imports: the function `e.f`.
        &[2, 7, 1, 1, b'e', 1, b'f', 0, 0],
        // Functions: two.
        &[3, 3, 2, 0, 0],
        // Memory: one, of at least 0 pages.
        &[5, 3, 1, 0, 0],
        // Code: `end`; and `nop`, `end`.
        &[10, 8, 2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b],
        // Data: one segment at 0, of 3 bytes.
        &[11, 9, 1, 0, 0x41, 0, 0x0b, 3, 1, 2, 3],
        // Names: of function 0 (the import) and 2.
        &[
            0, 14, 4, b'n', b'a', b'm', b'e', 1, 7, 2, 0, 1, b'f', 2, 1, b'g',
        ],
    ];

    #[test]
    fn names_belong_to_bodies_although_imports_are_counted_first() {
        let wasm = MODULE.concat();
        let module = Module::read(&wasm).expect("a module");
        let functions: Vec<_> = module
            .functions
            .iter()
            .map(|function| (function.name, function.size))
            .collect();
        assert_eq!(functions, [(None, 2), (Some("g"), 3)]);
        assert_eq!(module.data, 9);
    }

    #[test]
    fn err_truncated_module() {
        let wasm = MODULE.concat();
        assert!(Module::read(&wasm[..wasm.len() - 20]).is_err());
    }
}
