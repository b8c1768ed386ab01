"""A place for everything in a drawing: boxes in layers, arrows between them, frames, labels.

Layers follow each other down, or to the right where that makes a picture that is not so wide. It is
worked out along `breadth` (within a layer) and `depth` (from layer to layer), and turned last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from perdure.pictures.columns import Spread, place
from perdure.pictures.drawings import Drawing
from perdure.pictures.orders import Rows, Ties, order_rows
from perdure.pictures.threads import Size, Threads, thread

GAP = 34.0
BEND_GAP = 18.0
BETWEEN = 44.0
"""What is between two layers of boxes at least; more where arrows have far to go aside."""
STEEP = 8.0
MOST_BETWEEN = 110.0
FRAME = 12.0
FRAME_TITLE = 16.0
SIDE = 22.0
"""How far beside the middle of a box an arrow is that leads back, and how far one to itself goes."""
WIDE = 1.35
"""A picture that is wider than so many of its heights is tried the other way round."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is: its middle, and how large it is."""

    x: float
    y: float
    width: float
    height: float

    @property
    def corner(self) -> Point:
        """The upper left corner."""
        return self.x - self.width / 2, self.y - self.height / 2


@dataclass(frozen=True, slots=True)
class Way:
    """The way of an arrow: the points through which it goes, and the middle of its label.

    One that is `straight` runs behind the boxes, one that is `round` leads to where it came from.
    """

    points: tuple[Point, ...]
    label: Point | None = None
    straight: bool = False
    round: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is: boxes by node, ways by edge, frames with their titles."""

    size: Size
    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    frames: tuple[tuple[str, Box], ...]
    sideways: bool


def lay_out(drawing: Drawing, sizes: Sequence[Size], labels: Sequence[Size]) -> Layout:
    """Return a place for everything, given how large each node, and each edge's label, will be."""
    down = _Laying(drawing, sizes, labels, sideways=False).result()
    if down.size[0] <= WIDE * down.size[1]:
        return down
    along = _Laying(drawing, sizes, labels, sideways=True).result()
    return min(down, along, key=lambda made: max(made.size[0] / WIDE, made.size[1]))


class _Laying:
    """One drawing on its way."""

    def __init__(
        self, drawing: Drawing, sizes: Sequence[Size], labels: Sequence[Size], *, sideways: bool
    ) -> None:
        self._sideways = sideways
        self._sizes = [self._turn(size) for size in sizes]
        self._labels = [self._turn(size) for size in labels]
        self._threads = thread(drawing, self._with_room(drawing), self._labels)
        self._rows = order_rows(self._threads.ranks, _ties(self._threads))
        self._breadths = place(self._rows, _ties(self._threads), self._spread())
        self._framed = [any(self._threads.groups[n] for n in row) for row in self._rows]
        self._thick = [self._thickness(rank) for rank in range(len(self._rows))]
        self._begins = self._stack()

    def result(self) -> Layout:
        """Return all places, turned, the first of them at 0."""
        boxes = [self._box(node) for node in range(self._threads.count)]
        ways = [self._way(edge) for edge in range(len(self._threads.ends))]
        frames = list(self._frames(self._rows))
        xs, ys = zip(*self._outline(boxes, ways, frames), strict=True)
        by = min(xs), min(ys)
        return Layout(
            (max(xs) - by[0], max(ys) - by[1]),
            tuple(Box(box.x - by[0], box.y - by[1], box.width, box.height) for box in boxes),
            tuple(_moved(way, by) for way in ways),
            tuple(
                (title, Box(box.x - by[0], box.y - by[1], box.width, box.height))
                for title, box in frames
            ),
            self._sideways,
        )

    def _turn(self, pair: tuple[float, float]) -> tuple[float, float]:
        """Turn (x, y) into (breadth, depth), or back."""
        return (pair[1], pair[0]) if self._sideways else pair

    def _with_room(self, drawing: Drawing) -> list[Size]:
        """Return the nodes' sizes with room beside those that lead to themselves."""
        sizes = list(self._sizes)
        for edge, label in zip(drawing.edges, self._labels, strict=True):
            if edge.tail == edge.head:
                node = drawing.index[edge.tail]
                breadth, depth = self._sizes[node]
                sizes[node] = (breadth + 4 * SIDE + 2 * label[0], depth)
        return sizes

    def _spread(self) -> Spread:
        threads = self._threads
        return Spread(
            [breadth for breadth, _ in threads.sizes],
            [number >= threads.count for number in range(len(threads.ranks))],
            gap=GAP,
            bend_gap=BEND_GAP,
            group_gap=FRAME + (FRAME_TITLE if self._sideways else 0.0),
        )

    def _thickness(self, rank: int) -> float:
        thick = max((self._threads.sizes[n][1] for n in self._rows[rank]), default=0.0)
        frame = 2 * FRAME + (0.0 if self._sideways else FRAME_TITLE)
        return thick + (frame if self._framed[rank] else 0.0)

    def _stack(self) -> list[float]:
        """Return where each layer begins: as far below the last one as arrows between them need."""
        begins, at = [], 0.0
        least = BETWEEN / 2 if self._threads.half else BETWEEN
        for rank, row in enumerate(self._rows):
            begins.append(at)
            farthest = max(
                (
                    abs(self._breadths[n] - self._breadths[m])
                    for n in row
                    for m in self._threads.below[n]
                ),
                default=0.0,
            )
            at += self._thick[rank] + max(least, min(farthest / STEEP, MOST_BETWEEN))
        return begins

    def _middle(self, node: int) -> Point:
        """Return where a node's middle is, as (breadth, depth)."""
        rank = self._threads.ranks[node]
        title = FRAME_TITLE if self._framed[rank] and not self._sideways else 0.0
        return self._breadths[node], self._begins[rank] + (self._thick[rank] + title) / 2

    def _box(self, node: int) -> Box:
        return Box(*self._turn(self._middle(node)), *self._turn(self._sizes[node]))

    def _way(self, edge: int) -> Way:
        tail, head = self._threads.ends[edge]
        bends = self._threads.bends[edge]
        if tail == head:
            return self._loop(edge, tail)
        if bends is None:
            return Way(
                (self._turn(self._middle(tail)), self._turn(self._middle(head))), straight=True
            )
        is_turned = (tail, head) in self._threads.turned
        held = self._threads.labelled.get(edge)
        kept = [
            bend
            for bend in bends
            if is_turned
            or bend == held
            or not (self._threads.half and self._threads.ranks[bend] % 2)
        ]
        points = [
            *self._port(tail, kept[0] if kept else head, below=not is_turned, aside=is_turned),
            *(point for bend in kept for point in self._through(bend, up=is_turned)),
            *reversed(
                self._port(head, kept[-1] if kept else tail, below=is_turned, aside=is_turned)
            ),
        ]
        label = self._turn(self._middle(held)) if held is not None else None
        return Way(tuple(map(self._turn, points)), label)

    def _port(self, node: int, other: int, *, below: bool, aside: bool) -> list[Point]:
        """Return where an arrow touches a box, and where it leaves the box's layer."""
        breadth, depth = self._middle(node)
        width, height = self._sizes[node]
        if aside:
            by = min(SIDE, width / 2 - 6)
            breadth += by if self._breadths[other] >= breadth else -by
        rank = self._threads.ranks[node]
        if below:
            return [
                (breadth, depth + height / 2),
                (breadth, self._begins[rank] + self._thick[rank]),
            ]
        return [(breadth, depth - height / 2), (breadth, self._begins[rank])]

    def _through(self, bend: int, *, up: bool) -> list[Point]:
        rank, breadth = self._threads.ranks[bend], self._breadths[bend]
        begin, end = self._begins[rank], self._begins[rank] + self._thick[rank]
        return [(breadth, end), (breadth, begin)] if up else [(breadth, begin), (breadth, end)]

    def _loop(self, edge: int, node: int) -> Way:
        breadth, depth = self._middle(node)
        side = breadth + self._sizes[node][0] / 2
        points = ((side, depth - 9), (side + SIDE, depth), (side, depth + 9))
        label = (side + SIDE + 8 + self._labels[edge][0] / 2, depth)
        return Way(tuple(map(self._turn, points)), self._turn(label), round=True)

    def _frames(self, rows: Rows) -> Iterator[tuple[str, Box]]:
        for row in rows:
            for group, members in groupby(row, key=self._threads.groups.__getitem__):
                if group:
                    boxes = [self._box(node) for node in members]
                    left = min(box.x - box.width / 2 for box in boxes) - FRAME
                    right = max(box.x + box.width / 2 for box in boxes) + FRAME
                    top = min(box.y - box.height / 2 for box in boxes) - FRAME - FRAME_TITLE
                    bottom = max(box.y + box.height / 2 for box in boxes) + FRAME
                    middle = (left + right) / 2, (top + bottom) / 2
                    yield group, Box(*middle, right - left, bottom - top)

    def _outline(
        self, boxes: list[Box], ways: list[Way], frames: list[tuple[str, Box]]
    ) -> Iterator[Point]:
        """Yield points that hold everything between them."""
        yield from ((0.0, 0.0),) if not boxes else ()
        for box in (*boxes, *(box for _, box in frames)):
            left, top = box.corner
            yield left, top
            yield left + box.width, top + box.height
        for way, size in zip(ways, self._labels, strict=True):
            yield from way.points
            if way.label is not None:
                breadth, depth = self._turn(size)
                yield way.label[0] - breadth / 2, way.label[1] - depth / 2
                yield way.label[0] + breadth / 2, way.label[1] + depth / 2


def _ties(threads: Threads) -> Ties:
    return Ties(threads.above, threads.below, threads.groups)


def _moved(way: Way, by: Point) -> Way:
    points = tuple((x - by[0], y - by[1]) for x, y in way.points)
    label = (way.label[0] - by[0], way.label[1] - by[1]) if way.label is not None else None
    return Way(points, label, way.straight, way.round)
