"""The Lakes and Coast Soccer League: recordings, highlights and live-like streams, sold territory by territory.

The account refuses proxies; matches are blacked out in the clubs' home markets, by metro or by state.
"""

from . import league_playlists, playable, test_cards
from .league_season import detail, fixtures, match_cues, report
from .league_words import CLUBS, FEATURES
from .limits import FAR_AHEAD, end, not_in, only_in, right, rules, scheduled, start, strings, tokens
from .video import MINUTE, Account

SITE = "https://www.lakes-and-coast.example"
EUROPE = ("AT", "BE", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HU", "IE", "IS", "IT", "LT", "LV",
          "NL", "NO", "PL", "PT", "RO", "SE", "UA")
LATIN_AMERICA = ("AR", "BR", "CL", "CO", "MX", "PE", "PR")
ASIA_PACIFIC = ("AU", "HK", "ID", "IN", "JP", "KR", "NP", "NZ", "PH", "SG", "TH", "TW")


def account():
    league = Account("4409318250001", "Lakes and Coast Soccer League", "video.lakes-and-coast.example",
                     rules=tokens("proxy-deny", "anonymous", "public", "hosting", "vpn", "tor", "smart-dns"),
                     url_signing=playable.url_signing(bind="network"))
    league.add_key("web-player", key_id="w1")
    league.add_key("north-america-app", key_id="g1", geo={"countries": ["us", "ca", "mx"], "exclude_countries": False})
    league.add_key("club-sites", key_id="d1", allowed_domains=[SITE, "https://club.lakes-and-coast.example"])
    league.add_key("search", key_id="s1", apis=["search"])
    league.add_key("outside-home-app", key_id="g2", geo={"countries": ["us", "ca"], "exclude_countries": True})
    rights = {
        "home": league.add_right("Home territory", strings("geo-allow", "US", "CA")),
        "europe": league.add_right("European rights holder", strings("geo-allow", *EUROPE)),
        "latin": league.add_right("Latin American rights holder", strings("geo-allow", *LATIN_AMERICA)),
        "asia": league.add_right("Asia-Pacific rights holder", strings("geo-allow", *ASIA_PACIFIC)),
        "away": league.add_right("Everywhere but home", strings("geo-deny", "US", "CA")),
        "strict": league.add_right("Home territory, no relays", ", ".join(
            [strings("geo-allow", "US", "CA"), tokens("proxy-deny", "relay", "corporate", "transparent", "edu")])),
    }
    matches = list(fixtures(rounds=8))
    for match in matches:
        _recording(league, match, _limit(match, rights))
    for match in matches[1::2]:
        _highlights(league, match, rights)
    for week, home in enumerate(CLUBS[:10], 1):
        _live(league, week, home)
    for feature in FEATURES:
        _feature(league, *feature)
    test_cards.add(league, test_cards.LEAGUE)
    league_playlists.add(league)
    return league


def _blackout(match):
    """The clubs' metros, or their provinces where there are no metros."""
    return [f"metro:{club.metro}" if club.metro else club.regions[0] for club in (match.home, match.away)]


def _limit(match, rights):
    """Eight ways to sell a match, one for each round."""
    states = match.home.regions + match.away.regions
    return [
        rules(strings("geo-deny", *_blackout(match))),
        rules(strings("geo-deny", *states)),
        right(rights[["home", "europe", "latin", "asia", "away", "strict"][match.number - 1]]),
        only_in("us", "ca", "mx"),
        not_in(*[["us", "ca"], ["de", "at", "ch"], ["gb", "ie"]][match.number % 3]),
        rules(strings("geo-allow", "US", "CA"), strings("geo-deny", *_blackout(match)), start(match.kick_off)),
        rules(start(match.kick_off), end(FAR_AHEAD)),
        {**right(rights["away"]), **scheduled(match.kick_off, FAR_AHEAD)},
    ][match.round - 1]


def _facts(match):
    return {
        "competition": "League", "season": "2024", "round": str(match.round), "kick_off": match.kick_off,
        "home": match.home.name, "away": match.away.name, "ground": match.home.ground,
    }


def _reference(match, kind):
    return f"lcsl/2024/{match.round:02}/{match.home.slug}:{match.away.slug}/{kind}"


def _recording(league, match, limit):
    duration = (114 + match.dice.number(-2, 6)) * MINUTE + match.dice.number(0, 59) * 1000
    league.add_video(
        f"match-{match.round}-{match.number}",
        name=f"{match.home.name} v {match.away.name} (round {match.round}, full match)",
        description=report(match),
        long_description=f"The whole match from {match.home.ground}, {match.home.city}. {detail(match)}",
        duration=duration, reference_id=_reference(match, "full"), heights=(540, 720, 1080),
        languages=("en", "es") if match.round % 2 else ("en", "fr"),
        tags=["match", "full match", match.home.slug, match.away.slug],
        economics="AD_SUPPORTED", cue_points=match_cues(match), custom_fields=_facts(match), **limit)


def _highlights(league, match, rights):
    """Most are for everyone whom the account admits; a few carry a licence of their own."""
    league.add_video(
        f"highlights-{match.round}-{match.number}", name=f"Highlights: {match.home.name} v {match.away.name}",
        description=report(match), duration=match.dice.number(190, 430) * 1000,
        reference_id=_reference(match, "highlights"), tags=["highlights", match.home.slug, match.away.slug],
        custom_fields=_facts(match), economics="AD_SUPPORTED",
        link={"text": "Table and fixtures", "url": f"{SITE}/2024/table"},
        **(right(rights["europe"]) if match.number == 6 and match.round > 4 else {}))


def _live(league, week, home):
    """A stream without an end: HLS and DASH only, duration 0, refused where the club's local station shows it."""
    metro, region = f"metro:{home.metro}", home.regions[0]
    limits = [
        rules(strings("geo-deny", metro)),
        rules(strings("geo-allow", "US", "CA"), strings("geo-deny", metro)),
        rules(strings("geo-deny", *home.regions)),
        rules(strings("geo-allow", metro)),
        rules(strings("geo-allow", "US", "CA", "MX"), strings("geo-deny", region)),
        rules(strings("geo-deny", metro, *home.regions, "MX")),
        rules(strings("geo-allow", metro, "CA"), "geo-default=deny"),
        rules(strings("geo-allow", "US"), strings("geo-deny", "US-NY", "US-NJ", region)),
        rules(strings("geo-allow", "US"), strings("geo-deny", metro), tokens("proxy-deny", "relay", "edu")),
        rules(strings("geo-deny", metro, "US-OR"), start("2024-02-01T00:00:00Z"), end(FAR_AHEAD)),
    ]
    # Nothing in a stream is known beforehand, so it has neither captions nor cue points.
    league.add_video(
        f"live-{week}", name=f"Live: {home.city} camera at {home.ground}", live=True, duration=0, languages=(),
        description=f"Open training of the {home.name}, as it happens. Not shown where a local station has the rights.",
        reference_id=f"live {home.ground}", tags=["live", home.slug], economics="AD_SUPPORTED",
        custom_fields={"competition": "Training", "home": home.name, "ground": home.ground}, **limits[week - 1])


def _feature(league, slug, title, seconds, description, tags):
    limits = {
        "archive-first-final": scheduled("2021-05-01T00:00:00Z", FAR_AHEAD),
        "archive-fog-match": rules(start("2021-11-01T00:00:00Z"), end("2022-11-01T00:00:00Z")),
        "trailer-2023": scheduled("2023-01-15T00:00:00Z", "2023-11-30T00:00:00Z"),
        "tickets-2023-final": rules(end("2023-10-28T18:00:00Z")),
        "time-capsule-2050": rules(start("2050-03-01T00:00:00Z")),
        "anniversary-2048": scheduled("2048-03-01T00:00:00Z", FAR_AHEAD),
        "draft-interview-reel": {"state": "INACTIVE"},
        "tactics-cam-test": {"complete": False},
        "commentary-test": {"sources": []},
    }
    league.add_video(
        slug, name=title, description=description, duration=seconds * 1000, tags=tags, reference_id=slug,
        languages=("fr",) if slug == "ground-vieux-canal" else ("en",), economics="FREE", **limits.get(slug, {}))
