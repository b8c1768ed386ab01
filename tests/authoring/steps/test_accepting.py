"""What a wait accepts is a model's schema, as text."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel, create_model

from perdure.authoring.payloads import accepts_refusal
from perdure.authoring.steps.accepting import schema_accepted


class Approval(BaseModel):
    approved: Literal[True]
    by: str
    amount: Decimal = Decimal(0)


@dataclass
class Seat:
    row: int


@pytest.mark.parametrize(
    ("model", "payload", "why"),
    [
        (Approval, '{"approved":true,"by":"Ann"}', ""),
        (Approval, '{"approved":true,"by":"Ann","note":"undeclared"}', ""),
        (Approval, '{"approved":true}', '"by" is a required property'),
        (Approval, '{"approved":false,"by":"Ann"}', "approved: true was expected"),
        (Approval, None, '"approved" is a required property'),
        (Seat, '{"row":1}', ""),
        (Seat, '{"row":"x"}', 'row: "x" is not of type "integer"'),
        (Seat | Approval, '{"row":3}', ""),
        (dict, "{}", ""),
    ],
)
def test_a_payload_fits_a_model_as_a_whole_or_is_refused(model, payload, why):
    assert accepts_refusal(schema_accepted(model), payload) == why


@pytest.mark.parametrize("model", [3, int, list[int], object()])
def test_what_no_payload_can_be_is_no_model(model):
    with pytest.raises(ValueError, match="needs a model"):
        schema_accepted(model)


def test_a_schema_that_is_too_large_for_a_row_is_refused():
    large = create_model("Large", **{f"field_number_{n}": (int, n) for n in range(500)})

    with pytest.raises(ValueError, match="more than 16384"):
        schema_accepted(large)
