//! Handlers: from a request to a call, from its outcome to a response. They know no SQL.

pub(crate) mod accounts;
pub(crate) mod changes;
mod edited;
pub(crate) mod explain;
pub(crate) mod health;
pub(crate) mod media;
pub(crate) mod metrics;
pub(crate) mod playback;
pub(crate) mod policy_keys;
pub(crate) mod purger;
pub(crate) mod records;
pub(crate) mod token_keys;

pub(crate) use edited::Shown;
