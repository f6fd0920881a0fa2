"""What the pictures of suites/pictures show, by a name for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tools.shapes import (
    BLACK,
    BLUE,
    BROWN,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    PURPLE,
    RED,
    SKIN,
    SKY,
    WHITE,
    YELLOW,
    arc,
    area,
    arrow,
    balloon,
    bars,
    battery,
    boat,
    box,
    car,
    clock,
    cloud,
    curve,
    disc,
    face,
    fish,
    ground,
    house,
    lights,
    line,
    moon,
    oval,
    person,
    polygon_sign,
    ring,
    slice_of,
    square,
    star,
    stripes,
    sun,
    tree,
    triangle,
    umbrella,
)

if TYPE_CHECKING:
    from tests.tools.shapes import Marks

NIGHT = (25, 30, 80)

SHAPES: dict[str, Marks] = {
    "two red circles above a blue square": [disc(RED, 34, 32, 16), disc(RED, 78, 32, 16), square(BLUE, 56, 82, 18)],
    "two blue circles above a red square": [disc(BLUE, 34, 32, 16), disc(BLUE, 78, 32, 16), square(RED, 56, 82, 18)],
    "blue square above two red circles": [square(BLUE, 56, 28, 18), disc(RED, 34, 80, 16), disc(RED, 78, 80, 16)],
    "three green triangles in a row": [triangle(GREEN, x, 58, 15) for x in (20, 56, 92)],
    "three green triangles in a column": [triangle(GREEN, 56, y, 14) for y in (20, 56, 92)],
    "four yellow stars in the corners": [star(YELLOW, x, y, 19) for x in (24, 88) for y in (24, 88)],
    "one big yellow star": [star(YELLOW, 56, 58, 48)],
    "five purple dots as on a die": [
        disc(PURPLE, *at, 10) for at in ((26, 26), (86, 26), (56, 56), (26, 86), (86, 86))
    ],
    "six purple dots as on a die": [disc(PURPLE, x, y, 10) for x in (32, 80) for y in (22, 56, 90)],
    "small red circle in a big green square": [square(GREEN, 56, 56, 44), disc(RED, 56, 56, 14)],
    "small green square in a big red circle": [disc(RED, 56, 56, 48), square(GREEN, 56, 56, 14)],
    "black triangle left of an orange circle": [triangle(BLACK, 30, 58, 22), disc(ORANGE, 82, 56, 22)],
    "black triangle right of an orange circle": [disc(ORANGE, 30, 56, 22), triangle(BLACK, 82, 58, 22)],
    "two rings that overlap": [ring(BLUE, 40, 56, 28, 5), ring(RED, 72, 56, 28, 5)],
    "a target of rings": [disc(colour, 56, 56, r) for colour, r in ((RED, 48), (WHITE, 36), (RED, 24), (WHITE, 12))],
    "a chess board": [
        box(BLACK, 8 + 24 * x, 8 + 24 * y, 32 + 24 * x, 32 + 24 * y) for x in range(4) for y in range(4) if (x + y) % 2
    ],
    "a row of squares that grow": [square(BLUE, x, 94 - r, r) for x, r in ((10, 5), (28, 9), (54, 13), (89, 18))],
}

CHARTS: dict[str, Marks] = {
    "bars that rise": bars(16, 30, 46, 62, 80),
    "bars that fall": bars(80, 62, 46, 30, 16),
    "bars with a peak in the middle": bars(20, 44, 80, 44, 20),
    "bars with a hollow in the middle": bars(80, 44, 18, 44, 80),
    "bars of equal height": bars(50, 50, 50, 50, 50),
    "one bar far above the others": bars(20, 20, 20, 84, 20),
    "a line that rises": curve(10, 24, 42, 60, 82),
    "a line that falls": curve(82, 60, 42, 24, 10),
    "a line that goes up and down": curve(20, 76, 20, 76, 20, 76),
    "a flat line": curve(46, 46, 46),
    "a pie chart in two halves": [slice_of(BLUE, 46, -90, 90), slice_of(ORANGE, 46, 90, 270)],
    "a pie chart with a quarter": [slice_of(ORANGE, 46, 0, 270), slice_of(BLUE, 46, 270, 360)],
    "a pie chart in three thirds": [slice_of(c, 46, s, s + 120) for c, s in ((RED, -90), (GREEN, 30), (BLUE, 150))],
}

CLOCKS: dict[str, Marks] = {
    "three o'clock": clock(3),
    "nine o'clock": clock(9),
    "six o'clock": clock(6),
    "twelve o'clock": clock(12),
    "half past one": clock(1.5),
    "half past four": clock(4.5),
    "half past ten": clock(10.5),
    "quarter past eight": clock(8.25),
    "quarter to three": clock(2.75),
}

ARROWS: dict[str, Marks] = {
    "an arrow to the right": arrow(BLACK, 56, 56, 0, 90),
    "an arrow to the left": arrow(BLACK, 56, 56, 180, 90),
    "an arrow up": arrow(BLACK, 56, 56, -90, 90),
    "an arrow down": arrow(BLACK, 56, 56, 90, 90),
    "an arrow to the upper right": arrow(BLACK, 56, 56, -45, 100),
    "two arrows that point at each other": arrow(RED, 29, 56, 0, 44) + arrow(BLUE, 83, 56, 180, 44),
    "two arrows that point away from each other": arrow(RED, 29, 56, 180, 44) + arrow(BLUE, 83, 56, 0, 44),
    "two arrows in opposite directions, one above the other": arrow(BLACK, 56, 36, 0, 84)
    + arrow(BLACK, 56, 76, 180, 84),
    "arrows in a circle": [
        arc(GREEN, (18, 18, 94, 94), (20, 160), 8),
        arc(GREEN, (18, 18, 94, 94), (200, 340), 8),
        area(GREEN, 12, 72, 34, 66, 18, 52),
        area(GREEN, 100, 40, 78, 46, 94, 60),
    ],
}

FLAGS: dict[str, Marks] = {
    "a flag of red, white and blue stripes": stripes(RED, WHITE, BLUE),
    "a flag of green, white and red uprights": stripes(GREEN, WHITE, RED, upright=True),
    "a flag of black, red and yellow stripes": stripes(BLACK, RED, YELLOW),
    "a flag of blue, white and red uprights": stripes(BLUE, WHITE, RED, upright=True),
    "a white flag with a red disc": [*stripes(WHITE), disc(RED, 56, 56, 19)],
    "a blue flag with a yellow cross": [*stripes(BLUE), box(YELLOW, 36, 24, 48, 88), box(YELLOW, 8, 50, 104, 62)],
    "a red flag with a white cross": [*stripes(RED), box(WHITE, 49, 34, 63, 78), box(WHITE, 34, 49, 78, 63)],
    "a red flag with one big and four small stars": [
        *stripes(RED),
        star(YELLOW, 28, 44, 13),
        *(star(YELLOW, *at, 5) for at in ((48, 32), (54, 42), (54, 53), (48, 63))),
    ],
    "a white flag": stripes(WHITE),
}

SIGNS: dict[str, Marks] = {
    "a red octagon": [polygon_sign(RED, 8, 50, 22.5)],
    "a red disc with a white bar": [disc(RED, 56, 56, 48), box(WHITE, 24, 47, 88, 65)],
    "a triangle with a red rim": [polygon_sign(RED, 3, 56, -90), polygon_sign(WHITE, 3, 34, -90)],
    "a triangle that stands on its tip": [polygon_sign(RED, 3, 56, 90), polygon_sign(WHITE, 3, 34, 90)],
    "a blue disc with an arrow up": [disc(BLUE, 56, 56, 48), *arrow(WHITE, 56, 56, -90, 70)],
    "a blue disc with an arrow to the right": [disc(BLUE, 56, 56, 48), *arrow(WHITE, 56, 56, 0, 70)],
    "a yellow diamond": [polygon_sign(BLACK, 4, 54, 0), polygon_sign(YELLOW, 4, 49, 0)],
    "a crossed out cigarette": [
        box(WHITE, 22, 52, 78, 62),
        box(GREY, 26, 52, 66, 62),
        box(ORANGE, 66, 52, 84, 62),
        ring(RED, 56, 56, 48, 9),
        line(RED, 9, 23, 23, 89, 89),
    ],
    "traffic lights on red": lights(0),
    "traffic lights on yellow": lights(1),
    "traffic lights on green": lights(2),
    "a white cross on green": [square(GREEN, 56, 56, 46), box(WHITE, 46, 22, 66, 90), box(WHITE, 22, 46, 90, 66)],
}

SCENES: dict[str, Marks] = {
    "a house under the sun": [*ground(), *house(56), *sun(90, 22)],
    "a house under a rain cloud": [
        *ground(),
        *house(56),
        *cloud(56, 18),
        *(line(BLUE, 2, x, 32, x - 4, 40) for x in (40, 56, 72)),
    ],
    "a house left of a tree": [*ground(), *house(32), *tree(86)],
    "a house right of a tree": [*ground(), *tree(24), *house(76)],
    "two houses": [*ground(), *house(28), *house(84, BLUE, ORANGE)],
    "two trees under the moon": [box(NIGHT, 0, 0, 112, 112), *ground(), *tree(30), *tree(80), *moon(84, 20, NIGHT)],
    "two trees under the sun": [*ground(), *tree(30), *tree(80), *sun(88, 20)],
    "a tree with red apples": [
        *ground(),
        box(BROWN, 50, 66, 62, 96),
        disc(GREEN, 56, 44, 34),
        *(disc(RED, *at, 5) for at in ((42, 34), (66, 28), (58, 50), (36, 54), (76, 50))),
    ],
    "a bare tree": [
        *ground(),
        *(
            line(BROWN, w, *p)
            for w, *p in (
                (9, 56, 96, 56, 40),
                (5, 56, 66, 28, 34),
                (5, 56, 58, 86, 26),
                (4, 56, 44, 44, 14),
                (4, 56, 44, 66, 12),
            )
        ),
    ],
    "a boat with a white sail": [box(SKY, 0, 0, 112, 84), box(BLUE, 0, 84, 112, 112), *boat(54, 90, WHITE)],
    "a boat with a red sail": [box(SKY, 0, 0, 112, 84), box(BLUE, 0, 84, 112, 112), *boat(54, 90, RED)],
    "the sun setting in the sea": [box(ORANGE, 0, 0, 112, 70), disc(YELLOW, 56, 70, 26), box(BLUE, 0, 70, 112, 112)],
    "mountains with snow": [
        box(SKY, 0, 0, 112, 112),
        area(GREY, 0, 104, 40, 26, 80, 104),
        area(GREY, 50, 104, 82, 44, 112, 104),
        area(WHITE, 40, 26, 28, 50, 40, 44, 52, 50),
        *ground(),
    ],
    "a snowman": [
        box(SKY, 0, 0, 112, 98),
        disc(WHITE, 56, 84, 24),
        disc(WHITE, 56, 48, 17),
        box(BLACK, 44, 20, 68, 33),
        disc(BLACK, 50, 45, 2),
        disc(BLACK, 62, 45, 2),
        area(ORANGE, 56, 49, 56, 54, 72, 52),
    ],
    "a red car": [*car(RED), line(BLACK, 2, 0, 93, 112, 93)],
    "a blue car": [*car(BLUE), line(BLACK, 2, 0, 93, 112, 93)],
    "stairs": [area(GREY, 8, 104, 8, 88, 30, 88, 30, 68, 52, 68, 52, 48, 74, 48, 74, 28, 104, 28, 104, 104)],
}

THINGS: dict[str, Marks] = {
    "a smiling face": face(arc(BLACK, (32, 44, 80, 84), (20, 160), 5)),
    "a sad face": face(arc(BLACK, (32, 66, 80, 106), (200, 340), 5)),
    "a surprised face": face(oval(BLACK, 46, 64, 66, 90)),
    "a fish to the right": fish(58, 56, ORANGE, 1),
    "a fish to the left": fish(54, 56, ORANGE, -1),
    "two fish that meet": fish(32, 56, BLUE, 1) + fish(82, 56, RED, -1),
    "three balloons": [*balloon(RED, 24, 34), *balloon(BLUE, 56, 24), *balloon(YELLOW, 88, 34)],
    "one balloon": balloon(RED, 56, 34),
    "one person with raised arms": person(56, arms=-18),
    "three people in a row": [*person(22), *person(56), *person(90)],
    "a tall and a short person": [
        *person(34),
        *(
            ring(BLACK, 80, 62, 6, 3),
            line(BLACK, 3, 80, 68, 80, 80),
            line(BLACK, 3, 73, 92, 80, 80, 87, 92),
            line(BLACK, 3, 71, 76, 80, 71, 89, 76),
        ),
    ],
    "a full battery": battery(1.0, GREEN),
    "an almost empty battery": battery(0.15, RED),
    "a red umbrella": umbrella(RED),
    "a flower": [
        line(GREEN, 5, 56, 56, 56, 108),
        *(disc(PINK, *at, 13) for at in ((56, 22), (36, 37), (76, 37), (44, 58), (68, 58))),
        disc(YELLOW, 56, 42, 11),
    ],
    "an envelope": [
        box(SKIN, 10, 28, 102, 86),
        line(BROWN, 3, 10, 28, 102, 28, 102, 86, 10, 86, 10, 28),
        line(BROWN, 3, 10, 28, 56, 62, 102, 28),
    ],
    "a magnifying glass": [ring(BLACK, 46, 46, 30, 7), line(BROWN, 11, 68, 68, 98, 98)],
    "a red heart": [disc(RED, 38, 42, 20), disc(RED, 74, 42, 20), area(RED, 20, 50, 92, 50, 56, 96)],
    "a broken heart": [
        disc(RED, 38, 42, 20),
        disc(RED, 74, 42, 20),
        area(RED, 20, 50, 92, 50, 56, 96),
        line(WHITE, 5, 56, 24, 48, 44, 64, 58, 52, 76, 56, 98),
    ],
    "a burning candle": [
        box(SKIN, 46, 48, 66, 106),
        line(BLACK, 3, 56, 48, 56, 40),
        oval(ORANGE, 48, 10, 64, 42),
        oval(YELLOW, 52, 22, 60, 40),
    ],
    "a pizza without a slice": [
        slice_of(BROWN, 50, 0, 315),
        slice_of(YELLOW, 44, 0, 315),
        *(disc(RED, *at, 6) for at in ((40, 34), (34, 66), (62, 80), (60, 26), (84, 68))),
    ],
    "a cup with a handle": [
        box(BLUE, 26, 36, 74, 92),
        ring(BLUE, 78, 60, 16, 6),
        *(line(GREY, 3, x, 28, x + 4, 20, x, 12) for x in (38, 50, 62)),
    ],
    "a key": [
        ring(ORANGE, 30, 56, 18, 8),
        line(ORANGE, 8, 46, 56, 102, 56),
        line(ORANGE, 7, 84, 56, 84, 72),
        line(ORANGE, 7, 97, 56, 97, 76),
    ],
    "a padlock": [
        arc(GREY, (32, 14, 80, 76), (180, 360), 9),
        box(ORANGE, 24, 48, 88, 100),
        disc(BLACK, 56, 68, 7),
        box(BLACK, 53, 70, 59, 86),
    ],
}

PICTURES: dict[str, Marks] = SHAPES | CHARTS | CLOCKS | ARROWS | FLAGS | SIGNS | SCENES | THINGS
"""Every picture; none is shown under its name."""
