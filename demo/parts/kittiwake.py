"""Kittiwake Television, a broadcaster of the British Isles: catch-up, films with windows, embeds bound to domains.

The account itself forbids nothing, so what happens to a video here is that video's doing alone.
"""

from . import kittiwake_playlists, playable, test_cards
from .dice import Dice
from .kittiwake_films import FILMS
from .kittiwake_series import SERIES
from .kittiwake_shorts import LOCAL, SHORTS
from .limits import FAR_AHEAD, end, not_in, only_in, right, rules, scheduled, start, strings, tokens
from .media import ad_breaks, cue
from .video import MINUTE, Account

SITE = "https://www.kittiwake-tv.example"
STUDIO_NETWORK = ("203.0.113.128/28", "2001:db8:57d::/48", "127.0.81.224/28")
HOTEL_NETWORK = ("203.0.113.192/28", "2001:db8:107e::/48", "127.0.81.240/29")
CLOUD_NETWORK = ("192.0.2.0/28", "2001:db8:da7a::/48", "127.0.81.128/28")
FREE = {}


def account():
    channel = Account(
        "5820417306001", "Kittiwake Television", "media.kittiwake-tv.example", id_lengths=(13, 13, 12, 11),
        url_signing=playable.url_signing())
    channel.add_key("web-player", key_id="w1")
    channel.add_key("british-isles-app", key_id="g1", geo={"countries": ["gb", "ie"], "exclude_countries": False})
    channel.add_key("schools-embed", key_id="d1", allowed_domains=[SITE, "https://schools.kittiwake-tv.example"])
    channel.add_key("search", key_id="s1", apis=["search"])
    channel.add_key("smart-tv", key_id="r1", rules=tokens("proxy-deny", "vpn", "tor", "smart-dns"))
    rights = {
        "isles": channel.add_right("British Isles catch-up", strings("geo-allow", "GB", "IE", "IM", "JE", "GG")),
        "nordic": channel.add_right("Nordic cinema licence", ", ".join(
            [strings("geo-allow", "NO", "SE", "DK", "FI", "IS"), tokens("proxy-deny", "vpn", "tor", "smart-dns")])),
        "partners": channel.add_right("Partner sites", ", ".join(
            [strings("domain-allow", SITE, "*.partner-press.example"), "domain-missing=deny"])),
        "festival": channel.add_right("Festival fortnight 2023", ", ".join(
            [start("2023-09-01T18:00:00Z"), end("2023-09-15T00:00:00Z")])),
        "studio": channel.add_right("Screening room", strings("ip-allow", *STUDIO_NETWORK)),
    }
    _catch_up(channel, rights)
    _films(channel, rights)
    _shorts(channel, rights)
    _local(channel)
    test_cards.add(channel, test_cards.KITTIWAKE)
    kittiwake_playlists.add(channel)
    return channel


def _series_limits(rights):
    """What binds the six episodes of each series."""
    isles = right(rights["isles"])
    return {
        "weirhouse": [isles] * 6,
        "overnight": [only_in("gb", "ie")] * 4 + [
            {**only_in("gb", "ie"), **scheduled(ends_at=FAR_AHEAD)},
            {**only_in("gb", "ie"), **rules(tokens("proxy-deny", "anonymous", "vpn", "tor"))}],
        "pier-kitchen": [FREE] * 3 + [rules(strings("geo-allow", "GB", "IE"))] * 2 + [
            rules(strings("geo-allow", "GB", "IE", "FR", "BE", "NL"))],
        "hedgerow-year": [FREE] * 6,
        "small-claims-street": [not_in("us", "ca")] * 2 + [rules(strings("geo-deny", "US", "CA", "AU"))] * 2 + [
            rules(strings("geo-deny", "GB")), rules(strings("geo-allow", "GB", "IE"), "geo-default=allow")],
        # `restricted: false` makes the list of countries a dead letter.
        "teasel-and-tup": [{"geo": {"restricted": False, "exclude_countries": False, "countries": ["gb"]}}] * 2 + [
            scheduled("2023-01-09T06:00:00Z", FAR_AHEAD), scheduled(ends_at=FAR_AHEAD),
            scheduled("2023-01-11T06:00:00Z"), scheduled("2023-01-12T06:00:00Z", FAR_AHEAD)],
        "harbour-report": [
            FREE, rules(strings("ip-deny", *HOTEL_NETWORK)), rules(strings("ip-deny", *CLOUD_NETWORK)),
            rules(strings("ip-deny", *CLOUD_NETWORK, *HOTEL_NETWORK)), {"state": "INACTIVE"}, {"complete": False}],
        "lost-lines": [
            rules(start("2022-03-01T20:00:00Z"), end("2022-04-01T00:00:00Z")),
            scheduled(ends_at="2022-04-08T00:00:00Z"),
            rules(end("2022-04-15T00:00:00Z")), rules(start("2022-03-22T20:00:00Z"), end(FAR_AHEAD)),
            rules(start("2022-03-29T20:00:00Z")), rules(end(FAR_AHEAD))],
    }


def _catch_up(channel, rights):
    limits = _series_limits(rights)
    for slug, (series, genres, minutes, language, episodes) in SERIES.items():
        for number, ((title, synopsis), limit) in enumerate(zip(episodes, limits[slug], strict=True), 1):
            dice = Dice("kittiwake", slug, str(number))
            duration = minutes * MINUTE + dice.number(-150, 150) * 1000
            channel.add_video(
                f"{slug}-{number}", name=f"{series}: {title}", description=synopsis, duration=duration,
                reference_id=f"{slug}/S01E{number:02}", tags=[*genres, slug], economics="AD_SUPPORTED",
                languages=(language, "ga") if number % 2 else (language, "cy"),
                cue_points=ad_breaks(dice, duration) if minutes > 20 else None,
                long_description=f"{synopsis} Episode {number} of {len(episodes)} of {series}, "
                                 f"first shown on Kittiwake in the {['winter', 'spring'][number > 3]} season.",
                custom_fields={"series": series, "season": "1", "episode": str(number), "channel": "Kittiwake One"},
                link={"text": f"All of {series}", "url": f"{SITE}/programmes/{slug}"}, **limit)


def _film_limits(rights):
    """What binds each film, in the order of the list: the proxy classes first, then windows, places and licences."""
    return [
        rules(tokens("proxy-deny", "anonymous")),
        right(rights["nordic"]),
        rules(tokens("proxy-deny", "vpn", "tor")),
        rules(tokens("proxy-deny", "public", "transparent")),
        rules(tokens("proxy-deny", "corporate", "edu")),
        rules(tokens("proxy-deny", "hosting", "residential")),
        rules(tokens("proxy-deny", "smart-dns", "relay")),
        rules(tokens("proxy-deny", "anonymous", "public", "corporate", "transparent", "hosting", "edu", "vpn", "tor",
                     "residential", "smart-dns", "relay")),
        rules(start("2020-01-01T00:00:00Z"), end("2021-01-01T00:00:00Z")),
        rules(start("2021-06-01T00:00:00Z"), end("2021-12-01T00:00:00Z")),
        rules(start("2047-05-01T00:00:00Z")),
        rules(start("2045-01-01T00:00:00Z"), end("2047-01-01T00:00:00Z")),
        scheduled("2046-10-04T19:00:00Z"),
        rules(start("2022-01-01T00:00:00Z"), end(FAR_AHEAD)),
        right(rights["nordic"]),
        right(rights["festival"]),
        right(rights["festival"]),
        rules(strings("geo-allow", "GB", "IE"), tokens("proxy-deny", "vpn", "hosting"), end(FAR_AHEAD)),
        FREE,
        {"state": "INACTIVE"},
        {"sources": [], "complete": False},
        {"sources": []},
        right(rights["isles"]),
        rules(strings("geo-allow", "DE", "AT", "CH"), start("2023-02-01T00:00:00Z"), end("2048-02-01T00:00:00Z")),
    ]


def _films(channel, rights):
    for film, limit in zip(FILMS, _film_limits(rights), strict=True):
        dice = Dice("kittiwake", film.slug)
        duration = film.minutes * MINUTE + dice.number(-25, 25) * 1000
        channel.add_video(
            film.slug, name=film.title, description=film.synopsis, duration=duration, drm=film.year > 1990,
            reference_id=f"film:{film.title} ({film.year})", tags=["film", f"{film.year // 10 * 10}s", film.language],
            economics="FREE" if film.year < 1960 else "AD_SUPPORTED", offline_enabled=film.year < 1960,
            languages=tuple(dict.fromkeys(("en", film.language))), heights=(360, 540, 720, 1080),
            cue_points=ad_breaks(dice, duration, every_minutes=24),
            custom_fields={"year": str(film.year), "country": film.country, "original_language": film.language},
            **limit)


def _shorts(channel, rights):
    studio_or_site = [strings("domain-allow", SITE), "domain-missing=allow"]
    limits = {
        "press-overnight-2": rules(strings("ip-allow", *STUDIO_NETWORK)),
        "press-winter-season": right(rights["partners"]),
        "embed-tides-explained": rules(strings("domain-allow", SITE)),
        "embed-lighthouse-lens": rules(strings("domain-allow", "*.schools.example", "schools.example")),
        "embed-chart-reading": rules(strings("domain-allow", "*.schools.example"), "domain-missing=deny"),
        "embed-weather-knots": rules(strings("domain-deny", "*.clip-farm.example", "clip-farm.example")),
        "behind-weirhouse": rules(*studio_or_site),
        "behind-overnight": rules(strings("domain-deny", "clip-farm.example", "https://mirror.example")),
        "clip-moon-song": rules(strings("domain-allow", "kittiwake-tv.example", "www.kittiwake-tv.example")),
        "rushes-ferry-terminal": rules(strings("ip-allow", *STUDIO_NETWORK)),
        "rushes-quarry-line": rules(strings(
            "ip-allow", "203.0.113.129", "2001:db8:57d:2::1", "127.0.81.225", "127.0.81.226")),
        "rushes-kelp": right(rights["studio"]),
    }
    for slug, title, seconds, description, tags in SHORTS:
        dice = Dice("kittiwake", slug)
        channel.add_video(
            slug, name=title, description=description, duration=seconds * 1000 + dice.number(0, 999), tags=tags,
            reference_id=None if slug.startswith("rushes") else slug, economics="FREE", offline_enabled=True,
            cue_points=[cue(dice, "Title card", 4)] if "trailer" in tags else None, **limits.get(slug, FREE))


def _local(channel):
    limits = {
        "regatta-cork": rules(strings("geo-deny", "IE-CO")),
        "hurling-county-replay": rules(strings("geo-allow", "IE-D")),
        "edinburgh-fringe-hour": rules(strings("geo-allow", "GB-EDH", "GB-GLG")),
        "cardiff-choir-night": rules(strings("geo-allow", "GB", "IE"), strings("geo-deny", "GB-BFS")),
        "tide-clock-doc": rules(strings("geo-allow", "US"), strings("geo-deny", "metro:501", "metro:803", "metro:602")),
        "dory-builders": rules(strings("geo-deny", "metro:506")),
        "island-songs-broadcast": rules(strings("geo-allow", "metro:506", "metro:819", "GB", "IE")),
        "emigrant-letters": rules(strings("geo-allow", "US-MA", "US-NY", "CA-NL"), strings("geo-deny", "metro:501")),
    }
    for slug, title, seconds, description, tags in LOCAL:
        dice = Dice("kittiwake", slug)
        duration = seconds * 1000 + dice.number(0, 999)
        channel.add_video(
            slug, name=title, description=description, duration=duration, tags=tags, reference_id=f"local {title}",
            economics="AD_SUPPORTED", cue_points=ad_breaks(dice, duration), languages=("en", "cy", "ga"),
            **limits[slug])
