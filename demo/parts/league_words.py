"""The Lakes and Coast Soccer League: clubs, grounds, and what is said of matches.

All of it is invented, and no player is named.
"""

from collections import namedtuple

# `metro` is the Nielsen DMA of the home city, 0 in Canada; `regions` is where the local broadcaster holds the rights.
Club = namedtuple("Club", "slug name city ground metro regions")

CLUBS = [
    Club("newark", "Newark Lamplighters", "Newark", "Ironbound Field", 501, ("US-NY", "US-NJ")),
    Club("boston", "Boston Wharfmen", "Boston", "Long Wharf Stadium", 506, ("US-MA",)),
    Club("philadelphia", "Philadelphia Quill", "Philadelphia", "Printers' Park", 504, ("US-PA",)),
    Club("chicago", "Chicago Drawbridge", "Chicago", "South Branch Ground", 602, ("US-IL",)),
    Club("detroit", "Detroit Foundry", "Detroit", "Rouge Park Arena", 505, ("US-MI",)),
    Club("minneapolis", "Minneapolis Millrace", "Minneapolis", "Stone Arch Field", 613, ("US-MN",)),
    Club("denver", "Denver Timberline", "Denver", "Front Range Stadium", 751, ("US-CO",)),
    Club("houston", "Houston Bayou Herons", "Houston", "Ship Channel Park", 618, ("US-TX",)),
    Club("los-angeles", "Los Angeles Tidewatch", "Los Angeles", "Breakwater Stadium", 803, ("US-CA",)),
    Club("seattle", "Seattle Ferrymen", "Seattle", "Slip Four Ground", 819, ("US-WA",)),
    Club("toronto", "Toronto Harbourlights", "Toronto", "Cherry Street Stadium", 0, ("CA-ON",)),
    Club("montreal", "Montréal Carillon", "Montréal", "Stade du Vieux-Canal", 0, ("CA-QC",)),
]

WEATHER = [
    "on a pitch still wet from the afternoon's storm", "under a low sun that troubled both goalkeepers",
    "in front of the biggest crowd of the month", "in a wind that turned every corner into a guess",
    "on a cold night with breath in the air", "in heat that called for two drinks breaks",
    "after a half-hour delay for lightning", "with the roof of the east stand shut for repairs",
]

OPENINGS = {
    "home": [
        "{home} beat {away} {score} {weather}.",
        "A {score} home win for {home} against {away}, {weather}.",
        "{home} take the points from {away}, {score}, {weather}.",
    ],
    "away": [
        "{away} win {score_away} away to {home} {weather}.",
        "{home} lose {score} at home to {away}, {weather}.",
        "{away} leave {ground} with all three points, {score_away}, {weather}.",
    ],
    "draw": [
        "{home} and {away} share the points, {score}, {weather}.",
        "A {score} draw between {home} and {away} {weather}.",
    ],
}

DETAILS = [
    "The visitors changed to a back three at the break.", "A penalty was given and, after a long look, taken back.",
    "The number 8 ran more than twelve kilometres and was still chasing at the end.",
    "Both captains were booked inside the first quarter of an hour.", "The crossbar was hit three times, twice from corners.",
    "Two academy players made their first start.", "The game turned on a save with the feet just after the hour.",
    "Neither side made a change until the seventieth minute.", "The second half was played almost wholly in one half of the field.",
]

# (slug, title, seconds, description, tags)
FEATURES = [
    ("rules-offside-line", "How the offside line is drawn", 312, "Two cameras, one frame, and who decides which.", ["explainer"]),
    ("rules-added-time", "Where added time comes from", 247, "The fourth official's sums, step by step.", ["explainer"]),
    ("ground-ironbound", "A walk round Ironbound Field", 402, "The smallest ground in the league, and its only palm tree.", ["grounds"]),
    ("ground-vieux-canal", "Stade du Vieux-Canal: le tour du propriétaire", 388, "La pelouse, l'écluse et le carillon.", ["grounds"]),
    ("kit-room", "Forty-two pairs of boots", 355, "A morning in the kit room at Slip Four Ground.", ["behind the scenes"]),
    ("supporters-train", "The supporters' train to Detroit", 518, "Six carriages, nine hours, one drum.", ["supporters"]),
    ("season-2024-opener", "2024: the season in four minutes", 241, "Every club, one goal each.", ["season"]),
    ("season-2024-saves", "Twenty saves of 2024", 533, "Feet, fingertips and one that hit a pigeon.", ["season"]),
    ("groundstaff-frost", "Keeping frost off the grass", 296, "Covers, lamps and getting up at four.", ["behind the scenes"]),
    ("referee-mic", "On the referee's microphone", 471, "What is said at a corner kick.", ["explainer"]),
    ("archive-first-final", "From the archive: the first final, whole", 6_904, "Restored from the only surviving tape.", ["archive"]),
    ("archive-fog-match", "From the archive: the match nobody saw", 5_640, "Ninety minutes of fog, with commentary.", ["archive"]),
    ("trailer-2023", "Trailer: the 2023 season", 45, "Withdrawn after the season's end.", ["trailer"]),
    ("tickets-2023-final", "Tickets for the 2023 final", 30, "Sold out.", ["trailer"]),
    ("time-capsule-2050", "Message to the fans of 2050", 610, "Recorded by every club and locked until then.", ["season"]),
    ("anniversary-2048", "Half a century of kick-offs", 1_380, "The anniversary film, to be shown in the anniversary year.", ["season"]),
    ("draft-interview-reel", "Academy interviews, rough cut", 1_122, "Not approved by the clubs.", ["academy"]),
    ("tactics-cam-test", "Tactical camera test", 931, "Upload under way.", ["technical"]),
    ("commentary-test", "Commentary feed test", 600, "No picture was ever attached.", ["technical"]),
]
