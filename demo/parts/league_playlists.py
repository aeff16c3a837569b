"""The league's playlists: rounds by hand, the rest by search."""

MATCHES_A_ROUND = 6
ROUNDS = 8


def add(league):
    league.add_explicit(
        "round-1", name="Round 1", reference_id="2024/round/1", favorite=True,
        description="Six matches, each blacked out where its two clubs are at home.", slugs=_round(1))
    league.add_explicit(
        "six-licences", name="Round 3: six licences", reference_id="2024/round/3",
        description="Each match belongs to the rights holder of another part of the world.", slugs=_round(3))
    league.add_explicit(
        "season", name="The season, match by match", reference_id="2024/season",
        description="Every full match so far. Its pages are short wherever matches are barred.",
        slugs=[match for number in range(1, ROUNDS + 1) for match in _round(number)])
    league.add_explicit(
        "big-screen", name="For the big screen", description="What is shown before the gates open; the first one plays.",
        slugs=["big-screen-test", "season-2024-opener", "season-2024-saves"])
    league.add_smart(
        "highlights", "ACTIVATED_OLDEST_TO_NEWEST", "+tags:highlights", name="All highlights", favorite=True,
        reference_id="2024/highlights", description="A few minutes of every other match.")
    league.add_smart(
        "live", "ALPHABETICAL", "+tags:live", name="Live now", reference_id="live", favorite=True,
        description="Open training, not shown where a local station has the rights.")
    league.add_smart(
        "latest", "START_DATE_NEWEST_TO_OLDEST", '+tags:"full match"', limit=6, name="Latest matches",
        description="The last six whose schedule opened.")
    league.add_smart(
        "favourites", "PLAYS_TOTAL", "tags:highlights,explainer,season", limit=10, name="The fans' favourites",
        description="Ten short videos, ever.")
    league.add_smart(
        "this-week", "PLAYS_TRAILING_WEEK", "+tags:highlights", limit=5, name="Seen this week",
        description="Five highlights of the last seven days.")
    league.add_smart(
        "detroit", "ACTIVATED_NEWEST_TO_OLDEST", "+tags:detroit -tags:live", name="Detroit Foundry",
        description="Everything about the club but its training camera.")


def _round(number):
    return [f"match-{number}-{match}" for match in range(1, MATCHES_A_ROUND + 1)]
