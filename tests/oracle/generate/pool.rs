//! A small world, so that rules and viewers meet in it.

/// What geolocation says somewhere.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) country: &'static str,
    pub(super) subdivision: Option<&'static str>,
    pub(super) metro: Option<i64>,
    pub(super) postal: Option<&'static str>,
    pub(super) position: Option<(f64, f64)>,
}

#[rustfmt::skip]
pub(super) const SPOTS: [Spot; 16] = [
    spot("US", Some("US-NY"),  Some(501),  Some("10001"),    Some((40.7128, -74.006))),
    spot("US", Some("US-NY"),  Some(501),  Some("11201"),    Some((40.6943, -73.9903))),
    spot("US", Some("US-CA"),  Some(803),  Some("90045"),    Some((34.0522, -118.2437))),
    spot("us", Some("us-ca"),  Some(803),  Some("90012-33"), Some((34.0617, -118.2401))),
    spot("US", None,           Some(-1),   None,             None),
    spot("PR", Some("PR-SJ"),  Some(501),  Some("00901"),    Some((18.4655, -66.1057))),
    spot("GU", None,           Some(0),    Some("96910"),    Some((13.4443, 144.7937))),
    spot("DE", Some("DE-BE"),  Some(501),  Some("10115"),    Some((52.52, 13.405))),
    spot("DE", Some("DE-BY"),  None,       Some("80331"),    Some((48.137154, 11.576124))),
    spot("AT", Some("AT-9"),   None,       Some("1010"),     Some((48.2082, 16.3738))),
    spot("GB", Some("GB-ENG"), None,       Some("SW1A"),     Some((51.5074, -0.1278))),
    spot("GB", Some("GB-ENG"), None,       Some("sw1a 1aa"), Some((51.501009, -0.141588))),
    spot("FJ", None,           None,       Some("?"),        Some((-17.7134, 179.999999))),
    spot("?",  Some("?-NY"),   Some(501),  Some("10001"),    Some((40.7128, -74.006))),
    spot("EU", None,           Some(803),  Some("10115"),    Some((52.52, 13.405))),
    spot("US", Some("US-NY"),  Some(803),  Some("10001"),    Some((0.0, 0.0))),
];

pub(super) const COUNTRIES: [&str; 10] =
    ["US", "US", "PR", "GU", "DE", "AT", "GB", "FJ", "us", "de"];
pub(super) const SUBDIVISIONS: [&str; 8] = [
    "US-NY", "US-CA", "us-ny", "PR-SJ", "DE-BE", "DE-BY", "AT-9", "GB-ENG",
];
pub(super) const METROS: [&str; 3] = ["metro:501", "metro:803", "metro:881"];
pub(super) const POSTAL_CODES: [&str; 14] = [
    "postal:US-1",
    "postal:US-100",
    "postal:US-10001",
    "postal:us-1120",
    "postal:US-90045",
    "postal:US-900451",
    "postal:US-9001233",
    "postal:PR-009",
    "postal:DE-101",
    "postal:DE-80331",
    "postal:AT-1",
    "postal:GB-SW1",
    "postal:GB-SW1A 1AA",
    "postal:gb-sw1a-1",
];

/// Places where formulas go wrong.
pub(super) const CENTRES: [(f64, f64); 5] = [
    (90.0, 0.0),
    (-90.0, 120.5),
    (0.0, 180.0),
    (-17.7134, -179.999999),
    (0.000001, -0.000001),
];

pub(super) const SYSTEMS: [u32; 6] = [0, 64_496, 64_497, 64_511, 65_551, 4_294_967_295];

pub(super) const LISTS: [&str; 4] = ["office", "office_2", "rogues", "Office"];

pub(super) const KEY_IDS: [&str; 4] = ["player-1", "player-10", "Player-1", "w"];

pub(super) const PROXY_TYPES: [&str; 12] = [
    "?",
    "?",
    "anonymous",
    "public",
    "corporate",
    "transparent",
    "hosting",
    "edu",
    "aol",
    "blackberry",
    "consumer-privacy",
    "satellite",
];
pub(super) const PROXY_DESCRIPTIONS: [&str; 12] = [
    "?",
    "?",
    "vpn",
    "tor-exit",
    "tor-relay",
    "dns",
    "cloud",
    "cloud-security",
    "web-browser",
    "apple",
    "google",
    "carrier-pigeon",
];
pub(super) const PROXY_CLASSES: [&str; 11] = [
    "anonymous",
    "public",
    "corporate",
    "transparent",
    "hosting",
    "edu",
    "vpn",
    "tor",
    "residential",
    "smart-dns",
    "relay",
];
pub(super) const VPN_FACTS: [&str; 10] = [
    "anonymous",
    "anonymous_vpn",
    "hosting_provider",
    "proxy_over_vpn",
    "public_proxy",
    "relay_proxy",
    "residential_proxy",
    "smart_dns_proxy",
    "tor_exit_node",
    "vpn_datacenter",
];

pub(super) const HOSTS: [&str; 6] = [
    "example.com",
    "www.example.com",
    "a.b.example.com",
    "example.org",
    "com.example",
    "xn--bcher-kva.example",
];

pub(super) const DAYS: [&str; 9] = [
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "Thu", "FRI",
];

/// Around these rules and viewers have their times: 1970, 2026 on a Thursday, a leap day, 2100.
pub(super) const EPOCHS: [i64; 4] = [0, 1_767_225_600, 1_835_395_200, 4_107_542_400];

// === impl Spot ===

impl Spot {
    /// Whether the label of the country names one.
    pub(super) fn is_in_a_country(&self) -> bool {
        !["?", "EU"].contains(&self.country)
    }
}

const fn spot(
    country: &'static str,
    subdivision: Option<&'static str>,
    metro: Option<i64>,
    postal: Option<&'static str>,
    position: Option<(f64, f64)>,
) -> Spot {
    Spot {
        country,
        subdivision,
        metro,
        postal,
        position,
    }
}
