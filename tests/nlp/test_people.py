"""Rules on who speaks in an ad, and for how many."""

from __future__ import annotations

import pytest

from nlp.names import find_names
from nlp.parts import Parts, Sign
from nlp.persons import count_persons
from nlp.rules.people import several_persons, third_person_voice
from nlp.unicode import plain


def ad(text: str, language: str) -> Parts:
    fields = {"text": plain(text)}
    names = find_names(fields["text"], "text", "escort")
    return Parts(fields=fields, language=language, names=names, persons=count_persons(fields))


def voice(text: str, language: str) -> list[Sign]:
    return list(third_person_voice(ad(text, language)))


ABOUT = [
    ("nb", "Lina er ny i byen. Hun er hyggelig, og hun tar imot i leiligheten. Ring henne."),
    ("nn", "Lina er ny i byen. Ho er triveleg, og ho tek imot heime. Ring henne."),
    ("sv", "Lina är ny i stan. Hon är trevlig och hon tar emot hemma. Ring henne."),
    ("da", "Lina er ny i byen. Hun er sød, og hun tager imod. Ring til hende."),
    ("en", "Lina is new in town. She is friendly and she speaks English. Call her."),
    ("en", "This is Lina. We answer for our new colleague, write to us."),
    ("pl", "Lina jest nowa. Ona przyjmuje codziennie, zadzwoń do niej."),
    ("ro", "Lina este nouă în oraș. Ea primește acasă, ea vorbește engleză."),
    ("lt", "Lina nauja mieste. Ji priima namuose, ji kalba angliškai."),
    ("uk", "Ліна нова в місті. Вона приймає вдома, вона говорить англійською."),
    ("ru", "Лина новая в городе. Она принимает дома, она говорит по-английски."),
    ("es", "Lina es nueva. Ella atiende en casa y ella habla inglés."),
    ("th", "เธอมาใหม่ เธอพูดภาษาอังกฤษได้"),
]

OWN = [
    ("nb", "Jeg er ny i byen. Jeg tar imot i leiligheten min. Ring meg."),
    (
        "nb",
        "Jeg jobber sammen med ei venninne. Hun er også her. Jeg svarer selv på min telefon. Hun svarer ikke.",
    ),
    ("nb", "Klienten bestemmer selv. Om kunden er sen, må han/hun ringe. Hun eller han betaler ved oppmøte."),
    ("nb", "Vi kan møtes hos deg. Vi kan snakke sammen først."),
    ("en", "I am new in town. My flat is central. Call me."),
    ("en", "Any client: he or she must call me. He/she pays on arrival. I answer myself."),
    ("en", "Bring your wife, she is welcome and I will help her relax. I speak with her first."),
    ("en", "We can meet at my place. We will talk first. I am calm."),
    ("en", "Our salon offers Thai massage. We are open all day, call us."),
    ("pl", "Przyjmuję u siebie. Jestem spokojna. Zadzwoń do mnie."),
    ("es", "Soy tranquila. Estoy en casa. Me gusta hablar. Ella no."),
    ("ru", "Я принимаю дома. Звоните мне. У меня тихо."),
    ("th", "ฉันมาใหม่ ฉันพูดภาษาอังกฤษได้"),
    ("en", "Anybody may come: he/she rings, then she/he waits, he or she pays."),
    ("en", "She is kind."),
    ("ja", "She is kind and she is here and she speaks."),
    ("en", ""),
]


@pytest.mark.parametrize(("language", "text"), ABOUT)
def test_third_person_voice(language: str, text: str) -> None:
    [sign] = voice(text, language)
    assert sign.state == "present"
    assert text[sign.span.start : sign.span.end] == sign.span.quote
    assert "pronouns" in sign.note


@pytest.mark.parametrize(("language", "text"), OWN)
def test_own_voice(language: str, text: str) -> None:
    assert voice(text, language) == []


def test_an_ad_for_several_may_speak_of_them() -> None:
    assert voice("Two girls: she is new, she is kind, call her.", "en") == []


def test_several_persons() -> None:
    text = "Hi! Our girls: two new ladies"
    signs = list(several_persons(ad(text, "en")))
    assert [(sign.span.quote, sign.note) for sign in signs] == [
        ("Our girls", "several persons"),
        ("two new ladies", "2 persons"),
    ]


def test_one_person() -> None:
    assert list(several_persons(ad("I am alone", "en"))) == []
    assert list(several_persons(ad("My friend and I rent here; she has her own page", "en"))) == []
    assert list(several_persons(ad("Clinic with two masseuses", "en"))) == []
    assert list(several_persons(ad("Two more ladies could work here", "en"))) == []
