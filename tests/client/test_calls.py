"""A page is a list that knows how much there is."""

from perdure.client.calls import Page


def test_a_page_is_a_list():
    page = Page([1, 2], total=5, has_more=True)

    assert page == [1, 2]
    assert (page.total, page.has_more, page[0]) == (5, True, 1)
