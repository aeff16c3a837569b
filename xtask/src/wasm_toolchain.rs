//! Finds, or installs, a Rust standard library for Wasm.
//!
//! Three places, in this order: the compiler at hand has one; rustup can add it; Debian's compiler
//! builds it from the sources that Debian ships. The last works where rustup's server is out of
//! reach, or where Rust came without rustup.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use clap::ValueEnum;

use crate::workspace::Workspace;
use crate::{apt, process, say};

/// `rustup target add` fetches some 20 MB. Where its server is out of reach it may hang instead of failing.
const RUSTUP_LIMIT: Duration = Duration::from_secs(300);

/// Debian's compiler. By its full path: rustup's stands before it on the path.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

const DEBIAN_LINKER: &str = "wasm-ld-19";

/// A Wasm platform that some part of the workspace is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmTarget {
    /// What Fastly Compute runs: the edge program.
    Wasip1,
    /// What JavaScript engines run: the policy crate's own tests, under Node.
    Unknown,
}

/// Which way to the standard library is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WasmChoice {
    /// Look, and take the first that works
    Auto,
    /// The compiler at hand, with a target that rustup adds
    Rustup,
    /// Debian's compiler, with a standard library built from Debian's sources
    Debian,
}

/// A compiler and a standard library that together make Wasm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WasmToolchain {
    target: WasmTarget,
    way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The compiler at hand has the standard library.
    AtHand,
    /// Debian's compiler; cargo builds the standard library too.
    Debian,
}

// === impl WasmTarget ===

impl WasmTarget {
    pub(crate) fn triple(self) -> &'static str {
        match self {
            Self::Wasip1 => "wasm32-wasip1",
            Self::Unknown => "wasm32-unknown-unknown",
        }
    }

    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::Wasip1 => &["rustc-web", "rust-web-src", "lld-19", "wasi-libc"],
            Self::Unknown => &["rustc-web", "rust-web-src", "lld-19"],
        }
    }

    /// Debian's compiler brings neither linker nor C library of its own, so both are named.
    fn debian_rustflags(self) -> String {
        let linker = format!("-C linker={DEBIAN_LINKER} -C link-self-contained=no");
        match self {
            Self::Wasip1 => format!(
                "{linker} -L /usr/lib/wasm32-wasi -C link-arg=/usr/lib/wasm32-wasi/crt1-command.o"
            ),
            Self::Unknown => linker,
        }
    }
}

// === impl WasmToolchain ===

impl WasmToolchain {
    /// Finds the toolchain, installs what is missing, and tells which way it took.
    pub(crate) fn find(choice: WasmChoice, target: WasmTarget) -> Result<Self> {
        say::step(&format!(
            "Looking for a standard library for {}",
            target.triple()
        ));
        let way = match choice {
            WasmChoice::Auto => at_hand_or_rustup(target).or_else(|reason| {
                say::detail(&format!("not with rustup: {reason}"));
                debian(target).with_context(|| neither(target))
            }),
            WasmChoice::Rustup => at_hand_or_rustup(target),
            WasmChoice::Debian => debian(target),
        }?;
        Ok(Self { target, way })
    }

    /// A cargo call that compiles for this target: `build`, `test`, `clippy`.
    pub(crate) fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        let mut command = workspace.cargo();
        command.args([subcommand, "--target", self.target.triple()]);
        if self.way == Way::Debian {
            command
                .args(["-Z", "build-std=std,panic_abort"])
                .env("RUSTC", DEBIAN_RUSTC)
                // Debian's is a stable compiler, and building the standard library a nightly feature.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTFLAGS", self.target.debian_rustflags())
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                // Set by `cargo run` to the libraries of the other compiler.
                .env_remove("LD_LIBRARY_PATH")
                // Two compilers in one target folder would rebuild everything at each change of hands.
                .env("CARGO_TARGET_DIR", self.target_folder(workspace));
        }
        command
    }

    /// Where `cargo build --release` leaves a program.
    pub(crate) fn release(&self, workspace: &Workspace, program: &str) -> PathBuf {
        self.target_folder(workspace)
            .join(self.target.triple())
            .join("release")
            .join(program)
            .with_extension("wasm")
    }

    /// Whether `cargo clippy` and `cargo doc` can use it: both need their companion of the same compiler.
    pub(crate) fn is_at_hand(&self) -> bool {
        self.way == Way::AtHand
    }

    pub(crate) fn target_folder(&self, workspace: &Workspace) -> PathBuf {
        match self.way {
            Way::AtHand => workspace.target(""),
            Way::Debian => workspace.target("debian"),
        }
    }
}

fn at_hand_or_rustup(target: WasmTarget) -> Result<Way> {
    if compiler_has(target) {
        say::detail("found: the compiler at hand has it");
        return Ok(Way::AtHand);
    }
    if !process::exists("rustup") {
        return Err(anyhow!(
            "the compiler at hand lacks it, and there is no rustup to add it"
        ));
    }
    say::detail(&format!("running `rustup target add {}`", target.triple()));
    let mut rustup = Command::new("rustup");
    process::run_within(
        RUSTUP_LIMIT,
        // A backtrace of rustup's says nothing about why its server is out of reach.
        rustup
            .args(["target", "add", target.triple()])
            .env("RUST_BACKTRACE", "0"),
    )?;
    if !compiler_has(target) {
        return Err(anyhow!(
            "rustup added the target, but not for the compiler in use (`rustup show` tells which that is)"
        ));
    }
    say::detail("installed with rustup");
    Ok(Way::AtHand)
}

/// Whether the folder in which the compiler looks for the target's libraries holds the standard library.
fn compiler_has(target: WasmTarget) -> bool {
    let mut rustc = Command::new("rustc");
    let folder =
        process::output(rustc.args(["--print", "target-libdir", "--target", target.triple()]));
    folder.is_ok_and(|folder| holds_standard_library(Path::new(folder.trim())))
}

fn holds_standard_library(folder: &Path) -> bool {
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn debian(target: WasmTarget) -> Result<Way> {
    apt::install(target.debian_packages())?;
    let mut rustc = Command::new(DEBIAN_RUSTC);
    let version = process::output(rustc.arg("--version").env_remove("LD_LIBRARY_PATH"))?;
    say::detail(&format!(
        "using Debian's {}; its standard library is built from source, once",
        version.trim()
    ));
    Ok(Way::Debian)
}

fn neither(target: WasmTarget) -> String {
    format!(
        "no Rust standard library for {0}: run `rustup target add {0}` where its server can be reached, \
         or on Debian, as root, `apt-get install {1}`",
        target.triple(),
        target.debian_packages().join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_library_is_there_when_its_archive_is() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!holds_standard_library(&folder.path().join("none")));
        std::fs::write(folder.path().join("libcore-0a.rlib"), []).expect("a file");
        assert!(!holds_standard_library(folder.path()));
        std::fs::write(folder.path().join("libstd-0a.rlib"), []).expect("a file");
        assert!(holds_standard_library(folder.path()));
    }

    #[test]
    fn without_any_way_both_remedies_are_told() {
        let text = neither(WasmTarget::Wasip1);
        assert!(text.contains("rustup target add wasm32-wasip1"), "{text}");
        assert!(text.contains("apt-get install rustc-web"), "{text}");
    }
}
