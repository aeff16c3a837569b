"""Who carries viewers: invented operators under the AS numbers that RFC 5398 sets aside for documentation."""

# key -> (AS number, AS name)
NETWORKS = {
    "northlight": (64496, "Example Northlight Fibre"),
    "lumenet": (64497, "Example Lumenet Telecom"),
    "iberfibra": (64498, "Example Iberfibra Telecom"),
    "rheinkabel": (64499, "Example Rheinkabel Internet"),
    "nordsken": (64500, "Example Nordsken Bredband"),
    "adriacable": (64501, "Example Adria Cable"),
    "vistula": (64502, "Example Vistula Broadband"),
    "bosporus": (64503, "Example Bosporus Online"),
    "lakeshore": (64504, "Example Lakeshore Broadband"),
    "cascadia": (64505, "Example Cascadia Cable"),
    "mapleline": (64506, "Example Mapleline Fibre"),
    "altiplano": (64507, "Example Altiplano Telecom"),
    "hikarinet": (64508, "Example Hikarinet"),
    "straits": (64509, "Example Straits Broadband"),
    "monsoon": (64510, "Example Monsoon Internet"),
    "savanna": (64511, "Example Savanna Wireless"),
    "southern": (65536, "Example Southern Reef Fibre"),
    "levant": (65537, "Example Levant Gulf Telecom"),
    "prairie-mobile": (65538, "Example Prairie Mobile"),
    "union-mobile": (65539, "Example Union Mobile"),
    "cloudyard": (65540, "Example Cloudyard Hosting"),
    "hidden-harbour": (65541, "Example Hidden Harbour VPN"),
    "onion-garden": (65542, "Example Onion Garden Relays"),
    "gatehouse": (65543, "Example Gatehouse Web Security"),
    "campusnet": (65544, "Example Campusnet Consortium"),
    "kiosk": (65545, "Example Kiosk Public Access"),
    "brackenfield": (65546, "Brackenfield Instruments"),
    "kittiwake": (65547, "Kittiwake Television"),
    "relayworks": (65548, "Example Relayworks Privacy"),
    "belvedere": (65549, "Example Hotel Belvedere"),
    "detour": (65550, "Example Detour Resolver"),
    "thumb-browser": (65551, "Example Thumb Browser Proxy"),
}

_HOME_COUNTRIES = {
    "northlight": "GB IE IS", "lumenet": "FR BE NL MA", "iberfibra": "PT ES", "rheinkabel": "DE AT CH",
    "nordsken": "NO SE DK FI EE LV LT", "adriacable": "IT GR HU RO", "vistula": "PL CZ UA", "bosporus": "TR",
    "mapleline": "CA", "altiplano": "MX BR AR CL CO PE PR", "hikarinet": "JP KR TW HK", "straits": "SG TH ID PH",
    "monsoon": "IN NP", "savanna": "NG KE ZA", "southern": "AU NZ", "levant": "AE EG",
}
_HOME = {country: key for key, countries in _HOME_COUNTRIES.items() for country in countries.split()}


def home_network(place):
    """The operator of an ordinary home line at this place."""
    if place.country == "US":
        return "lakeshore" if place.utc_offset >= -600 else "cascadia"
    return _HOME.get(place.country, "cloudyard")


def mobile_network(place):
    return "prairie-mobile" if place.country in ("US", "CA") else "union-mobile"
