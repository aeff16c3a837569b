"""What must be true of the playlists."""

import re
from collections import Counter

from .kittiwake_playlists import DELETED_VIDEO
from .search import InvalidSearch, found

LEAST_PLAYLISTS = 14
LEAST_OF_AN_ACCOUNT = 4
# A page has 20 videos unless asked for more.
PAGE = 20
# Restrictions a playlist must mix before viewers far apart see different lists.
LEAST_KINDS = 6
SMART = [
    "ACTIVATED_OLDEST_TO_NEWEST", "ACTIVATED_NEWEST_TO_OLDEST", "ALPHABETICAL", "PLAYS_TOTAL", "PLAYS_TRAILING_WEEK",
    "START_DATE_OLDEST_TO_NEWEST", "START_DATE_NEWEST_TO_OLDEST",
]


def findings(catalog):
    playlists = [(account, playlist) for account in catalog["accounts"] for playlist in account["playlists"]]
    if len(playlists) < LEAST_PLAYLISTS:
        yield f"there are {len(playlists)} playlists, fewer than {LEAST_PLAYLISTS}"
    for account in catalog["accounts"]:
        yield from _account(account)
    for order in ("EXPLICIT", *SMART):
        if not any(playlist["type"] == order for _, playlist in playlists):
            yield f"no playlist has the type `{order}`"
    videos = {video["id"] for account in catalog["accounts"] for video in account["videos"]}
    ids = Counter(playlist["id"] for _, playlist in playlists)
    wrong = []
    for account, playlist in playlists:
        wrong += [f"playlist {playlist['id']} `{playlist['name']}`: {finding}" for finding in _playlist(account, playlist)]
        if ids[playlist["id"]] > 1 or playlist["id"] in videos:
            wrong.append(f"the id {playlist['id']} of a playlist is given twice")
    yield from wrong
    if not wrong:
        yield from _examples(playlists)


def _account(account):
    name = f"account `{account['name']}`"
    if len(account["playlists"]) < LEAST_OF_AN_ACCOUNT:
        yield f"{name}: there are {len(account['playlists'])} playlists, fewer than {LEAST_OF_AN_ACCOUNT}"
    references = Counter(playlist.get("reference_id") for playlist in account["playlists"])
    for reference_id, count in references.items():
        if reference_id and count > 1:
            yield f"{name}: the playlist reference id `{reference_id}` is given twice"


def _playlist(account, playlist):
    if not re.fullmatch(r"\d{13}", playlist["id"]):
        yield "the id is not 13 digits"
    if not 1 <= len(playlist["name"]) <= 250 or not 1 <= len(playlist["description"]) <= 250:
        yield "the name or the description is too long"
    if playlist["type"] == "EXPLICIT":
        yield from _explicit(account, playlist)
    elif playlist["type"] in SMART:
        yield from _smart(account, playlist)
    else:
        yield f"`{playlist['type']}` is no type"


def _explicit(account, playlist):
    if {"search", "limit"} & playlist.keys():
        yield "only smart playlists have a search or a limit"
    known = {DELETED_VIDEO, *(video["id"] for video in account["videos"])}
    for video_id, count in Counter(playlist["video_ids"]).items():
        if video_id not in known:
            yield f"{video_id} is no video of the account"
        if count > 1:
            yield f"{video_id} is listed twice"


def _smart(account, playlist):
    if "video_ids" in playlist or "search" not in playlist:
        yield "a smart playlist has a search and no list"
        return
    limit = playlist.get("limit", 1)
    if type(limit) is not int or limit < 1:
        yield "the limit is no positive integer"
    try:
        found(playlist["search"], account["videos"])
    except InvalidSearch as error:
        yield str(error)


def _examples(playlists):
    """The one of each sort that the README names is there."""
    lists, empty, deleted = [], 0, 0
    for account, playlist in playlists:
        if "video_ids" in playlist:
            videos = {video["id"]: video for video in account["videos"]}
            lists.append([videos[video_id] for video_id in playlist["video_ids"] if video_id in videos])
            deleted += DELETED_VIDEO in playlist["video_ids"]
        else:
            empty += not found(playlist["search"], account["videos"])
    kinds = [{video.get("demo_kind") for video in videos} for videos in lists]
    if empty != 1:
        yield f"{empty} searches of playlists find nothing, not one"
    if deleted != 1:
        yield f"{deleted} playlists list the deleted video, not one"
    if not any(len(videos) > PAGE for videos in lists):
        yield f"no playlist lists more than {PAGE} videos"
    if {"geo-allow"} not in kinds:
        yield "no playlist lists only videos that a list of countries restricts"
    if max(map(len, kinds)) < LEAST_KINDS:
        yield f"no playlist mixes {LEAST_KINDS} kinds of restriction"
