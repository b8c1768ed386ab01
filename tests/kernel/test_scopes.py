"""A loop that is open, by itself."""

from perdure.kernel.scopes import Scope

FRESH = Scope(visit=1, attempt=1, count=3, at=9.0)


def test_items_begin_in_order():
    scope = FRESH.with_begun(0)

    assert (FRESH.next, scope.next) == (0, 1)
    assert (scope.begun, scope.open) == (1, 1)
    assert scope.has_more


def test_a_loop_is_done_when_all_that_have_begun_have_ended():
    whole = FRESH.with_begun(0).with_begun(1).with_begun(2)

    assert not whole.has_more
    assert not whole.with_ended().with_ended().is_done
    assert whole.with_ended().with_ended().with_ended().is_done
    assert Scope(visit=1, attempt=1, count=0, at=9.0).is_done


def test_once_an_item_has_failed_no_more_begin_and_the_first_one_says_why():
    scope = FRESH.with_begun(0).with_begun(1).with_failed(1, "oops", "it broke")

    assert not scope.has_more
    assert not scope.is_done
    scope = scope.with_failed(0, "other", "later")
    assert scope.is_done
    assert (scope.failed, scope.kind, scope.error) == ((1, 0), "oops", "item 1: it broke")


def test_a_retry_goes_on_with_what_failed_or_was_stopped_then_with_the_rest():
    scope = FRESH.with_begun(0).with_begun(1).with_stopped(1).with_failed(0, "oops", "it broke")

    again = scope.reopened()

    assert (again.visit, again.again, again.failed, again.kind) == (2, (0, 1), (), "")
    assert [again.next, again.with_begun(0).next] == [0, 1]
    assert again.with_begun(0).with_begun(1).next == 2
    assert again.with_begun(1).begun == 2
