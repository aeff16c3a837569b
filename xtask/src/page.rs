//! Pages in `docs/` that a command writes: prose from a template, figures from what was measured.

pub(crate) mod kept;
pub(crate) mod template;

/// A file of the working tree.
#[cfg(test)]
pub(crate) fn committed(file: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(file)).expect(file)
}
