"""The commonest words of each language, as terms: folded and cut to five letters.

Known beforehand, so that a program on its first day does not take two reports for one story because both say
"of the" and "said on": there is nothing yet that it could have learnt their frequency from.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from monitor.text import word_set

BY_LANGUAGE: Final = MappingProxyType(
    {
        "en": word_set(
            "the and of to in on at by for from with that this it its is are was were be been has have had will would "
            "can could may as an or but not no he she his her they their them who which what when where while after "
            "befor about over into than more most some all one two new also said says told sunda monda tuesd wedne "
            "thurs frida satur year years day days week last first other there we you our do did"
        ),
        "de": word_set(
            "der die das den dem des ein eine einer einen einem und oder aber nicht in im an am auf aus bei mit nach "
            "von vom vor zu zum zur fur uber unter durch gegen ohne um als wie dass wenn weil ist sind war waren wird "
            "wurde werde hat haben hatte kann konne soll sei sich er sie es ihr seine seine auch noch nur schon mehr"
        ),
        "fr": word_set(
            "le la les un une des du de et ou mais pas ne en dans sur sous par pour avec sans chez vers entre apres "
            "avant que qui dont ou ce cette ces il elle ils elles se sa son ses leur leurs est sont etait ete etre a "
            "ont avait aux au plus aussi selon deux tout comme"
        ),
        "es": word_set(
            "el la los las un una unos unas y o pero no en de del al a por para con sin sobre entre desde hasta que "
            "quien cual como cuand se su sus lo le les es son era fue fuero ser ha han habia hay mas muy tambi segun "
            "este esta estos ese eso dos todo tras ya"
        ),
        "pt": word_set(
            "o a os as um uma uns umas e ou mas que nao de do da dos das em no na nos nas num numa por pelo pela "
            "para com sem sobre entre ate desde como quand se seu sua seus suas ele ela eles elas lhe sao foi "
            "foram era ser estao tem ter ha mais muito tambe ja segun este esta isso esse essa ao aos dois todo "
            "apos ainda"
        ),
        "it": word_set(
            "il lo la gli le i un uno una di del della dei delle in nel nella nei a al alla ai da dal dalla dai "
            "su sul sulla con per tra fra e o ma che chi non come quand si suo sua suoi loro lui lei sono era ha "
            "hanno esser stato stata piu anche dopo prima due tutti questo quest"
        ),
        "ru": word_set(
            "и в во на не что как с со к ко по из за от до о об у для при без под над это этот эта эти его ее их он "
            "она они мы вы был была были быть есть а но или же бы ли то так также котор после перед между более еще "
            "уже если когда где свой своих свою сказа заяви сообщ"
        ),
        "uk": word_set(
            "і й та в у на не що як з із зі до по за від о об для при без під над це цей ця ці його її їх він вона "
            "вони ми ви був була були бути є а але або ж би чи то так також яки яка яке якии після перед між більш ще "
            "вже якщо коли де свої свою сказа заяви повід"
        ),
        "ko": word_set(
            "것 수 등 이 그 및 또 더 한 할 위해 대한 통해 따르면 있다 했다 밝혔다 전했다 말했다 지난 이번 관련"
        ),
        "ja": word_set(
            "する した して いる った たち から まで より この その との には では など です ます れた った"
        ),
        "zh": word_set(
            "一个 这个 他们 我们 以及 并且 没有 已经 可以 对于 关于 表示 報道 报道 記者 记者 今天 昨天 進行 进行"
        ),
    }
)
FUNCTION_WORDS: Final = frozenset().union(*BY_LANGUAGE.values())


def function_words(language: str | None) -> frozenset[str]:
    """Those of a language (ISO 639-1); none where it is unknown or has no table: "war" is one in German only."""
    return BY_LANGUAGE.get(language or "", frozenset())
