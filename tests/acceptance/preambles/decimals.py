"""For "Context Design": the type that it uses."""

import decimal

Decimal = decimal.Decimal
