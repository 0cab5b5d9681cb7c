"""Words by which a story turns: somebody denies, admits, is arrested, resigns; something is suspended or banned.

A report that says so for the first time says something new, though most of its words were said before ("The
Kremlin denies that North Korean soldiers are in Russia").
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Final

# As terms: folded and cut to five letters (see features); Chinese and Japanese ones are pairs of characters.
_TURNS: Final = """
    deny      deny denie denia rejec dismi refut demen bestr weist niega negar negaro nego desmi rechaz negou nega
              refuta опров отриц отрец запер спрос запер 부인했 부인 반박 일축 否认 驳斥 否定 反論 ينفي نفى تنفي نفت
    admit     admit ackno confe raumt gesta gestan recon avoue admet admit admis confes reconoc призн визна 시인 인정
              承认 认罪 認め يعترف اعتر
    confirm   confi besta confir подтв підтв 확인 证实 確認 أكد أكدت يؤكد
    arrest    arres detai festg verha arret inter deten preso prend задер арест затри 체포 구속 구금 逮捕 拘留 刑拘
              اعتقل اعتقا توقيف أوقفت القبض
    charge    charg indic ankla angek incul mise_ imput acusa denun обвин звину 기소 起诉 起訴 اتهم
    sentence  sente verur conda conde пригов засуд 선고 判刑 判处 判決 حكم
    resign    resig ouste sacke ruckt entla demis limog dimit renun destit demit уволе отста звіль 사임 사퇴 해임 辞职
              辞任 免职 استقال
    suspend   suspe halt halte halts ausge setzt gesto приос остан зупин 중단 유예 暂停 停止 中止 علق تعلق
    cancel    cance scrap annul absag abges anula отмен скасу 취소 철회 取消 撤销 撤回 ألغى إلغاء
    approve   appro verab billi geneh adopt aprob aprov одобр утвер схвал 승인 통과 批准 通过 可決 وافق
    warn      warns warne mise avert advie alert преду попер 경고 警告 حذر
    apologise apolo entsc excus discu perdo извин вибач 사과 道歉 謝罪 اعتذ
    open      reope wiede rouvr reabr 재개 恢复 再開
    found     found find finds recov entde gefun retro decou halla encon наход найде обнар знайд 발견 发现 発見 عثر
    end       contai under_control geloscht eteint extin sofoc apaga потуш ликви локал 진화 扑灭 鎮火 إخماد
"""


def _table() -> Mapping[str, str]:
    table: dict[str, str] = {}
    turn = ""
    for line in _TURNS.splitlines():
        said = line.split()
        if line.startswith("    ") and not line.startswith("     "):
            turn, *said = said
        table |= dict.fromkeys((word[:5] for word in said), turn)
    return MappingProxyType(table)


_BY_TERM: Final = _table()
_KOREAN_STEMS: Final = (3, 2)  # particles and endings follow


def turns(terms: Iterable[str]) -> set[str]:
    """The turns that terms name: "deny" for "denied"."""
    return {turn for term in terms if (turn := _turn(term))}


def _turn(term: str) -> str:
    if "가" <= term[:1] <= "힣":
        return next((name for length in _KOREAN_STEMS if (name := _BY_TERM.get(term[:length]))), "")
    return _BY_TERM.get(term, "")


def turned(terms: Collection[str], unseen: Collection[str]) -> bool:
    """Whether some of `terms` name a turn that only unseen ones name."""
    return bool(turns(set(terms) & set(unseen)) - turns(set(terms) - set(unseen)))
