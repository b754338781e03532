from __future__ import annotations

import pytest

from nlp.language import find_stretches, identify
from nlp.reading import Stretch
from nlp.unicode import plain
from tests.effort import assert_within

SENTENCES = {
    "nb": "Jeg ønsker å jobbe på gården hele uken, og jeg kommer gjerne om du ringer meg",
    "nn": "Eg ønskjer å arbeide på garden heile veka, og eg kjem gjerne om du ringer meg",
    "da": "Jeg vil gerne arbejde på gården hele ugen, og jeg kommer også gerne i weekenden",
    "sv": "Jag vill gärna arbeta på gården hela veckan, och jag kommer också på helgen",
    "fi": "Etsimme työntekijöitä siivoamaan toimistoja iltaisin ja viikonloppuisin Oslossa",
    "is": "Við leitum að fólki til að þrífa skrifstofur á kvöldin og um helgar í Osló",
    "en": "We are looking for people who can clean offices in the evening and at weekends",
    "pl": "Szukamy osób do pracy przy zbiorze truskawek, zapewniamy zakwaterowanie i dojazd",
    "lt": "Ieškome žmonių dirbti statybose Norvegijoje, suteikiame gyvenamąją vietą",
    "lv": "Meklējam cilvēkus darbam būvniecībā Norvēģijā, piedāvājam dzīvesvietu un transportu",
    "et": "Otsime inimesi ehitustöödele Norras, pakume elamist ja transporti tööle ning tagasi",
    "ro": "Căutăm oameni pentru lucru în construcții în Norvegia, oferim cazare și transport",
    "hu": "Embereket keresünk építőipari munkára Norvégiában, szállást és utazást biztosítunk",
    "cs": "Hledáme lidi na práci na stavbě v Norsku, nabízíme ubytování a dopravu zdarma",
    "sk": "Hľadáme ľudí na prácu na stavbe v Nórsku, ponúkame ubytovanie a dopravu zadarmo",
    "ru": "Ищем людей для работы на стройке в Норвегии, предоставляем жильё и проезд",
    "uk": "Шукаємо людей для роботи на будівництві в Норвегії, надаємо житло та проїзд",
    "bg": "Търсим хора за работа в строителството в Норвегия, осигуряваме квартира и транспорт",
    "be": "Шукаем людзей для працы на будоўлі ў Нарвегіі, даём жыллё і праезд без аплаты",
    "es": "Buscamos personas para trabajar en la construcción en Noruega, ofrecemos alojamiento",
    "pt": "Procuramos pessoas para trabalhar na construção na Noruega, oferecemos alojamento e transporte",
    "it": "Cerchiamo persone per lavorare nell'edilizia in Norvegia, offriamo alloggio e trasporto",
    "fr": "Nous cherchons des personnes pour travailler dans le bâtiment en Norvège, logement offert",
    "de": "Wir suchen Leute für die Arbeit auf dem Bau in Norwegen und bieten eine Unterkunft",
    "nl": "Wij zoeken mensen voor werk in de bouw in Noorwegen en bieden een woning en vervoer",
    "tr": "Norveç'te inşaatta çalışacak insanlar arıyoruz, konaklama ve ulaşım sağlıyoruz",
    "sq": "Kërkojmë njerëz për të punuar në ndërtim në Norvegji, ofrojmë banim dhe transport",
    "so": "Waxaan raadineynaa dad ka shaqeeya dhismaha Norway, waxaan bixinaa guri iyo gaadiid",
    "vi": "Chúng tôi cần người làm việc trong ngành xây dựng ở Na Uy, có chỗ ở và xe đưa đón",
    "tl": "Naghahanap kami ng mga taong magtatrabaho sa konstruksyon sa Norway, may tirahan at sasakyan",
    "hr": "Tražimo ljude za rad na građevini u Norveškoj, nudimo smještaj i prijevoz do posla",
    "el": "Ζητάμε άτομα για εργασία σε οικοδομές στη Νορβηγία, προσφέρουμε διαμονή και μεταφορά",
    "th": "เรากำลังมองหาคนทำงานก่อสร้างในประเทศนอร์เวย์ มีที่พักและรถรับส่งให้ทุกวัน",
    "ar": "نبحث عن أشخاص للعمل في البناء في النرويج ونوفر السكن والمواصلات لجميع العمال",
    "fa": "ما به دنبال افرادی برای کار ساختمانی در نروژ هستیم و مسکن و رفت و آمد را فراهم می‌کنیم",
    "ur": "ہمیں ناروے میں تعمیراتی کام کے لیے لوگوں کی ضرورت ہے، رہائش اور سفر کا انتظام ہے",
    "ti": "ኣብ ኖርወይ ኣብ ህንጻ ዝሰርሑ ሰባት ንደሊ ኣለና፡ መንበሪ ገዛን መጓዓዝያን ድማ ንህብ ኢና",
    "hi": "हमें नॉर्वे में निर्माण कार्य के लिए लोगों की आवश्यकता है, हम सभी के लिए आवास और यात्रा देते हैं जी",
    "zh": "我们正在寻找在挪威从事建筑工作的人员,我们提供住宿和交通,每天工作八小时,每周休息两天,工资按月支付",
    "ka": "სამუშაო ნორვეგიაში საცხოვრებელი უფასოდ და ყოველკვირეული ანაზღაურება",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_language(code: str) -> None:
    assert identify([SENTENCES[code]]) == [code]


@pytest.mark.parametrize(
    ("bokmaal", "nynorsk"),
    [
        (
            "Vi trenger flere ansatte som ikke er redde for å ta i et tak",
            "Vi treng fleire tilsette som ikkje er redde for å ta eit tak",
        ),
        (
            "Hun har bodd her lenge og kjenner alle naboene sine godt",
            "Ho har budd her lenge og kjenner alle naboane sine godt",
        ),
        (
            "Hvem kan hjelpe meg hjem når jeg er ferdig med arbeidet?",
            "Kven kan hjelpe meg heim når eg er ferdig med arbeidet?",
        ),
        (
            "Leiligheten ligger nær sjøen, med utsikt over fjorden og fjellene",
            "Leilegheita ligg nær sjøen, med utsikt over fjorden og fjella",
        ),
        (
            "Det er noe annet enn det de fleste mennesker tenker seg til vanlig",
            "Det er noko anna enn det dei fleste menneske tenkjer seg til vanleg",
        ),
    ],
    ids=["staff", "neighbours", "home", "flat", "other"],
)
def test_the_forms_of_norwegian(bokmaal: str, nynorsk: str) -> None:
    assert identify([bokmaal, nynorsk]) == ["nb", "nn"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ring 42000017",
        "https://www.firma.example/en/veldig/lang/adresse/uten/ett/eneste/ord/til/ham/som/leser",
        "1 2 3 4 5 " * 100,
        "\ud800" * 100,
        "Velkommen til oss! 😊😊😊",
    ],
)
def test_too_little_to_tell(text: str) -> None:
    assert identify([text]) == ["und"]


def test_every_text_gets_one_code_in_order() -> None:
    assert identify(["x", SENTENCES["nn"], "y"]) == ["und", "nn", "und"]


def told(text: str) -> list[tuple[str, str]]:
    stretches: list[Stretch] = find_stretches(plain(text), "text")
    assert all(text[each.start : each.end] == each.quote for each in stretches)
    return [(each.language, each.quote) for each in stretches]


def test_stretches_of_lines() -> None:
    parts = [SENTENCES[code] for code in ("nb", "en", "pl", "uk")]
    assert told("\n".join(parts)) == list(zip(("nb", "en", "pl", "uk"), parts, strict=True))


def test_stretches_of_sentences() -> None:
    norwegian = "Hei, jeg er ny i byen og vil gjerne treffe deg. Ring meg når du vil."
    english = "Hello, I am new in town and would like to meet you. Call me at any time."
    assert told(f"{norwegian} {english}") == [("nb", norwegian), ("en", english)]


def test_stretches_in_another_script() -> None:
    assert [language for language, _ in told(SENTENCES["nb"] + ".\n" + SENTENCES["th"])] == ["nb", "th"]


def test_hidden_characters_do_not_move_a_stretch() -> None:
    english = SENTENCES["en"].replace("people", "pe\u200bople")
    assert [language for language, _ in told(SENTENCES["nb"] + ".\n" + english)] == ["nb", "en"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        pytest.param(SENTENCES["nb"] + ". " + SENTENCES["nb"], id="one"),
        pytest.param(SENTENCES["nb"] + ". " + SENTENCES["nn"], id="forms-of-norwegian"),
        pytest.param(SENTENCES["nb"] + ". Welcome! Call me.", id="a-few-words"),
        pytest.param("Welcome to us. Ring meg. Call me. Velkommen skal du være.", id="short"),
        pytest.param("1 2 3\n" * 50, id="numbers"),
    ],
)
def test_one_language_has_no_stretches(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("unit", ["a", "://", "a@", "( ", "www.", ". ", "the ", "og the. ", "\n", "ก", "ж."])
def test_hostile_text_is_read_in_time(unit: str) -> None:
    identify(["the model is loaded before the clock starts, since that takes a while"])
    text = unit * (200_000 // len(unit))
    assert_within(2, lambda: (identify([text]), find_stretches(plain(text), "text")))


@pytest.mark.parametrize("text", ["ᚠᛇᚻ᛫ᛒᛦᚦ᛫ᚠᚱᚩᚠᚢᚱ᛫ᚠᛁᚱᚪ᛫ᚷᛖᚻᚹᛦᛚᚳᚢᛗ ᛋᚳᛖᚪᛚ᛫ᚦᛖᚪᚻ᛫ᛗᚪᚾᚾᚪ᛫ᚷᛖᚻᚹᛦᛚᚳ᛫ᛗᛁᚳᛚᚢᚾ"])
def test_a_script_that_is_not_read_is_undetermined(text: str) -> None:
    assert identify([text]) == ["und"]
