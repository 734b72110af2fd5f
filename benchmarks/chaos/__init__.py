"""Buying while everything breaks: `python -m benchmarks.chaos --help`."""
