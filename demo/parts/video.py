"""An account with its videos and playlists, as the CMS takes them."""

from . import media
from .dice import Dice
from .plays import plays

MINUTE = 60_000


class Account:
    """Gathers what one account owns while its plan is carried out."""

    def __init__(self, account_id, name, host, *, id_lengths=(13,), url_signing=None, **layer):
        self.id = account_id
        self.name = name
        self.host = host
        self.layer = layer
        self.policy_keys = []
        self.rights = []
        self.videos = []
        self.playlists = []
        self._url_signing = url_signing
        self._id_lengths = id_lengths
        self._ids = {}

    def add_key(self, name, **data):
        """A policy key; members of `data` are spelled with `_` here and with `-` in the file."""
        key_data = {"account-id": self.id, **{key.replace("_", "-"): value for key, value in data.items()}}
        self.policy_keys.append({"name": name, "key-data": key_data})

    def add_right(self, name, rules):
        right = {"id": Dice(self.id, "right", name).uuid(), "name": name, "rules": rules}
        self.rights.append(right)
        return right

    def add_video(self, slug, *, name, description, duration, tags, reference_id=None, drm=False, live=False,
                  heights=(360, 720), languages=("en",), cue_points=None, sources=None, state="ACTIVE", complete=True,
                  **fields):
        """`duration` is milliseconds, 0 for a live stream; `fields` are taken over as they are, `None`s left out."""
        dice = Dice(self.id, "video", slug)
        video_id = self._video_id(dice)
        if sources is None:
            sources = media.manifests(self.host, video_id, drm)
            if not (drm or live):
                sources += media.files(dice, self.host, video_id, duration, heights)
        video = {
            "id": video_id, "name": name, "reference_id": reference_id, "description": description,
            "duration": duration, "state": state, "complete": complete,
            **plays(self.id, slug, is_watched=state == "ACTIVE", is_watchable=complete and bool(sources)),
            "tags": tags,
            **media.pictures(self.host, video_id),
            "sources": sources,
            "text_tracks": media.captions(dice, self.host, video_id, languages),
            "cue_points": cue_points or [],
            **fields,
        }
        self.videos.append({key: value for key, value in video.items() if value is not None})
        self._ids[slug] = video_id

    def id_of(self, slug):
        return self._ids[slug]

    def add_explicit(self, slug, *, slugs=(), video_ids=(), **words):
        """A playlist made by hand: its videos named by their slugs or by their ids."""
        ids = [*map(self.id_of, slugs), *video_ids]
        self._add_playlist(slug, type="EXPLICIT", video_ids=ids, **words)

    def add_smart(self, slug, order, search, *, limit=None, **words):
        """A playlist that a search fills: whatever it finds, in this order."""
        self._add_playlist(slug, type=order, limit=limit, search=search, **words)

    def _add_playlist(self, slug, *, name, description, reference_id=None, favorite=None, **members):
        dice = Dice(self.id, "playlist", slug)
        playlist = {
            "id": str(dice.number(4, 6)) + dice.digits(12), "name": name, "reference_id": reference_id,
            "description": description, "favorite": favorite, **members,
        }
        self.playlists.append({key: value for key, value in playlist.items() if value is not None})

    def _video_id(self, dice):
        length = dice.pick(self._id_lengths)
        return str(dice.number(4, 6)) + dice.digits(length - 1)

    def to_json(self):
        signing = {"url_signing": self._url_signing} if self._url_signing else {}
        return {
            "id": self.id, "name": self.name,
            "ip_allow": self.layer.get("ip_allow", []), "rules": self.layer.get("rules"), **signing,
            "policy_keys": self.policy_keys, "playback_rights": self.rights, "videos": self.videos,
            "playlists": self.playlists,
        }
