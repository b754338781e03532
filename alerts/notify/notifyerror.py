"""What is wrong with the file that says whom to tell."""

from __future__ import annotations

from crawler.errors import VardeError

VARIABLE = "VARDE_NOTIFY"  # names the file


class NotifyError(VardeError):
    """The file of channels cannot be used; the message names file and key. Raised by `load_channels`."""
