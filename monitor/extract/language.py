"""The language of a text, as ISO 639-1."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from monitor.text import word_set

# The languages news is watched in. The model knows many more, and confuses rare ones with these.
NEWS_LANGUAGES = word_set(
    "ar bg cs de el en es fa fi fr he hi hu id it ja ko nl pl pt ro ru sv th tr uk vi zh"
)
_ALIASES = {
    **{"wuu": "zh", "yue": "zh", "gan": "zh", "cmn": "zh", "nb": "no", "nn": "no"},
    **{"in": "id", "iw": "he", "ua": "uk", "kr": "ko", "jp": "ja", "cn": "zh"},  # as feeds get it wrong
    **{
        "kor": "ko",
        "eng": "en",
        "rus": "ru",
        "ukr": "uk",
        "zho": "zh",
        "chi": "zh",
        "jpn": "ja",
    },  # ISO 639-2
    **{"deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es"},
}
# The model walks a state machine byte by byte in Python (about 1 MB/s): the opening of a text is enough.
_SAMPLE = 320
_MODEL_BYTES = 360  # of it for the model, which counts bytes: 180 Cyrillic letters, 120 Han
_SHORT = 160  # below this many letters the declared language is worth more than a near guess
_TIE = 0.05  # ... if the model gives it at least this share of the best guess's probability
_HANGUL = re.compile(r"[\uac00-\ud7a3\u3131-\u318e]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")
_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")


def normalise(code: str | None) -> str | None:
    """ "ko-KR", "KO_kr", "kor" as a feed or page declares it -> "ko"; None where it is no language code."""
    if not code:
        return None
    base = re.split(r"[-_;,\s]", code.strip().lower(), maxsplit=1)[0]
    base = _ALIASES.get(base, base)
    return base if re.fullmatch(r"[a-z]{2}", base) and base not in {"xx", "un"} else None


def detect(text: str, declared: str | None = None) -> str | None:
    """The language of `text`; `declared` (by feed or page) decides where the text is short or says nothing.

    None where the text holds no letters and nothing is declared. Loads the model on first use.
    """
    declared = normalise(declared)
    sample = _ADDRESS.sub(" ", text[: _SAMPLE * 2])[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    if letters < 3:
        return declared
    return _by_script(sample, letters) or _by_model(sample, letters, declared)


def load() -> None:
    """Load the model now, so that processes forked later share it."""
    _ranking()


def _by_script(sample: str, letters: int) -> str | None:
    """Korean and Japanese need no statistics: their scripts are their own."""
    if len(_HANGUL.findall(sample)) * 3 > letters:
        return "ko"
    kana, han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
    if (kana + han) * 3 > letters and kana * 12 > kana + han:
        return "ja"
    return None


def _by_model(sample: str, letters: int, declared: str | None) -> str:
    """The likeliest of the news languages and the declared one."""
    best, likeliest = "", 0.0
    declared_probability = 0.0
    for label, probability in _ranking()(sample.encode()[:_MODEL_BYTES].decode("utf-8", "ignore")):
        code = _ALIASES.get(label, label)
        if code == declared:
            declared_probability = max(declared_probability, probability)
        if not best and (code in NEWS_LANGUAGES or code == declared):
            best, likeliest = code, probability
    if declared and letters < _SHORT and declared_probability >= _TIE * likeliest:
        return declared
    return best


@functools.cache
def _ranking() -> Callable[[str], list[tuple[str, float]]]:
    """The model's ranking of all languages, loaded once a process: it takes 0.5 s and 100 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).rank
