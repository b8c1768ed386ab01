"""The one JSON: how values become text, and text values again."""
