//! The Compute program and everything it is given, ready to be compiled into contexts.

use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Error, ensure};
use viceroy_lib::config::{FastlyConfig, ShieldingSites, UnknownImportBehavior};
use viceroy_lib::{ExecuteCtx, ProfilingConfig, WasmFeatures};
use wasmtime::ProfilingStrategy;

/// A Wasm file and the configuration it runs with.
///
/// KV Stores live here and not in a context, so all POPs share them, as on Fastly.
pub(crate) struct Program {
    wasm: PathBuf,
    config: FastlyConfig,
    log: Arc<Mutex<dyn Write + Send>>,
    profiling: ProfilingConfig,
}

impl Program {
    /// # Errors
    ///
    /// There is no such file. Whether it holds a program shows when it is compiled.
    pub(crate) fn new(
        wasm: PathBuf,
        config: FastlyConfig,
        log: impl Write + Send + 'static,
        perf_map: bool,
    ) -> Result<Self, Error> {
        ensure!(
            wasm.is_file(),
            "there is no Wasm at `{}` (`--wasm`): run `cargo xtask build` first",
            wasm.display()
        );
        Ok(Self {
            wasm,
            config,
            log: Arc::new(Mutex::new(log)),
            profiling: match perf_map {
                true => ProfilingConfig::Native(ProfilingStrategy::PerfMap),
                false => ProfilingConfig::None,
            },
        })
    }

    /// The shield POPs that the manifest names.
    pub(crate) fn shields(&self) -> ShieldingSites {
        self.config.shielding_sites().clone()
    }

    /// Compiles the program into a context of its own, with an empty cache. Takes a good part of a
    /// second of all cores, so it belongs on a thread that may block.
    ///
    /// # Errors
    ///
    /// The file is not a Wasm program, it wants host calls that this Viceroy lacks, or the machine has
    /// no CA certificates, which Viceroy insists on.
    pub(crate) fn compile(&self, shields: &ShieldingSites) -> Result<Arc<ExecuteCtx>, Error> {
        let config = &self.config;
        let builder = ExecuteCtx::build(
            &self.wasm,
            self.profiling.clone(),
            HashSet::new(),
            UnknownImportBehavior::LinkError,
            false,
            WasmFeatures::default(),
        )?;
        let context = builder
            .with_acls(config.acls().clone())
            .with_backends(config.backends().clone())
            .with_device_detection(config.device_detection().clone())
            .with_dictionaries(config.dictionaries().clone())
            .with_fake_valid_fastly_keys(config.fake_valid_fastly_keys().clone())
            .with_geolocation(config.geolocation().clone())
            .with_object_stores(config.object_stores().clone())
            .with_secret_stores(config.secret_stores().clone())
            .with_shielding_sites(shields.clone())
            .with_capture_logs(Arc::clone(&self.log))
            // Standard output is this process's own protocol: the program's goes with its logs.
            .with_log_stdout(true)
            .finish();
        match context {
            Err(error @ viceroy_lib::Error::TlsNoCAAvailable) => Err(Error::new(error).context(
                "this machine has no CA certificates: install the package `ca-certificates` or set `SSL_CERT_FILE`",
            )),
            other => other.with_context(|| format!("cannot compile `{}` (`--wasm`)", self.wasm.display())),
        }
    }
}

#[cfg(test)]
impl Program {
    /// One of the small programs of `fixtures/`, with nothing configured.
    pub(crate) fn fixture(name: &str) -> Arc<Self> {
        let wat = std::path::Path::new("fixtures").join(name);
        let config = "".parse().expect("an empty manifest is a manifest");
        Arc::new(Self::new(wat, config, std::io::sink(), false).expect("the fixture exists"))
    }
}
