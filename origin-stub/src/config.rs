//! From the command line to a checked configuration.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use playback_policy::{KeyRing, SigningKey, UrlSigningKey};
use thiserror::Error;

use crate::{
    app::{Keys, Proofs},
    args::{HiddenText, MediaArgs, PurgeArgs, PurgerPlace, ServeArgs, SigningArgs},
    media::Media,
    purge::{PurgePlan, PurgeTarget, Tiers},
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
    #[error("`--service-id`: expected 1 to 64 letters and digits")]
    ServiceId,
    /// A URL nothing can be posted to.
    #[error("`--purge-url`: expected an `http` or `https` URL with a host")]
    PurgeUrl,
    /// A folder that cannot be served from.
    #[error("`--media`: the folder `{}`: {source}", path.display())]
    Media {
        /// As it was given.
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A signing key that is not `NAME=SECRET`.
    #[error(
        "`--url-signing-key`: expected `NAME=SECRET` with a name of 1 to 32 of `A-Z a-z 0-9 _ -` \
         and a secret of at least 32 characters; make one with `openssl rand -hex 32`"
    )]
    UrlSigningKey,
    /// The same name for two secrets.
    #[error("`--url-signing-key`: name `{0}` is there twice; give each signing key its own")]
    DuplicateUrlSigningKey(String),
    /// A name that would not stay as it is in a query.
    #[error("`--url-parameter`: expected 1 to 32 of `A-Z a-z 0-9 _ -`")]
    UrlParameter,
}

/// The proofs both kinds of callers must bring.
pub(crate) fn proofs(args: &ServeArgs) -> Result<Proofs, InvalidConfig> {
    Ok(Proofs {
        edge: secret("--edge-proof", &args.edge_proof)?,
        cms: secret("--cms-token", &args.cms_token)?,
    })
}

/// Who purges, and where.
pub(crate) fn purge_plan(args: &PurgeArgs, place: PurgerPlace) -> Result<PurgePlan, InvalidConfig> {
    match place {
        PurgerPlace::Here => Ok(match &args.purge_url {
            Some(_) => PurgePlan::Here(purge_target(args)?),
            None => PurgePlan::Off,
        }),
        PurgerPlace::Apart => Ok(PurgePlan::Apart {
            service: service(args)?,
            tiers: tiers(args),
        }),
    }
}

/// Where to purge.
pub(crate) fn purge_target(args: &PurgeArgs) -> Result<PurgeTarget, InvalidConfig> {
    let base = args.purge_url.as_ref().ok_or(InvalidConfig::PurgeUrl)?;
    if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
        return Err(InvalidConfig::PurgeUrl);
    }
    let token = args.purge_token.as_ref();
    let flag = "--purge-token";
    Ok(PurgeTarget {
        base: base.clone(),
        service: service(args)?,
        token: secret(flag, token.ok_or(InvalidConfig::Secret { flag })?)?,
        fill_deadline: Duration::from_millis(args.fill_deadline_ms.into()),
        tiers: tiers(args),
    })
}

/// How far a purge has to reach.
pub(crate) fn tiers(args: &PurgeArgs) -> Tiers {
    match args.cache_tiers {
        1 => Tiers::One,
        _ => Tiers::Two,
    }
}

/// The service whose purger it is: part of a URL's path, and of a file's name.
pub(crate) fn service(args: &PurgeArgs) -> Result<String, InvalidConfig> {
    match &args.service_id {
        Some(id)
            if (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            Ok(id.clone())
        }
        Some(_) | None => Err(InvalidConfig::ServiceId),
    }
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

/// The media folder, if there is one.
pub(crate) fn media(args: &MediaArgs) -> Result<Option<Arc<Media>>, InvalidConfig> {
    let mut keys: Vec<UrlSigningKey> = Vec::new();
    for text in &args.url_signing_keys {
        let (name, secret) = text.0.split_once('=').ok_or(InvalidConfig::UrlSigningKey)?;
        let key = UrlSigningKey::new(name, secret.as_bytes());
        let key = key.map_err(|_| InvalidConfig::UrlSigningKey)?;
        if keys.iter().any(|other| other.name() == name) {
            return Err(InvalidConfig::DuplicateUrlSigningKey(name.to_owned()));
        }
        keys.push(key);
    }
    let parameter = &args.parameter;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if !(1..=32).contains(&parameter.len()) || !parameter.bytes().all(is_plain) {
        return Err(InvalidConfig::UrlParameter);
    }
    let Some(path) = &args.folder else {
        return Ok(None);
    };
    let media = Media::new(path, keys, parameter.clone());
    let media = media.map_err(|source| InvalidConfig::Media {
        path: path.clone(),
        source,
    })?;
    Ok(Some(Arc::new(media)))
}

fn secret(flag: &'static str, text: &HiddenText) -> Result<Secret, InvalidConfig> {
    text.0.parse().map_err(|_| InvalidConfig::Secret { flag })
}
