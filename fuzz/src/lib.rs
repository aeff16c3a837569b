//! What holds for any bytes: the bodies of the fuzz targets.
//!
//! A target is a function that panics where something does not hold. `cargo xtask fuzz` lets libFuzzer
//! make up its inputs (`targets/`), and `tests/corpus.rs` replays those that were kept (`corpus/`), so
//! that every test run holds the policy crate to them without a fuzzer.
//!
//! | target | for any | holds |
//! |---|---|---|
//! | [`rules`] | layers of rules | print and parse, compile and read; a layer only narrows; what must refuse refuses |
//! | [`policy_key`] | text, key data | only what was minted opens, and opens what was minted |
//! | [`viewer_token`] | text, header and claims | only what was signed is good; what is remembered is recalled |
//! | [`account_keys`] | header text | print and parse; no key but the signer's finds a token good |
//! | [`credentials`] | header values, query | what is found was sent, and in whatever order |
//! | [`cache_key`] | two paths and queries | a key is bounded, plain, asks for what it was made of, and for nothing else |
//! | [`search`] | `q` and `sort` | print and parse; the order of clauses does not matter |
//! | [`site`] | pattern, `Origin`, `Referer` | print and parse; compiled patterns match as written ones |
//! | [`answer`] | status, headers and body | refused, or cached whole, with labels to purge it by |
//! | [`entry`] | cached bytes | read or refused |
//! | [`list`] | body of a list | what is shown is what a naive filter of its JSON shows |
//! | [`signed_urls`] | body of a video, URL token | nothing is changed but for tokens; only what was signed opens |

mod account_keys;
mod answer;
mod cache_key;
mod credentials;
mod entry;
mod input;
mod list;
mod origin;
mod policy_key;
mod rules;
mod search;
mod signed_urls;
mod site;
mod viewer_token;
mod viewers;

pub use account_keys::account_keys;
pub use answer::answer;
pub use cache_key::cache_key;
pub use credentials::credentials;
pub use entry::entry;
pub use list::list;
pub use policy_key::policy_key;
pub use rules::rules;
pub use search::search;
pub use signed_urls::signed_urls;
pub use site::site;
pub use viewer_token::{registered, signed_tokens, viewer_token};

/// What panics where something does not hold.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its program and of its corpus.
pub const TARGETS: [(&str, Target); 12] = [
    ("account_keys", account_keys),
    ("answer", answer),
    ("cache_key", cache_key),
    ("credentials", credentials),
    ("entry", entry),
    ("list", list),
    ("policy_key", policy_key),
    ("rules", rules),
    ("search", search),
    ("signed_urls", signed_urls),
    ("site", site),
    ("viewer_token", viewer_token),
];
