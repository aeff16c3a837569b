"""What must be true of what plays: the files in `demo/media`, the videos that name them, DRM, live, and plays."""

import re

from . import mp4, playable

MOST_BYTES = 1_500_000
LEAST_OF_THE_FIRST_ACCOUNT = 3
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+")
KEY_SYSTEMS = {"com.apple.fps.1_0", "com.microsoft.playready", "com.widevine.alpha"}
SIGNING = {"key", "hosts", "lifetime", "parameter", "bind"}


def findings(catalog):
    yield from _files()
    yield from _manifests()
    playing = []
    for account in catalog["accounts"]:
        videos = [video for video in account["videos"] if _is_playable(video)]
        playing.append(len(videos))
        for video in videos:
            yield from (f"video {video['id']} `{video['name']}`: {finding}" for finding in _video(video))
        yield from (f"account `{account['name']}`: {finding}" for finding in _signing(account, bool(videos)))
    if playing[0] < LEAST_OF_THE_FIRST_ACCOUNT or not any(playing[1:]):
        yield f"too few videos really play: {playing}"
    yield from _elsewhere([video for account in catalog["accounts"] for video in account["videos"]])


def _is_playable(video):
    return any(source["src"].startswith(playable.PLACE) for source in video["sources"])


def _files():
    files = [path for path in playable.FOLDER.rglob("*") if path.is_file()]
    for path in files:
        if not all(PLAIN_NAME.fullmatch(part) for part in path.relative_to(playable.FOLDER).parts):
            yield f"media/{path.relative_to(playable.FOLDER)} has no plain name"
    if sum(path.stat().st_size for path in files) > MOST_BYTES:
        yield f"the media are larger than {MOST_BYTES} bytes"


def _manifests():
    """Every address is relative and leads to a file of the same folder."""
    folder = playable.FOLDER / "stream"
    for path in sorted(folder.glob("*.m3u8")):
        text = path.read_text(encoding="utf-8")
        addresses = re.findall(r'URI="([^"]*)"', text) + re.findall(r"^[^#\s].*$", text, re.MULTILINE)
        for address in addresses:
            if not PLAIN_NAME.fullmatch(address) or not (folder / address).exists():
                yield f"media/stream/{path.name} leads to `{address}`, which is not beside it"
    hls = (folder / "master.m3u8").read_text(encoding="utf-8")
    dash = (folder / "manifest.mpd").read_text(encoding="utf-8")
    patterns = re.findall(r'(?:media|initialization)="([^"]*)"', dash)
    if "<BaseURL" in dash or not all(PLAIN_NAME.fullmatch(pattern.replace("$", "")) for pattern in patterns):
        yield "media/stream/manifest.mpd has an address that is not relative"
    stated = set(playable.CODECS.split(","))
    if {codec for codecs in re.findall(r'CODECS="([^"]*)"', hls) for codec in codecs.split(",")} != stated:
        yield "media/stream/master.m3u8 and the catalog differ in their codecs"
    if set(re.findall(r'codecs="([^"]*)"', dash)) != stated or f'profiles="{playable.DASH_PROFILE}"' not in dash:
        yield "media/stream/manifest.mpd and the catalog differ in their codecs or profiles"


def _video(video):
    addresses = [item["src"] for item in video["sources"] + video["text_tracks"]]
    for address in [*addresses, video["poster"], video["thumbnail"]]:
        place, _, path = address.partition("/")
        if place != playable.PLACE or not (playable.FOLDER / path).is_file():
            yield f"`{address}` is not among the media"
            continue
        if path.endswith(".mp4"):
            source = next(source for source in video["sources"] if source["src"] == address)
            file = playable.FOLDER / path
            stated = [source[member] for member in ("size", "duration", "width", "height")]
            if stated != [file.stat().st_size, *mp4.facts(file)]:
                yield f"`{address}` is not as large or as long as its source says"
            if source["duration"] != video["duration"]:
                yield "its sources are not as long as it is"


def _signing(account, is_needed):
    signing = account.get("url_signing")
    if signing is None:
        if is_needed:
            yield "it has media that play, but signs no address"
    elif not {*signing} <= SIGNING or signing["hosts"] != [playable.HOST] or signing["lifetime"] <= 0:
        yield "its `url_signing` is wrong"


def _elsewhere(videos):
    systems = [{system for source in video["sources"] for system in source.get("key_systems", {})} for video in videos]
    if KEY_SYSTEMS not in systems:
        yield "no video asks for licences of all three DRM systems"
    if not any(video["duration"] == 0 for video in videos):
        yield "no video is live"
    for video in videos:
        if not 0 <= video.get("plays_trailing_week", 0) <= video.get("plays_total", 0):
            yield f"video {video['id']} `{video['name']}`: more plays in a week than ever"
