"""What goes with an extract: how to read it, what its columns mean, and how to draw it again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from string import Template

LIMIT = (
    "This is of an advertised-contact population: of what ads give. It is not of persons and never of victims: several "
    "persons may share a contact, one may have several, and an ad says nothing certain of who wrote it."
)
_README = Template("""\
# Extract $number: $unit, drawn by design `$design`

From $first to $last (days of UTC), seed $seed. $drawn drawn, $rows rows. Made with $software.

$limit

| file | holds | may be |
|---|---|---|
| `cells.csv` | counts by $traits, everybody once, where most of the sightings are | published |
| `strata.csv` | of each stratum the size to the nearest five, how many were drawn, their weight | published |
| `occasions.csv` | of design `occasions`: counts for `varde market estimate --counts` | published |
| `rows.csv` | a row for each unit, week and site | used under an agreement, not published |
| `dictionary.csv` | what each column means | |
| `replicate.sh` | draws the same again from the same store | |
| `SHA256SUMS` | checksums: `sha256sum -c SHA256SUMS` | |

## What was done so that nobody is given away

- `id` is a keyed hash (HMAC-SHA256). The key was made for this extract alone and is kept nowhere: nobody, those who
  made the extract included, can tell whose an id is, nor join it with another extract.
- There are no texts, names, numbers, addresses or pictures. Days became weeks. Places are no finer than a $level;
  abroad they are countries.
- Figures of 1 to 4 are withheld, and as many others as keep them from being worked out from rows, columns and totals
  ($withheld of $cells).
- What an earlier extract of the same store shows or withholds of nearly the same units was looked at too.
- In `rows.csv` a row tells less while fewer than $few units share what it tells: `$star` for the language, the month
  for the week, the place one level up, then `$star` for place, kind, site and time ($hidden rows). What is still shared
  by fewer is left out ($left_out rows). Whoever is in a withheld cell of `cells.csv` has both traits hidden.

The rows of one id together may still single somebody out for who knows where she advertised. So they are for those who
are bound by an agreement, on a machine of theirs, and for no attempt to find anybody.

## What to know when counting

- Contested contacts (a site's own number, a switchboard, one that was pasted about) are left out: $contested.
- Units are told apart by what Varde read and linked: a missed link makes two of one, a false one makes one of two.
- `weight` is for how many of the population a drawn unit stands, from a population rounded to five.
- Of each stratum of design `stratified` $few are drawn at least; strata of fewer are pooled as `others`.
- `occasions.csv` is left out where it would tell of fewer than $few.
""")
_SCRIPT = Template("""\
#!/bin/sh
# Draws extract $number again: the same units from the same store, by the same seed. The ids differ, for each extract
# has a key of its own that is kept nowhere. Made with $software.
# Usage: VARDE_STORE=varde.db ./replicate.sh NEW_FOLDER
set -eu
: "$${VARDE_STORE:?names the store}"
made=$$($command --out "$${1:?names a new folder}" --json)
printf '%s\\n' "$$made"
case $$made in
    *'"selection": "$selection"'*) echo "the same selection" >&2 ;;
    *) echo "another selection: the store, the catalogue or the version is another" >&2; exit 1 ;;
esac
""")
_DICTIONARY = (
    ("rows.csv", "id", "pseudonym of the unit, by a key that is kept nowhere", "20 hexadecimal digits"),
    ("rows.csv", "stratum", "the stratum it was drawn from", "all, or a value of the trait"),
    ("rows.csv", "weight", "for how many of the population it stands", "1 or more"),
    ("rows.csv", "window", "of design panel: number of the window", "from 1"),
    ("rows.csv", "occasion", "of design occasions: number of the occasion", "from 1"),
    ("rows.csv", "when", "ISO week in which it was seen, or the month in which that begins", "2026-W23, 2026-06, or *"),
    ("rows.csv", "site", "site on which it was seen", "host or name, or * for not told"),
    ("rows.csv", "place", "where its ad says it is", "municipality, county, country, not stated, or * for not told"),
    ("rows.csv", "language", "language of its ad, as read", "BCP 47, not stated, or * for not told"),
    ("rows.csv", "kind", "kind of its ad", "escort, job, massage, other, or * for not told"),
    ("cells.csv", "first two columns", "traits, everybody where most of the sightings are", "as in rows.csv, or total"),
    ("cells.csv", "count", "units drawn", "0, 5 or more, or withheld"),
    ("strata.csv", "stratum", "as in rows.csv", "all, or a value of the trait"),
    ("strata.csv", "population", "units that could be drawn", "to the nearest five, at least the drawn"),
    ("strata.csv", "drawn", "units that were drawn", "5 or more"),
    ("strata.csv", "weight", "population / drawn", "1 or more"),
    ("occasions.csv", "caught", "units seen at the occasion", "0, 5 or more"),
    ("occasions.csv", "recaptured", "of them seen at an earlier one", "0, 5 or more"),
    ("occasions.csv", "marked", "units seen at earlier ones", "0, 5 or more"),
)  # fmt: skip


def papers(facts: Mapping[str, str]) -> dict[str, str]:
    """The papers by the names of their files."""
    dictionary = io.StringIO()
    rows = csv.writer(dictionary, lineterminator="\n")
    rows.writerow(("file", "column", "meaning", "values"))
    rows.writerows(_DICTIONARY)
    return {
        "README.md": _README.substitute(facts, limit=LIMIT),
        "replicate.sh": _SCRIPT.substitute(facts),
        "dictionary.csv": dictionary.getvalue(),
    }
