"""Brackenfield Instruments' internal videos, written by hand. The company makes scales and sensors and is invented."""

# (year, quarter, title, minutes, description)
TOWN_HALLS = [
    (2022, 1, "Moving the calibration lab", 54, "Why the lab leaves Utrecht's ground floor, and what it means for deliveries in March."),
    (2022, 2, "Two factories, one calendar", 49, "Pune and Portland agree on public holidays for the first time."),
    (2022, 3, "What the survey said", 61, "Four answers we liked, three we did not, and what happens next."),
    (2022, 4, "The year in grams", 58, "Results, returns, and the smallest thing we weighed."),
    (2023, 1, "A new bench scale", 47, "The B-series replaces eleven models. Questions from service answered in the second half."),
    (2023, 2, "Energy at the Portland site", 52, "Heat pumps, the roof, and a frank word on the first winter."),
    (2023, 3, "Osaka opens", 44, "A tour of the new office, with interpretation."),
    (2023, 4, "The year in newtons", 56, "Results, the load-cell shortage, and thanks to the night shift."),
    (2024, 1, "Working hours, revisited", 63, "The pilot's figures, and what becomes of Fridays."),
    (2024, 2, "Software has a release day now", 45, "Firmware on the second Tuesday: how, and why that day."),
    (2024, 3, "Apprentices take over", 51, "This quarter's town hall is run by the apprentices, questions included."),
    (2024, 4, "The year in pascals", 59, "Results, the pressure line's first customers, and retirement cake."),
]

# (slug, title, seconds, description)
SAFETY = [
    ("ladders", "Three points of contact", 342, "Ladders in the stores: check, place, climb."),
    ("mercury", "If a thermometer breaks", 415, "Old stock still contains mercury. Leave, close, call."),
    ("lasers", "Class 3B and you", 528, "The alignment bench: interlocks, eyewear, and who may open the hood."),
    ("forklift", "Walking where forklifts drive", 304, "Eye contact first. Always."),
    ("evacuation-utrecht", "Evacuation: Utrecht", 266, "Two stairs, one meeting point, no lifts."),
    ("evacuation-pune", "Evacuation: Pune", 271, "Hindi and English, with the new assembly point by the east gate."),
    ("evacuation-osaka", "避難訓練: Osaka", 288, "In Japanese, with English captions."),
    ("lifting", "Lifting a forty-kilo test weight", 377, "Use the hoist. This is a video about using the hoist."),
    ("lockout", "Lockout, tagout", 460, "One lock, one person, one key."),
    ("chemicals", "Reading a safety data sheet", 391, "Section 4 first, section 8 before you start."),
]

KNOW_HOW = [
    ("drift", "Why scales drift", 733, "Temperature, creep, and the desk that somebody leans on."),
    ("load-cell", "Inside a load cell", 894, "Four resistors and a very small stretch."),
    ("b200-service", "Servicing the B200", 1_622, "From the four screws to the final check with the 2 kg weight."),
    ("b200-display", "Changing a B200 display", 517, "Mind the ribbon."),
    ("p10-calibration", "Calibrating the P10 pressure sensor", 1_105, "Three points up, three points down."),
    ("uncertainty", "Uncertainty in one page", 986, "What the ± on a certificate promises, and what it does not."),
    ("traceability", "A chain to the kilogram", 842, "From the customer's weight back to the definition."),
    ("packing", "Packing a balance for air freight", 389, "The foam goes in first. Then the other foam."),
    ("firmware", "Release day, step by step", 1_260, "From the branch to the signed image."),
    ("rma", "What happens to a return", 703, "Eleven days in the life of a scale that came back."),
]

ONBOARDING = [
    ("welcome", "Welcome to Brackenfield", 245, "Where the coffee is, and what we measure."),
    ("expenses", "Expenses without tears", 418, "Receipts, rates and the one form."),
    ("badge", "Your badge and where it opens", 186, "And why the lab door says no."),
    ("glossary", "Words we use", 352, "Tare, span, creep, corner load."),
    ("phishing", "That was not your manager", 447, "Four real messages, names removed."),
    ("standing-desk", "Setting up your desk", 291, "Screen, chair, light."),
]

# (slug, title, minutes, description)
BOARD = [
    ("2023-h1", "Half-year results 2023, for the board", 38, "Figures before publication."),
    ("2023-h2", "Annual results 2023, for the board", 46, "Figures before publication."),
    ("2024-h1", "Half-year results 2024, for the board", 41, "Figures before publication."),
    ("site-options", "Options for the Portland lease", 27, "Three options and a recommendation."),
    ("pressure-line", "The pressure line: plan and risks", 33, "Market, margins, and the competitor we expect."),
]

PRODUCT = [
    ("b200-launch", "The B200 in three minutes", 178, "For dealers' own pages."),
    ("p10-launch", "Meet the P10", 164, "For dealers' own pages."),
    ("open-day", "Open day at the lab", 322, "Visitors weigh their breath."),
    ("dealer-training", "Dealer training: first setup", 1_344, "Level, power, warm-up, test weight."),
    ("history", "Since the brass balance", 611, "A century of weighing, told with the objects in the entrance hall."),
]

RETIRED = [
    ("a90-service", "Servicing the A90", 1_511, "Withdrawn: the A90 is out of support."),
    ("old-expenses", "Expenses (2019 rules)", 402, "Withdrawn: replaced by `Expenses without tears`."),
    ("old-evacuation", "Evacuation: the old Utrecht building", 233, "Withdrawn: the building has been sold."),
    ("pune-tour", "A tour of the Pune line", 540, "Still encoding."),
    ("osaka-tour", "A tour of the Osaka office", 498, "Still encoding."),
    ("slides-only", "Quality manual, slides only", 900, "No picture was ever attached."),
]
