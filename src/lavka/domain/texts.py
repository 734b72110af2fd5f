"""What no text of the shop may hold, whoever writes it."""

import re

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, but for tab and line ends
    "\u202a-\u202e\u2066-\u2069"  # what turns the direction of the text after it (Unicode TR 36)
    "\ud800-\udfff\ufeff\ufffe\uffff]"  # halves of characters, byte order marks, no characters at all
)
