"""Price lists in YAML: read by events in a process of its own, written as text."""
