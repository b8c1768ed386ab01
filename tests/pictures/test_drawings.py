"""What there is to draw."""

from perdure.pictures.drawings import Drawing, Node


def test_states_are_counted_in_the_order_they_are_met():
    nodes = [
        Node(id=str(n), title="", state=s)
        for n, s in enumerate(("failed", "", "completed", "failed"))
    ]

    assert Drawing(title="t", nodes=tuple(nodes)).counts() == {"failed": 2, "completed": 1}


def test_nodes_are_found_by_their_ids():
    drawing = Drawing(title="t", nodes=(Node(id="a", title=""), Node(id="b", title="")))

    assert drawing.index == {"a": 0, "b": 1}
