"""Ports: what the use cases need from the outside, in the words of a shop."""
