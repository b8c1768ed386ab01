"""A server that answers as arXiv, Crossref and Semantic Scholar do, with made-up papers.

The shapes (elements and their order, fields, headers, errors) are those of recorded answers.
"""

import gzip
import json
from urllib.parse import parse_qs, urlsplit

ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/+yL+2aOC2tMwSSbNUvwVflQZ4gc</id>
  <title>arXiv Query: search_query=all:tides&amp;id_list=&amp;start=0&amp;max_results=10</title>
  <updated>2026-04-12T22:09:27Z</updated>
  <link href="https://arxiv.org/api/query?search_query=all:tides" type="application/atom+xml"/>
  <opensearch:itemsPerPage>10</opensearch:itemsPerPage>
  <opensearch:totalResults>%d</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
%s</feed>
"""
ENTRIES = """  <entry>
    <id>http://arxiv.org/abs/2201.00001v2</id>
    <title>Tides of the
  Inner Harbour: a Model</title>
    <updated>2022-02-24T15:05:19Z</updated>
    <link href="https://arxiv.org/abs/2201.00001v2" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/2201.00001v2" rel="related" type="application/pdf" title="pdf"/>
    <summary>Context. We measure tides &amp; currents.
  Results. They rise &lt; 2 m.</summary>
    <category term="physics.ao-ph" scheme="http://arxiv.org/schemas/atom"/>
    <published>2022-01-03T15:05:19Z</published>
    <arxiv:comment>12 pages</arxiv:comment>
    <arxiv:primary_category term="physics.ao-ph"/>
    <arxiv:journal_ref>Proc. Harbours 2022, pp. 6-9</arxiv:journal_ref>
    <author>
      <name>Noémie Example</name>
    </author>
    <author>
      <name>Jan Sample</name>
    </author>
    <arxiv:doi>10.5555/HARBOUR.2022.00035</arxiv:doi>
    <link rel="related" href="https://doi.org/10.5555/HARBOUR.2022.00035" title="doi"/>
  </entry>
  <entry>
    <id>http://arxiv.org/abs/1812.00002v1</id>
    <title>Salt in Rivers</title>
    <updated>2018-12-30T04:50:20Z</updated>
    <link href="https://arxiv.org/abs/1812.00002v1" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/1812.00002v1" rel="related" type="application/pdf" title="pdf"/>
    <summary>Salt.</summary>
    <category term="physics.ao-ph" scheme="http://arxiv.org/schemas/atom"/>
    <published>2018-12-30T04:50:20Z</published>
    <arxiv:primary_category term="physics.ao-ph"/>
    <author>
      <name>Ada Example</name>
    </author>
  </entry>
"""
WRONG = """  <entry>
    <id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>
    <title>Error</title>
    <updated>2026-04-12T22:59:06Z</updated>
    <link href="https://arxiv.org/api/errors#incorrect_id_format_for_abc" rel="alternate" type="text/html"/>
    <summary>incorrect id format for abc</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""
ARXIV = (ATOM % (214881, ENTRIES)).encode()
ARXIV_WRONG = (ATOM % (1, WRONG)).encode()
ARXIV_NONE = (ATOM % (0, "")).encode()

DAY = {"date-parts": [[2022, 7, 6]]}
WORKS = [
    {
        "indexed": {
            "date-parts": [[2026, 3, 11]],
            "date-time": "2026-03-11T23:54:25Z",
            "timestamp": 1773273265337,
            "version": "3.50.1",
        },
        "reference-count": 0,
        "publisher": "Harbour Press",
        "abstract": "<jats:title>Abstract</jats:title><jats:p>On <jats:italic>Mytilus</jats:italic>"
        " &amp; CO<jats:sub>2</jats:sub>.</jats:p>",
        "DOI": "10.5555/Mussels.1",
        "type": "journal-article",
        "source": "Crossref",
        "is-referenced-by-count": 3,
        "title": ["Mussels (<i>Mytilus</i>)\n and tides"],
        "prefix": "10.5555",
        "author": [
            {"given": "Zoë", "family": "Sample", "sequence": "first", "affiliation": []},
            {"name": "The Harbour Group", "sequence": "additional", "affiliation": []},
            {"family": "Only", "sequence": "additional", "affiliation": []},
        ],
        "container-title": ["Journal of Shells"],
        "link": [
            {"URL": "https://press.test/1.xml", "content-type": "text/xml"},
            {"URL": "https://press.test/1.pdf", "content-type": "application/pdf"},
        ],
        "issued": DAY,
        "URL": "https://doi.org/10.5555/mussels.1",
        "published": DAY,
        "score": 11.04,
    },
    {"DOI": "10.5555/notitle", "type": "component", "issued": {"date-parts": [[None]]}},
    {
        "DOI": "10.5555/harbour.2022.00035",
        "title": ["Tides of the inner harbour: a model"],
        "issued": {"date-parts": [[2022]]},
        "URL": "https://doi.org/10.5555/harbour.2022.00035",
        "is-referenced-by-count": 8,
    },
]
CROSSREF = {
    "status": "ok",
    "message-type": "work-list",
    "message-version": "1.0.0",
    "message": {
        "facets": {},
        "total-results": 586628,
        "items": WORKS,
        "items-per-page": 3,
        "query": {"start-index": 0, "search-terms": "tides"},
    },
}
SEMANTIC = {
    "total": 70499,
    "offset": 0,
    "next": 3,
    "data": [
        {
            "paperId": "7cbc2a7843411a1768ab762930707af0a3c33a19",
            "externalIds": {"ArXiv": "1812.00002", "DOI": None, "CorpusId": 1},
            "url": "https://www.semanticscholar.org/paper/7cbc",
            "title": "Salt in Rivers",
            "abstract": None,
            "venue": "",
            "year": 2018,
            "publicationDate": "2018-12-30",
            "citationCount": 5,
            "openAccessPdf": {"url": "", "status": None},
            "authors": [{"authorId": "1", "name": "A. Example"}],
        },
        {
            "paperId": "6b0f06617d9f5256a80ed62d9398acb92a55a6bd",
            "externalIds": None,
            "url": "https://www.semanticscholar.org/paper/6b0f",
            "title": "Moon and Sea",
            "abstract": "The moon pulls.",
            "venue": "Sea Letters",
            "year": None,
            "publicationDate": None,
            "citationCount": 0,
            "openAccessPdf": None,
            "authors": [],
        },
    ],
}
SEMANTIC_WRONG = b'{"error":"Unrecognized or unsupported fields: [unknown]"}\n'
SEMANTIC_LIMIT = b'{"message": "Too Many Requests. Please wait.", "code": "429"}'


def answering(**instead):
    """Return what answers all three; `crossref=(503, b"...", {...})` is another answer of one."""

    def answer(asked):
        name = urlsplit(asked.path).path.strip("/")
        status, content, headers = instead.get(name) or _usual(name)
        asked.give(status, content, **headers)

    return answer


def _usual(name):
    if name == "arxiv":
        return 200, ARXIV, {"content_type": "application/atom+xml; charset=utf-8"}
    if name == "crossref":
        packed = gzip.compress(json.dumps(CROSSREF).encode())
        return 200, packed, {"content_type": "application/json", "content_encoding": "gzip"}
    return 200, json.dumps(SEMANTIC).encode(), {"content_type": "application/json"}


def question(asked):
    """Return the parameters of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
