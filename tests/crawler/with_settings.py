"""Runs `varde` with other Scrapy settings: python with_settings.py NAME=VALUE… -- ARGS of varde…"""

from __future__ import annotations

import json
import sys

from crawler import settings
from crawler.cli import main

if __name__ == "__main__":
    split = sys.argv.index("--")
    for pair in sys.argv[1:split]:
        name, _, value = pair.partition("=")
        setattr(settings, name, json.loads(value))
    sys.exit(main(args=sys.argv[split + 1 :], prog_name="varde"))
