//! What can go wrong at the edge, told to operators in full and to viewers in the contract's words.

use fastly::cache::core::CacheError;
use playback_policy::{
    InvalidAnswer, InvalidCompiled, InvalidCredential, InvalidEntry, InvalidFacts,
    InvalidPolicyKey, PlaybackError, Retrieving,
};
use thiserror::Error;

/// Why a request was not answered with what it asked for.
#[derive(Debug, Error)]
pub(crate) enum EdgeError {
    /// A plain answer of the contract; the code says all there is.
    #[error("{}", .0.message())]
    Answer(PlaybackError),
    /// None of a list's items may be had by this viewer: each kind of refusal once.
    #[error("every item of the list is refused")]
    AllRefused(Vec<PlaybackError>),
    #[error(transparent)]
    Credential(InvalidCredential),
    #[error(transparent)]
    PolicyKey(InvalidPolicyKey),
    #[error("the policy key's rules cannot be used: {0}")]
    KeyRules(InvalidCompiled),
    #[error("the cached list cannot be used: {0}")]
    Items(InvalidCompiled),
    #[error("`Playback-Explain` cannot be understood: {0}")]
    Facts(InvalidFacts),
    #[error("the {kind} `{name}` is missing: see fastly.toml for what the service needs")]
    Missing { kind: &'static str, name: String },
    #[error("`{name}` must be {expected}")]
    Malformed {
        name: &'static str,
        expected: &'static str,
    },
    #[error("the platform tells no client address")]
    NoClientAddress,
    #[error("the cache failed: {0}")]
    Cache(#[source] CacheError),
    #[error("too many {0} from the viewer's network")]
    TooMany(&'static str),
    #[error("gave up waiting for another viewer's request to the origin")]
    Waited,
    #[error("the cached entry cannot be used: {0}")]
    Entry(#[from] InvalidEntry),
    #[error("the cached entry cannot be read: {0}")]
    EntryBody(#[source] std::io::Error),
    #[error("the origin cannot be reached: {0}")]
    Unreachable(String),
    #[error("the origin took longer than the fill deadline")]
    TooSlow,
    #[error("the origin's body broke off: {0}")]
    BrokenBody(#[source] std::io::Error),
    #[error("the shield gave no copy of an origin's answer")]
    Shield,
    #[error(transparent)]
    Origin(InvalidAnswer),
}

impl EdgeError {
    pub(crate) fn missing(kind: &'static str, name: &str) -> Self {
        Self::Missing {
            kind,
            name: name.to_owned(),
        }
    }

    pub(crate) fn malformed(name: &'static str, expected: &'static str) -> Self {
        Self::Malformed { name, expected }
    }

    /// What the viewer is told, when this came of `retrieving`. Details stay in the log.
    pub(crate) fn told(&self, retrieving: Retrieving) -> Vec<PlaybackError> {
        let error = match self {
            Self::Answer(error) => *error,
            Self::AllRefused(errors) => return errors.clone(),
            Self::Credential(_) | Self::PolicyKey(_) => PlaybackError::InvalidPolicyKey,
            Self::Facts(_) => PlaybackError::BadRequest,
            Self::TooMany(_) => PlaybackError::TooManyRequests,
            Self::KeyRules(_)
            | Self::Missing { .. }
            | Self::Malformed { .. }
            | Self::NoClientAddress => PlaybackError::Misconfigured,
            Self::Cache(_)
            | Self::Items(_)
            | Self::Entry(_)
            | Self::EntryBody(_)
            | Self::Unreachable(_)
            | Self::BrokenBody(_)
            | Self::Shield
            | Self::Origin(_) => PlaybackError::BadOrigin(retrieving),
            Self::TooSlow | Self::Waited => PlaybackError::OriginTimeout,
        };
        vec![error]
    }

    /// The word operators search the log by, when this is a failure of ours and not an answer.
    pub(crate) fn failure(&self) -> Option<&'static str> {
        match self {
            Self::Answer(_)
            | Self::AllRefused(_)
            | Self::Credential(_)
            | Self::PolicyKey(_)
            | Self::Facts(_)
            | Self::TooMany(_) => None,
            Self::KeyRules(_)
            | Self::Missing { .. }
            | Self::Malformed { .. }
            | Self::NoClientAddress => Some("CONFIG_ERROR"),
            Self::Cache(_) | Self::Items(_) | Self::Entry(_) | Self::EntryBody(_) => {
                Some("CACHE_ERROR")
            }
            Self::Waited | Self::TooSlow => Some("ORIGIN_TIMEOUT"),
            Self::Unreachable(_) | Self::BrokenBody(_) | Self::Shield => Some("ORIGIN_ERROR"),
            Self::Origin(answer) if is_about_rules(answer) => Some("POLICY_ERROR"),
            Self::Origin(_) => Some("ORIGIN_ERROR"),
        }
    }

    /// Whether another origin may do better: this one cannot be reached, breaks off, fails or takes
    /// more than its share of the time. Not where it answered with restrictions that cannot be
    /// understood.
    pub(crate) fn is_of_one_origin(&self) -> bool {
        self.allows_stale() && !matches!(self, Self::Waited | Self::TooMany(_))
    }

    /// Whether a stale copy may stand in. Not where the origin answered with restrictions that
    /// cannot be understood: they may be new.
    pub(crate) fn allows_stale(&self) -> bool {
        match self {
            Self::Unreachable(_)
            | Self::TooSlow
            | Self::BrokenBody(_)
            | Self::Waited
            | Self::TooMany(_) => true,
            Self::Origin(answer) => !is_about_rules(answer),
            _ => false,
        }
    }
}

/// Whether the answer's restrictions or labels, rather than its body, are at fault.
fn is_about_rules(answer: &InvalidAnswer) -> bool {
    match answer {
        InvalidAnswer::Rules { .. }
        | InvalidAnswer::Header(_)
        | InvalidAnswer::UrlSigning(_)
        | InvalidAnswer::AccountKeys(_)
        | InvalidAnswer::SurrogateKeys(_)
        | InvalidAnswer::ItemWithoutRules
        | InvalidAnswer::OtherResource => true,
        InvalidAnswer::Status(_)
        | InvalidAnswer::Error
        | InvalidAnswer::Body
        | InvalidAnswer::TooLarge(_) => false,
    }
}

impl From<PlaybackError> for EdgeError {
    fn from(error: PlaybackError) -> Self {
        Self::Answer(error)
    }
}
