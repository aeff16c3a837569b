"""Brackenfield Instruments: internal videos behind the company's own addresses, some bound to the intranet's pages.

The account's address list is the first wall: whoever is outside it sees nothing, whatever a video says.
"""

from . import company_playlists
from .company_words import BOARD, KNOW_HOW, ONBOARDING, PRODUCT, RETIRED, SAFETY, TOWN_HALLS
from .dice import Dice
from .limits import FAR_AHEAD, end, right, rules, scheduled, start, strings, tokens
from .media import cue
from .video import MINUTE, Account

INTRANET = "https://intranet.brackenfield.example"
LEARNING = "https://learn.brackenfield.example"
# The offices' blocks, v4 and v6, and the offices' loopback twins.
OFFICES = ["203.0.113.64/27", "2001:db8:b1f::/48", "127.0.81.192/27"]
# Utrecht alone: its addresses, and the first two of the offices' twins.
UTRECHT = ("203.0.113.65", "2001:db8:b1f:2::/64", "127.0.81.193", "127.0.81.194")
SEASONS = ["spring", "summer", "autumn", "winter"]


def account():
    company = Account("3072914485", "Brackenfield Instruments", "media.brackenfield.example", id_lengths=(10,),
                      ip_allow=OFFICES, rules=tokens("proxy-deny", "vpn", "tor", "smart-dns"))
    company.add_key("web-player", key_id="w1")
    company.add_key("europe-desk", key_id="g1", geo={"countries": ["nl", "ie", "gb", "de"], "exclude_countries": False})
    company.add_key("intranet", key_id="d1", allowed_domains=[INTRANET, LEARNING])
    company.add_key("search", key_id="s1", apis=["search"])
    rights = {
        "intranet": company.add_right("Intranet pages", strings("domain-allow", INTRANET, "*.brackenfield.example")),
        "board": company.add_right("Board room", strings("ip-allow", *UTRECHT)),
        "app": company.add_right("Intranet pages and the app", ", ".join(
            [strings("domain-allow", "intranet.brackenfield.example"), "domain-missing=allow"])),
    }
    _town_halls(company, rights)
    _courses(company, "safety", SAFETY, _safety_limits(rights))
    _courses(company, "know-how", KNOW_HOW, _know_how_limits(rights))
    _courses(company, "onboarding", ONBOARDING, {
        "welcome": right(rights["app"]), "phishing": right(rights["intranet"])})
    _courses(company, "product", PRODUCT, {
        "b200-launch": rules(strings("domain-deny", "*.resale.example", "resale.example")),
        "p10-launch": rules(start("2024-05-14T07:00:00Z"))})
    _courses(company, "retired", RETIRED, {
        "a90-service": {"state": "INACTIVE"}, "old-expenses": {"state": "INACTIVE"},
        "old-evacuation": {"state": "INACTIVE"}, "pune-tour": {"complete": False},
        "osaka-tour": {"complete": False, "sources": []}, "slides-only": {"sources": []}})
    for slug, title, minutes, description in BOARD:
        company.add_video(
            f"board-{slug}", name=title, description=description, duration=minutes * MINUTE, drm=True,
            reference_id=f"Board: {title}", tags=["board", "confidential"], languages=("en", "nl"),
            **right(rights["board"]))
    company_playlists.add(company)
    return company


def _town_halls(company, rights):
    """Open to the house by default; some only on the intranet, the older ones put away."""
    limits = [
        scheduled(ends_at="2024-01-01T00:00:00Z"), scheduled(ends_at="2024-04-01T00:00:00Z"), {}, {},
        right(rights["intranet"]), right(rights["app"]), {}, rules(end(FAR_AHEAD)),
        rules(strings("domain-allow", INTRANET)), {}, scheduled("2024-09-26T13:00:00Z", FAR_AHEAD), {},
    ]
    for (year, quarter, title, minutes, description), limit in zip(TOWN_HALLS, limits, strict=True):
        dice = Dice("brackenfield", str(year), str(quarter))
        duration = minutes * MINUTE + dice.number(0, 59) * 1000
        company.add_video(
            f"town-hall-{year}-{quarter}", name=f"Town hall, {SEASONS[quarter - 1]} {year}: {title}",
            description=description, duration=duration, reference_id=f"town hall {year} Q{quarter}",
            tags=["town hall", str(year)], languages=("en", "nl", "hi", "ja"),
            custom_fields={"host": "Works council", "sites": "Utrecht, Portland, Pune, Osaka"},
            cue_points=[cue(dice, "Welcome", 0), cue(dice, "Figures", 420), cue(dice, "Questions", duration // 1500)],
            **limit)


def _safety_limits(rights):
    return {
        "mercury": rules(strings("geo-allow", "NL")),
        "lasers": rules(strings("geo-allow", "NL", "US-OR")),
        "evacuation-utrecht": rules(strings("ip-allow", *UTRECHT)),
        "lockout": right(rights["intranet"]),
        "chemicals": rules(strings("domain-allow", "*.brackenfield.example")),
    }


def _know_how_limits(rights):
    return {
        "b200-service": rules(strings("domain-allow", LEARNING, INTRANET), "domain-missing=deny"),
        "firmware": rules(strings("ip-deny", "203.0.113.67", "127.0.81.195")),
        "rma": right(rights["intranet"]),
        "p10-calibration": rules(strings("domain-allow", "learn.brackenfield.example")),
    }


def _courses(company, shelf, videos, limits):
    for slug, title, seconds, description in videos:
        company.add_video(
            f"{shelf}-{slug}", name=title, description=description, duration=seconds * 1000, tags=[shelf, slug],
            reference_id=None if shelf == "retired" else f"{shelf}/{slug}", economics="FREE",
            languages=("ja", "en") if "osaka" in slug else ("hi", "en") if "pune" in slug else ("en", "nl"),
            link={"text": "Ask a question", "url": f"{INTRANET}/{shelf}/{slug}"},
            custom_fields={"shelf": shelf, "owner": "Learning and development"}, **limits.get(slug, {}))
