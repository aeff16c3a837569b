//! Signing the URLs of a body for one viewer.

use playback_policy::{Layout, Network, Selection, UrlTarget, UrlTerms, Viewer};

use crate::{config, error::EdgeError};

/// On which terms a viewer's URLs are signed, if there are any.
pub(crate) struct Signature<'a> {
    terms: Option<UrlTerms<'a>>,
    expires: i64,
    network: Option<Network>,
    /// All that the tokens depend on, apart from the URLs: bodies of one identity are equal.
    pub(crate) identity: String,
}

impl<'a> Signature<'a> {
    pub(crate) fn of(layout: &Layout<'a>, viewer: &Viewer) -> Self {
        let Some(terms) = layout.terms() else {
            return Self {
                terms: None,
                expires: 0,
                network: None,
                identity: String::new(),
            };
        };
        let expires = terms.expires(viewer.now);
        let network = terms.network(viewer.ip);
        let UrlTerms { key, parameter, .. } = terms;
        Self {
            terms: Some(terms),
            expires,
            network,
            identity: format!("{key} {parameter} {expires} {network:?}"),
        }
    }

    /// The body for this viewer.
    pub(crate) fn render(
        &self,
        layout: &Layout<'_>,
        body: &[u8],
        selection: &Selection,
        errors: Option<&str>,
    ) -> Result<Vec<u8>, EdgeError> {
        let rendered = match self.terms {
            None => layout.render(body, selection, errors, |_| String::new()),
            Some(UrlTerms { key, parameter, .. }) => config::with_url_key(key, |key| {
                let sign = |target: UrlTarget<'_>| {
                    let token = key.token(target, self.expires, self.network);
                    format!("{parameter}={token}")
                };
                layout.render(body, selection, errors, sign)
            })?,
        };
        rendered.map_err(EdgeError::Items)
    }
}
