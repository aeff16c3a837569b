//! Who may play what.
//!
//! The pure heart of playback-edge: the rule model and its header text, the compiled form a cached
//! entry carries, the decision, the wire errors, policy keys, routes and cache keys. The edge
//! program and the origin both build on it, so a rule means the same on either side.
//!
//! What this crate does not do: no I/O, no clock, no randomness, no HTTP server, no CDN. Time,
//! address and headers are passed in; statuses and texts come out. (The program `explain` beside it
//! reads files and the clock, for people who ask at a terminal.)
//!
//! ```
//! use playback_policy::{Compiled, Decision, LayerKind, Rules, Viewer, compile, decide};
//!
//! let video: Rules = r#"geo-allow=("DE" "AT"), from=@1767225600"#.parse()?;
//! let entry = compile(&[(LayerKind::Video, &video)]);
//! let compiled = Compiled::read(&entry)?;
//!
//! let mut viewer = Viewer::new([203, 0, 113, 7].into(), 1_767_225_600);
//! viewer.place.country = "AT".parse().ok();
//! assert_eq!(decide(&compiled, &viewer), Decision::Allow);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

mod answer;
mod check;
mod compiled;
mod credential;
mod cut;
mod decide;
mod decision;
mod domain;
mod entry;
mod explain;
mod facts;
mod hex;
mod hop;
mod id;
mod layout;
mod network;
mod place;
mod playback_error;
mod policy_key;
mod proxy;
mod route;
mod rules;
mod schedule;
mod search;
mod strict_json;
mod surrogate_key;
mod token;
mod url_signing;
mod validator;
mod viewer;
mod wire;

pub use answer::{Answer, AnswerRules, InvalidAnswer, Limits, Overlay};
pub use check::Check;
pub use compiled::{Compiled, HeldLayer, InvalidCompiled, Needs, compile, compile_report_only};
pub use credential::{Credential, InvalidCredential, bcov_auth};
pub use decide::{decide, decide_reported};
pub use decision::{Decision, Denial, DenyReason, Seen};
pub use domain::{DomainPattern, InvalidDomainPattern, Site};
pub use entry::{Entry, EntryHead, EntryKind, InvalidEntry, Plan, TokenSection};
pub use explain::{
    Checked, Explanation, Grounds, Group, Groups, InvalidPlaces, Outcome, Places, Played, Refusal,
    explain, where_it_plays,
};
pub use facts::{ExplainHeader, InvalidFacts, ViewerFacts};
pub use hex::Hex;
pub use hop::{InvalidHop, OriginAnswer};
pub use id::{AccountId, AclName, InvalidId, KeyId, PlaylistId, ReferenceId, VideoId};
pub use layout::{ExplainedItems, Layout, Selection};
pub use network::{InvalidNetwork, Network, client_network};
pub use place::{Circle, CountryCode, InvalidPlace, Metro, Place, Position, Postal, Subdivision};
pub use playback_error::{PlaybackError, Retrieving};
pub use policy_key::{
    InvalidPolicyKey, InvalidSigningKey, KeyGeo, KeyRing, PolicyKey, PolicyKeyData, SigningKey,
};
pub use proxy::{InvalidProxyClass, ProxyClass, ProxyClasses, VpnFacts};
pub use route::{
    CacheKey, InvalidRoute, MAX_OFFSET, Page, PlaybackRequest, PlaylistSelector, Resource, Route,
    Search, Selector, StaticAsset, VideoSelector,
};
pub use rules::{LayerKind, Member, Rules, Verdict};
pub use schedule::{HourRange, InvalidHourRange, InvalidWeekday, Weekday, Weekdays};
pub use search::{
    Clause, Condition, DateField, DateRange, InvalidQuery, InvalidSort, Moment, Occurs, Query,
    Sort, SortField, TextField,
};
pub use strict_json::strict_json;
pub use surrogate_key::{InvalidSurrogateKey, SurrogateKey, SurrogateKeySet};
pub use token::{
    AccountKey, AccountKeys, BearerToken, Claims, InvalidAccountKeys, InvalidBearer, InvalidToken,
    TokenFacts, TokenRefusal, TokenUse, TokenVideo, VerifiedToken, ViewerToken,
};
pub use url_signing::{
    Bind, InvalidUrlSigning, InvalidUrlSigningKey, InvalidUrlToken, UrlSigning, UrlSigningKey,
    UrlTarget, UrlTerms,
};
pub use validator::is_none_match;
pub use viewer::{TokenState, Viewer, ViewerPlace};
pub use wire::{InvalidRules, StrictError};
