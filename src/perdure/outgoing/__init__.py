"""Requests to addresses that somebody else wrote: guarded, bounded, and failing by kind.

Read `addresses` (where a request may go), `pipes` (connections to what was checked) and `fetching`
(one request, with its redirects). `statuses` says what an answer's status means for a step, `trials`
whether what is called is only tried out.
"""
