"""A process that writes one file over and over, until it is killed: each time one letter, whole."""

import sys

from perdure.packs.functions.filing import write_text

SIZE = 300_000


def main(path):
    write_text("a" * SIZE, path=path)
    sys.stdout.write("written\n")
    sys.stdout.flush()
    while True:
        for letter in "bcdefgh":
            write_text(letter * SIZE, path=path)


if __name__ == "__main__":
    main(sys.argv[1])
