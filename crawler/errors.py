"""The one base of every error whose message is meant for the person at the terminal."""

from __future__ import annotations


class VardeError(Exception):
    """Something the user can mend; the message says what is wrong, where, and what would have worked.

    `varde` prints it without a traceback and exits with 1.
    """
