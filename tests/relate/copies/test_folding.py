"""Near copies: what is folded, what is not, and that signatures last."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.relate.copies.folding import (
    Candidate,
    band_keys,
    candidates,
    containment,
    copied,
    corrected,
    figure_changed,
    is_beside,
    repeated,
    resemblance,
)
from monitor.relate.copies.shingles import shingles
from monitor.relate.copies.signatures import KEYS, SKETCH, Signature, signature
from monitor.text import words as words_of

TITLE = "North sends engineers to rebuild border region"
BODY = (
    "A first group of engineers left Pyongyang on Tuesday for the border region, the state agency "
    "reported. The group of 12,000 troops is to clear mines and to rebuild bridges that were destroyed "
    "in the fighting of last winter, an officer told reporters at the railway station. Families waved "
    "flags as the train departed, and a band played marches until it was out of sight. The governor of "
    "the region thanked the guests in advance and promised them warm quarters and fresh bread. "
    "Observers in the south called the journey a breach of resolutions and asked for a meeting of the "
    "council. Neighbouring countries have so far kept silent, apart from one that offered hospital "
    "beds and doctors. Work is to begin next month, weather permitting, with the longest of the "
    "bridges across the river Seym."
)
OTHER = (
    "The council of the southern port voted last night to widen its main quay, after years of quarrels "
    "about costs. Fishermen had asked for it since storms tore away the old wall, and the ferry "
    "company will pay for a third. The mayor said that she hoped for the first stone in spring, once "
    "the divers had surveyed the sea floor."
)
RUSSIAN = (
    "Первая группа военных строителей выехала во вторник в приграничный район, сообщило агентство. "
    "Отряд из 12 тыс. военных разминирует поля и восстановит мосты, разрушенные во время боев прошлой "
    "зимой. Губернатор области заранее поблагодарил гостей и пообещал им теплое жилье и свежий хлеб на "
    "все время работ."
)
KOREAN = (
    "첫 번째 공병 부대가 화요일 국경 지역으로 출발했다고 통신이 보도했다. 병력 1만 2천 명은 지뢰를 "
    "제거하고 지난겨울 전투에서 파괴된 다리를 다시 세울 예정이라고 한 장교가 기차역에서 기자들에게 "
    "말했다. 주지사는 손님들에게 미리 감사를 전하고 따뜻한 숙소와 신선한 빵을 약속했다. 남쪽의 "
    "관측통들은 이번 이동이 결의 위반이라며 이사회 소집을 요구했다."
)
CHINESE = (
    "据通讯社报道，首批工程兵星期二启程前往边境地区。这支1.2万名士兵的队伍将清除地雷，重建去年冬天战斗"
    "中被毁的桥梁，一名军官在火车站对记者说。州长提前向客人表示感谢，并答应为他们准备温暖的住处和新鲜的"
    "面包。南方的观察人士称此行违反决议，要求召开理事会会议。"
)
JAPANESE = (
    "通信社によると、最初の工兵部隊が火曜日に国境地帯へ出発した。1万2千人の兵士は地雷を取り除き、昨年の"
    "冬の戦闘で壊された橋を架け直す予定だと、将校が駅で記者団に語った。知事は客人に感謝し、暖かい宿と焼"
    "きたてのパンを約束した。"
)
TEXTS = {"en": BODY, "ru": RUSSIAN, "ko": KOREAN, "zh": CHINESE, "ja": JAPANESE}
CORRECTED = {
    "en": ("12,000", "15,000"),
    "ru": ("12 тыс.", "15 тыс."),
    "ko": ("1만 2천", "1만 5천"),
    "zh": ("1.2万", "1.5万"),
    "ja": ("1万2千", "1万5千"),
}


def folded(now: Signature, before: Signature) -> bool:
    return copied(now, before) > 0 and not corrected(before, now)


def found(now: Signature, before: Signature) -> bool:
    return not set(band_keys(now)).isdisjoint(band_keys(before))


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(
    ("title", "change"),
    [
        pytest.param(TITLE, lambda text: text, id="same"),
        pytest.param("Something else entirely on top", lambda text: text, id="re-headlined"),
        pytest.param(TITLE, lambda text: text[: len(text) * 6 // 10], id="shortened"),
        pytest.param(TITLE, lambda text: "SEOUL, Wednesday (Example Wire) -- " + text, id="first line"),
        pytest.param(
            TITLE, lambda text: text + "\nReporting by A. Person; editing by B. Person", id="credit"
        ),
    ],
)
def test_copies_are_folded(language: str, title: str, change) -> None:
    before = signature(TITLE, TEXTS[language])
    now = signature(title, change(TEXTS[language]))
    assert folded(now, before)
    assert found(now, before)


@pytest.mark.parametrize("language", TEXTS)
def test_a_corrected_figure_is_no_copy(language: str) -> None:
    before = signature(TITLE, TEXTS[language])
    now = signature(TITLE, TEXTS[language].replace(*CORRECTED[language]))
    assert copied(now, before) > 0.8
    assert found(now, before)
    assert figure_changed(before, now)
    assert figure_changed(now, before)


@pytest.mark.parametrize(
    ("language", "was", "now"),
    [
        ("en", "sent 12,000 troops", "sent 15,000 troops"),
        ("en", "on 24 October", "on 26 October"),
        ("en", "beat them 3-1 in", "beat them 2-1 in"),
        ("en", "aged 34 years and", "aged 43 years and"),
        ("en", "for seven years in", "for nine years in"),
        ("en", "the mayor of Leeds said", "the mayor of York said"),
        ("en", "met Marta Vesely in", "met Olga Brandt in"),
        ("en", "will sign the", "will not sign the"),
        ("de", "schickte 12.000 Soldaten in", "schickte 15.000 Soldaten in"),
        ("de", "hat Olaf Brandt gestern", "hat Marta Vesely gestern"),
        ("de", "hatte eine Antwort auf", "hatte keine Antwort auf"),
        ("de", "wird das Gesetz", "wird nicht das Gesetz"),
        ("fr", "a tué trois soldats dans", "a tué cinq soldats dans"),
        ("fr", "le maire de Rennes lui", "le maire de Nantes lui"),
        ("es", "el alcalde de Lugo ha", "el alcalde de Vigo ha"),
        ("es", "este año habrá una", "este año no habrá una"),
        ("ru", "отправила 12 тыс. военных в", "отправила 15 тыс. военных в"),
        ("ru", "мэр города Курска заявил", "мэр города Орла заявил"),
        ("ru", "они будут там", "они не будут там"),
        ("uk", "вони там були", "вони там не були"),
        ("ko", "병력 1만2천 명을", "병력 1만5천 명을"),
        ("ko", "생존자가 있다고", "생존자가 없다고"),
        ("zh", "约有三名士兵", "约有五名士兵"),
        ("zh", "他们会参加", "他们不会参加"),
        ("ja", "兵士12人が負傷した", "兵士15人が負傷した"),
    ],
)  # fmt: skip
def test_a_correction_in_the_midst_of_a_text_is_no_copy(language: str, was: str, now: str) -> None:
    around = {
        "zh": ("据通讯社星期二从边境地区报道说", "省长随后在火车站向记者们证实了这一点。"),
        "ja": ("通信社が国境地帯から伝えたところによると", "と知事が駅で記者団に語った。"),
        "ko": ("통신이 화요일 국경 지역에서 보도한 바에 따르면", "주지사가 기차역에서 기자들에게 전했다."),
        "ru": ("как сообщило во вторник агентство из приграничного района,", "об этом рассказал чиновник на вокзале."),
        "uk": ("як повідомило у вівторок агентство,", "про це розповів чиновник на вокзалі."),
        "de": ("wie die agentur am dienstag von der grenze meldet,", "so sagte es jemand am bahnhof."),
        "fr": ("comme le rapporte une agence depuis la frontière,", "a raconté quelqu'un à la gare."),
        "es": ("según informa una agencia desde la frontera,", "contó alguien en la estación."),
        "en": ("as an agency reports from the border region,", "somebody told reporters at the station."),
    }[language]  # fmt: skip
    gap = "" if language in ("zh", "ja") else " "
    texts = [TEXTS.get(language, BODY) + " " + gap.join([around[0], said, around[1]]) for said in (was, now)]
    before, after = (signature(TITLE, text, language) for text in texts)
    assert copied(after, before) > 0.7
    assert corrected(before, after)
    assert folded(before, before) and folded(after, after)


@pytest.mark.parametrize(
    "change",
    [
        ("SEOUL, Oct. 24 (Yonhap) -- ", "LONDON, 25 October (Reuters) - "),
        ("By Marta Vesely. ", "By Olga Brandt and others. "),
        ("", "Updated. "),
    ],
)
def test_another_dateline_or_byline_is_no_correction(change: tuple[str, str]) -> None:
    before, now = (signature(TITLE, opening + BODY, "en") for opening in change)
    assert folded(now, before)


def test_numbers_written_otherwise_are_no_other_numbers() -> None:
    for was, now in (
        ("12,000 troops", "12.000 troops"),
        ("12,000 troops", "12 000 troops"),
        ("12 thousand", "12,000"),
    ):
        before, after = (signature(TITLE, BODY.replace("12,000 troops", text), "en") for text in (was, now))
        assert not figure_changed(before, after), (was, now)


def test_a_corrected_figure_between_short_korean_words_is_no_copy() -> None:
    before, now = (
        signature(TITLE, KOREAN.replace("1만 2천 명은", f"및 시라 {n} 이 등")) for n in ("310", "9470")
    )
    assert figure_changed(before, now)


def test_a_shortened_copy_that_lost_a_figure_is_a_copy() -> None:
    before = signature(
        TITLE, BODY + " Of 600 wounded soldiers 40 were flown home, and of 300 others nothing is known."
    )
    assert folded(signature(TITLE, BODY), before)


def test_another_dateline_changes_no_figure() -> None:
    before = signature(TITLE, "PYONGYANG, 24 October 2025 10:30 -- " + BODY)
    assert folded(signature(TITLE, "PYONGYANG, 25 October 2025 11:45 -- " + BODY), before)


def test_an_update_with_mostly_new_text_is_no_copy() -> None:
    background = ". ".join(BODY.split(". ")[:2])
    assert len(OTHER.split()) > len(background.split())
    assert not folded(signature(TITLE, f"{OTHER} {background}."), signature(TITLE, BODY))


def test_the_full_report_after_its_first_lines_is_no_copy() -> None:
    flash, report = signature("", BODY[:250]), signature("", BODY)
    assert containment(flash, report) > 0.9
    assert not folded(report, flash)


def test_other_texts_are_neither_folded_nor_found() -> None:
    before, now = signature(TITLE, BODY), signature("Port votes for wider quay", OTHER)
    assert resemblance(before, now) == 0
    assert not found(before, now)


LIFTERS = "Samoan lifters stay away from the games over virus fears"


@pytest.mark.parametrize(
    ("now", "before", "copy"),
    [
        (LIFTERS, LIFTERS, True),
        (LIFTERS + " - National Daily", LIFTERS, True),
        (LIFTERS, "News | " + LIFTERS, True),
        ("Korean official tests positive on arrival here", "Serb rower tests positive at arrival", False),
        ("Photos of the week", "Photos of the week", False),  # too short to mean anything
        ("", "", False),
    ],
)  # fmt: skip
def test_headlines_alone(now: str, before: str, copy: bool) -> None:
    assert folded(signature(now, ""), signature(before, "")) is copy


def test_a_correction_in_a_headline() -> None:
    before, now = (
        signature(f"North sends {n} troops to the border region, agency says", "")
        for n in ("12,000", "15,000")
    )
    assert figure_changed(before, now)


@pytest.mark.parametrize(
    ("form", "days"),
    [
        pytest.param(
            "Rain is expected along the coast tonight, with {} mm of water by the morning. The harbour office "
            "asks boats to stay in port until {} hours. Winds of {} km an hour are likely on the northern capes.",
            ((12, 6, 70), (31, 9, 95)),
            id="weather",
        ),
        pytest.param(
            "Stocks closed higher on Tuesday. The index of large companies gained {} points and ended at {} points "
            "after a session of thin trading. Traders pointed to exporters, which profit from a weaker currency.",
            ((41, 6120), (17, 6137)),
            id="market",
        ),
        pytest.param(
            "Курс доллара вырос на {} копеек по итогам торгов на бирже. Объем торгов составил {} млн рублей, сообщили "
            "на площадке. Аналитики ожидают, что до конца недели курс существенно не изменится.",
            ((12, 4300), (27, 5100)),
            id="currency",
        ),
        pytest.param(
            "코스피가 전날보다 {}포인트 오른 채 장을 마쳤다. 외국인은 {}억원어치를 순매수했다. 증권가에서는 "
            "당분간 비슷한 흐름이 이어질 것으로 보고 있다고 전했다.",
            ((12, 3100), (27, 4500)),
            id="Korean market",
        ),
        pytest.param(
            "据气象台消息，今天夜间本市将有{}毫米降雨，最高气温{}度。气象部门提醒市民注意出行安全，尽量避免前往山区和河边。",
            ((12, 21), (35, 27)),
            id="Chinese weather",
        ),
    ],
)
def test_a_form_filled_in_with_other_figures_is_no_copy(form: str, days: tuple) -> None:
    first, second = (signature("", form.format(*values)) for values in days)
    assert not folded(second, first)
    assert folded(first, first)


def known(number: int, text: str, story: int = 0, of: int = 0) -> Candidate:
    return Candidate(of or number, story or number, signature("", text))


ABOUT = (
    "About the Harbour Herald: founded by dockers, it is printed in a former warehouse, belongs to its readers, "
    "and is read in every port of the strait. Write to its editors, who answer each letter within a week. "
)


def test_what_an_outlet_prints_under_everything_makes_no_copy() -> None:
    short = ABOUT + OTHER[:130]
    others = [known(n, f"{ABOUT}{' '.join(f'w{n}x{i}' for i in range(20))}.") for n in range(1, 6)]
    assert copied(signature("", short), others[0].signature) > 0  # by itself it would be
    assert repeated(signature("", short), others) is None
    original = known(9, short)
    like = repeated(signature("Another headline", short), [*others, original])
    assert like is not None and (like.candidate, like.corrects) == (original, False)


def test_a_text_that_was_corrected_often_has_copies_still() -> None:
    """All versions are one story, so that what stands in each of them is no commonplace."""
    versions = [known(n, BODY.replace("12,000", f"{n}2,500"), story=1) for n in range(1, 7)]
    like = repeated(versions[4].signature, versions)
    assert like is not None and (like.candidate.article, like.corrects) == (5, False)


def test_a_correction_is_none_of_a_copy_from_which_the_figure_was_cut() -> None:
    corrected = signature(TITLE, BODY.replace("12,000", "15,000"))
    cut = BODY.replace("The group of 12,000 troops is to clear mines and to", "It is to clear mines and to")
    whole, short = known(1, BODY), known(2, cut, story=1, of=1)
    assert copied(corrected, short.signature) and not figure_changed(short.signature, corrected)
    like = repeated(corrected, [short, whole])
    assert like is not None and (like.candidate.article, like.corrects) == (1, True)


def test_a_copy_is_folded_under_the_earliest_that_it_is_like() -> None:
    found = [known(3, BODY, story=1), known(2, BODY, story=1), known(8, BODY, story=1, of=1), known(7, OTHER)]
    like = repeated(signature(TITLE, BODY), found)
    assert like is not None and like.candidate.article == 1
    assert repeated(signature(TITLE, BODY), found[3:]) is None
    assert repeated(signature(TITLE, BODY), [Candidate(1, 0, signature("", BODY))]) is None  # never told
    assert repeated(signature(TITLE, BODY), []) is None


def test_the_earliest_is_the_one_published_first() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    late, early = (replace(known(id, BODY), at=at + timedelta(hours=hours)) for id, hours in ((1, 3), (2, 1)))
    for found in ([late, early], [early, late], [early, late, known(3, BODY)]):
        like = repeated(signature("", BODY), found, at + timedelta(hours=9))
        assert like is not None and like.candidate is early


@pytest.mark.parametrize("language", TEXTS)
def test_what_the_first_version_wrote_is_still_understood(language: str) -> None:
    """Version 1: 120 hashes of 48 bits each; of these the smallest 16 were and are the band keys."""
    now = signature(TITLE, TEXTS[language])
    every = sorted({*shingles(words_of(TITLE)).tolist(), *shingles(words_of(TEXTS[language])).tolist()})[:120]
    old = (
        struct.pack("<BIBB", 1, now.shingles, len(every), len(now.figures))
        + b"".join(number.to_bytes(6, "little") for number in every)
        + b"".join(part.to_bytes(3, "little") for figure in now.figures for part in figure)
    )
    read = Signature.load(old)
    assert (read.keys, read.lowest) == (now.keys, now.lowest[:120])
    assert resemblance(read, now) == 1
    assert folded(now, read)


def test_a_signature_of_a_newer_version_is_passed_by() -> None:
    dumped = signature(TITLE, BODY).dump()
    rows = [(1, 1, b"\xff" + dumped[1:]), (2, None, dumped), (3, 2, b"")]
    assert candidates(rows) == [Candidate(2, 0, signature(TITLE, BODY))]


# Real sentences, to be cut, put in another order, and printed between an outlet's own lines.
told = [
    *[part + "." for part in BODY.removesuffix(".").split(". ")],
    *[part + "." for part in OTHER.removesuffix(".").split(". ")],
]
reports = st.lists(st.sampled_from(told), min_size=6, unique=True)
lines = st.sampled_from(
    ["", "Read more on our front page.", "Subscribe to our letter. It comes every morning at six."]
)


@settings(deadline=None)
@given(reports, st.floats(0.6, 1.0), lines, lines, st.text(max_size=60))
def test_a_shortened_text_is_a_copy_under_any_headline(
    report: list[str], kept: float, above: str, below: str, title: str
) -> None:
    before = signature(TITLE, " ".join(report), "en")
    part = report[: math.ceil(len(report) * kept)]
    assert folded(signature(TITLE, " ".join(part), "en"), before)
    assert folded(signature("Engineers are on their way", " ".join([above, *part, below]), "en"), before)
    assert repeated(signature(title, " ".join(part), "en"), [Candidate(1, 1, before)]) is not None


@settings(deadline=None)
@given(reports, st.integers(2, 10**9), st.integers(2, 10**9), st.integers(0, 5))
def test_another_figure_makes_it_no_copy(report: list[str], was: int, now: int, at: int) -> None:
    before, after = (
        signature(
            TITLE, " ".join([*report[:at], f"The ministry had asked for {n} tents.", *report[at:]]), "en"
        )
        for n in (was, now)
    )
    assert folded(after, before) is (was == now)
    assert corrected(before, after) is corrected(after, before) is (was != now)


@settings(deadline=None)
@given(reports)
def test_case_and_quotes_make_no_difference_to_what_is_copied(report: list[str]) -> None:
    text = " ".join(report)
    before = signature(TITLE, text)
    for other in (text.upper(), text.lower(), text.replace(" the ", " “the” "), text.replace(", ", " – ")):
        assert containment(signature(TITLE, other), before) == 1
        assert folded(signature(TITLE, other), before)


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), st.sampled_from([None, "en", "de", "zh", "ko", "xx"]))
def test_any_text_is_a_copy_of_itself_and_of_nothing_it_does_not_share(
    a: str, b: str, language: str | None
) -> None:
    one, other = signature(a, b, language), signature(b, a, language)
    assert not corrected(one, one)
    assert corrected(one, other) is corrected(other, one)
    assert Signature.load(one.dump()) == one
    assert containment(one, one) in (0, 1)
    assert (repeated(one, [Candidate(1, 1, one)]) is not None) is (copied(one, one) > 0)
    assert is_beside(a, one) in (True, False)


def test_a_signature_costs_linear_time() -> None:
    """Figures, capitals, dashes and negations without end: twice the text in no more than thrice the time."""
    for part in ("not 12,000 Ab ", "1 ", "Ab-", "a -- ", "없", "一", "don't ", "x" * 50, "3.5.", "Ab! "):
        took = []
        for times in (4_000, 8_000):
            text = part * times
            each = []
            for _ in range(3):
                started = time.process_time()
                signature(text[:2_000], text)
                each.append(time.process_time() - started)
            took.append(min(each))
        assert took[1] < 3.5 * took[0] + 0.02, part


words = st.text(alphabet="абвabc경제中国人1203", min_size=1, max_size=7)
texts = st.lists(words, max_size=150).map(" ".join)
spaces = st.sampled_from([" ", "  ", "\n", "\t", "\u00a0", " \n "])


@settings(deadline=None)
@given(texts, texts, st.lists(spaces, min_size=1))
def test_white_space_makes_no_difference(title: str, body: str, gaps: list[str]) -> None:
    parts = body.split(" ")
    spaced = "".join(part + gaps[i % len(gaps)] for i, part in enumerate(parts))
    assert signature(title, spaced) == signature(title, body)


@settings(deadline=None)
@given(texts, texts)
def test_resemblance_is_symmetric_and_a_share(a: str, b: str) -> None:
    one, other = signature("", a), signature("", b)
    assert resemblance(one, other) == resemblance(other, one)
    assert 0 <= resemblance(one, other) <= 1
    assert 0 <= containment(one, other) <= 1
    assert resemblance(one, one) == (1 if one.shingles else 0)


@settings(deadline=None)
@given(st.lists(texts, max_size=6), texts, st.randoms())
def test_the_order_of_candidates_makes_no_difference(known_texts: list[str], text: str, random) -> None:
    found = [known(number, each) for number, each in enumerate(known_texts, 1)]
    mixed = random.sample(found, len(found))
    assert repeated(signature("", text), mixed) == repeated(signature("", text), found)


@settings(deadline=None)
@given(texts, texts)
def test_signatures_survive_storing(title: str, body: str) -> None:
    made = signature(title, body)
    assert Signature.load(made.dump()) == made


def test_a_long_text_full_of_figures_fits_in_a_kilobyte() -> None:
    body = " ".join(f"Town number{i} counted {1000 + i} houses and word{i} walls." for i in range(300))
    made = signature(TITLE, body)
    assert len(made.dump()) <= 1024
    assert Signature.load(made.dump()) == made
    keys = band_keys(made)
    assert len(keys) == KEYS
    assert len(made.lowest) == SKETCH
    assert all(0 <= key < 1 << 63 for key in keys)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x02" + bytes(20), signature("", BODY).dump()[:-1]])
def test_what_is_no_signature_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="signature"):
        Signature.load(data)


def test_another_process_computes_the_same() -> None:
    """Python seeds its own hash() anew in each process; signatures must outlive that."""
    code = f"from monitor.relate.copies.signatures import signature; print(signature({TITLE!r}, {BODY!r}).dump().hex())"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert out.stdout.strip() == signature(TITLE, BODY).dump().hex()
