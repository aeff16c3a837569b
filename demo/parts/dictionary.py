"""Reads the rules texts of the demo: as much of an RFC 9651 dictionary as they use, and no more."""

import ipaddress
import re

PROXY_CLASSES = ["anonymous", "public", "corporate", "transparent", "hosting", "edu", "vpn", "tor", "residential",
                 "smart-dns", "relay"]
_STRINGS = re.compile(r'\(("[\x20-\x21\x23-\x5b\x5d-\x7e]+"(?: "[\x20-\x21\x23-\x5b\x5d-\x7e]+")*)\)')
_TOKENS = re.compile(r"\(([a-z][a-z-]*(?: [a-z][a-z-]*)*)\)")
_DATE = re.compile(r"@(\d{1,10})")
_PLACE = re.compile(r"[A-Z]{2}|[A-Z]{2}-[A-Z0-9]{1,3}|metro:[1-9]\d{2}")
_HOST = r"(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]+"
_DOMAIN = re.compile(rf"{_HOST}|https?://(?!\*){_HOST}(?::\d+)?")
# Networks that are nobody's: RFC 5737, RFC 3849, and the loopback block of the viewers' twins.
RESERVED = [ipaddress.ip_network(text) for text in
            ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "127.0.81.0/24")]


class InvalidText(ValueError):
    """A rules text of the demo that the edge would refuse."""


def is_reserved(network):
    network = ipaddress.ip_network(network)
    return any(network.version == block.version and network.subnet_of(block) for block in RESERVED)


def _strings(text):
    match = _STRINGS.fullmatch(text)
    if not match:
        raise ValueError("not a list of strings")
    return re.findall(r'"([^"]+)"', match[1])


def _networks(text):
    networks = _strings(text)
    for network in networks:
        if not is_reserved(network):
            raise ValueError(f"`{network}` is no reserved network")
    return networks


def _matching(pattern, what):
    def read(text):
        values = _strings(text)
        for value in values:
            if not pattern.fullmatch(value):
                raise ValueError(f"`{value}` is no {what}")
        return values
    return read


def _classes(text):
    match = _TOKENS.fullmatch(text)
    classes = match[1].split() if match else []
    if not classes or not set(classes) <= set(PROXY_CLASSES):
        raise ValueError("not a list of proxy classes")
    return classes


def _allow_or_deny(text):
    if text not in ("allow", "deny"):
        raise ValueError("neither `allow` nor `deny`")
    return text


def _date(text):
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("not a date")
    return int(match[1])


_places = _matching(_PLACE, "place")
_domains = _matching(_DOMAIN, "domain")
READERS = {
    "ip-allow": _networks, "ip-deny": _networks,
    "geo-allow": _places, "geo-deny": _places, "geo-default": _allow_or_deny,
    "proxy-deny": _classes,
    "domain-allow": _domains, "domain-deny": _domains, "domain-missing": _allow_or_deny,
    "from": _date, "until": _date,
}


def members(text):
    """`geo-allow=("DE"), from=@1` -> `{"geo-allow": ["DE"], "from": 1}`; anything unknown or repeated is refused."""
    read = {}
    for part in text.split(", "):
        name, _, value = part.partition("=")
        if name not in READERS:
            raise InvalidText(f"`{name}` in `{text}` is no known member")
        if name in read:
            raise InvalidText(f"`{name}` is given twice in `{text}`")
        try:
            read[name] = READERS[name](value)
        except ValueError as error:
            raise InvalidText(f"`{name}` in `{text}`: {error}") from error
    return read
