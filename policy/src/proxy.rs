//! Proxies: what stands between a viewer and us.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A class of proxy a rule can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum ProxyClass {
    /// Hides the viewer's address: location maskers, temporary proxies.
    Anonymous,
    /// A public access point shared by many.
    Public,
    /// A company's shared way out, mostly harmless.
    Corporate,
    /// Tells the viewer's address in a header.
    Transparent,
    /// An address in a data centre.
    Hosting,
    /// A school's or university's shared way out.
    Edu,
    /// A virtual private network.
    Vpn,
    /// The Tor network.
    Tor,
    /// A household's line rented out as a proxy.
    Residential,
    /// A DNS service that routes around geographic restrictions.
    SmartDns,
    /// A consumer privacy relay, which keeps the viewer's country.
    Relay,
}

/// A set of [`ProxyClass`]es.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProxyClasses(u16);

/// What Fastly's VPN and proxy data say of an address. The default says nothing.
///
/// # Source
///
/// Fastly's Compute SDK, `Request::get_vpn_proxy_data`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VpnFacts {
    /// In one or more of the anonymous categories.
    pub anonymous: bool,
    /// A VPN's exit.
    pub anonymous_vpn: bool,
    /// A hosting provider's or data centre's.
    pub hosting_provider: bool,
    /// Found by the technique for proxies over VPNs.
    pub proxy_over_vpn: bool,
    /// A public proxy's exit.
    pub public_proxy: bool,
    /// A privacy relay's exit.
    pub relay_proxy: bool,
    /// A proxy on a household's line.
    pub residential_proxy: bool,
    /// A smart DNS service's exit.
    pub smart_dns_proxy: bool,
    /// A Tor exit.
    pub tor_exit_node: bool,
    /// In a data centre known to be a VPN's.
    pub vpn_datacenter: bool,
}

/// The text is not a class of proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected a class of proxy: {}", names())]
pub struct InvalidProxyClass(());

fn names() -> String {
    ProxyClass::ALL.map(|class| format!("`{class}`")).join(" ")
}

impl ProxyClass {
    /// Every class, in the order they are printed.
    pub const ALL: [Self; 11] = [
        Self::Anonymous,
        Self::Public,
        Self::Corporate,
        Self::Transparent,
        Self::Hosting,
        Self::Edu,
        Self::Vpn,
        Self::Tor,
        Self::Residential,
        Self::SmartDns,
        Self::Relay,
    ];

    /// The token rules write.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Public => "public",
            Self::Corporate => "corporate",
            Self::Transparent => "transparent",
            Self::Hosting => "hosting",
            Self::Edu => "edu",
            Self::Vpn => "vpn",
            Self::Tor => "tor",
            Self::Residential => "residential",
            Self::SmartDns => "smart-dns",
            Self::Relay => "relay",
        }
    }
}

impl FromStr for ProxyClass {
    type Err = InvalidProxyClass;

    fn from_str(text: &str) -> Result<Self, InvalidProxyClass> {
        let is_named = |class: &Self| class.as_str().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(is_named)
            .ok_or(InvalidProxyClass(()))
    }
}

impl fmt::Display for ProxyClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

// === impl ProxyClasses ===

impl ProxyClasses {
    /// The classes that Fastly's two geolocation labels stand for, such as `hosting` and `cloud`.
    ///
    /// Labels are compared as text, because the platform knows more of them than its SDK's enums
    /// do. A privacy relay is a [`ProxyClass::Relay`] and nothing else, whatever its other label
    /// says: it hides the address but keeps the country, and only a rule that names `relay` means
    /// it. An unknown label is no class.
    ///
    /// # Source
    ///
    /// Fastly's VCL reference, `client.geo.proxy_type` and `client.geo.proxy_description`.
    #[must_use]
    pub fn from_labels(proxy_type: &str, description: &str) -> Self {
        let is_relay =
            proxy_type == "consumer-privacy" || matches!(description, "apple" | "google");
        if is_relay {
            return Self::from_iter([ProxyClass::Relay]);
        }
        let by_type = match proxy_type {
            "anonymous" => Some(ProxyClass::Anonymous),
            "public" => Some(ProxyClass::Public),
            "corporate" => Some(ProxyClass::Corporate),
            "transparent" => Some(ProxyClass::Transparent),
            "hosting" => Some(ProxyClass::Hosting),
            "edu" => Some(ProxyClass::Edu),
            // `aol` and `blackberry` name carriers' gateways, `?` means none.
            _ => None,
        };
        let by_description = match description {
            "vpn" => Some(ProxyClass::Vpn),
            "tor-exit" | "tor-relay" => Some(ProxyClass::Tor),
            "dns" => Some(ProxyClass::SmartDns),
            "cloud" => Some(ProxyClass::Hosting),
            "cloud-security" => Some(ProxyClass::Corporate),
            _ => None,
        };
        by_type.into_iter().chain(by_description).collect()
    }

    /// These classes and those that the VPN data stand for.
    ///
    /// A privacy relay stays a [`ProxyClass::Relay`] and nothing else, whichever of the two sources
    /// knows it.
    #[must_use]
    pub fn with_vpn(self, facts: VpnFacts) -> Self {
        let relay = Self::from_iter([ProxyClass::Relay]);
        if facts.relay_proxy || self.first_common(relay).is_some() {
            return relay;
        }
        let is_vpn = facts.anonymous_vpn || facts.proxy_over_vpn || facts.vpn_datacenter;
        let found = [
            (ProxyClass::Anonymous, facts.anonymous),
            (ProxyClass::Public, facts.public_proxy),
            (
                ProxyClass::Hosting,
                facts.hosting_provider || facts.vpn_datacenter,
            ),
            (ProxyClass::Vpn, is_vpn),
            (ProxyClass::Tor, facts.tor_exit_node),
            (ProxyClass::Residential, facts.residential_proxy),
            (ProxyClass::SmartDns, facts.smart_dns_proxy),
        ];
        let found = found.into_iter().filter(|(_, is_so)| *is_so);
        self.iter().chain(found.map(|(class, _)| class)).collect()
    }

    /// Whether no class is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first class that is in both sets.
    #[must_use]
    pub fn first_common(self, other: Self) -> Option<ProxyClass> {
        Self(self.0 & other.0).iter().next()
    }

    /// The classes in the set.
    pub fn iter(self) -> impl Iterator<Item = ProxyClass> {
        ProxyClass::ALL
            .into_iter()
            .filter(move |class| self.0 & (1 << *class as u16) != 0)
    }

    pub(crate) fn bits(self) -> u16 {
        self.0
    }

    /// A set from its bits; `None` when a bit stands for no class.
    pub(crate) fn from_bits(bits: u16) -> Option<Self> {
        (u32::from(bits) < 1 << ProxyClass::ALL.len()).then_some(Self(bits))
    }
}

impl FromIterator<ProxyClass> for ProxyClasses {
    fn from_iter<I: IntoIterator<Item = ProxyClass>>(classes: I) -> Self {
        Self(
            classes
                .into_iter()
                .fold(0, |bits, class| bits | 1 << class as u16),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[track_caller]
    fn check(proxy_type: &str, description: &str, want: &[ProxyClass]) {
        let classes = ProxyClasses::from_labels(proxy_type, description);
        assert_eq!(
            classes,
            want.iter().copied().collect(),
            "{proxy_type}/{description}"
        );
    }

    #[test]
    fn labels_stand_for_classes() {
        use ProxyClass::*;
        check("?", "?", &[]);
        check("", "", &[]);
        check("aol", "?", &[]);
        check("blackberry", "?", &[]);
        check("hosting", "?", &[Hosting]);
        check("?", "cloud-security", &[Corporate]);
        check("anonymous", "vpn", &[Anonymous, Vpn]);
        check("anonymous", "tor-exit", &[Anonymous, Tor]);
        check("anonymous", "tor-relay", &[Anonymous, Tor]);
        check("hosting", "cloud", &[Hosting]);
        check("?", "cloud", &[Hosting]);
        check("corporate", "cloud-security", &[Corporate]);
        check("public", "dns", &[Public, SmartDns]);
        check("transparent", "web-browser", &[Transparent]);
        check("edu", "?", &[Edu]);
        check("new-label", "another", &[]);
    }

    #[test]
    fn a_privacy_relay_is_nothing_but_a_relay() {
        check("consumer-privacy", "?", &[ProxyClass::Relay]);
        check("anonymous", "apple", &[ProxyClass::Relay]);
        check("hosting", "google", &[ProxyClass::Relay]);
    }

    /// Says one thing of an address.
    type Says = fn(&mut VpnFacts);

    #[test]
    #[rustfmt::skip]
    fn vpn_data_stand_for_classes() {
        use ProxyClass::*;
        let rows: [(Says, &[ProxyClass]); 10] = [
            (|facts| facts.anonymous = true,         &[Anonymous]),
            (|facts| facts.anonymous_vpn = true,     &[Vpn]),
            (|facts| facts.hosting_provider = true,  &[Hosting]),
            (|facts| facts.proxy_over_vpn = true,    &[Vpn]),
            (|facts| facts.public_proxy = true,      &[Public]),
            (|facts| facts.relay_proxy = true,       &[Relay]),
            (|facts| facts.residential_proxy = true, &[Residential]),
            (|facts| facts.smart_dns_proxy = true,   &[SmartDns]),
            (|facts| facts.tor_exit_node = true,     &[Tor]),
            (|facts| facts.vpn_datacenter = true,    &[Hosting, Vpn]),
        ];
        for (says, want) in rows {
            let mut facts = VpnFacts::default();
            says(&mut facts);
            let want: ProxyClasses = want.iter().copied().collect();
            assert_eq!(ProxyClasses::default().with_vpn(facts), want, "{facts:?}");
        }
    }

    #[test]
    fn vpn_data_add_to_what_the_labels_say() {
        let labels = ProxyClasses::from_labels("corporate", "?");
        assert_eq!(labels.with_vpn(VpnFacts::default()), labels);
        let facts = VpnFacts {
            anonymous: true,
            residential_proxy: true,
            ..VpnFacts::default()
        };
        let want = [
            ProxyClass::Anonymous,
            ProxyClass::Corporate,
            ProxyClass::Residential,
        ];
        assert!(labels.with_vpn(facts).iter().eq(want));
    }

    #[test]
    fn a_privacy_relay_stays_one_whichever_source_knows_it() {
        let relay = ProxyClasses::from_iter([ProxyClass::Relay]);
        let hiding = VpnFacts {
            anonymous: true,
            hosting_provider: true,
            ..VpnFacts::default()
        };
        let by_label = ProxyClasses::from_labels("consumer-privacy", "apple");
        assert_eq!(by_label.with_vpn(hiding), relay);
        let facts = VpnFacts {
            relay_proxy: true,
            ..hiding
        };
        let by_data = ProxyClasses::from_labels("hosting", "cloud");
        assert_eq!(by_data.with_vpn(facts), relay);
    }

    #[test]
    fn every_class_parses_as_it_prints() {
        for class in ProxyClass::ALL {
            assert_eq!(class.as_str().to_uppercase().parse(), Ok(class));
        }
        assert!("socks".parse::<ProxyClass>().is_err());
    }
}
