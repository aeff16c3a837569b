"""Kittiwake Television's playlists: what an editor picks, and what a search finds."""

from .dice import Dice
from .kind import kind_of

# Nothing bars these from anybody today: their windows and schedules are open.
OPEN = {"unrestricted", "schedule", "window-open"}
# An id that was a video's once. A playlist still lists it.
DELETED_VIDEO = "6" + Dice("kittiwake", "deleted video").digits(12)


def add(channel):
    _picked(channel)
    _found(channel)


def _picked(channel):
    channel.add_explicit(
        "start-here", name="Start here", reference_id="start-here", favorite=True,
        description="The test cards, which really play, and a few short things beside them.",
        slugs=["test-card", "test-card-isles", "test-card-no-proxy", "clip-kelp", "clip-redwings", "trailer-autumn"])
    channel.add_explicit(
        "open-to-all", name="Open to everybody", reference_id="open-to-all", favorite=True,
        description="Longer than a page, and barred to nobody.",
        video_ids=[video["id"] for video in channel.videos if kind_of(video, channel.layer) in OPEN])
    channel.add_explicit(
        "one-evening", name="One evening, everywhere", reference_id="one-evening",
        description="Each video is sold in other places, so that viewers far apart see different lists.",
        slugs=["clip-redwings", "overnight-1", "weirhouse-1", "pier-kitchen-6", "small-claims-street-1",
               "small-claims-street-5", "the-second-keeper", "ljosid-i-husinu", "tide-clock-doc", "emigrant-letters",
               "dory-builders", "edinburgh-fringe-hour", "hurling-county-replay", "island-songs-broadcast",
               "die-kartenzeichnerin", "harbour-report-2", "press-overnight-2", "lost-lines-1"])
    channel.add_explicit(
        "isles-only", name="Only in Great Britain and Ireland", reference_id="isles-only",
        description="Whoever is elsewhere is refused the whole list.",
        slugs=["overnight-2", "overnight-3", "overnight-4", "pier-kitchen-4", "pier-kitchen-5", "test-card-isles"])
    before, after = ["hedgerow-year-3", "clip-boxty"], ["pier-kitchen-1", "harbour-report-1"]
    channel.add_explicit(
        "editors-picks", name="Editors' picks, spring 2023",
        description="Four of the five are left; nobody took the deleted one off the list.",
        video_ids=[*map(channel.id_of, before), DELETED_VIDEO, *map(channel.id_of, after)])


def _found(channel):
    channel.add_smart(
        "new-drama", "ACTIVATED_NEWEST_TO_OLDEST", '+tags:drama -tags:trailer -tags:"making of"', name="New drama",
        reference_id="new-drama", description="Episodes only: neither trailers nor what goes on behind the scenes.")
    channel.add_smart(
        "films", "ALPHABETICAL", "+tags:film", name="Films from A to Z", reference_id="films", favorite=True,
        description="Every film there is a licence for.")
    channel.add_smart(
        "most-watched", "PLAYS_TOTAL", "tags:catch-up,film", limit=10, name="Most watched", favorite=True,
        description="Ten episodes and films, ever.")
    channel.add_smart(
        "this-week", "PLAYS_TRAILING_WEEK", "tags:catch-up,film,clip", limit=8, name="Talk of the week",
        description="Eight episodes, films and clips of the last seven days.")
    channel.add_smart(
        "teasel-and-tup", "START_DATE_OLDEST_TO_NEWEST", "+tags:teasel-and-tup", name="Teasel and Tup, from the start",
        reference_id="teasel-and-tup", description="In the order in which the episodes became available.")
    channel.add_smart(
        "car-deck", "ACTIVATED_OLDEST_TO_NEWEST", '+name:"car deck"', name="All hands to the car deck",
        description="One video, as long as nobody makes a second with such a name.")
    channel.add_smart(
        "winter-sports", "ALPHABETICAL", "+tags:curling", name="Winter sports", reference_id="winter-sports",
        description="Nothing yet: the ice is late.")
