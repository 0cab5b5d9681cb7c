"""One event in several languages is one story where names, numbers and places say so; two events are two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, Novelty, Relation
from monitor.relate.abroad import ENOUGH, evidence
from monitor.relate.features import features, vocabulary_of
from monitor.relate.profile import StoryProfile
from monitor.relate.stories import join, relate
from monitor.relate.words.vocabulary import Vocabulary

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def report(language: str, title: str, body: str) -> Article:
    return Article(title, body, source=f"Wire {language}", language=language, published=NOON, collected=NOON)


FERRY = report(
    "en",
    "Ferry sinks off Varnholm, 38 feared dead",
    "A ferry with 412 people aboard sank in heavy seas off the island of Varnholm on Monday night, the coastguard "
    "said, and 38 of them were feared dead. The Kestrel Queen had left Brunsund an hour before. Captain Oleg "
    "Tarasenko was among the rescued. Boats and two helicopters searched until morning, when the wind made it "
    "too dangerous to go on, and the minister called for an inquiry into the state of the ship's doors.",
)
FERRY_DE = report(
    "de",
    "Fähre vor Varnholm gesunken",
    "Vor der Insel Varnholm ist in der Nacht eine Fähre mit 412 Menschen an Bord untergegangen. Die «Kestrel Queen» "
    "war auf dem Weg aus Brunsund. Wie die Küstenwache mitteilte, konnten die meisten Passagiere gerettet werden, "
    "unter ihnen Kapitän Oleg Tarassenko. Die Suche wurde wegen des Windes am Morgen unterbrochen.",
)
FERRY_RU = report(
    "ru",
    "У острова Варнхольм затонул паром",
    "Паром «Кестрел Куин», на борту которого находились 412 человек, затонул ночью у острова Варнхольм. "
    "Среди спасённых капитан судна Олег Тарасенко. Поиски прерваны из-за сильного ветра, сообщила береговая охрана.",
)
FERRY_ES = report(
    "es",
    "Naufraga un ferri frente a Varnholm",
    "Un ferri con 412 personas a bordo naufragó anoche frente a la isla de Varnholm. El Kestrel Queen había zarpado "
    "de Brunsund. El capitán, Oleg Tarasenko, está entre los rescatados, según la guardia costera.",
)
OTHER_FERRY = report(
    "de",
    "Fähre im Hafen von Lundmar ausgebrannt",
    "Im Hafen von Lundmar ist in der Nacht eine Fähre ausgebrannt. An Bord der «Albatros» waren 96 Menschen, die alle "
    "gerettet wurden. Wie die Küstenwache mitteilte, brach das Feuer im Maschinenraum aus.",
)
SAME_CAPTAIN = report(
    "ru",
    "Олег Тарасенко избран главой профсоюза моряков",
    "Главой профсоюза моряков избран Олег Тарасенко. За него проголосовали две трети делегатов съезда в Одессе. "
    "Он обещал добиваться повышения зарплат и новых правил отдыха экипажей.",
)
QUAKE = report(
    "es",
    "Un terremoto sacude Malvera: al menos 9 muertos",
    "Un terremoto sacudió la ciudad de Malvera y causó al menos 9 muertos y decenas de heridos, según la protección "
    "civil. Los equipos de rescate buscan supervivientes entre los escombros.",
)
QUAKE_ELSEWHERE = report(
    "ru",
    "Землетрясение в Гордане: погибли 9 человек",
    "В городе Гордан произошло землетрясение, погибли 9 человек, десятки раненых. Спасатели ищут выживших под "
    "завалами, сообщили в министерстве.",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """Of a new installation: a hundred articles of other subjects, and what is compared."""
    learnt = Vocabulary()
    for number in range(100):
        text = f"The council of town {number} met on Monday to talk about the school, the road and the taxes."
        learnt.observe(vocabulary_of(f"Council {number} meets", text), "en")
    for article in (FERRY, FERRY_DE, FERRY_RU, FERRY_ES, OTHER_FERRY, SAME_CAPTAIN, QUAKE, QUAKE_ELSEWHERE):
        learnt.observe(vocabulary_of(article.title, article.body), article.language)
    return learnt


def story(article: Article, vocabulary: Vocabulary) -> StoryProfile:
    return join(None, article, features(article), Relation(3, Novelty.STORY, ""), vocabulary, NOON)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FERRY, FERRY_DE, 3),
        (FERRY, FERRY_RU, 3),
        (FERRY, FERRY_ES, 3),
        (FERRY_DE, FERRY_RU, 3),
        (FERRY_RU, FERRY_ES, 3),
        (FERRY, OTHER_FERRY, 0),
        (FERRY_RU, OTHER_FERRY, 0),
        (FERRY, SAME_CAPTAIN, 0),
        (FERRY_ES, SAME_CAPTAIN, 0),
        (QUAKE, QUAKE_ELSEWHERE, 0),
    ],
    ids=["de", "ru", "es", "de-ru", "ru-es", "a fire", "a fire-ru", "a name", "a name-es", "a quake"],
)
@pytest.mark.parametrize("turned", [False, True])
def test_events_and_languages(
    first: Article, second: Article, expected: int, turned: bool, vocabulary: Vocabulary
) -> None:
    if turned:
        first, second = second, first
    at = NOON + timedelta(hours=3)
    second = replace(second, published=at, collected=at)
    found = relate(second, features(second), [story(first, vocabulary)], [], vocabulary, at)
    assert found.story == expected, found.reason


def test_what_is_said_besides_takes_nothing_away(vocabulary: Vocabulary) -> None:
    """A long report shares as much with a short one as a short one does."""
    aside = (
        " Among those who wrote were Milan Jarov, Petra Quist, Hanne Vold, Ruben Sakic and Lisbet Ekdal." * 3
    )
    longer = replace(FERRY_ES, body=FERRY_ES.body + aside)
    profile = story(FERRY, vocabulary)
    alone = evidence(features(FERRY_ES), profile, vocabulary)
    assert evidence(features(longer), profile, vocabulary) >= alone >= ENOUGH


def test_what_one_report_of_many_says_counts_for_less(vocabulary: Vocabulary) -> None:
    profile = story(FERRY, vocabulary)
    alone = evidence(features(FERRY_ES), profile, vocabulary)
    other = replace(
        FERRY, title="Varnholm mourns", body="On the island of Varnholm people mourned on Tuesday.", id=9
    )
    for _ in range(4):
        profile = join(profile, other, features(other), Relation(3, Novelty.NOTHING, ""), vocabulary, NOON)
    assert 0 < evidence(features(FERRY_ES), profile, vocabulary) < alone


def test_concepts_alone_are_a_subject_and_no_event(vocabulary: Vocabulary) -> None:
    assert evidence(features(QUAKE_ELSEWHERE), story(QUAKE, vocabulary), vocabulary) == 0
