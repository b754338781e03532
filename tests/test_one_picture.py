"""One picture on two sites, followed from the crawls to the tie that a person is shown."""

from __future__ import annotations

from pathlib import Path

from PIL import ImageOps

from alerts import clusterstore
from alerts.intake import analyse
from alerts.store import open_alerts
from tests.conftest import Serve, Varde
from tests.crawler.patterns import encoded, pattern
from tests.crawler.samples import list_page, write_site
from tests.crawler.server import Answer

TABLES = 'images = "img::attr(src)"\n\n[images]\nlegal_basis = "Order 2026-031, pictures"\n'


SMALL = encoded(ImageOps.mirror(pattern(7)).resize((160, 213)), "WEBP", quality=30)


def page(number: int, text: str) -> str:
    return f'<h1>Ad</h1><p class="id">{number}</p><div class="text">{text}</div><img src="/{number}.jpg">'


def test_a_mirrored_copy_on_another_site_ties_the_ads_and_a_stranger_does_not(
    serve: Serve, varde: Varde, tmp_path: Path
) -> None:
    one = serve({"/": list_page(["/ad/1"]), "/ad/1": page(1, "Rooms near the harbour."),
                 "/1.jpg": Answer(encoded(pattern(7)), kind="image/jpeg")})  # fmt: skip
    other = serve({"/": list_page(["/ad/2", "/ad/3"]), "/ad/2": page(2, "Quiet flat by the old mill, evenings."),
                   "/2.jpg": Answer(SMALL, kind="image/webp"),
                   "/ad/3": page(3, "A garden, two dogs and a long table."),
                   "/3.jpg": Answer(encoded(pattern(8)), kind="image/jpeg")})  # fmt: skip
    sites = write_site(tmp_path / "sites", "a.example", f"{one.url}/", tables=TABLES)
    write_site(sites, "b.example", f"{other.url}/", tables=TABLES)
    assert varde("crawl", "--all", "--sites", sites).returncode == 0
    db = open_alerts(tmp_path / "varde.db")
    analyse(db)
    (link,) = clusterstore.links(db)
    assert link.kind == "image"
    assert link.why.startswith("picture within ")
    assert link.why.endswith(" in 2 ads; pictures are also copied, and no face was analysed")
    assert len(clusterstore.members(db)) == 2
    db.close()
