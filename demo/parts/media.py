"""What a video is played from: manifests, files, pictures, captions. Shapes and units are the playback API's."""

HLS = "application/x-mpegURL"
DASH = "application/dash+xml"
CODECS = "avc1.640028,mp4a.40.2"
DASH_PROFILE = "urn:mpeg:dash:profile:isoff-live:2011"

# height -> (width, bits per second)
RENDITIONS = {360: (640, 730_000), 540: (960, 1_450_000), 720: (1280, 2_600_000), 1080: (1920, 4_900_000)}

LANGUAGES = {
    "en": "English", "ga": "Gaeilge", "cy": "Cymraeg", "de": "Deutsch", "fr": "Français", "is": "Íslenska",
    "ja": "日本語", "nl": "Nederlands", "pt": "Português", "hi": "हिन्दी", "es": "Español",
}


def manifests(host, video_id, drm=False):
    """HLS and DASH for one video; `drm` adds where a player asks for licences."""
    hls = {"type": HLS, "src": f"https://{host}/hls/{video_id}/master.m3u8", "ext_x_version": "7"}
    dash = {"type": DASH, "src": f"https://{host}/dash/{video_id}/manifest.mpd", "profiles": DASH_PROFILE}
    hls["codecs"] = dash["codecs"] = CODECS
    if drm:
        licence = f"https://licence.{host}/{video_id}"
        fairplay = {"key_request_url": f"{licence}/fairplay", "certificate_url": f"{licence}/fairplay.cer"}
        hls["key_systems"] = {"com.apple.fps.1_0": fairplay}
        dash["key_systems"] = {
            "com.widevine.alpha": {"license_url": f"{licence}/widevine"},
            "com.microsoft.playready": {"license_url": f"{licence}/playready"},
        }
    return [hls, dash]


def files(dice, host, video_id, duration, heights=(360, 720)):
    """Progressive MP4s; `size` is bytes, `avg_bitrate` bits per second, `duration` milliseconds."""
    sources = []
    for height in heights:
        width, rate = RENDITIONS[height]
        rate += dice.number(-90, 90) * 1000
        sources.append({
            "container": "MP4", "codec": "H264", "src": f"https://{host}/mp4/{video_id}/{height}p.mp4",
            "avg_bitrate": rate, "width": width, "height": height,
            "size": rate * duration // 8000, "duration": duration,
        })
    return sources


def pictures(host, video_id):
    """Poster and thumbnail; clients rewrite the first `WxH` of the address."""
    return {
        "poster": f"https://{host}/images/1280x720/{video_id}/poster.jpg",
        "thumbnail": f"https://{host}/images/160x90/{video_id}/thumbnail.jpg",
    }


def captions(dice, host, video_id, languages):
    """A text track for each language; the first is the default."""
    return [
        {
            "id": dice.uuid(), "src": f"https://{host}/text/{video_id}/{language}.vtt", "srclang": language,
            "label": LANGUAGES[language], "kind": "captions", "mime_type": "text/webvtt", "default": number == 0,
        }
        for number, language in enumerate(languages)
    ]


def cue(dice, name, seconds, kind="CODE", metadata=None):
    """A cue point; `seconds` from the start."""
    return {
        "id": "6" + dice.digits(12), "name": name, "type": kind, "time": float(seconds),
        "metadata": metadata, "force_stop": False,
    }


def ad_breaks(dice, duration, every_minutes=14):
    """A pre-roll and a break roughly every `every_minutes`, none in the last minutes."""
    cues = [cue(dice, "Pre-roll", 0, "AD")]
    at = every_minutes * 60 + dice.number(-70, 70)
    while at < duration // 1000 - 300:
        cues.append(cue(dice, f"Break {len(cues)}", at, "AD"))
        at += every_minutes * 60 + dice.number(-70, 70)
    return cues
