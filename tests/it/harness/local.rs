//! The names and secrets that everything local shares. None of them opens anything real.

pub(crate) const SERVICE_ID: &str = "local0service0playback";
pub(crate) const PURGE_TOKEN: &str = "local-purge-token";
pub(crate) const CMS_TOKEN: &str = "local-cms-token";
pub(crate) const EDGE_PROOF: &str = "local-edge-proof-not-a-secret";
pub(crate) const SIGNING_KEY: &str = "1=local-policy-signing-key-1-not-a-secret";
pub(crate) const URL_SIGNING_KEYS: [&str; 2] = [
    "media-1=local-url-signing-key-media-1-not-a-secret",
    "media-2=local-url-signing-key-media-2-not-a-secret",
];
pub(crate) const VIEWER_HEADER: &str = "local-viewer";
