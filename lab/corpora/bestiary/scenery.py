"""Scenery: small drawings that several classes share, of skies and companions."""

NOTHING: list[str] = []

SUN = ["\\|/", "-O-", "/|\\"]
MOON = [".-.", "( )", "`-'"]
STARS = ["*    .  ", "   .    *"]
CLOUD = [" .--. ", "(____)"]
BIRDS = ["~v~", "    ~v~"]
SKIES = (NOTHING, SUN, MOON, STARS, CLOUD, BIRDS)

BIRD = [" _ ", "(o>", "/)_"]
CAT = ["(o.o)", "/)_)~"]
BOOK = [" ___ ", "[___]"]
STONE = [" _ ", "(_)"]
TUFT = ["\\|/"]
TULIP = ["\\V/", " | "]
POTTED_TULIP = ["\\V/", " | ", "[_]"]
