from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alerts.templates.groups
import alerts.templates.weights
from alerts.templates.finding import find_templates
from alerts.templates.groups import Group
from alerts.templates.weights import Frequencies
from benchmarks.clustering_scores import ClusteringScore, score_clustering
from tests.alerts.stores import TEXTS
from tests.alerts.template_corpus import Corpus, Writer, build_corpus, build_flood

SLOTTED = (
    "Hei, jeg heter {name} og er i {city} denne uken. Rolig og diskret leilighet i sentrum, hyggelig selskap og "
    "massasje etter avtale. Ring eller send melding på {phone}, jeg svarer hele dagen. Velkommen!"
)
FLOOR = 0.99  # what the generated corpora reach is 1.000

CORPORA = {
    "copies": build_corpus(edits=0, slots=0),
    "slots and edits": build_corpus(),
    "a quarter edited": build_corpus(edits=0.25, slots=2),
    "footers": build_corpus(footer=True),
    "words of the trade": build_corpus(stock=40),
}


def slotted(name: str, city: str, phone: str) -> str:
    return SLOTTED.format(name=name, city=city, phone=phone)


def score(corpus: Corpus) -> ClusteringScore:
    found = find_templates(corpus.texts)
    ads = sorted(corpus.texts)
    return score_clustering([corpus.labels[ad] for ad in ads], [found.get(ad, ad) for ad in ads])


def test_near_duplicates_share_a_template() -> None:
    texts = {
        1: slotted("Lina", "Bergen", "42 00 00 17"),
        2: slotted("Mia", "Tromsø", "43 11 11 11"),
        3: slotted("Sara", "Bodø", "44-22-22-22"),
        4: TEXTS[1],
    }
    found = find_templates(texts)
    assert found[1] == found[2] == found[3]
    assert 4 not in found


@pytest.mark.parametrize("name", CORPORA)
def test_templates_of_a_corpus_are_found(name: str) -> None:
    found = score(CORPORA[name])
    assert min(found.ari, found.precision, found.recall) >= FLOOR, found


def test_without_document_frequencies_a_trade_is_one_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Frequencies, "weights", lambda _, numbers: np.ones(len(numbers)))
    assert score(CORPORA["words of the trade"]).precision < 0.98


def test_without_boilerplate_an_agency_is_one_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts.templates.weights, "BOILERPLATE", 10**9)
    assert score(CORPORA["footers"]).ari < 0.9


def test_without_coherence_two_templates_of_one_half_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts.templates.groups, "COHERENCE", 0.0)
    assert score(CORPORA["copies"]).precision < FLOOR


def test_different_texts_share_none() -> None:
    assert find_templates(dict(enumerate(TEXTS))) == {}


def test_short_texts_say_nothing() -> None:
    assert find_templates({1: "Ring meg i dag", 2: "Ring meg i dag"}) == {}


SCRIPTS = {
    "Cyrillic": "Запрошуємо на роботу в Норвегії, прибирання {}, житло надається, зарплата щотижня, "
    "дзвоніть або пишіть нам сьогодні ввечері.",
    "Thai": "รับสมัครพนักงานทำความสะอาด{}ในประเทศนอร์เวย์มีที่พักให้ฟรีจ่ายค่าจ้างทุกสัปดาห์สนใจติดต่อสอบถามได้ทุกวัน"
    "ไม่ต้องมีประสบการณ์มาก่อนก็สมัครได้เลย",
    "Chinese": "招聘{}清洁人员地点在挪威奥斯陆提供免费住宿每周发放工资无需工作经验欢迎随时联系咨询详细情况"
    "我们也招聘厨师司机和仓库工人年龄不限男女均可上班时间灵活周末双休请发送简历到邮箱我们会尽快回复您谢谢大家",
    "Norwegian": "Vi søker {} til kjøkken på Sørlandet, bolig følger med, lønn hver uke, æresord, ring oss gjerne.",
}
OTHERS = {
    "Cyrillic": "Потрібні водії вантажівок у Швеції, досвід обовʼязковий, договір і страхування, пишіть на пошту або "
    "приходьте до нас.",
    "Thai": "ขายรถยนต์มือสองสภาพดีราคาถูกเครื่องยนต์แรงประหยัดน้ำมันผ่อนสบายดอกเบี้ยต่ำดูรถได้ที่เต็นท์ใกล้สถานีรถไฟใต้ดิน"
    "เปิดทุกวันไม่เว้นวันหยุดราชการ",
    "Chinese": "出售二手汽车车况良好价格便宜发动机动力强劲省油可以分期付款利息低看车地点在地铁站附近每天营业"
    "节假日不休息欢迎试驾本店还提供保养维修洗车服务并且长期高价收购各类旧车手续齐全当天付款绝不拖欠值得信赖",
    "Norwegian": "Leilighet til leie ved havnen, tre rom og stor balkong, husdyr er ikke ønsket, visning på lørdag.",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_letters_of_every_script_count(script: str) -> None:
    one, other = SCRIPTS[script].format("42 hotell"), SCRIPTS[script].format("17 kontor")
    found = find_templates({1: one, 2: other, 3: OTHERS[script]})
    assert set(found) == {1, 2}


@given(st.permutations(range(60)))
@settings(max_examples=10, deadline=None)
def test_neither_order_nor_numbers_matter(order: list[int]) -> None:
    corpus = list(CORPORA["slots and edits"].texts.values())[:60]
    values = find_templates(dict(enumerate(corpus)))
    moved = find_templates({1_000 - place: corpus[text] for place, text in enumerate(order)})
    assert moved == {1_000 - place: values[text] for place, text in enumerate(order) if text in values}


def test_a_flood_of_copies_is_one_template() -> None:
    found = find_templates(dict.fromkeys(range(3_000), TEXTS[0]))
    assert len(found) == 3_000
    assert len(set(found.values())) == 1


@pytest.mark.parametrize("edits", [0.0, 0.1])
def test_a_flood_of_variants_is_one_template(edits: float) -> None:
    texts = build_flood(2_000, edits=edits)
    found = find_templates(dict(enumerate(texts)))
    assert len(found) == 2_000
    assert len(set(found.values())) == 1


def test_a_flood_changes_nothing_for_others() -> None:
    corpus = CORPORA["slots and edits"]
    alone = find_templates(corpus.texts)
    flooded = find_templates(corpus.texts | dict(enumerate(build_flood(1_000, seed=9), start=10_000)))
    assert {ad: value for ad, value in flooded.items() if ad < 10_000} == alone


def test_work_grows_with_the_texts_of_a_flood_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    across = Group.across

    def counted(self: Group, other: Group) -> float:
        nonlocal compared
        compared += 1
        return across(self, other)

    monkeypatch.setattr(Group, "across", counted)
    flood = build_flood(3_000)
    find_templates(dict(enumerate(flood[:300])))
    few, compared = compared, 0
    find_templates(dict(enumerate(flood)))
    assert compared < 20 * few


def test_one_text_that_joins_two_templates_does_not_make_them_one() -> None:
    writer = Writer(3)
    one, other = writer.words(60), writer.words(60)
    bodies = [writer.edited(base, 0.05) for base in (one, other) for _ in range(6)]
    texts = {number: " ".join(body) for number, body in enumerate([*bodies, one[:30] + other[30:]])}
    found = find_templates(texts)
    assert len({found[number] for number in range(6)}) == len({found[number] for number in range(6, 12)}) == 1
    assert found[0] != found[6]


def test_hostile_texts_are_borne() -> None:
    rng = random.Random(1)
    strange = "".join(map(chr, [*range(0x20, 0x3000), 0xD800, 0x10FFFF, 0xFFFF]))
    texts = ["a" * 10**6, "\x00" * 500, "😀" * 5_000, "ก" * 9_000, strange, "\u0301" * 3_000, "a b " * 2_000, ""]
    texts += ["".join(rng.choices(strange, k=3_000)) for _ in range(5)]
    assert find_templates(dict(enumerate(texts))) == {}


def test_nothing_gives_nothing() -> None:
    assert find_templates({}) == {}
