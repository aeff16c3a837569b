"""The videos that really play: test cards, of the broadcaster and of the league."""

from . import playable
from .limits import only_in, rules, tokens

# (slug, title, description, limit)
KITTIWAKE = [
    ("test-card", "Test card", "Colour bars, a clock and a soft tone, for everybody.", {}),
    ("test-card-isles", "Test card for the British Isles", "Colour bars, a clock and a soft tone, by licence.",
     only_in("gb", "ie")),
    ("test-card-no-proxy", "Test card, not through a proxy", "Colour bars, a clock and a soft tone, for nobody behind a VPN.",
     rules(tokens("proxy-deny", "vpn", "tor", "smart-dns"))),
]
LEAGUE = [
    ("big-screen-test", "Big-screen test", "Shown in the empty ground before the season, to see whether it shows.", {}),
]


def add(account, cards):
    for slug, title, description, limit in cards:
        account.add_video(slug, name=title, description=description, reference_id=slug, tags=["test card"],
                          economics="FREE", **playable.members(account.id, slug), **limit)
