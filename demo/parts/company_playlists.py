"""Brackenfield Instruments' playlists: courses in their order, and what the archive finds."""

from .company_words import BOARD, ONBOARDING, SAFETY


def add(company):
    company.add_explicit(
        "first-week", name="Your first week", reference_id="first week", favorite=True,
        description="Half an hour to begin with. Two of the videos are bound to the intranet's pages.",
        slugs=[f"onboarding-{slug}" for slug, *_ in ONBOARDING])
    company.add_explicit(
        "safety", name="Safety induction", reference_id="safety induction", favorite=True,
        description="Each site sees what concerns it: Utrecht alone has mercury, lasers are there and in Portland.",
        slugs=[f"safety-{slug}" for slug, *_ in SAFETY])
    company.add_explicit(
        "board", name="Board papers", reference_id="board papers",
        description="Whoever is not in the Utrecht office is refused the whole list.",
        slugs=[f"board-{slug}" for slug, *_ in BOARD])
    company.add_smart(
        "town-halls", "ACTIVATED_OLDEST_TO_NEWEST", '+tags:"town hall" -tags:2022', name="Town halls since 2023",
        reference_id="town halls", description="Without the year that has been put away.")
    company.add_smart(
        "b200", "ALPHABETICAL", "+name:b200", name="All about the B200",
        description="Whatever names the scale in its title.")
    company.add_smart(
        "most-asked", "PLAYS_TOTAL", "+tags:know-how", limit=5, name="Most asked for",
        description="The five know-how videos that save the most telephone calls.")
