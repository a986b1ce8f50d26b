"""Makes the bundled fonts from what Debian and npm ship.

    prepare.py DEBIAN_NOTO_FOLDER NPM_FOLDER OUT

NPM_FOLDER holds the unpacked packages noto-emoji, noto-sans-sc, noto-sans-jp and noto-sans-kr of
@expo-google-fonts. Needs fontTools.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

PLAIN = """
NotoSans-Regular NotoSans-Bold NotoSerif-Regular NotoSerif-Bold NotoSerif-Italic
NotoSerifDisplay-Regular NotoNaskhArabic-Regular NotoNaskhArabic-Bold NotoSansHebrew-Regular
NotoSerifHebrew-Regular NotoSansDevanagari-Regular NotoSerifDevanagari-Regular
NotoSerifBengali-Regular NotoSerifGurmukhi-Regular NotoSerifGujarati-Regular NotoSansOriya-Regular
NotoSerifTamil-Regular NotoSerifTelugu-Regular NotoSerifKannada-Regular NotoSerifMalayalam-Regular
NotoSerifSinhala-Regular NotoSerifThai-Regular NotoSerifLao-Regular NotoSerifKhmer-Regular
NotoSerifMyanmar-Regular NotoSerifGeorgian-Regular NotoSerifArmenian-Regular
NotoSerifEthiopic-Regular NotoSansThaana-Regular NotoSansNKo-Regular NotoSansTifinagh-Regular
NotoSansCherokee-Regular NotoSansCanadianAboriginal-Regular NotoSansAdlam-Regular
NotoSansSymbols-Regular NotoSansMath-Regular
""".split()

HANGUL = [*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xA960, 0xA980), *range(0xAC00, 0xD800)]


def options():
    chosen = subset.Options()
    chosen.hinting = False
    chosen.layout_features = ["*"]
    chosen.name_IDs = ["*"]
    chosen.name_languages = ["*"]
    chosen.notdef_outline = True
    chosen.recalc_timestamp = False
    return chosen


def strip_hinting(source, target):
    chosen = options()
    font = subset.load_font(source, chosen)
    subsetter = subset.Subsetter(chosen)
    subsetter.populate(gids=range(font["maxp"].numGlyphs), unicodes=list(font.getBestCmap()))
    subsetter.subset(font)
    font.save(target)


def keep(source, target, characters, family):
    chosen = options()
    chosen.drop_tables += ["vhea", "vmtx", "VORG", "DSIG", "BASE", "STAT"]
    font = subset.load_font(source, chosen)
    subsetter = subset.Subsetter(chosen)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    short = family.replace(" ", "")
    names = {1: family, 16: family, 4: f"{family} Regular", 6: f"{short}-Regular", 3: f"{short}-subset"}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    font.save(target)


def jis_level_1():
    for row in range(16, 48):
        for cell in range(1, 95):
            try:
                yield ord(bytes([0xA0 + row, 0xA0 + cell]).decode("euc_jp"))
            except (UnicodeDecodeError, TypeError):
                continue


def main(debian, npm, out):
    (out / "cjk").mkdir(parents=True, exist_ok=True)
    for name in PLAIN:
        strip_hinting(debian / f"{name}.ttf", out / f"{name}.ttf")
    regular = lambda package, stem: npm / package / "400Regular" / f"{stem}_400Regular.ttf"
    strip_hinting(regular("noto-emoji", "NotoEmoji"), out / "NotoEmoji-Regular.ttf")
    chinese = regular("noto-sans-sc", "NotoSansSC")
    han = {point for point in TTFont(chinese).getBestCmap() if point >= 0x2000 and not 0xAC00 <= point < 0xD7A4}
    keep(chinese, out / "cjk/NotoSansSC-Han-subset.ttf", han, "Noto Sans SC Han")
    kana = {*range(0x3000, 0x3100), *range(0x31F0, 0x3200), *range(0xFF00, 0xFFF0), *jis_level_1()}
    keep(regular("noto-sans-jp", "NotoSansJP"), out / "cjk/NotoSansJP-Basic-subset.ttf", kana, "Noto Sans JP Basic")
    keep(regular("noto-sans-kr", "NotoSansKR"), out / "cjk/NotoSansKR-Hangul-subset.ttf", HANGUL, "Noto Sans KR Hangul")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:4]))
