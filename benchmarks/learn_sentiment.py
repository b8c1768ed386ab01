"""Learn the weights of `builtin/sentiment` from human ratings, and measure them on others.

The ratings are those of Hutto and Gilbert (2014; 24,000 sentences of product and film reviews, news
and short messages, each rated by twenty people), which the source distribution of vaderSentiment
carries (MIT licence). Seven tenths of them are learned from; the rest only measure. The texts stay
where they are: only the weights of words and pairs of words are kept.

    pip install scikit-learn
    pip download --no-deps --no-binary :all: vaderSentiment==3.3.2
    python benchmarks/learn_sentiment.py vaderSentiment-3.3.2.tar.gz
"""

import argparse
import hashlib
import io
import tarfile
from collections import Counter
from pathlib import Path

from perdure.packs.inference.builtin.sentiment import features, sentiment

KINDS = ("amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets", "tweets")
TARGET = Path(__file__).parents[1] / "src/perdure/packs/words/sentiment_weights.txt"
CLEAR = 0.5
"""How far from neutral (on a scale from -4 to 4) a rating must be to be learned from."""
STRENGTH = 0.2
SMALLEST = 0.06
HEAD = """\
## Weights in hundredths of words and pairs of words in builtin/sentiment; made by
## benchmarks/learn_sentiment.py from the ratings of C.J. Hutto and E. Gilbert, "VADER: A
## Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text" (ICWSM-14), which
## come with vaderSentiment (MIT licence, copyright 2016 C.J. Hutto).
"""

Rated = list[tuple[str, float]]


def main() -> None:
    """Read the ratings, write the weights, print what they are worth."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path, help="vaderSentiment's source distribution")
    parser.add_argument("--measure-only", action="store_true", help="write no weights")
    given = parser.parse_args()
    rated = ratings(given.archive)
    if not given.measure_only:
        weights = learned({kind: _clear(texts, held=False) for kind, texts in rated.items()})
        lines = (f"{name}\t{round(100 * weight)}\n" for name, weight in sorted(weights.items()))
        TARGET.write_text(HEAD + "".join(lines), encoding="utf-8")
        print(f"{len(weights)} weights, {TARGET.stat().st_size // 1024} KiB")
    for kind, texts in rated.items():
        right, count = measured(held_out(texts))
        print(f"{kind}: {right / count:.3f} of {count} held-out texts")


def ratings(archive: Path) -> dict[str, Rated]:
    """Return the rated texts by kind, from the archive within the archive."""
    with tarfile.open(archive) as outer:
        name = next(n for n in outer.getnames() if n.endswith("hutto_ICWSM_2014.tar.gz"))
        inner = outer.extractfile(name)
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as files:
            return {kind: _read(files, kind) for kind in KINDS}


def _read(files: tarfile.TarFile, kind: str) -> Rated:
    member = files.extractfile(f"hutto_ICWSM_2014/{kind}_GroundTruth.txt")
    assert member is not None
    rows = (line.split("\t") for line in member.read().decode("latin-1").splitlines())
    return [(row[2].replace("''", '"'), float(row[1])) for row in rows if len(row) > 2]


def held_out(texts: Rated) -> Rated:
    """Return the clear ones of the texts that nothing is learned from."""
    return _clear(texts, held=True)


def _clear(texts: Rated, *, held: bool) -> Rated:
    """Return those of three tenths of the texts, or of the rest, by their hash."""
    return [
        (text, rating)
        for text, rating in texts
        if abs(rating) > CLEAR and (hashlib.sha256(text.encode()).digest()[0] < 77) is held
    ]


def measured(texts: Rated) -> tuple[int, int]:
    """Return how many are told right; neutral is wrong, since all of these are clear."""
    wanted = {True: "POSITIVE", False: "NEGATIVE"}
    return sum(sentiment(text)["label"] == wanted[rating > 0] for text, rating in texts), len(texts)


def learned(rated: dict[str, Rated]) -> dict[str, float]:
    """Return the weights of a logistic regression; kinds count by the root of their number."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rows, sides, counts = [], [], []
    for texts in rated.values():
        for text, rating in texts:
            rows.append(features(text))
            sides.append(rating > 0)
            counts.append(len(texts) ** -0.5)
    often = Counter(name for row in rows for name in row)
    kept = {name for name, n in often.items() if n >= (4 if " " in name else 2)}
    columns = DictVectorizer()
    matrix = columns.fit_transform([{n: v for n, v in row.items() if n in kept} for row in rows])
    mean = sum(counts) / len(counts)
    model = LogisticRegression(
        C=STRENGTH, max_iter=2000, fit_intercept=False, class_weight="balanced"
    )
    model.fit(matrix, sides, sample_weight=[count / mean for count in counts])
    found = zip(columns.get_feature_names_out(), model.coef_[0], strict=True)
    return {name: float(weight) for name, weight in found if abs(weight) >= SMALLEST}


if __name__ == "__main__":
    main()
