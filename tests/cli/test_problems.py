"""The problems of a definition, as they are printed."""

from perdure.cli.problems import counted, list_problems, tell_problems, tell_warnings
from perdure.errors import InvalidDefinitionError, Problem


def test_problems_are_listed_with_place_and_suggestion(capsys):
    problems = [Problem("steps[0]", "is odd", "Make it even"), Problem("", "is all wrong")]

    tell_problems(InvalidDefinitionError("flow", problems))

    assert capsys.readouterr().err == (
        "error: the definition has 2 problems; nothing was started\n"
        "  steps[0]: is odd\n"
        "      Make it even\n"
        "  is all wrong\n"
    )


def test_a_single_problem_without_a_place_is_one_line(capsys):
    problem = Problem("", "there is no file 'a.json'", "Did you mean 'b.json'?")

    tell_problems(InvalidDefinitionError("a.json", [problem]))

    assert capsys.readouterr().err == (
        "error: there is no file 'a.json'. Did you mean 'b.json'? Nothing was started.\n"
    )


def test_warnings_are_marked(capsys):
    tell_warnings([Problem("steps[0].model", "nobody has it", severity="warning")])

    assert capsys.readouterr().err == "warning: steps[0].model: nobody has it.\n"


def test_a_list_can_go_to_standard_output(capsys):
    list_problems([Problem("a\x1b", "b")], "red", to_error=False)

    assert capsys.readouterr().out == "  a\ufffd: b\n"


def test_numbers_have_their_plural():
    assert (counted(1, "run"), counted(2, "run")) == ("1 run", "2 runs")
