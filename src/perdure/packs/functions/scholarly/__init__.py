"""`academic_search`: papers from arXiv, Crossref and Semantic Scholar, each told once.

Read `papers` (what a paper is, and which are the same), the three sources (`arxiv`, `crossref`,
`semantic_scholar`: a question as their address, their answer as papers), then `search`.
"""
