//! From the command line to a checked configuration.

use std::time::Duration;

use playback_policy::{KeyRing, SigningKey};
use thiserror::Error;

use crate::{
    app::{Keys, Proofs},
    args::{HiddenText, ServeArgs, SigningArgs},
    purge::PurgeTarget,
    secret::Secret,
};

/// What cannot be served with. The message says which flag and what to do.
#[derive(Debug, Error)]
pub(crate) enum InvalidConfig {
    /// A secret too short, or unfit for a header.
    #[error(
        "`{flag}`: expected at least 12 characters of printable ASCII without spaces; \
         make one with `openssl rand -hex 24`"
    )]
    Secret {
        /// Where it is set.
        flag: &'static str,
    },
    /// A signing key that is not `NUMBER=SECRET`.
    #[error(
        "`--signing-key`: expected `NUMBER=SECRET` with a number from 0 to 255 and a secret of at \
         least 32 characters; make one with `openssl rand -hex 32`"
    )]
    SigningKey,
    /// The same number for two secrets.
    #[error("`--signing-key`: number {0} is there twice; give each signing key its own")]
    DuplicateSigningKey(u8),
    /// A service id that is no part of a path.
    #[error("`--service-id`: expected letters and digits")]
    ServiceId,
    /// A URL nothing can be posted to.
    #[error("`--purge-url`: expected an `http` or `https` URL with a host")]
    PurgeUrl,
}

/// The proofs both kinds of callers must bring.
pub(crate) fn proofs(args: &ServeArgs) -> Result<Proofs, InvalidConfig> {
    Ok(Proofs {
        edge: secret("--edge-proof", &args.edge_proof)?,
        cms: secret("--cms-token", &args.cms_token)?,
    })
}

/// Where to purge, if anywhere.
pub(crate) fn purge_target(args: &ServeArgs) -> Result<Option<PurgeTarget>, InvalidConfig> {
    let (Some(base), Some(token), Some(service)) =
        (&args.purge_url, &args.purge_token, &args.service_id)
    else {
        return Ok(None);
    };
    if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
        return Err(InvalidConfig::PurgeUrl);
    }
    if service.is_empty() || !service.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(InvalidConfig::ServiceId);
    }
    Ok(Some(PurgeTarget {
        base: base.clone(),
        service: service.clone(),
        token: secret("--purge-token", token)?,
        fill_deadline: Duration::from_millis(args.fill_deadline_ms.into()),
    }))
}

/// The signing keys: the first mints, all verify.
pub(crate) fn signing_keys(args: &SigningArgs) -> Result<Keys, InvalidConfig> {
    let mut numbers = Vec::new();
    let mut keys = Vec::new();
    for text in &args.keys {
        let (number, secret) = text.0.split_once('=').ok_or(InvalidConfig::SigningKey)?;
        let number: u8 = number.parse().map_err(|_| InvalidConfig::SigningKey)?;
        if numbers.contains(&number) {
            return Err(InvalidConfig::DuplicateSigningKey(number));
        }
        numbers.push(number);
        let key = SigningKey::new(number, secret.as_bytes());
        keys.push(key.map_err(|_| InvalidConfig::SigningKey)?);
    }
    let minting = keys.first().cloned().ok_or(InvalidConfig::SigningKey)?;
    Ok(Keys {
        minting,
        ring: KeyRing::new(keys),
    })
}

fn secret(flag: &'static str, text: &HiddenText) -> Result<Secret, InvalidConfig> {
    text.0.parse().map_err(|_| InvalidConfig::Secret { flag })
}
