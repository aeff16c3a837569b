"""The media in `demo/media`, which really plays, as members of a video.

The loader puts the origin's own media address in the place of `{media}`.
"""

from pathlib import Path

from .dice import Dice
from .media import DASH, DASH_PROFILE, HLS

FOLDER = Path(__file__).resolve().parent.parent / "media"
PLACE = "{media}"
HOST = "{media_host}"
DURATION = 8_000
CODECS = "avc1.4d4015,avc1.4d401f,mp4a.40.2"
# name -> (width, height)
FILES = {"high": (640, 360), "low": (320, 180)}


def members(account_id, slug):
    """What `Account.add_video` takes; the same files whatever the video."""
    return {
        "duration": DURATION,
        "sources": [
            {"type": HLS, "src": f"{PLACE}/stream/master.m3u8", "ext_x_version": "7", "codecs": CODECS},
            {"type": DASH, "src": f"{PLACE}/stream/manifest.mpd", "profiles": DASH_PROFILE, "codecs": CODECS},
            *(_file(name, *size) for name, size in FILES.items()),
        ],
        "poster": f"{PLACE}/images/1280x720/poster.jpg",
        "thumbnail": f"{PLACE}/images/160x90/thumbnail.jpg",
        "text_tracks": [{
            "id": Dice(account_id, "captions", slug).uuid(), "src": f"{PLACE}/captions/en.vtt", "srclang": "en",
            "label": "English", "kind": "captions", "mime_type": "text/webvtt", "default": True,
        }],
    }


def url_signing(**more):
    """Addresses of the media are signed, and good for six hours."""
    return {"key": "media-1", "hosts": [HOST], "lifetime": 6 * 3600, "parameter": "playback_token", **more}


def _file(name, width, height):
    size = (FOLDER / "mp4" / f"{name}.mp4").stat().st_size
    return {
        "container": "MP4", "codec": "H264", "src": f"{PLACE}/mp4/{name}.mp4",
        "avg_bitrate": size * 8000 // DURATION, "width": width, "height": height, "size": size, "duration": DURATION,
    }
