"""What is wrong with the YAML itself, in words for whoever wrote it."""

import yaml

BROKEN = "The YAML cannot be read at line {line}, column {column}: {hint}."
HINTS = {
    "mapping values are not allowed": "align this line with its neighbours, and quote a text with a colon",
    "block sequence entries are not": "begin each dash on a line of its own",
    "cannot start any token": "indent by spaces, not tabs, and quote a text that begins with a sign",
    "unexpected end of stream": "a quotation mark opens here and never closes",
    "did not find expected key": "align this line with its neighbours, and quote a text as a whole",
    "expected '-' indicator": "align the dashes of one list, and what belongs to an item behind its dash",
    "could not find expected ':'": "write a colon and a space after the name of a field",
    "expected ',' or": "close the bracket, and put commas between the items",
    "maximum nesting depth": "a price list needs no brackets within brackets",
    "unknown escape character": "double the backslash, or use single quotation marks",
    "escape code": "write the character itself instead of its code",
}
"""What libyaml says, and what it means to whoever wrote the list."""
ANY = "check indentation, colons, dashes and quotation marks there"


def in_our_words(error: yaml.YAMLError) -> str:
    """Say where the YAML breaks and what to look for, and nothing of what stands there."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return "The file has characters that YAML does not know: remove what is not text, and send it again."
    problem = error.problem or ""
    hint = next((hint for said, hint in HINTS.items() if said in problem), ANY)
    mark = error.problem_mark
    return BROKEN.format(line=mark.line + 1, column=mark.column + 1, hint=hint)
