"""The people who ask: groups of viewers, each group on address blocks of its own."""

import ipaddress
from collections import namedtuple

from .networks import NETWORKS, home_network, mobile_network
from .places import COUNTRIES, PLACES

Row = namedtuple("Row", "name place v6 access network proxy note", defaults=(False, "home", None, ("?", "?"), None))
Group = namedtuple("Group", "v4 v6 loopback rows")

# access -> (conn_speed, conn_type), in Fastly's words
ACCESS = {
    "home": ("broadband", "wired"), "mobile": ("mobile", "mobile"), "wifi": ("wireless", "wifi"),
    "satellite": ("satellite", "satellite"), "office": ("ultrabb", "wired"), "datacentre": ("oc12", "wired"),
    "?": ("?", "?"),
}

V6 = True


def home(place, v6=False, note=None, access="home"):
    return Row(f"{place}-home", place, v6, access=access, note=note)


def mobile(place, v6=False, note=None):
    return Row(f"{place}-mobile", place, v6, access="mobile", note=note)


def proxied(name, place, kind, description, network, note, v6=False, access="datacentre"):
    return Row(name, place, v6, access, network, (kind, description), note)


EUROPE = [
    home("lisbon"), home("porto", V6), home("madrid"), mobile("barcelona", V6), home("paris"), home("lyon", V6),
    home("brussels"), home("amsterdam", V6),
    home("utrecht", note="an employee at home: outside the company's address list"),
    home("london"), home("manchester", V6),
    home("edinburgh", note="Fastly gives the specific subdivision, GB-EDH, never GB-SCT"),
    home("cardiff"), home("belfast"), home("dublin"), home("cork", V6),
    home("reykjavik", access="satellite"), home("oslo"), home("stockholm"), home("copenhagen", V6), home("helsinki"),
    home("tallinn"), home("riga", V6), home("vilnius"), home("warsaw"), home("berlin"), home("munich", V6),
    mobile("frankfurt"), home("vienna"), home("zurich"), home("geneva", V6), home("milan"), home("prague"),
    home("budapest", V6), home("bucharest"), home("athens"), home("kyiv", V6), home("istanbul"),
]

AMERICAS = [
    home("new-york", note="metro 501, the New York blackout's own city"),
    mobile("new-york", V6, note="metro 501 over a mobile network and IPv6"),
    home("newark", note="metro 501 and US-NJ: refused by either blackout"),
    home("stamford", V6, note="metro 501 although the state is Connecticut"),
    home("buffalo", note="US-NY but metro 514: outside a blackout of metro 501"),
    home("camden", note="US-NJ but metro 504, Philadelphia's"),
    home("boston"), home("philadelphia"), home("miami", V6), home("atlanta"), home("detroit"), home("chicago"),
    mobile("chicago", V6), home("minneapolis"), home("houston"), home("dallas", V6), home("denver"),
    home("los-angeles"), home("san-diego", V6), home("san-francisco"), home("portland"), home("seattle"),
    home("anchorage", access="satellite"), home("honolulu"),
    home("toronto"), home("montreal", V6), home("vancouver"), home("saint-johns"),
    home("san-juan", note="Puerto Rico is a country code of its own, not US"),
    home("mexico-city"), home("bogota"), home("lima"), home("santiago", V6), home("sao-paulo"), home("buenos-aires"),
]

WORLD = [
    home("tokyo"), home("osaka", V6), home("seoul"), home("hong-kong", note="no subdivision: ISO 3166-2:HK has none"),
    home("taipei"), home("singapore", V6), home("manila"), home("bangkok"), home("jakarta"), home("kathmandu"),
    home("mumbai"), mobile("delhi", V6), home("dubai"), home("cairo"), home("casablanca"), mobile("lagos"),
    mobile("nairobi", V6), home("johannesburg"), home("sydney"), home("auckland", V6),
]

DATACENTRE = [
    proxied("ashburn-cloud", "ashburn", "hosting", "cloud", "cloudyard",
            "class hosting: a scraper in a data centre, also on an IP deny list"),
    proxied("dublin-cloud", "dublin", "hosting", "cloud", "cloudyard", "the same provider in Ireland, IPv6", V6),
    proxied("singapore-cloud", "singapore", "hosting", "cloud", "cloudyard", "the same provider in Singapore"),
    proxied("warsaw-server", "warsaw", "hosting", "?", "cloudyard", "hosting without a description"),
]

PROXIES = [
    proxied("new-york-vpn", "new-york", "anonymous", "vpn", "hidden-harbour", "class vpn, exit in New York"),
    proxied("london-vpn", "london", "anonymous", "vpn", "hidden-harbour", "class vpn, exit in London"),
    proxied("paris-vpn", "paris", "anonymous", "vpn", "hidden-harbour", "class vpn over IPv6", V6),
    proxied("tokyo-vpn", "tokyo", "anonymous", "vpn", "hidden-harbour", "class vpn, exit in Tokyo"),
    proxied("frankfurt-tor-exit", "frankfurt", "anonymous", "tor-exit", "onion-garden", "class tor: an exit node"),
    proxied("amsterdam-tor-relay", "amsterdam", "anonymous", "tor-relay", "onion-garden", "class tor: a relay", V6),
    proxied("chicago-anonymous", "chicago", "anonymous", "?", "hidden-harbour", "class anonymous, nothing more known"),
    proxied("los-angeles-smart-dns", "los-angeles", "anonymous", "dns", "detour", "class smart-dns"),
    proxied("toronto-smart-dns", "toronto", "anonymous", "dns", "detour", "class smart-dns over IPv6", V6),
    proxied("minneapolis-gateway", "minneapolis", "corporate", "cloud-security", "gatehouse",
            "class corporate: a web security gateway", access="office"),
    proxied("munich-corporate", "munich", "corporate", "?", "rheinkabel", "class corporate", access="office"),
    proxied("boston-campus", "boston", "edu", "?", "campusnet", "class edu", access="wifi"),
    proxied("stockholm-campus", "stockholm", "edu", "?", "campusnet", "class edu over IPv6", V6, access="wifi"),
    proxied("madrid-library", "madrid", "public", "?", "kiosk", "class public: a shared terminal", access="wifi"),
    proxied("sao-paulo-open-proxy", "sao-paulo", "public", "?", "kiosk", "class public: an open proxy"),
    proxied("jakarta-mini-browser", "jakarta", "transparent", "web-browser", "thumb-browser",
            "class transparent: a phone browser that fetches through its maker", access="mobile"),
    proxied("lagos-carrier-cache", "lagos", "transparent", "?", "savanna", "class transparent", access="mobile"),
    proxied("atlanta-aol", "atlanta", "aol", "?", "lakeshore", "an old label that belongs to no class", access="home"),
    proxied("ottawa-blackberry", "ottawa", "blackberry", "?", "mapleline", "an old label that belongs to no class",
            access="mobile"),
    proxied("new-york-private-relay", "new-york", "consumer-privacy", "apple", "relayworks",
            "class relay: hides the address, keeps the country", V6),
    proxied("berlin-private-relay", "berlin", "consumer-privacy", "apple", "relayworks", "class relay"),
    proxied("seattle-ip-protection", "seattle", "consumer-privacy", "google", "relayworks", "class relay too"),
]

OFFICES = [
    Row("utrecht-office", "utrecht", False, "office", "brackenfield", note="on the company's address list, v4"),
    Row("utrecht-office-v6", "utrecht", True, "office", "brackenfield", note="on the company's address list, v6"),
    Row("portland-office", "portland", False, "office", "brackenfield", ("corporate", "?"),
        "on the company's address list, and class corporate"),
    Row("pune-office", "pune", True, "office", "brackenfield", note="on the company's address list, v6"),
    Row("osaka-office", "osaka", False, "office", "brackenfield", note="on the company's address list, v4"),
]

STUDIO = [
    Row("cork-newsroom", "cork", False, "office", "kittiwake", note="the broadcaster's own network: may see previews"),
    Row("london-bureau", "london", True, "office", "kittiwake", note="the broadcaster's own network, v6"),
]

HOTEL = [
    Row("nice-hotel-lobby", "nice", False, "wifi", "belvedere", ("public", "?"), "on an IP deny list; class public"),
    Row("nice-hotel-room", "nice", True, "wifi", "belvedere", note="on an IP deny list, v6"),
]

ODD = [
    Row("unknown-place", "unknown", False, "?", "cloudyard", note="country `?`: matches no place"),
    Row("unknown-place-v6", "unknown", True, "?", "cloudyard", note="country `?` over IPv6"),
    Row("somewhere-in-europe", "somewhere-in-europe", False, "satellite", "cloudyard",
        note="country `EU`: a continent, so matches no place"),
    Row("somewhere-in-asia-pacific", "somewhere-in-asia-pacific", False, "mobile", "cloudyard",
        note="country `AP`: a continent, so matches no place"),
    Row("no-record", None, False, "?", None, note="no geolocation record at all: matches no place"),
]

# The first host of a block is the first row's. Rules name blocks of the last five, which share theirs with nobody.
GROUPS = [
    Group("203.0.113.0/26", "2001:db8:e::/48", "127.0.81.0", EUROPE),
    Group("198.51.100.0/25", "2001:db8:a::/48", "127.0.81.64", AMERICAS),
    Group("198.51.100.128/25", "2001:db8:c::/48", "127.0.81.104", WORLD),
    Group("192.0.2.64/26", "2001:db8:f::/48", "127.0.81.144", PROXIES),
    Group("192.0.2.0/28", "2001:db8:da7a::/48", "127.0.81.128", DATACENTRE),
    Group("203.0.113.64/27", "2001:db8:b1f::/48", "127.0.81.192", OFFICES),
    Group("203.0.113.128/28", "2001:db8:57d::/48", "127.0.81.224", STUDIO),
    Group("203.0.113.192/28", "2001:db8:107e::/48", "127.0.81.240", HOTEL),
    Group("203.0.113.240/28", "2001:db8:dd::/48", "127.0.81.248", ODD),
]


def _address(group, number, v6):
    if v6:
        subnet = int(ipaddress.ip_network(group.v6).network_address) + (number << 64)
        return str(ipaddress.IPv6Address(subnet + 1))
    return str(ipaddress.ip_network(group.v4).network_address + number)


def _network(row, place):
    if row.network:
        return row.network
    return mobile_network(place) if row.access == "mobile" else home_network(place)


def _note(row, place):
    line = {"mobile": "a phone", "satellite": "a satellite line"}.get(row.access, "a home line")
    return row.note or f"{line} in {place.city}, {COUNTRIES[place.country][1]}"


def _viewer(group, number, row):
    place = PLACES[row.place] if row.place else None
    return {
        "name": row.name,
        "address": _address(group, number, row.v6),
        "loopback": str(ipaddress.IPv4Address(group.loopback) + number),
        "country": place.country if place else None,
        "subdivision": f"{place.country}-{place.region}" if place and place.region else None,
        "metro": place.metro or None if place else None,
        "city": place.city if place and place.city != "?" else None,
        "asn": NETWORKS[_network(row, place)][0] if place else None,
        "proxy_type": row.proxy[0],
        "proxy_description": row.proxy[1],
        "note": _note(row, place),
    }


def _record(row):
    """A complete geolocation record: the platform's library drops a record that lacks any field but `region`."""
    place = PLACES[row.place]
    as_number, as_name = NETWORKS[_network(row, place)]
    alpha3, country_name, continent = COUNTRIES[place.country]
    conn_speed, conn_type = ACCESS[row.access]
    record = {
        "as_name": as_name, "as_number": as_number, "area_code": place.area_code, "city": place.city,
        "conn_speed": conn_speed, "conn_type": conn_type, "continent": continent,
        "country_code": place.country, "country_code3": alpha3, "country_name": country_name,
        "latitude": place.latitude, "longitude": place.longitude, "metro_code": place.metro,
        "postal_code": place.postal, "proxy_description": row.proxy[1], "proxy_type": row.proxy[0],
        "utc_offset": place.utc_offset,
    }
    if place.region:
        record["region"] = place.region
    return record


def viewers():
    return [_viewer(group, number, row) for group in GROUPS for number, row in enumerate(group.rows, 1)]


def geolocation():
    """IP address -> record, for the address and the loopback twin of every viewer that has a record."""
    table = {}
    for group in GROUPS:
        for number, row in enumerate(group.rows, 1):
            if row.place:
                viewer = _viewer(group, number, row)
                table[viewer["address"]] = table[viewer["loopback"]] = _record(row)
    return table
