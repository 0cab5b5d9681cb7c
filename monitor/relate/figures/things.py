"""What numbers count, in the languages that are watched: things, what happened to them, and multipliers.

A small lexicon, matched on folded words: it lets "15,000 troops", "15 тыс. военных" and "1만 5천 명의 병력"
be the same thing counted. What it does not know still counts under its own word, within one language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

# Stems as they begin a folded word (diacritics dropped), whole words behind "="; CJK and Korean stems are found
# anywhere in it.
_THINGS = {
    "troops": (
        "troop soldier servicem servicewom servicepe sapper combatant conscript paratroop reservist "
        "recruit militaires militares soldat soldad soldato truppe troupe tropa efectivos kampfer "
        "солдат солдаті военнослужащ военных военные военн боец бойц сапер сапёр резервист військов "
        "бійц бієц 병력 군인 병사 장병 북한군 공병 士兵 兵士 兵力 官兵 军人 軍人 部隊 部队 战士 工兵 "
        "جندي جنود عسكري مقاتل"
    ),
    "people": (
        "people person =human =humans menschen mensch leute einwohner bewohner anwohner gens habitant gente "
        "pessoa persona resident civilian zivilist civil человек люд гражданск жител осіб особ "
        "цивільн мешканц 사람 명 주민 민간인 人 名 شخص أشخاص مدني سكان نسمة مواطن مدنيين passag "
        "passenger pasajer fahrgast fahrgaste пассажир пасажир personne vecino morador menor woman "
        "women children kinder enfant nino crianca ребен детей 승객 어린이 乗客 乘客"
    ),
    "drones": (
        "drone uav quadcopter drohne dron дрон беспилотник бпла безпілотник 드론 무인기 无人机 無人機 "
        "ドローン مسيرة"
    ),
    "missiles": (
        "missile rocket rakete misil missil roquette cohete ракет 미사일 로켓 导弹 導彈 ミサイル صاروخ صواريخ"
    ),
    "shells": "shell granate artilleriegranat obus proyectil снаряд 포탄 炮弹 砲弾",
    "tanks": "=tank =tanks panzer =char =chars tanque танк 전차 탱크 坦克 戦車",
    "vehicles": "vehicle fahrzeug vehicul =car =cars truck автомобил машин автомобіл 차량 车 車両 辆 輛",
    "aircraft": (
        "aircraft =plane =planes =jet =jets helicopter flugzeug avion самолет самолёт вертолет вертолёт "
        "літак 항공기 "
        "飞机 航空機"
    ),
    "ships": "ship vessel boat schiff navire barco buque судов корабл суден 척 선박 船 艘 隻",
    "homes": (
        "home house building haus hauser gebaude maison batiment casa edificio дом здани будин 주택 "
        "건물 住宅 房屋 棟 منزل منازل مسكن مساكن household haushalt foyer hogar vivienda logement "
        "wohnung moradia 가구 世帯 户 戸 채"
    ),
    "cases": "case infection fall falle casos случа випад 확진 病例 例 إصابات",
    "votes": "vote stimme voix voto голос 표 票 صوت أصوات",
    "seats": "seat sitz siege escano мест мандат 의석 席 مقعد مقاعد",
    "jobs": (
        "job position stelle emploi empleo 일자리 岗位 arbeitsplatz arbeitsplatze empleos puesto postes"
    ),
    "workers": (
        "worker employee staff arbeiter beschaftigt ouvrier employe trabajador obrero работник рабоч "
        "робітник 노동자 근로자 工人 労働者"
    ),
    "builders": "builder constructor строител будівельник 건설 建设者",
    "percent": "percent prozent procent процент відсот 퍼센트 프로 بالمئة بالمائة المئة 百分",
    "tonnes": "tonne ton tons tonnen tonelada тонн 톤 吨 トン طن أطنان",
    "km": "km kilomet километр кілометр 킬로미터 公里 キロ كيلومتر كلم",
    "metres": "m metre meter metro метр 미터 米 メートル متر أمتار",
    "hectares": "hectare hektar hectarea гектар 헥타르 公顷 هكتار",
    "usd": "dollar dolar usd доллар долар 달러 美元 ドル دولار 美金",
    "eur": "euro eur евро євро 유로 欧元 ユーロ يورو",
    "rub": "rouble ruble rubel rublo рубл 루블 卢布 ルーブル",
    "krw": "won вон 원 韩元 ウォン",
    "cny": "yuan юан 위안 元",
    "jpy": "yen иен ієн 엔 日元 円",
    "acres": "acre acres",
    "miles": "mile miles",
    "feet": "feet foot",
    "brl": "=reais =real",
    "inr": "rupee rupees",
    "gbp": "pound sterling pfund livre libra фунт 파운드 英镑 ポンド",
    "magnitude": "magnitude magnitud магнитуд магнітуд 규모 震级 マグニチュード درجات درجة",
}
_ROLES = {
    "dead": (
        "dead death deaths died =die =dies dying killed kill killing fatal slain tote toten getotet =tot "
        "gestorben gefallen =mort =morts =morte =mortes =morto =mortos =morta =mortas =morti tue tues "
        "muert fallec погиб убит смерт жертв загиб вбит "
        "загин 사망 전사 숨졌 숨진 死亡 死者 身亡 牺牲 戦死 遇难 قتل قتيل قتلى مقتل مصرع وفاة وفيات "
        "توفي ضحايا جثة جثث أودى starb sterb stirb todes ums deces succomb murie murio mueren morre "
        "morri obito bodies leiche lives скончал гибел помер 숨져 亡くな 遭難死 丧生 죽"
    ),
    "hurt": (
        "wounded injured injur hurt wound verletz verwund =blesse =blesses =blessee =blessees herid "
        "ferid ранен ранил пострада "
        "поранен 부상 다쳤 다친 受伤 受傷 負傷 جريح جرحى أصيب إصابة مصاب verwundet lesion けが 重傷 "
        "軽傷 다쳐 다치 重伤 轻伤 травм"
    ),
    "missing": (
        "missing vermiss disparu desapar пропавш пропал зникл 실종 失踪 失蹤 行方不明 مفقود "
        "unaccounted vermisst 失联 연락두절 連絡取れ"
    ),
    "held": (
        "arrest detain captur prisoner festgenomm verhaft gefangen interpell deteni detent арест "
        "задерж плен заарешт затрима полон 체포 구금 포로 逮捕 拘留 俘 اعتقل اعتقال احتجز توقيف أوقف"
    ),
    "sent": (
        "sent send sends sending deploy dispatch mobilis mobiliz entsand entsend schick envoy envia "
        "envio despleg deploi отправ направ переброс размещ відправ надісла перекин 파병 파견 보내 "
        "보냈 배치 派遣 派兵 增派 派往 部署 أرسل إرسال نشر envoi envoye"
    ),
    "evacuated": (
        "evacu evaku эваку еваку 대피 疏散 避難 撤离 إجلاء أجلي flee fled fleeing displac desaloj verlass "
        "вывез 避难"
    ),
    "trapped": "trapp verschutte coince atrapa soterra завал 매몰 갇혀 被困 閉じ込め محاصر",
    "rescued": (
        "rescu saved pulled gerettet geborgen secour rescat resgat спасен спасли врятов 구조 获救 "
        "救出 救助 إنقاذ أنقذ"
    ),
    "returned": "return withdr zuruck retour regres вернул возвращ поверну 귀국 철수 返回 帰国",
}
_CURRENCY_SIGNS = {
    "$": "usd",
    "€": "eur",
    "£": "gbp",
    "¥": "jpy",
    "₩": "krw",
    "₽": "rub",
    "%": "percent",
    "％": "percent",
}
SIGNS = MappingProxyType(_CURRENCY_SIGNS)
CLASSES = frozenset(_THINGS)
CURRENCIES = frozenset(_CURRENCY_SIGNS.values()) - {"percent"} | {
    "cny",
    "brl",
    "inr",
    "aud",
    "cad",
    "hkd",
    "twd",
    "sgd",
}

# After a number in Latin or Cyrillic script: what it is multiplied with.
_POWERS = {
    10**3: (
        "thousand tausend tsd mille mil mila k millier milliers тыс тысяч тысяча тысячи тис тисяч "
        "тисячі тысячу тисячу тысячах тысячам тысячами тысячью тисячах тисячам тисячами ألف آلاف ألفا"
    ),
    10**6: (
        "million millions millionen mio mn millon millones milhao milhoes milione milioni млн миллион "
        "миллиона миллионов миллионах миллионам миллионами мільйон мільйона мільйони мільйонів "
        "мільйонах мільйонам مليون ملايين"
    ),
    10**9: (
        "billion billions bn mrd milliarde milliarden milliard milliards miliardi млрд миллиард "
        "миллиарда миллиардов миллиардах миллиардам мільярд мільярда мільярди мільярдів مليار مليارات"
    ),
    10**12: "trillion trn трлн",
    12: "dozen",
    100: "hundred",
}
MULTIPLIERS = MappingProxyType({word: power for power, names in _POWERS.items() for word in names.split()})

# Words that stand between a number and the word for what it counts, and say nothing of it.
_FILLERS = (
    "of the a an more other additional new extra some about around nearly almost over de des du d "
    "los las les mas autres otros otras outros weitere neue mehr als von y et und and в из и еще ещё "
    "более около до 余 多 여"
)
FILLERS = frozenset(_FILLERS.split())

_UNSPACED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_Table = tuple[Mapping[str, str], frozenset[str], tuple[tuple[str, str], ...]]


def _table(classes: dict[str, str]) -> _Table:
    """Stems by how they are looked up: at the start of a word, or as it; within unspaced script, longest first."""
    starts: dict[str, str] = {}
    whole: set[str] = set()
    within: list[tuple[str, str]] = []
    for name, stems in classes.items():
        for stem in stems.split():
            if stem[0] == "=":
                starts[stem[1:]] = name
                whole.add(stem[1:])
            elif _UNSPACED.search(stem):
                within.append((stem, name))
            else:
                starts[stem] = name
    return MappingProxyType(starts), frozenset(whole), tuple(sorted(within, key=lambda pair: -len(pair[0])))


_ENGLISH = frozenset({"die", "dies"})  # "die Stadt": of no other language
_TABLES = MappingProxyType({"thing": _table(_THINGS), "role": _table(_ROLES)})
_ARABIC_PREFIX = re.compile("[وفبكل]?(?:ال|لل)|[وفبكل]")  # conjunctions, prepositions and the article
_SHORT = 4  # a stem this short is a whole word, but for an ending of at most two letters


@lru_cache(maxsize=1 << 14)
def _find(kind: str, text: str) -> str:
    starts, whole, within = _TABLES[kind]
    if _UNSPACED.search(text):
        # A single character (명, 원, 人) is a counter where it follows the number, and anything elsewhere.
        return next(
            (n for stem, n in within if (text.startswith(stem) if len(stem) == 1 else stem in text)), ""
        )
    if text in starts:
        return starts[text]
    if (prefix := _ARABIC_PREFIX.match(text)) and (named := _find(kind, text[prefix.end() :])):
        return named
    for length in range(len(text) - 1, 1, -1):
        name = starts.get(text[:length])
        if name and text[:length] not in whole and (length > _SHORT or len(text) - length <= 2):
            return name
    return ""


def unspaced(text: str) -> bool:
    """Whether `text` holds Korean, Chinese or Japanese script."""
    return _UNSPACED.search(text) is not None


def thing(text: str) -> str:
    """The class of things that a folded word or a run of unspaced script names ("troops"), or ""."""
    return _find("thing", text)


def role(text: str, language: str | None = None) -> str:
    """What a folded word, or a run of unspaced script, says happened ("dead" for "killed"), or "".

    `language` (ISO 639-1) is that of the text: what is a word for it in one is an article in another.
    """
    return "" if text in _ENGLISH and language not in ("en", None) else _find("role", text)
