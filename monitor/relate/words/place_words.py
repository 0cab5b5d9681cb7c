"""Where news comes from: countries and capitals in eleven languages, a place a paragraph; the first stands for it.

Names that sound alike everywhere (Kursk, Samoa) need no table: see names.

Names are cut to five letters and folded, as stories use them (see features); Chinese and Japanese ones are pairs
of characters. Languages are mixed: a stem that means another thing elsewhere is left out.
"""

from __future__ import annotations

from typing import Final

PLACES: Final = """
    germa deuts allem alema tedes герма немец німеч німец 독일 德国 德國 ドイ
    japan japon japao giapp япони японс японі 일본 日本
    china chine chino cina cines китай китая китаю 중국 中国 中國
    usa ameri etats eeuu estad сша амери 미국 美国 美國 米国
    brita briti brito engla engli gross angla breta ingla ingle брита велик англи 영국 英国 英國
    franc frenc франц 프랑스 法国 法國 フラ
    russi russl russe rusia ruso rusa rusos russo russa росси русск росія росії росій 러시아 俄罗 俄羅 ロシ
    ukrai ucran ucrai украи украї 우크라이나 乌克 烏克 ウク
    korea nordk sudko coree corea corei корея кореи корей кореї 북한 한국 朝鲜 朝鮮 韩国 韓国 韓國
    pyong pjong пхень 평양 平壤 平壌
    spain spani espag espan spagn испан іспан 스페인 西班 スペ
    portu porto порту 포르투갈 葡萄
    italy itali итали италь італі 이탈리아 意大 イタ
    brazi brasi bresi брази 브라질 巴西 ブラ
    mexic mexik mexiq мекси 멕시코 墨西
    india indie inde indio индия индии индий індія індій 인도 印度 イン
    iran irani иран ирана иранс іран ірану 이란 伊朗 イラ
    israe израи ізраї 이스라엘 以色 イス
    turke turki turqu turc turco turca turch турци турец туреч 터키 튀르키예 土耳 トル
    polan polis polen polni polog polon polac польш польс польщ 폴란드 波兰 波蘭
    австр 호주 澳大 オー
    canad kanad канад 캐나다 加拿 カナ
    afric afrik afriq африк 아프리카 非洲 アフ
    europ европ європ 유럽 欧洲 歐洲 欧州
    niger нигер
    kenya kenia queni кения кении
    egypt agypt egipt egipc egito egitt египе египт єгипе 이집트 埃及
    mosco moska moscu mosca москв 모스크바 莫斯 モス
    kyiv kiev kiew киев киева киеве київ києва києві 키이우 키예프 基辅 基輔 キー
    londo londr лондо 런던 伦敦 倫敦
    paris parig париж 파리 巴黎
    tokyo tokio toqui токио токіо 도쿄 东京 東京
    beiji pekin pequi pechi пекин пекін 베이징 北京
    seoul seul сеул сеула сеуле сеулі 서울 首尔 首爾 ソウ
    washi вашин 워싱턴 华盛 華盛
"""
