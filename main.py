"""Serve the shop: `python main.py` is `lavka serve`, with the same options."""

import sys

from lavka.cli import app

if __name__ == "__main__":
    app(["serve", *sys.argv[1:]])
