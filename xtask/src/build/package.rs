//! The archive that `fastly compute deploy --package` takes.

use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// The package as the fastly CLI makes it: one folder of the service's name, with the Wasm in `bin`
/// and the manifest beside it.
///
/// The same input gives the same bytes: no entry carries a time or an owner.
pub(super) fn archive(name: &str, wasm: &[u8], manifest: &[u8]) -> Result<Vec<u8>> {
    let mut archive = Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    folder(&mut archive, &format!("{name}/"))?;
    folder(&mut archive, &format!("{name}/bin/"))?;
    file(&mut archive, &format!("{name}/bin/main.wasm"), wasm)?;
    file(&mut archive, &format!("{name}/fastly.toml"), manifest)?;
    let bytes = archive.into_inner().and_then(GzEncoder::finish);
    bytes.context("cannot write the package")
}

type Archive = Builder<GzEncoder<Vec<u8>>>;

fn folder(archive: &mut Archive, path: &str) -> Result<()> {
    entry(archive, path, EntryType::Directory, 0o755, &[])
}

fn file(archive: &mut Archive, path: &str, content: &[u8]) -> Result<()> {
    entry(archive, path, EntryType::Regular, 0o644, content)
}

fn entry(
    archive: &mut Archive,
    path: &str,
    kind: EntryType,
    mode: u32,
    content: &[u8],
) -> Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(u64::try_from(content.len())?);
    header.set_mtime(0);
    archive
        .append_data(&mut header, Path::new(path), content)
        .with_context(|| format!("cannot add `{path}` to the package"))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn package_has_the_layout_of_the_fastly_cli() {
        let package = archive("svc", b"\0asm", b"name = \"svc\"").expect("an archive");
        let mut entries = Vec::new();
        let mut reader = tar::Archive::new(GzDecoder::new(package.as_slice()));
        for entry in reader.entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let path = entry.path().expect("a path").display().to_string();
            let mut content = String::new();
            entry.read_to_string(&mut content).expect("text");
            entries.push((path, content));
        }
        let want = [
            ("svc/", ""),
            ("svc/bin/", ""),
            ("svc/bin/main.wasm", "\0asm"),
            ("svc/fastly.toml", "name = \"svc\""),
        ];
        assert_eq!(
            entries,
            want.map(|(path, content)| (path.to_owned(), content.to_owned()))
        );
    }

    #[test]
    fn same_input_makes_the_same_package() {
        let make = || archive("svc", b"\0asm", b"").expect("an archive");
        assert_eq!(make(), make());
    }
}
