"""Lavka: a shop backend for Python teams."""
