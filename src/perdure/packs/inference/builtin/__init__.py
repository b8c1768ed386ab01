"""The built-in models: real, small, and honest about what they are.

Read `provider` first. Each model is a function of a text: `sentiment` (with `clauses` and
`valence`), `language`, `phrases`, `entities` (with `spans`, `naming`, `names`, `figures`),
`summary` and `extract` (with `sentences` and `ranking`), `embedding`. `material` says what text,
`words` what a word is.
"""
