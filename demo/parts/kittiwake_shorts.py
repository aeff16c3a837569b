"""Kittiwake Television's trailers, clips and local programmes, written by hand. Every title and place is invented."""

# (slug, title, seconds, description, tags)
SHORTS = [
    ("trailer-weirhouse", "Trailer: Weirhouse", 74, "What the water kept. A new drama in six parts.", ["trailer", "drama"]),
    ("trailer-overnight", "Trailer: Overnight to Skelda", 68, "Eight hours, one crossing, no signal.", ["trailer", "crime"]),
    ("trailer-hedgerow-year", "Trailer: Hedgerow Year", 61, "Twelve months, half a mile.", ["trailer", "nature"]),
    ("trailer-autumn", "This autumn on Kittiwake", 92, "Drama, gardens, and far too many pies.", ["trailer"]),
    ("clip-boxty", "How to turn a boxty without losing it", 143, "The flick of the wrist, slowed down.", ["clip", "food"]),
    ("clip-redwings", "Eleven days of redwings in ninety seconds", 96, "A hedge, a fixed camera, a great many berries.",
     ["clip", "nature"]),
    ("clip-kelp", "Walking into a kelp forest", 187, "From the film crew's helmet camera at eleven metres.", ["clip", "nature"]),
    ("clip-moon-song", "Sing along: The Moon Is Stuck", 132, "The song from the first episode, with words.", ["clip", "children"]),
    ("behind-weirhouse", "Behind Weirhouse: flooding a street twice", 421, "Four hundred tonnes of water and one dry script.",
     ["making of", "drama"]),
    ("behind-overnight", "Behind Overnight to Skelda: how to park forty lorries", 365, "The first assistant director explains.",
     ["making of", "crime"]),
    ("press-overnight-2", "Preview for the press: Overnight to Skelda, series two", 2_830, "Embargoed. For accredited reviewers.",
     ["press"]),
    ("press-winter-season", "Preview for the press: the winter season", 1_960, "Clips and interviews for partner sites.", ["press"]),
    ("embed-tides-explained", "Why there are two tides a day", 254, "Made with the schools service, for schools' own pages.",
     ["schools", "science"]),
    ("embed-lighthouse-lens", "Inside a lighthouse lens", 301, "How a lamp the size of a hand is seen at twenty miles.",
     ["schools", "science"]),
    ("embed-chart-reading", "Reading a sea chart", 338, "Soundings, marks, and what the small letters mean.", ["schools", "geography"]),
    ("embed-weather-knots", "Knots that hold in weather", 276, "A bowline, a rolling hitch, and when to use neither.", ["schools"]),
    ("rushes-ferry-terminal", "Rushes: ferry terminal at dawn", 1_240, "Ungraded, for the edit suite.", ["rushes"]),
    ("rushes-kelp", "Rushes: kelp forest, camera two", 1_805, "Ungraded, without sound.", ["rushes"]),
    ("rushes-quarry-line", "Rushes: the quarry line", 2_115, "Ungraded, with production sound.", ["rushes"]),
]

# (slug, title, seconds, description, tags)
LOCAL = [
    ("regatta-cork", "The Harbour Regatta, live from Cork", 7_260, "Shown outside the county only: the quays were sold out.",
     ["local", "sport"]),
    ("hurling-county-replay", "County schools final: the replay", 5_480, "For viewers in Dublin, by agreement with the schools.",
     ["local", "sport"]),
    ("edinburgh-fringe-hour", "The Late Fringe Hour", 3_540, "Recorded on the night, for Edinburgh alone.", ["local", "comedy"]),
    ("cardiff-choir-night", "Noson y Corau: Choir Night", 4_310, "Four choirs and a very small stage.", ["local", "music"]),
    ("tide-clock-doc", "The Tide Clock", 3_120, "A documentary sold to American stations, which show it first in their own cities.",
     ["documentary"]),
    ("dory-builders", "The Dory Builders", 2_940, "Two boatyards an ocean apart build the same boat.", ["documentary"]),
    ("island-songs-broadcast", "Island Songs", 3_480, "A concert shared with public stations in Boston and Seattle.",
     ["documentary", "music"]),
    ("emigrant-letters", "Emigrant Letters", 3_660, "Read aloud at both ends of the crossing.", ["documentary", "history"]),
]
