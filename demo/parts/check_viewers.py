"""What must be true of the viewers and of their geolocation records."""

import ipaddress
from collections import Counter

from .dictionary import is_reserved

LEAST_VIEWERS = 90
LEAST_COUNTRIES = 40
LEAST_METROS = 15
LEAST_V6 = 20
UNKNOWN_COUNTRIES = {"?", "EU", "AP", None}
PROXY_TYPES = {
    "anonymous", "aol", "blackberry", "consumer-privacy", "corporate", "edu", "hosting", "public", "transparent", "?",
}
PROXY_DESCRIPTIONS = {
    "apple", "cloud", "cloud-security", "dns", "google", "tor-exit", "tor-relay", "vpn", "web-browser", "?",
}
# Every field that the platform's library insists on, with its type; `region` may be missing.
RECORD = {
    "as_name": str, "as_number": int, "area_code": int, "city": str, "conn_speed": str, "conn_type": str,
    "continent": str, "country_code": str, "country_code3": str, "country_name": str, "latitude": float,
    "longitude": float, "metro_code": int, "postal_code": str, "proxy_description": str, "proxy_type": str,
    "utc_offset": int,
}


def findings(viewers, geolocation):
    yield from _counts(viewers)
    for member in ("name", "address", "loopback"):
        for value, count in Counter(viewer[member] for viewer in viewers).items():
            if count > 1:
                yield f"two viewers have the {member} `{value}`"
    for viewer in viewers:
        for finding in (*_viewer(viewer), *_records(viewer, geolocation)):
            yield f"viewer `{viewer['name']}`: {finding}"
    strangers = geolocation.keys() - {viewer[member] for viewer in viewers for member in ("address", "loopback")}
    for address in sorted(strangers):
        yield f"geolocation.json has {address}, which is no viewer's"


def twins(viewers, networks):
    """A list of networks must treat a viewer's address and loopback twin alike."""
    listed = [ipaddress.ip_network(network) for network in networks]
    for viewer in viewers:
        address, loopback = (any(ipaddress.ip_address(viewer[member]) in network for network in listed)
                             for member in ("address", "loopback"))
        if address != loopback:
            yield f"viewer `{viewer['name']}`: only one of its two addresses is in {', '.join(networks)}"


def _counts(viewers):
    countries = {viewer["country"] for viewer in viewers} - UNKNOWN_COUNTRIES
    counts = [
        ("viewers", len(viewers), LEAST_VIEWERS),
        ("countries", len(countries), LEAST_COUNTRIES),
        ("US metros", len({viewer["metro"] for viewer in viewers if viewer["metro"]}), LEAST_METROS),
        ("viewers over IPv6", sum(":" in viewer["address"] for viewer in viewers), LEAST_V6),
    ]
    for what, count, least in counts:
        if count < least:
            yield f"there are {count} {what}, fewer than {least}"
    for member, labels in (("proxy_type", PROXY_TYPES), ("proxy_description", PROXY_DESCRIPTIONS)):
        for label in sorted(labels - {viewer[member] for viewer in viewers}):
            yield f"no viewer has the {member} `{label}`"
    for country in UNKNOWN_COUNTRIES - {viewer["country"] for viewer in viewers}:
        yield f"no viewer has the country `{country}`"


def _viewer(viewer):
    loopback = ipaddress.ip_address(viewer["loopback"])
    if loopback not in ipaddress.ip_network("127.0.81.0/24"):
        yield "the loopback twin is not in 127.0.81.0/24"
    if not is_reserved(viewer["address"]) or ipaddress.ip_address(viewer["address"]).is_loopback:
        yield "the address is not one for documentation"
    if viewer["proxy_type"] not in PROXY_TYPES or viewer["proxy_description"] not in PROXY_DESCRIPTIONS:
        yield "the proxy labels are none that the platform gives"
    asn = viewer["asn"]
    if asn is not None and not (64496 <= asn <= 64511 or 65536 <= asn <= 65551):
        yield "the AS number is not one for documentation"


def _records(viewer, geolocation):
    for address in (viewer["address"], viewer["loopback"]):
        record = geolocation.get(address)
        if record is None:
            if viewer["country"] is not None:
                yield f"{address} has no geolocation record"
            continue
        for name, kind in RECORD.items():
            if type(record.get(name)) is not kind:
                yield f"`{name}` of {address} is missing or no {kind.__name__}"
        for mine, theirs in (("country", "country_code"), ("asn", "as_number"), ("proxy_type", "proxy_type"),
                             ("proxy_description", "proxy_description")):
            if viewer[mine] != record.get(theirs):
                yield f"`{theirs}` of {address} differs from the viewer's"
        if (viewer["metro"] or 0) != record.get("metro_code"):
            yield f"`metro_code` of {address} differs from the viewer's"
