"""Kittiwake Television's catch-up series, written by hand. Every title, place and programme is invented."""

# slug -> (series title, genre tags, minutes, spoken language, episodes as (title, synopsis))
SERIES = {
    "weirhouse": ("Weirhouse", ["drama", "catch-up"], 52, "en", [
        ("Low Water", "A dry August uncovers a car in the mill pond, and a village that would rather it had stayed there."),
        ("The Gauge Reader", "The woman who has measured the river for thirty years finds a week missing from her own notebooks."),
        ("Spate", "Rain cuts the valley road. Eleven people wait out the night in the school gym, one of them a liar."),
        ("Ground Rent", "A letter from the estate's lawyers turns an old drowning into a question of who owned the bank."),
        ("Eel Season", "The trappers know who was on the river that night, and what silence has been worth to them."),
        ("The Sluice", "On the day the weir is to come down, somebody chains the gates shut from the inside."),
    ]),
    "overnight": ("Overnight to Skelda", ["drama", "crime", "catch-up"], 47, "en", [
        ("Car Deck Two", "Forty lorries drive off the overnight boat. The forty-first has no driver and a running engine."),
        ("Passenger Manifest", "Two passengers with one name lead the harbour police to a guest house that closed years ago."),
        ("Force Nine", "With the crossing cancelled, a witness and the man she has named share the same waiting room."),
        ("Lost Property", "A child's rucksack goes unclaimed for a month. Inside is the purser's missing logbook."),
        ("Dead Slow Ahead", "Fog closes the port while a trawler sends the same wrong position every ten minutes."),
        ("The Last Sailing", "The route is to be shut for good, which leaves one crossing in which to make an arrest."),
    ]),
    "pier-kitchen": ("The Kitchen at the End of the Pier", ["food", "catch-up"], 28, "en", [
        ("Mackerel, Four Ways", "One fish, four plates: smoked, soused, grilled, and raw with rhubarb."),
        ("Bread without a Shop", "Soda bread, seaweed crackers and a starter carried over from the lighthouse station."),
        ("Potatoes Deserve Better", "Boxty, a proper gratin, and an argument about skins."),
        ("Soup for a Gale", "Three pots that forgive being left alone: barley broth, leek and oyster, and red lentil."),
        ("The Vegetable Boat", "The growers' cooperative lands its first boxes; dinner is whatever is in them."),
        ("A Pudding for Forty", "The lifeboat crew are coming, and the oven holds six dishes."),
    ]),
    "hedgerow-year": ("Hedgerow Year", ["nature", "documentary", "catch-up"], 44, "en", [
        ("Blackthorn Winter", "Frost on the blossom: what wakes early, and what pays for it."),
        ("The Long Green Road", "Half a mile of hedge holds more nests than the wood behind it. A count, by hand."),
        ("Night Shift", "Moths, bats and a family of hedgehogs, filmed by moonlight over six weeks."),
        ("Seed and Stubble", "Harvest empties the fields in a day, and the hedge fills up by evening."),
        ("Haws and Hips", "Redwings arrive from the north to eat a hedge bare in eleven days."),
        ("Laid, Not Cut", "A hedge-layer's winter: billhook, stakes, and a boundary older than the parish."),
    ]),
    "small-claims-street": ("Small Claims Street", ["comedy", "catch-up"], 24, "en", [
        ("The Shared Bin", "Number nine would like its lid back. Number eleven would like an apology, in writing."),
        ("Right of Wheelbarrow", "A path nobody uses turns out to be the only way to the sea."),
        ("Expert Witness", "The piano tuner is called to testify on the subject of a parrot."),
        ("Costs in the Cause", "Everyone wins, and nobody can afford it."),
        ("A Reasonable Fence", "Measured by one neighbour, built by another, blown over by a third."),
        ("Adjourned for Cake", "The court's oldest case is about to be settled, and no one wants it to be."),
    ]),
    "teasel-and-tup": ("Teasel and Tup", ["children", "animation", "catch-up"], 11, "en", [
        ("The Moon Is Stuck", "Teasel sees the moon caught in the ash tree. Tup fetches a very long stick."),
        ("Tup Learns to Whisper", "A sheep with a secret finds out how far a meadow can hear."),
        ("The Puddle Map", "After rain there are new countries everywhere, and somebody must name them."),
        ("A Coat for the Scarecrow", "The buttons come from the magpie, who wants something in return."),
        ("Wednesday Goes Missing", "There was a Tuesday and there is a Thursday. Tup blames the goat."),
        ("The Quiet Drum", "A drum that makes no sound turns out to be just right for a hedgehog."),
    ]),
    "harbour-report": ("Harbour Report", ["current affairs", "catch-up"], 30, "en", [
        ("Who Owns the Foreshore?", "Seaweed, salvage and sunbathing: three disputes over the strip between the tides."),
        ("The Bus That Came Back", "One village's timetable, one year on, and what it did to the surgery and the pub."),
        ("Counting the Swifts", "Developers, bishops and bird ringers agree on a brick with a hole in it."),
        ("Cold Store", "Inside the warehouse where a quarter of the island's food spends a night."),
        ("A Town without a Bank", "The last branch has shut; the post office now opens on Sundays."),
        ("After the Slip", "A hillside moved eleven metres. The people below it have not been told whose it was."),
    ]),
    "lost-lines": ("Lost Lines", ["history", "railways", "documentary", "catch-up"], 58, "en", [
        ("Junction for Nowhere", "Four platforms, no town: the station that was built to settle a quarrel."),
        ("The Narrow Way to the Quarry", "Slate made the line and slate ended it. A walk along eleven miles of sleepers."),
        ("Viaduct", "Nineteen arches, saved by a petition, a mistake in a drawing, and colonies of lesser horseshoe bats."),
        ("The Milk Train", "Two churns from every farm, six mornings a week, for seventy years."),
        ("Causeway", "At high tide the rails were a metre under water, and the timetable said so."),
        ("The Signal Box at Carn", "The last lever frame on the coast, and the man who still polishes it."),
    ]),
}
