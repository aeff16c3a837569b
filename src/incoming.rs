//! The viewer's request, read from the platform as far as anybody asks. Every header is a call of the
//! host: those that nobody looks at cost nothing, however many a browser sends.

use std::net::IpAddr;

use fastly::{
    Request,
    handle::RequestHandle,
    http::{HeaderName, HeaderValue, Method, Url},
};
use playback_policy::{PlaybackError, VpnFacts};

/// The platform takes URLs of 8,192 bytes, scheme and host counted in, and answers longer ones in words
/// of its own. Anything longer than this is answered in the contract's.
///
/// # Source
///
/// Fastly, Compute resource limits: URL 8,192 bytes.
const MAX_TARGET: usize = 7 * 1_024;
/// More than the platform takes.
const MAX_URL: usize = 16 * 1_024;
/// As long as a method needs to be told from others.
const MAX_METHOD: usize = 1_024;
/// The values of most headers fit into this.
const USUAL_HEADER: usize = 1_024;
/// The platform takes 128 KB of headers; what players and browsers send has a tenth of this.
const MAX_HEADER: usize = 64 * 1_024;

/// A request of a viewer, or of another POP.
pub(crate) struct Incoming {
    request: Request,
    /// Nothing where it is too long to be one of ours.
    method: Option<Method>,
    /// The same.
    url: Option<Url>,
}

impl Incoming {
    pub(crate) fn new(request: Request) -> Self {
        let (handle, _body) = request.as_handles();
        Self {
            method: handle.get_method(MAX_METHOD).ok(),
            url: handle.get_url(MAX_URL).ok(),
            request,
        }
    }

    /// The platform's own. A body means nothing with the methods that are answered.
    fn handle(&self) -> &RequestHandle {
        self.request.as_handles().0
    }

    /// The platform's id of the request.
    pub(crate) fn id(&self) -> String {
        self.handle().client_request_id().unwrap_or_default()
    }

    pub(crate) fn method(&self) -> Option<&Method> {
        self.method.as_ref()
    }

    pub(crate) fn is_head(&self) -> bool {
        self.method == Some(Method::HEAD)
    }

    /// The path and the query, dot segments resolved.
    ///
    /// # Errors
    ///
    /// When both together are too long.
    pub(crate) fn target(&self) -> Result<(&str, Option<&str>), PlaybackError> {
        let url = self.url.as_ref().ok_or(PlaybackError::UriTooLong)?;
        let query = url.query();
        match url.path().len() + query.map_or(0, |query| query.len() + 1) {
            0..=MAX_TARGET => Ok((url.path(), query)),
            _ => Err(PlaybackError::UriTooLong),
        }
    }

    pub(crate) fn query(&self) -> Option<&str> {
        self.url.as_ref()?.query()
    }

    /// All values of a header.
    ///
    /// # Errors
    ///
    /// When one is larger than anybody needs.
    pub(crate) fn values(&self, name: &HeaderName) -> Result<Vec<HeaderValue>, PlaybackError> {
        // The platform ends each with a byte of its own.
        let all =
            |len| -> Result<Vec<_>, _> { self.handle().get_header_values(name, len + 1).collect() };
        all(USUAL_HEADER)
            .or_else(|_| all(MAX_HEADER))
            .map_err(|_| PlaybackError::HeadersTooLarge)
    }

    /// The first value of a header.
    pub(crate) fn value(&self, name: &HeaderName) -> Result<Option<HeaderValue>, PlaybackError> {
        Ok(self.values(name)?.into_iter().next())
    }

    /// The address the connection came from.
    pub(crate) fn client(&self) -> Option<IpAddr> {
        self.handle().client_ip_addr()
    }

    /// What the platform knows of proxies beside its labels, where the service is entitled to it.
    pub(crate) fn vpn_facts(&self) -> Option<VpnFacts> {
        let handle = self.handle();
        // This one is about all others: without it there are none.
        let anonymous = handle.vpn_proxy_is_anonymous()?;
        let is = |told: Option<bool>| told.unwrap_or_default();
        Some(VpnFacts {
            anonymous,
            anonymous_vpn: is(handle.vpn_proxy_is_anonymous_vpn()),
            hosting_provider: is(handle.vpn_proxy_is_hosting_provider()),
            proxy_over_vpn: is(handle.vpn_proxy_is_proxy_over_vpn()),
            public_proxy: is(handle.vpn_proxy_is_public_proxy()),
            relay_proxy: is(handle.vpn_proxy_is_relay_proxy()),
            residential_proxy: is(handle.vpn_proxy_is_residential_proxy()),
            smart_dns_proxy: is(handle.vpn_proxy_is_smart_dns_proxy()),
            tor_exit_node: is(handle.vpn_proxy_is_tor_exit_node()),
            vpn_datacenter: is(handle.vpn_proxy_is_vpn_datacenter()),
        })
    }
}
