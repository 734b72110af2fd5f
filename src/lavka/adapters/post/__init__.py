"""The post: letters as messages (RFC 5322), brought by a mail server or kept in a folder."""
