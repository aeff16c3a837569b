//! `mint`: the policy key of some key data, without a CMS.

use std::io::{self, Write};

use playback_policy::{InvalidPolicyKey, PolicyKey};
use thiserror::Error;

use crate::{
    args::MintArgs,
    config::{self, InvalidConfig},
};

/// No key could be minted.
#[derive(Debug, Error)]
pub(crate) enum MintError {
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    #[error("`--data`: {0}; expected an object such as `{{\"account-id\":\"938456\"}}`")]
    Json(#[from] serde_json::Error),
    #[error("`--data`: {0}")]
    Data(#[from] InvalidPolicyKey),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// Prints the key.
pub(crate) fn run(args: &MintArgs) -> Result<(), MintError> {
    let keys = config::signing_keys(&args.signing)?;
    let key = PolicyKey::mint(&serde_json::from_str(&args.data)?, &keys.minting)?;
    writeln!(io::stdout(), "{key}")?;
    Ok(())
}
