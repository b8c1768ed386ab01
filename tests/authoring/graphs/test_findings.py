"""Problems are collected with their places, and never without bounds."""

from perdure.authoring.graphs.findings import MAX_KEPT, Findings


def test_errors_and_warnings_are_kept_apart_and_in_the_order_of_the_document():
    findings = Findings()
    findings.error("steps[10].input", "ten")
    findings.error("steps[2].input", "two")
    findings.warning("steps[1].model", "unknown")
    findings.error("name", "first")

    assert [problem.message for problem in findings.errors] == ["first", "two", "ten"]
    assert [(p.message, p.severity) for p in findings.warnings] == [("unknown", "warning")]


def test_what_is_too_much_is_counted():
    findings = Findings()
    for number in range(MAX_KEPT + 1_500):
        findings.error("name", f"wrong {number}")

    assert len(findings.errors) == MAX_KEPT + 1
    assert findings.errors[-1].message == "and 1,500 more like these"


def test_the_nearest_name_is_suggested_or_what_else_helps():
    findings = Findings()

    assert findings.nearest("sumarize", ["summarize", "extract"]) == "Did you mean 'summarize'?"
    assert findings.nearest("zzz", ["summarize"], "There are: summarize") == "There are: summarize"
    assert findings.nearest("x" * 1_000, ["x" * 1_000], "no") == "no"


def test_searches_for_near_names_end():
    findings = Findings()
    near = [findings.nearest("step_1000", ["step_1", "step_2"]) for _ in range(200)]

    assert near[0] == "Did you mean 'step_1'?"
    assert near[-1] == ""
