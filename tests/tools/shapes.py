"""Simple drawings as data: marks on a canvas of 112 × 112, the origin at the top left, and things made of marks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

SIZE = 112

WHITE, BLACK, GREY, BROWN = (255, 255, 255), (20, 20, 20), (150, 150, 150), (125, 80, 40)
RED, BLUE, GREEN, YELLOW = (210, 30, 40), (30, 80, 200), (30, 150, 60), (250, 205, 30)
ORANGE, PURPLE, PINK, SKY, SKIN = (240, 130, 20), (130, 50, 160), (245, 140, 175), (170, 215, 245), (250, 215, 180)

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Mark:
    """One stroke. kind: a method of Pillow's ImageDraw. points: x, y, x, y, …; for a pie slice, then two angles."""

    kind: str
    colour: Colour
    points: tuple[float, ...]
    width: float = 0


Marks: TypeAlias = list[Mark]


def disc(colour: Colour, x: float, y: float, r: float) -> Mark:
    """A filled circle around a point."""
    return Mark("ellipse", colour, (x - r, y - r, x + r, y + r))


def oval(colour: Colour, left: float, top: float, right: float, bottom: float) -> Mark:
    """A filled ellipse in a box."""
    return Mark("ellipse", colour, (left, top, right, bottom))


def box(colour: Colour, left: float, top: float, right: float, bottom: float) -> Mark:
    """A filled rectangle."""
    return Mark("rectangle", colour, (left, top, right, bottom))


def area(colour: Colour, *points: float) -> Mark:
    """A filled polygon."""
    return Mark("polygon", colour, points)


def line(colour: Colour, width: float, *points: float) -> Mark:
    """A broken line."""
    return Mark("line", colour, points, width)


def ring(colour: Colour, x: float, y: float, r: float, width: float) -> Mark:
    """A circle that is not filled."""
    return Mark("ellipse", colour, (x - r, y - r, x + r, y + r), width)


def slice_of(colour: Colour, r: float, start: float, end: float) -> Mark:
    """A piece of a cake in the middle, clockwise from `start` to `end`, in degrees from three o'clock."""
    return Mark("pieslice", colour, (56 - r, 56 - r, 56 + r, 56 + r, start, end))


def arc(colour: Colour, corners: tuple[float, float, float, float], angles: tuple[float, float], width: float) -> Mark:
    """A part of the outline of an ellipse."""
    return Mark("arc", colour, (*corners, *angles), width)


def square(colour: Colour, x: float, y: float, r: float) -> Mark:
    """A filled square around a point."""
    return box(colour, x - r, y - r, x + r, y + r)


def triangle(colour: Colour, x: float, y: float, r: float) -> Mark:
    """A filled triangle with its tip up."""
    return area(colour, x, y - r, x + r, y + r * 0.8, x - r, y + r * 0.8)


def star(colour: Colour, x: float, y: float, r: float) -> Mark:
    """A star with five points."""
    points: list[float] = []
    for corner in range(10):
        angle, length = math.pi * (corner / 5 - 0.5), r if corner % 2 == 0 else r * 0.42
        points += [x + length * math.cos(angle), y + length * math.sin(angle)]
    return area(colour, *points)


def clock(hour: float) -> Marks:
    """A face with a short thick and a long thin hand; hour 4.5 is half past four."""
    ticks = [math.radians(30 * number) for number in range(12)]
    marks = [disc(WHITE, 56, 56, 48), ring(BLACK, 56, 56, 48, 4)]
    marks += [line(BLACK, 3, *(56 + r * f(a) for r in (38, 44) for f in (math.cos, math.sin))) for a in ticks]
    short, long = math.radians(30 * hour - 90), math.radians(360 * (hour % 1) - 90)
    marks.append(line(BLACK, 6, 56, 56, 56 + 22 * math.cos(short), 56 + 22 * math.sin(short)))
    marks.append(line(RED, 3, 56, 56, 56 + 36 * math.cos(long), 56 + 36 * math.sin(long)))
    return [*marks, disc(BLACK, 56, 56, 4)]


def bars(*heights: float) -> Marks:
    """A bar chart with two axes."""
    wide = 84 / len(heights)
    axes = [line(BLACK, 3, 14, 10, 14, 100, 104, 100)]
    return axes + [
        box(BLUE, 18 + wide * n + 2, 98 - height, 18 + wide * (n + 1) - 3, 98) for n, height in enumerate(heights)
    ]


def curve(*heights: float) -> Marks:
    """A line chart with two axes."""
    step = 80 / (len(heights) - 1)
    points = [value for n, height in enumerate(heights) for value in (20 + step * n, 98 - height)]
    return [line(BLACK, 3, 14, 10, 14, 100, 104, 100), line(RED, 4, *points)]


def arrow(colour: Colour, x: float, y: float, angle: float, length: float) -> Marks:
    """An arrow around a point; angle 0 points to the right, 90 down."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half, head = length / 2, min(18.0, length / 2.5)
    tip = (x + half * c, y + half * s)
    neck = (tip[0] - head * c, tip[1] - head * s)
    sides = (neck[0] - head * s * 0.8, neck[1] + head * c * 0.8, neck[0] + head * s * 0.8, neck[1] - head * c * 0.8)
    return [line(colour, 8, x - half * c, y - half * s, *neck), area(colour, *tip, *sides)]


def stripes(*colours: Colour, upright: bool = False) -> Marks:
    """A flag of equally wide stripes, from the top or from the left."""
    part = (96 if upright else 64) / len(colours)
    marks = [
        box(c, 8 + part * n, 24, 8 + part * (n + 1), 88)
        if upright
        else box(c, 8, 24 + part * n, 104, 24 + part * (n + 1))
        for n, c in enumerate(colours)
    ]
    return [*marks, line(GREY, 2, 8, 24, 104, 24, 104, 88, 8, 88, 8, 24)]


def house(x: float, roof: Colour = RED, wall: Colour = YELLOW) -> Marks:
    """A house on the ground, around x."""
    marks = [box(wall, x - 18, 62, x + 18, 94), area(roof, x - 23, 62, x, 40, x + 23, 62)]
    return [*marks, box(BROWN, x - 5, 76, x + 5, 94), box(SKY, x + 8, 68, x + 15, 75)]


def tree(x: float, crown: Colour = GREEN) -> Marks:
    """A tree on the ground, around x."""
    return [box(BROWN, x - 3, 72, x + 3, 94), disc(crown, x, 60, 16)]


def ground(colour: Colour = GREEN) -> Marks:
    """What things stand on."""
    return [box(colour, 0, 94, SIZE, SIZE)]


def sun(x: float, y: float) -> Marks:
    """A disc with rays."""
    angles = [math.radians(45 * n) for n in range(8)]
    rays = [line(ORANGE, 3, *(v for r in (13, 18) for v in (x + r * math.cos(a), y + r * math.sin(a)))) for a in angles]
    return [*rays, disc(YELLOW, x, y, 10)]


def moon(x: float, y: float, sky: Colour) -> Marks:
    """A crescent, cut out of a disc by the colour of the sky."""
    return [disc(YELLOW, x, y, 12), disc(sky, x + 6, y - 3, 11)]


def cloud(x: float, y: float, colour: Colour = GREY) -> Marks:
    """Three discs and a flat base."""
    puffs = [disc(colour, x + dx, y + dy, r) for dx, dy, r in ((-13, 2, 10), (0, -4, 13), (14, 2, 10))]
    return [*puffs, box(colour, x - 14, y + 2, x + 14, y + 12)]


def person(x: float, *, arms: float = 12) -> Marks:
    """A stick figure; arms: how far the hands are below the shoulders, less than 0 for raised arms."""
    body = [ring(BLACK, x, 38, 8, 3), line(BLACK, 3, x, 46, x, 70), line(BLACK, 3, x - 10, 92, x, 70, x + 10, 92)]
    return [*body, line(BLACK, 3, x - 13, 54 + arms, x, 52, x + 13, 54 + arms)]


def face(mouth: Mark) -> Marks:
    """A round yellow face with two eyes."""
    return [disc(YELLOW, 56, 56, 46), disc(BLACK, 40, 44, 6), disc(BLACK, 72, 44, 6), mouth]


def fish(x: float, y: float, colour: Colour, way: int) -> Marks:
    """A fish that swims to the right (1) or to the left (−1)."""
    tail = area(colour, x - 14 * way, y, x - 30 * way, y - 12, x - 30 * way, y + 12)
    return [oval(colour, x - 20, y - 12, x + 20, y + 12), tail, disc(WHITE, x + 11 * way, y - 3, 3)]


def boat(x: float, y: float, sail: Colour) -> Marks:
    """A sailing boat whose hull ends at y."""
    hull = area(BROWN, x - 26, y - 14, x + 26, y - 14, x + 17, y, x - 17, y)
    return [hull, line(BLACK, 3, x, y - 14, x, y - 62), area(sail, x + 3, y - 60, x + 3, y - 20, x + 26, y - 20)]


def car(colour: Colour, *, wheel: Colour = BLACK) -> Marks:
    """A car from the side."""
    body = [
        area(colour, 30, 62, 42, 44, 74, 44, 86, 62),
        box(colour, 14, 60, 100, 82),
        area(SKY, 38, 60, 46, 48, 56, 48, 56, 60),
    ]
    return [*body, area(SKY, 60, 60, 60, 48, 71, 48, 79, 60), disc(wheel, 34, 83, 10), disc(wheel, 80, 83, 10)]


def lights(lit: int) -> Marks:
    """Traffic lights; lit: 0 for red, 1 for yellow, 2 for green."""
    off = (70, 70, 70)
    colours = [colour if n == lit else off for n, colour in enumerate((RED, YELLOW, GREEN))]
    return [box(BLACK, 38, 6, 74, 106), *(disc(colour, 56, 24 + 32 * n, 12) for n, colour in enumerate(colours))]


def polygon_sign(colour: Colour, corners: int, r: float, turn: float) -> Mark:
    """A regular polygon in the middle; turn: degrees of its first corner."""
    angles = [math.radians(turn + 360 * n / corners) for n in range(corners)]
    return area(colour, *(v for a in angles for v in (56 + r * math.cos(a), 56 + r * math.sin(a))))


def battery(full: float, colour: Colour) -> Marks:
    """A battery on its side, filled to a share."""
    case = [box(BLACK, 10, 36, 94, 76), box(BLACK, 94, 48, 102, 64), box(WHITE, 14, 40, 90, 72)]
    return [*case, box(colour, 17, 43, 17 + 70 * full, 69)]


def umbrella(colour: Colour) -> Marks:
    """An open umbrella with a handle."""
    canopy = Mark("pieslice", colour, (14, 22, 98, 106, 180, 360))
    return [canopy, line(BLACK, 4, 56, 64, 56, 94), arc(BLACK, (56, 86, 72, 102), (0, 180), 4)]


def balloon(colour: Colour, x: float, y: float) -> Marks:
    """A balloon on a string."""
    return [line(GREY, 2, x, y + 16, 56, 104), oval(colour, x - 12, y - 16, x + 12, y + 16)]
