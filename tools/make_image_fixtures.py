"""Writes tests/data/images: one small picture in every format and kind that tenfold reads, by Pillow.

Not needed to build or test. `python3 tools/make_image_fixtures.py` (Pillow 10 or later).
The picture, 24 x 16, is ramp(x, y) = (10x, 15y, 128); tests/vision/image_test.cpp knows it by that formula.
"""
from pathlib import Path

from PIL import Image, ImageOps

OUT = Path(__file__).resolve().parent.parent / "tests/data/images"
W, H = 24, 16


def ramp():
    image = Image.new("RGB", (W, H))
    image.putdata([(10 * x, 15 * y, 128) for y in range(H) for x in range(W)])
    return image


def half_transparent():
    """Left half opaque, right half with alpha 102 = 0.4."""
    image = ramp().convert("RGBA")
    image.putalpha(Image.frombytes("L", (W, H), bytes(255 if x < W // 2 else 102 for _ in range(H) for x in range(W))))
    return image


def blocks():
    """Few colours, exact in a palette: four quadrants red, green, blue, white."""
    image = Image.new("RGB", (W, H))
    image.putdata([((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))[2 * (y >= H // 2) + (x >= W // 2)]
                   for y in range(H) for x in range(W)])
    return image


def stored(upright, orientation):
    """What a camera stores for this orientation: found by asking which turn Pillow undoes."""
    turns = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
             Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_270]
    for turn in turns:
        image = upright if turn is None else upright.transpose(turn)
        exif = image.getexif()
        exif[0x0112] = orientation
        image = image.copy()
        image.info["exif"] = exif.tobytes()
        if ImageOps.exif_transpose(image).tobytes() == upright.tobytes():
            return image, exif
    raise RuntimeError(orientation)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    image, few = ramp(), blocks()
    image.save(OUT / "ramp.jpg", quality=98, subsampling=0)
    image.save(OUT / "progressive.jpg", quality=98, subsampling=0, progressive=True)
    image.convert("L").save(OUT / "grey.jpg", quality=98)
    image.convert("CMYK").save(OUT / "cmyk.jpg", quality=98)           # Adobe marker, complement
    for orientation in range(1, 9):
        turned, exif = stored(image, orientation)
        turned.save(OUT / f"orientation_{orientation}.jpg", quality=98, subsampling=0, exif=exif)
    turned, exif = stored(image, 6)
    turned.save(OUT / "orientation_6.png", exif=exif)
    turned.save(OUT / "orientation_6.webp", lossless=True, exif=exif)

    image.save(OUT / "ramp.png")
    half_transparent().save(OUT / "alpha.png")
    few.convert("P", palette=Image.Palette.ADAPTIVE, colors=4).save(OUT / "palette.png")
    Image.frombytes("I;16", (W, H), b"".join(int(257 * 10 * x).to_bytes(2, "little") for _ in range(H) for x in range(W))).save(OUT / "sixteen.png")
    palette = few.convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    palette.save(OUT / "palette_alpha.png", transparency=palette.getpixel((0, 0)))   # the red quadrant
    right = Image.frombytes("L", (W, H), bytes(255 * (x >= W // 2) for _ in range(H) for x in range(W))).convert("1")
    right.save(OUT / "one_bit.png")

    image.save(OUT / "ramp.webp", lossless=True)
    half_transparent().save(OUT / "alpha.webp", lossless=True, exact=True)
    image.save(OUT / "animated.webp", save_all=True, append_images=[few], lossless=True)

    image.save(OUT / "ramp.bmp")
    few.convert("P", palette=Image.Palette.ADAPTIVE, colors=4).save(OUT / "palette.bmp")
    image.convert("RGBA").save(OUT / "thirty_two.bmp")
    right.save(OUT / "one_bit.bmp")

    few.save(OUT / "blocks.gif", interlace=0)
    few.save(OUT / "interlaced.gif", interlace=1)
    palette.save(OUT / "transparent.gif", transparency=palette.getpixel((0, 0)))
    few.save(OUT / "animated.gif", save_all=True, append_images=[few.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])


if __name__ == "__main__":
    main()
