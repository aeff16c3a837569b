"""Where viewers are, in facts of the world.

Codes are ISO 3166-1 and 3166-2, metros Nielsen DMA codes, offsets standard time as hours and minutes (-330 is -03:30).
"""

from collections import namedtuple

# code -> (alpha-3, English short name, continent)
COUNTRIES = {
    "AE": ("ARE", "United Arab Emirates", "AS"), "AR": ("ARG", "Argentina", "SA"), "AT": ("AUT", "Austria", "EU"),
    "AU": ("AUS", "Australia", "OC"), "BE": ("BEL", "Belgium", "EU"), "BR": ("BRA", "Brazil", "SA"),
    "CA": ("CAN", "Canada", "NA"), "CH": ("CHE", "Switzerland", "EU"), "CL": ("CHL", "Chile", "SA"),
    "CO": ("COL", "Colombia", "SA"), "CZ": ("CZE", "Czechia", "EU"), "DE": ("DEU", "Germany", "EU"),
    "DK": ("DNK", "Denmark", "EU"), "EE": ("EST", "Estonia", "EU"), "EG": ("EGY", "Egypt", "AF"),
    "ES": ("ESP", "Spain", "EU"), "FI": ("FIN", "Finland", "EU"), "FR": ("FRA", "France", "EU"),
    "GB": ("GBR", "United Kingdom", "EU"), "GR": ("GRC", "Greece", "EU"), "HK": ("HKG", "Hong Kong", "AS"),
    "HU": ("HUN", "Hungary", "EU"), "ID": ("IDN", "Indonesia", "AS"), "IE": ("IRL", "Ireland", "EU"),
    "IN": ("IND", "India", "AS"), "IS": ("ISL", "Iceland", "EU"), "IT": ("ITA", "Italy", "EU"),
    "JP": ("JPN", "Japan", "AS"), "KE": ("KEN", "Kenya", "AF"), "KR": ("KOR", "South Korea", "AS"),
    "LT": ("LTU", "Lithuania", "EU"), "LV": ("LVA", "Latvia", "EU"), "MA": ("MAR", "Morocco", "AF"),
    "MX": ("MEX", "Mexico", "NA"), "NG": ("NGA", "Nigeria", "AF"), "NL": ("NLD", "Netherlands", "EU"),
    "NO": ("NOR", "Norway", "EU"), "NP": ("NPL", "Nepal", "AS"), "NZ": ("NZL", "New Zealand", "OC"),
    "PE": ("PER", "Peru", "SA"), "PH": ("PHL", "Philippines", "AS"), "PL": ("POL", "Poland", "EU"),
    "PR": ("PRI", "Puerto Rico", "NA"), "PT": ("PRT", "Portugal", "EU"), "RO": ("ROU", "Romania", "EU"),
    "SE": ("SWE", "Sweden", "EU"), "SG": ("SGP", "Singapore", "AS"), "TH": ("THA", "Thailand", "AS"),
    "TR": ("TUR", "Turkey", "AS"), "TW": ("TWN", "Taiwan", "AS"), "UA": ("UKR", "Ukraine", "EU"),
    "US": ("USA", "United States of America", "NA"), "ZA": ("ZAF", "South Africa", "AF"),
    # What geolocation databases answer when they know no country.
    "EU": ("?", "Europe", "EU"), "AP": ("?", "Asia/Pacific Region", "AS"), "?": ("?", "?", "?"),
}

Place = namedtuple("Place", "country region city latitude longitude utc_offset metro area_code postal")


def _elsewhere(country, region, city, latitude, longitude, utc_offset, postal="?"):
    return Place(country, region, city, latitude, longitude, utc_offset, 0, 0, postal)


def _us(state, city, latitude, longitude, utc_offset, metro, area_code, postal):
    return Place("US", state, city, latitude, longitude, utc_offset, metro, area_code, postal)


def _canada(province, city, latitude, longitude, utc_offset, area_code, postal):
    return Place("CA", province, city, latitude, longitude, utc_offset, 0, area_code, postal)


PLACES = {
    # Europe. Subdivisions are the more specific level (GB-MAN, not GB-ENG), as Fastly gives them.
    "lisbon": _elsewhere("PT", "11", "Lisbon", 38.7167, -9.1333, 0),
    "porto": _elsewhere("PT", "13", "Porto", 41.1496, -8.6110, 0),
    "madrid": _elsewhere("ES", "M", "Madrid", 40.4165, -3.7026, 100, "28013"),
    "barcelona": _elsewhere("ES", "B", "Barcelona", 41.3888, 2.1590, 100, "08002"),
    "paris": _elsewhere("FR", "IDF", "Paris", 48.8534, 2.3488, 100, "75001"),
    "lyon": _elsewhere("FR", "ARA", "Lyon", 45.7485, 4.8467, 100, "69001"),
    "nice": _elsewhere("FR", "PAC", "Nice", 43.7031, 7.2661, 100, "06000"),
    "brussels": _elsewhere("BE", "BRU", "Brussels", 50.8505, 4.3488, 100),
    "amsterdam": _elsewhere("NL", "NH", "Amsterdam", 52.3740, 4.8897, 100),
    "utrecht": _elsewhere("NL", "UT", "Utrecht", 52.0908, 5.1222, 100),
    "london": _elsewhere("GB", "LND", "London", 51.5085, -0.1257, 0, "ec2v"),
    "manchester": _elsewhere("GB", "MAN", "Manchester", 53.4809, -2.2374, 0, "m2"),
    "edinburgh": _elsewhere("GB", "EDH", "Edinburgh", 55.9521, -3.1965, 0, "eh1"),
    "cardiff": _elsewhere("GB", "CRF", "Cardiff", 51.4800, -3.1800, 0, "cf10"),
    "belfast": _elsewhere("GB", "BFS", "Belfast", 54.5968, -5.9254, 0, "bt1"),
    "dublin": _elsewhere("IE", "D", "Dublin", 53.3331, -6.2489, 0),
    "cork": _elsewhere("IE", "CO", "Cork", 51.8980, -8.4706, 0),
    "reykjavik": _elsewhere("IS", "1", "Reykjavik", 64.1355, -21.8954, 0),
    "oslo": _elsewhere("NO", "03", "Oslo", 59.9127, 10.7461, 100),
    "stockholm": _elsewhere("SE", "AB", "Stockholm", 59.3294, 18.0687, 100),
    "copenhagen": _elsewhere("DK", "84", "Copenhagen", 55.6759, 12.5655, 100),
    "helsinki": _elsewhere("FI", "18", "Helsinki", 60.1695, 24.9354, 200),
    "tallinn": _elsewhere("EE", "37", "Tallinn", 59.4370, 24.7535, 200),
    "riga": _elsewhere("LV", "RIX", "Riga", 56.9460, 24.1059, 200),
    "vilnius": _elsewhere("LT", "VL", "Vilnius", 54.6892, 25.2798, 200),
    "warsaw": _elsewhere("PL", "14", "Warsaw", 52.2298, 21.0118, 100),
    "berlin": _elsewhere("DE", "BE", "Berlin", 52.5244, 13.4105, 100, "10115"),
    "munich": _elsewhere("DE", "BY", "Munich", 48.1374, 11.5755, 100, "80331"),
    "frankfurt": _elsewhere("DE", "HE", "Frankfurt am Main", 50.1155, 8.6842, 100, "60311"),
    "vienna": _elsewhere("AT", "9", "Vienna", 48.2085, 16.3721, 100),
    "zurich": _elsewhere("CH", "ZH", "Zurich", 47.3667, 8.5500, 100, "8001"),
    "geneva": _elsewhere("CH", "GE", "Geneva", 46.2022, 6.1457, 100, "1204"),
    "milan": _elsewhere("IT", "MI", "Milan", 45.4643, 9.1895, 100, "20121"),
    "prague": _elsewhere("CZ", "10", "Prague", 50.0880, 14.4208, 100),
    "budapest": _elsewhere("HU", "BU", "Budapest", 47.4984, 19.0404, 100),
    "bucharest": _elsewhere("RO", "B", "Bucharest", 44.4323, 26.1063, 200),
    "athens": _elsewhere("GR", "I", "Athens", 37.9838, 23.7278, 200),
    "kyiv": _elsewhere("UA", "30", "Kyiv", 50.4547, 30.5238, 200),
    "istanbul": _elsewhere("TR", "34", "Istanbul", 41.0138, 28.9497, 300),
    # The United States: a metro may span states (501) and a state several metros (NY: 501, 514; NJ: 501, 504).
    "new-york": _us("NY", "New York", 40.7143, -74.0060, -500, 501, 212, "10007"),
    "buffalo": _us("NY", "Buffalo", 42.8865, -78.8784, -500, 514, 716, "14202"),
    "newark": _us("NJ", "Newark", 40.7357, -74.1724, -500, 501, 973, "07102"),
    "camden": _us("NJ", "Camden", 39.9259, -75.1196, -500, 504, 856, "08102"),
    "stamford": _us("CT", "Stamford", 41.0534, -73.5387, -500, 501, 203, "06901"),
    "boston": _us("MA", "Boston", 42.3584, -71.0598, -500, 506, 617, "02108"),
    "philadelphia": _us("PA", "Philadelphia", 39.9524, -75.1636, -500, 504, 215, "19107"),
    "ashburn": _us("VA", "Ashburn", 39.0437, -77.4875, -500, 511, 703, "20147"),
    "miami": _us("FL", "Miami", 25.7743, -80.1937, -500, 528, 305, "33131"),
    "atlanta": _us("GA", "Atlanta", 33.7490, -84.3880, -500, 524, 404, "30303"),
    "detroit": _us("MI", "Detroit", 42.3314, -83.0457, -500, 505, 313, "48226"),
    "chicago": _us("IL", "Chicago", 41.8500, -87.6500, -600, 602, 312, "60608"),
    "minneapolis": _us("MN", "Minneapolis", 44.9800, -93.2638, -600, 613, 612, "55401"),
    "houston": _us("TX", "Houston", 29.7633, -95.3633, -600, 618, 713, "77002"),
    "dallas": _us("TX", "Dallas", 32.7831, -96.8067, -600, 623, 214, "75201"),
    "denver": _us("CO", "Denver", 39.7392, -104.9847, -700, 751, 303, "80202"),
    "los-angeles": _us("CA", "Los Angeles", 34.0522, -118.2437, -800, 803, 213, "90012"),
    "san-diego": _us("CA", "San Diego", 32.7157, -117.1647, -800, 825, 619, "92101"),
    "san-francisco": _us("CA", "San Francisco", 37.7749, -122.4194, -800, 807, 415, "94103"),
    "portland": _us("OR", "Portland", 45.5234, -122.6762, -800, 820, 503, "97204"),
    "seattle": _us("WA", "Seattle", 47.6062, -122.3321, -800, 819, 206, "98104"),
    "anchorage": _us("AK", "Anchorage", 61.2181, -149.9003, -900, 743, 907, "99501"),
    "honolulu": _us("HI", "Honolulu", 21.3069, -157.8583, -1000, 744, 808, "96813"),
    # The rest of the Americas.
    "toronto": _canada("ON", "Toronto", 43.7001, -79.4163, -500, 416, "m5h"),
    "ottawa": _canada("ON", "Ottawa", 45.4112, -75.6981, -500, 613, "k1p"),
    "montreal": _canada("QC", "Montreal", 45.5088, -73.5878, -500, 514, "h2y"),
    "vancouver": _canada("BC", "Vancouver", 49.2497, -123.1193, -800, 604, "v5y"),
    "saint-johns": _canada("NL", "St. John's", 47.5649, -52.7093, -330, 709, "a1c"),
    "san-juan": Place("PR", None, "San Juan", 18.4663, -66.1057, -400, 0, 787, "00901"),
    "mexico-city": _elsewhere("MX", "CMX", "Mexico City", 19.4285, -99.1277, -600),
    "bogota": _elsewhere("CO", "DC", "Bogota", 4.6097, -74.0818, -500),
    "lima": _elsewhere("PE", "LMA", "Lima", -12.0432, -77.0282, -500),
    "santiago": _elsewhere("CL", "RM", "Santiago", -33.4569, -70.6483, -400),
    "sao-paulo": _elsewhere("BR", "SP", "Sao Paulo", -23.5475, -46.6361, -300),
    "buenos-aires": _elsewhere("AR", "C", "Buenos Aires", -34.6132, -58.3772, -300),
    # Asia, Africa, Oceania.
    "tokyo": _elsewhere("JP", "13", "Tokyo", 35.6895, 139.6917, 900),
    "osaka": _elsewhere("JP", "27", "Osaka", 34.6938, 135.5011, 900),
    "seoul": _elsewhere("KR", "11", "Seoul", 37.5660, 126.9784, 900),
    "hong-kong": _elsewhere("HK", None, "Hong Kong", 22.2783, 114.1747, 800),
    "taipei": _elsewhere("TW", "TPE", "Taipei", 25.0531, 121.5264, 800),
    "singapore": _elsewhere("SG", "01", "Singapore", 1.2897, 103.8501, 800),
    "manila": _elsewhere("PH", "00", "Manila", 14.6042, 120.9822, 800),
    "bangkok": _elsewhere("TH", "10", "Bangkok", 13.7540, 100.5014, 700),
    "jakarta": _elsewhere("ID", "JK", "Jakarta", -6.2146, 106.8451, 700),
    "kathmandu": _elsewhere("NP", "P3", "Kathmandu", 27.7017, 85.3206, 545),
    "mumbai": _elsewhere("IN", "MH", "Mumbai", 19.0728, 72.8826, 530),
    "pune": _elsewhere("IN", "MH", "Pune", 18.5196, 73.8553, 530),
    "delhi": _elsewhere("IN", "DL", "Delhi", 28.6519, 77.2315, 530),
    "dubai": _elsewhere("AE", "DU", "Dubai", 25.0772, 55.3093, 400),
    "cairo": _elsewhere("EG", "C", "Cairo", 30.0626, 31.2497, 200),
    "casablanca": _elsewhere("MA", "CAS", "Casablanca", 33.5883, -7.6114, 100),
    "lagos": _elsewhere("NG", "LA", "Lagos", 6.4541, 3.3947, 100),
    "nairobi": _elsewhere("KE", "30", "Nairobi", -1.2833, 36.8167, 300),
    "johannesburg": _elsewhere("ZA", "GP", "Johannesburg", -26.2023, 28.0436, 200),
    "sydney": _elsewhere("AU", "NSW", "Sydney", -33.8679, 151.2073, 1000, "2000"),
    "auckland": _elsewhere("NZ", "AUK", "Auckland", -36.8485, 174.7635, 1200),
    # No country at all, or only a continent. 9999 is the database's word for "no offset known".
    "somewhere-in-europe": _elsewhere("EU", None, "?", 47.0, 8.0, 9999),
    "somewhere-in-asia-pacific": _elsewhere("AP", None, "?", 35.0, 105.0, 9999),
    "unknown": _elsewhere("?", None, "?", 0.0, 0.0, 9999),
}
