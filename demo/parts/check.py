"""What must be true of the demo whatever its words are. Each finding is one sentence."""

import json
import re
from collections import Counter
from datetime import datetime, timezone

from . import check_media, check_playlists, check_viewers
from .dictionary import PROXY_CLASSES, InvalidText, members
from .kind import EARLIEST_FUTURE, KINDS, LATEST_PAST, kind_of
from .limits import epoch

LEAST_VIDEOS = 220
LEAST_OF_A_KIND = 3
# The plain key must leave room for `application/json;pk=` and the tag within 128 bytes.
LONGEST_PLAIN_KEY = 60
CHAIN = {"ip-allow", "ip-deny", "geo-allow", "geo-deny", "geo-default"}
# Invented, or the demo's own media.
ADDRESS = re.compile(r"https://[a-z0-9.-]+\.example/\S+|\{media\}/\S+")
PICTURE = re.compile(r"/\d+x\d+/")


def findings(catalog, viewers, geolocation, readme):
    """Sentences on everything that is wrong; none when all is well."""
    videos = [(account, video) for account in catalog["accounts"] for video in account["videos"]]
    yield from _counts(videos)
    for account in catalog["accounts"]:
        yield from _account(account)
    for account, video in videos:
        for finding in (*_fields(video), *_restrictions(account, video)):
            yield f"video {video['id']} `{video['name']}`: {finding}"
    yield from _proxy_classes(catalog)
    for networks in sorted(set(_address_lists(catalog))):
        yield from check_viewers.twins(viewers, networks)
    yield from check_viewers.findings(viewers, geolocation)
    yield from check_playlists.findings(catalog)
    yield from check_media.findings(catalog)
    yield from _readme(readme, catalog, viewers)


def repeated(values):
    return sorted(value for value, count in Counter(values).items() if count > 1)


def _counts(videos):
    if len(videos) < LEAST_VIDEOS:
        yield f"there are {len(videos)} videos, fewer than {LEAST_VIDEOS}"
    for video_id in repeated(video["id"] for _, video in videos):
        yield f"the id {video_id} is given twice"
    kinds = Counter(video.get("demo_kind") for _, video in videos)
    for kind in KINDS:
        if kinds[kind] < LEAST_OF_A_KIND:
            yield f"there are {kinds[kind]} videos of the kind `{kind}`, fewer than {LEAST_OF_A_KIND}"


def _account(account):
    name = f"account `{account['name']}`"
    if not re.fullmatch(r"\d{10,13}", account["id"]):
        yield f"{name}: the id is not 10 to 13 digits"
    for reference_id in repeated(video["reference_id"] for video in account["videos"] if "reference_id" in video):
        yield f"{name}: the reference id `{reference_id}` is given twice"
    keys = {key["name"]: key["key-data"] for key in account["policy_keys"]}
    if len(json.dumps(keys.get("web-player", "-" * 99), separators=(",", ":"))) > LONGEST_PLAIN_KEY:
        yield f"{name}: there is no plain key `web-player` of at most {LONGEST_PLAIN_KEY} bytes"
    if any(data["account-id"] != account["id"] for data in keys.values()):
        yield f"{name}: a policy key is for another account"
    for needed in ("geo", "allowed-domains", "apis"):
        if not any(needed in data for data in keys.values()):
            yield f"{name}: no policy key has `{needed}`"
    texts = [account.get("rules"), *(right["rules"] for right in account["playback_rights"]),
             *(data.get("rules") for data in keys.values())]
    for text in filter(None, texts):
        yield from (f"{name}: {finding}" for finding in _text(text))


def _text(text):
    try:
        rules = members(text)
    except InvalidText as error:
        yield str(error)
        return
    for name in {"from", "until"} & rules.keys():
        yield from _moment(rules[name])


def _moment(seconds):
    if LATEST_PAST < seconds < EARLIEST_FUTURE:
        yield f"{datetime.fromtimestamp(seconds, timezone.utc).date()} is neither long past nor far ahead"


def _fields(video):
    if not re.fullmatch(r"\d{10,13}", video["id"]):
        yield "the id is not 10 to 13 digits"
    if not 1 <= len(video["name"]) <= 256 or not 1 <= len(video["description"]) <= 250:
        yield "the name or the description is too long"
    reference_id = video.get("reference_id", "-")
    if not 1 <= len(reference_id) <= 150 or not reference_id.isprintable():
        yield "the reference id is too long or has control characters"
    if not all(isinstance(value, str) for value in video.get("custom_fields", {}).values()):
        yield "a custom field is no string"
    for source in video["sources"]:
        if "type" not in source and source.get("container") != "MP4":
            yield "a source has neither a type nor a container"
    addresses = [item["src"] for item in video["sources"] + video["text_tracks"]]
    addresses += [video["poster"], video["thumbnail"]]
    if not all(ADDRESS.fullmatch(address) for address in addresses):
        yield "an address is neither https under `.example` nor one of the demo's media"
    if not PICTURE.search(video["poster"]) or not PICTURE.search(video["thumbnail"]):
        yield "a picture's address does not say its size"
    if any(cue["time"] * 1000 > video["duration"] for cue in video["cue_points"]):
        yield "a cue point lies after the end"


def _restrictions(account, video):
    rules = {}
    if "rules" in video:
        yield from _text(video["rules"])
        rules = members(video["rules"])
    if "geo" in video and CHAIN & rules.keys():
        yield "both `geo` and `rules` say something of places or addresses"
    if "schedule" in video:
        if {"from", "until"} & rules.keys():
            yield "both `schedule` and `rules` set dates"
        for moment in filter(None, video["schedule"].values()):
            yield from _moment(epoch(moment))
    rights = {None, *(right["id"] for right in account["playback_rights"])}
    if video.get("playback_rights_id") not in rights:
        yield "its playback right does not exist"
    layer = {name: account[name] for name in ("ip_allow", "rules") if account[name]}
    if video.get("demo_kind") != kind_of(video, layer):
        yield f"it is labelled `{video.get('demo_kind')}`, but shows `{kind_of(video, layer)}`"


def _address_lists(catalog):
    """Every network list of the catalog, as tuples."""
    for account in catalog["accounts"]:
        yield tuple(account["ip_allow"])
        for owner in (account, *account["playback_rights"], *account["videos"]):
            rules = members(owner["rules"]) if owner.get("rules") else {}
            yield from (tuple(rules[name]) for name in ("ip-allow", "ip-deny") if name in rules)


def _proxy_classes(catalog):
    texts = [video.get("rules") for account in catalog["accounts"] for video in account["videos"]]
    denied = {name for text in filter(None, texts) for name in members(text).get("proxy-deny", [])}
    for name in PROXY_CLASSES:
        if name not in denied:
            yield f"no video refuses the proxy class `{name}`"


def _readme(readme, catalog, viewers):
    known = {account["id"] for account in catalog["accounts"]}
    known |= {item["id"] for account in catalog["accounts"] for item in account["videos"] + account["playlists"]}
    for number in sorted(set(re.findall(r"\b\d{10,13}\b", readme)) - known):
        yield f"README.md names {number}, which is no id of the demo"
    addresses = {viewer["name"]: viewer["address"] for viewer in viewers}
    for name, address in re.findall(r"^\| `([a-z0-9-]+)` \| `([0-9a-f.:]+)` \|", readme, re.MULTILINE):
        if addresses.get(name) != address:
            yield f"README.md gives `{name}` the address {address}, the demo {addresses.get(name)}"
    countries = {viewer["country"] for viewer in viewers} - check_viewers.UNKNOWN_COUNTRIES
    metros = {viewer["metro"] for viewer in viewers} - {None}
    claims = [
        f"{sum(len(account['videos']) for account in catalog['accounts'])} videos",
        f"{sum(len(account['playlists']) for account in catalog['accounts'])} playlists",
        f"{len(viewers)} viewers in {len(countries)} countries",
        f"{len(metros)} US metros",
    ]
    for claim in claims:
        if claim not in readme:
            yield f"README.md does not say `{claim}`"
