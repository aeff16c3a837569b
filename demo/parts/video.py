"""One video as the CMS takes it."""

from . import media
from .dice import Dice

MINUTE = 60_000


class Account:
    """Gathers what one account owns while its plan is carried out."""

    def __init__(self, account_id, name, host, *, id_lengths=(13,), **layer):
        self.id = account_id
        self.name = name
        self.host = host
        self.layer = layer
        self.policy_keys = []
        self.rights = []
        self.videos = []
        self._id_lengths = id_lengths

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
            "duration": duration, "state": state, "complete": complete, "tags": tags,
            **media.pictures(self.host, video_id),
            "sources": sources,
            "text_tracks": media.captions(dice, self.host, video_id, languages),
            "cue_points": cue_points or [],
            **fields,
        }
        self.videos.append({key: value for key, value in video.items() if value is not None})

    def _video_id(self, dice):
        length = dice.pick(self._id_lengths)
        return str(dice.number(4, 6)) + dice.digits(length - 1)

    def to_json(self):
        return {
            "id": self.id, "name": self.name,
            "ip_allow": self.layer.get("ip_allow", []), "rules": self.layer.get("rules"),
            "policy_keys": self.policy_keys, "playback_rights": self.rights, "videos": self.videos,
        }
