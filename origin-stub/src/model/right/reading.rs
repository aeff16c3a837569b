//! How a playback right is read where its documentation is silent, or says two things.
//!
//! Each point is a line here and a row of `docs/rules.md`, "Points that are ours to settle".

use playback_policy::ProxyClass;

/// A reading of playback rights.
pub(super) struct Reading {
    /// Whether `allow_all` also looks at the lists that allow, and `block_all` at those that block.
    /// Then a more specific list exempts from a broader one, as without a global rule.
    ///
    /// The vendor's flow diagram has one kind of list in either case, and so does the reference:
    /// "from anywhere except the blacklisted locations".
    pub(super) global_rules_heed_both_lists: bool,
    /// Whether, without a global rule, any list that allows refuses whomever no list names; if not,
    /// only where that list says "only these" by itself.
    ///
    /// The diagram has no arrow for that case. The examples call a right with nothing but
    /// `allowed_countries` valid for these only.
    pub(super) any_allowed_list_refuses_the_rest: bool,
    /// Whether a single address is more specific than a network, so that one that is allowed plays
    /// inside a network that is blocked.
    ///
    /// The diagram asks for addresses first and for networks next.
    pub(super) addresses_precede_networks: bool,
    /// What `anonymous` stands for: by definition whatever hides an address, Tor and temporary
    /// proxies among it.
    pub(super) anonymous: &'static [ProxyClass],
}

/// The reading rights are applied by.
pub(super) const READING: Reading = Reading {
    global_rules_heed_both_lists: false,
    any_allowed_list_refuses_the_rest: true,
    addresses_precede_networks: true,
    anonymous: &[ProxyClass::Anonymous, ProxyClass::Vpn, ProxyClass::Tor],
};
