//! Where a database is: a file of SQLite's, or the URL of one of PostgreSQL's.

use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// Where a database is. Any text is one, so that no complaint about it can quote a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file; made if there is none.
    File(PathBuf),
    /// A database on a PostgreSQL server.
    Server(Url),
    /// A URL of something else.
    Unknown,
}

/// A URL that may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Url(String);

/// Nothing can be there. The text is not quoted: part of it may be a password.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidPlace {
    #[error(
        "a database is a file, or a URL that begins with `postgres://`, `postgresql://` or `sqlite:`"
    )]
    Scheme,
    #[error(
        "it is no URL; percent-encode what a user or password has of `/?#[]@:%` (such as `%40` for `@`)"
    )]
    Url,
    #[error("it names no host or no database, as in `postgres://user:password@host/database`")]
    Incomplete,
    #[error("it has a parameter beside {}", PARAMETERS.join(", "))]
    Parameter,
}

/// What may stand behind `?`: a slip would be ignored, and `sslmode` with it.
const PARAMETERS: [&str; 6] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "statement-cache-capacity",
];

impl From<OsString> for Place {
    fn from(text: OsString) -> Self {
        let Some(known) = text.to_str() else {
            return Self::File(text.into());
        };
        let scheme = known
            .split_once(':')
            .map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
        match scheme {
            Some((scheme, rest)) if scheme == "sqlite" => {
                Self::File(rest.strip_prefix("//").unwrap_or(rest).into())
            }
            Some((scheme, _)) if scheme == "postgres" || scheme == "postgresql" => {
                Self::Server(Url(known.to_owned()))
            }
            Some((_, rest)) if rest.starts_with("//") => Self::Unknown,
            Some(_) | None => Self::File(text.into()),
        }
    }
}

impl From<&Path> for Place {
    fn from(file: &Path) -> Self {
        Self::File(file.to_owned())
    }
}

impl fmt::Display for Place {
    /// Without whatever may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Server(url) => url.fmt(f),
            Self::Unknown => f.write_str("(a URL)"),
        }
    }
}

impl Place {
    /// What to look at when it cannot be opened.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::File(_) => {
                "see that its folder exists and can be written, or name another file with `--database`"
            }
            Self::Server(_) | Self::Unknown => {
                "see that the server runs, has this database and lets this user make tables in it, or \
                 name another with `--database`"
            }
        }
    }
}

impl Url {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn check(&self) -> Result<(), InvalidPlace> {
        let url: url::Url = self.0.parse().map_err(|_| InvalidPlace::Url)?;
        let is_known = |name: &str| PARAMETERS.contains(&name);
        if !url.query_pairs().all(|(name, _)| is_known(&name)) {
            return Err(InvalidPlace::Parameter);
        }
        let has_host = url.has_host() || url.query_pairs().any(|(name, _)| name == "host");
        match has_host && url.path().len() > 1 && url.fragment().is_none() {
            true => Ok(()),
            false => Err(InvalidPlace::Incomplete),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.parse::<url::Url>() {
            Ok(url) => {
                let host = url.host_str().unwrap_or_default();
                let port = url.port().map(|port| format!(":{port}"));
                let port = port.unwrap_or_default();
                write!(f, "postgres://{host}{port}{}", url.path())
            }
            Err(_) => f.write_str("postgres://…"),
        }
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str, checked: &Result<(), InvalidPlace>) {
        let place = Place::from(OsString::from(text));
        assert_eq!(place.to_string(), shown, "{text}");
        assert!(
            !format!("{place:?} {place}").contains("secret"),
            "{place:?}"
        );
        let found = match &place {
            Place::File(_) => Ok(()),
            Place::Server(url) => url.check(),
            Place::Unknown => Err(InvalidPlace::Scheme),
        };
        assert_eq!(&found, checked, "{text}");
        let told = found.map_err(|error| error.to_string());
        assert!(told.err().is_none_or(|told| !told.contains("secret")));
    }

    #[test]
    #[rustfmt::skip]
    fn places_are_told_apart_and_never_show_a_password() {
        use InvalidPlace::{Incomplete, Parameter, Scheme, Url};
        check("origin.db", "origin.db", &Ok(()));
        check("/srv/a:b/origin.db", "/srv/a:b/origin.db", &Ok(()));
        check("sqlite:origin.db", "origin.db", &Ok(()));
        check("sqlite:///srv/origin.db", "/srv/origin.db", &Ok(()));
        check("postgres://me:secret@db.example.com/origin", "postgres://db.example.com/origin", &Ok(()));
        check("PostgreSQL://me:secret@[::1]:5433/o?sslmode=require", "postgres://[::1]:5433/o", &Ok(()));
        check("postgres:///origin?host=/run/postgresql", "postgres:///origin", &Ok(()));
        check("postgres://me:secret@db.example.com/o?pasword=secret", "postgres://db.example.com/o", &Err(Parameter));
        check("postgres://me:sec/ret@db.example.com/o", "postgres://…", &Err(Url));
        check("postgres://me:1?secret@db.example.com/o", "postgres://me:1", &Err(Parameter));
        check("postgres://me:secret@db.example.com", "postgres://db.example.com", &Err(Incomplete));
        check("mysql://me:secret@db.example.com/o", "(a URL)", &Err(Scheme));
    }
}
