"""What an attentive reader would call an update: short stories in eleven languages, told by several outlets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, Novelty, Relation
from monitor.relate.features import distinct, features
from monitor.relate.figures.comparing import compared
from monitor.relate.figures.reading import figures
from monitor.relate.naming import new_names
from monitor.relate.novelty import News, news
from monitor.relate.profile import StoryProfile
from monitor.relate.stories import adds, join
from monitor.relate.words.dates import dates
from monitor.relate.words.vocabulary import Vocabulary
from monitor.text import words

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Of each story the reports in order, each with what is new in it: "" where nothing is.
Told = tuple[str, str]
STORIES: dict[str, tuple[str, list[Told]]] = {
    "a ferry": ("en", [
        ("A ferry with 180 passengers capsized off Luzon on Tuesday, killing at least 12 people, the coast guard "
         "said. Fishing boats pulled dozens of them from the water, and 41 people were missing at noon.", "story"),
        ("At least twelve people died when a ferry with some 180 passengers turned over off Luzon, the coast guard "
         "said. Forty-one were missing. In 1987 more than 4,300 people died when a ferry hit a tanker there.", ""),
        ("The number of people killed when a ferry capsized off Luzon rose to 17, the coast guard said.", "12 → 17"),
        ("Seventeen passengers of the ferry off Luzon are dead, said the coast guard, and many were missing.", ""),
        ("Police detained the captain of the ferry, Rogelio Magtibay, who ignored a storm.", "Rogelio Magtibay"),
    ]),
    "a train": ("de", [
        ("Bei einem Zugunglück nahe Rosenheim sind drei Menschen ums Leben gekommen. Etwa 60 Fahrgäste wurden "
         "verletzt, teilte die Polizei mit. Der Zug war auf dem Weg nach München entgleist.", "story"),
        ("Nahe Rosenheim ist ein Zug auf dem Weg nach München entgleist. Mindestens 3 Menschen starben, rund sechzig "
         "wurden verletzt.", ""),
        ("Nach dem Zugunglück nahe Rosenheim ist die Zahl der Toten auf fünf gestiegen.", "3 → 5"),
    ]),
    "a factory": ("fr", [
        ("Un incendie dans une usine chimique près de Lyon a blessé sept personnes, a annoncé la préfecture. Plus de "
         "150 pompiers sont mobilisés.", "story"),
        ("Quelque 150 pompiers luttaient contre l'incendie de l'usine chimique près de Lyon. Sept blessés, selon la "
         "préfecture.", ""),
        ("L'incendie de l'usine chimique près de Lyon a fait neuf blessés.", "7 → 9"),
    ]),
    "a landslide": ("pt", [
        ("Oito pessoas morreram em um deslizamento de terra em Petrópolis, informaram os bombeiros.", "story"),
        ("Subiu para 23 o número de mortos no deslizamento de terra em Petrópolis.", "8 → 23"),
        ("Vinte e três pessoas morreram no deslizamento em Petrópolis, informaram os bombeiros.", ""),
    ]),
    "a volcano": ("es", [
        ("La erupción del volcán obligó a evacuar a unas 5.000 personas en La Palma. La lava va al mar.", "story"),
        ("Cinco mil personas fueron evacuadas en La Palma por la erupción del volcán, cuya lava va al mar.", ""),
        ("La erupción del volcán en La Palma obligó a evacuar ya a 6.100 personas.", "5,000 → 6,100"),
    ]),
    "a plant": ("ru", [
        ("На заводе в Перми произошел взрыв, погибли четыре человека, сообщил губернатор.", "story"),
        ("Четверо рабочих погибли при взрыве на заводе в Перми, сообщил губернатор.", ""),
        ("Число погибших при взрыве на заводе в Перми выросло до шести.", "4 → 6"),
    ]),
    "a deployment": ("ko", [
        ("국가정보원은 북한이 러시아에 병력 1만2천 명을 파병했다고 밝혔다.", "story"),
        ("북한이 러시아에 병력 1.2만 명을 파병했다고 국가정보원이 밝혔다.", ""),
        ("국가정보원은 러시아에 파병된 북한 병력이 1만5천 명이라고 밝혔다.", "12,000 → 15,000"),
    ]),
    "an earthquake": ("ja", [
        ("石川県珠洲市で地震があり、1人が死亡、21人がけがをした。マグニチュードは6.3と推定される。", "story"),
        ("石川県珠洲市の地震で1人が死亡し、21人が負傷した。", ""),
        ("石川県珠洲市の地震でけが人は33人に増えた。", "21 → 33"),
    ]),
    "a mine": ("zh", [
        ("山西代县铁矿发生透水事故，井下15人被困。当地组织300余人开展救援。", "story"),
        ("山西代县铁矿发生透水事故，十五人被困井下。当地已组织三百多人救援。", ""),
        ("山西代县铁矿透水事故仍有11人被困。", "15 → 11"),
    ]),
    "a house": ("ar", [
        ("لقي خمسة أشخاص مصرعهم في انهيار مبنى سكني في مدينة الإسكندرية بحسب وزارة الصحة", "story"),
        ("مقتل ٥ أشخاص في انهيار مبنى سكني في مدينة الإسكندرية بحسب وزارة الصحة", ""),
        ("ارتفعت حصيلة انهيار مبنى سكني في مدينة الإسكندرية إلى 11 قتيلا", "5 → 11"),
    ]),
    "a blackout": ("uk", [
        ("Через атаку без світла залишилися 500 тисяч споживачів у Харкові, шестеро поранені.", "story"),
        ("Пів мільйона споживачів у Харкові без світла через атаку, 6 поранених.", ""),
        ("Через атаку без світла у Харкові залишаються 800 тис. споживачів.", "500,000 → 800"),
    ]),
}  # fmt: skip
# Nothing but headlines, or one sentence each.
HEADLINES: dict[str, tuple[str, list[Told]]] = {
    "a plant": ("en", [
        ("Explosion at Texas fertiliser plant injures dozens", "story"),
        ("Dozens injured in explosion at fertiliser plant in Texas - Example Daily", ""),
        ("Texas fertiliser plant explosion kills 5", "5 people (dead)"),
        ("Texas plant blast: death toll climbs to 14", "5 → 14"),
        ("Texas fertiliser plant lacked permit for ammonium nitrate, records show", "permit"),
    ]),
    "a fire": ("ko", [
        ("강릉 산불 확산…주민 300명 대피", "story"),
        ("강릉서 산불 번져…주민 300여 명 대피", ""),
        ("강릉 산불 8시간 만에 주불 진화", "진화"),
    ]),
    "a denial": ("ar", [
        ("سول: كوريا الشمالية أرسلت 12 ألف جندي إلى روسيا", "story"),
        ("الكرملين ينفي وجود جنود من كوريا الشمالية في روسيا", "ينفي"),
    ]),
}  # fmt: skip


def reports(
    name: str, table: dict[str, tuple[str, list[Told]]], *, headlines: bool
) -> list[tuple[Article, str]]:
    language, told = table[name]
    return [
        (
            Article(
                text if headlines else "",
                "" if headlines else text,
                source="Example Wire",
                language=language,
                published=NOON + timedelta(hours=n),
                id=n + 1,
            ),
            new,
        )
        for n, (text, new) in enumerate(told)
    ]


def follow(told: Sequence[tuple[Article, str]]) -> list[tuple[str, Relation]]:
    """What is said of each report after the first, as they join the story."""
    vocabulary, story, said = Vocabulary(), None, []
    for article, new in told:
        found = features(article)
        vocabulary.observe(found.terms, article.language)
        relation = Relation(7, Novelty.STORY, "")
        if story is not None:
            relation = adds(article, found, story, 0.5, vocabulary)
            said.append((new, relation))
        story = join(story, article, found, relation, vocabulary, NOON)
    return said


@pytest.mark.parametrize(
    ("name", "headlines"), [*[(name, False) for name in STORIES], *[(name, True) for name in HEADLINES]]
)
def test_updates_are_told_and_repetitions_are_not(name: str, headlines: bool) -> None:
    for new, relation in follow(reports(name, HEADLINES if headlines else STORIES, headlines=headlines)):
        if new:
            assert relation.novelty in (Novelty.FIGURE, Novelty.STATEMENT)
            assert new in relation.reason.replace(" (Example Wire)", "")
        else:
            assert (relation.novelty, relation.where) == (Novelty.NOTHING, ())


def test_who_said_the_old_figure_and_with_how_many_reports_it_was_compared() -> None:
    said = [relation.reason for _, relation in follow(reports("a train", STORIES, headlines=False))]
    assert said == [
        "no figure changed, no second source and no new statement beside the one earlier report",
        "3 (Example Wire) → 5 people (dead)",
    ]


def test_of_the_first_report_in_another_language_only_the_figures_are_compared() -> None:
    (first, _), *_ = reports("a plant", STORIES, headlines=False)
    abroad = replace(
        first, body="Vier Menschen starben bei einer Explosion in Perm, so der Gouverneur.", language="de"
    )
    more = replace(abroad, body="Sechs Menschen starben bei der Explosion in Perm.")
    for article, reason in (
        (
            abroad,
            "no figure changed, and no more can be compared in the first report in German, "
            "beside the one earlier report",
        ),
        (more, "4 (Example Wire) → 6 people (dead)"),
    ):
        ((_, relation),) = follow([(first, "story"), (article, "")])
        assert relation.reason == reason


def test_of_a_long_report_beside_a_headline_the_headline_is_judged() -> None:
    first = Article("Bridge near Kupiansk collapses", "", source="A", language="en", published=NOON, id=1)
    body = (
        "Engineers had warned the ministry that its northern pillar was cracked and asked for repairs. Divers went on "
        "searching the river for passengers of a bus, while lorries queued on the western bank until the evening. The "
        "governor promised that a crossing of pontoons would carry ambulances and fuel before the weekend."
    )
    same = replace(first, title="Kupiansk: a bridge collapses", body=body, id=2)
    turned = replace(same, title="Contractor arrested after counterfeit bolts broke Kupiansk bridge")
    found = [follow([(first, "story"), (article, "")])[0][1] for article in (same, turned)]
    assert [each.where[0].field for each in found[1:]] == ["title"]
    assert "Contractor arrested" in found[1].reason


# --- whatever the text --------------------------------------------------------------------------------

SENTENCES = [
    sentence.strip()
    for _, told in STORIES.values()
    for text, _ in told
    for sentence in text.replace("。", "。\n").replace(". ", ".\n").split("\n")
    if sentence
]
LANGUAGES = sorted({language for language, _ in STORIES.values()})
texts = st.lists(st.sampled_from(SENTENCES) | st.text(max_size=60), min_size=1, max_size=6)


def beside(article: Article, story: StoryProfile) -> News:
    return news(article, features(article), "Example Wire", story, Vocabulary())


def opened(article: Article) -> StoryProfile:
    return join(None, article, features(article), Relation(7, Novelty.STORY, ""), Vocabulary(), NOON)


@given(st.text(max_size=40), texts, st.sampled_from([*LANGUAGES, None]), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_report_adds_nothing_to_a_story_that_holds_it(
    title: str, body: list[str], language: str | None, order: Random
) -> None:
    """Nor do its sentences in another order."""
    first = Article(title, "\n".join(body), source="Example Wire", language=language, published=NOON)
    story = opened(first)
    assert not beside(first, story)
    mixed = list(body)
    order.shuffle(mixed)
    assert not beside(replace(first, body="\n".join(mixed)), story)


@given(texts, texts, st.sampled_from([*LANGUAGES, None]), st.sampled_from([*LANGUAGES, None]))
@settings(deadline=None)
def test_whatever_is_reported_what_is_new_stands_in_it(
    before: list[str], now: list[str], language: str | None, other: str | None
) -> None:
    story = opened(Article("", " ".join(before), source="A", language=language, published=NOON))
    article = Article("", " ".join(now), source="B", language=other, published=NOON)
    relation = adds(article, features(article), story, 0.5, Vocabulary())
    assert relation.reason
    assert all(0 <= span.start < span.end <= len(article.body) for span in relation.where)
    assert "\n" not in relation.reason


@pytest.mark.parametrize(
    "part",
    ["9", ",", " ", "$", "1,", "1 ", "$1 ", "1 to 2 ", "half a ", "five thousand ", "Aa ", "in 2019 ", "including ",
     "1 dead ", "1만", "一人", "人", "الرئيس ", "A’"],
)  # fmt: skip
def test_no_text_takes_long(part: str) -> None:
    """100 KB are read in a fraction of a second; what took the square of its length would take minutes."""
    text = (part * 100_000)[:100_000]
    began = time.process_time()
    for language in ("en", "ko") if part > "~" else ("en",):
        found = figures(text, language, 2026)
        assert compared(found[:64], found).changes is not None
        new_names(text, language, frozenset(distinct(words(text))))
        dates(text)
    assert time.process_time() - began < 10
