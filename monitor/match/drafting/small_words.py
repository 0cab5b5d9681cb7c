"""Short lists: what stands beside names, joins words, or ends them, in the languages that are read. All folded."""

from __future__ import annotations

from typing import Final

from monitor.text import word_set

# 한국어: as stems, after particles and endings are cut.
COMMON_KOREAN: Final = word_set("""
가운데 가능성 가장 강조 개최 거리 거의 결과 경우 계획 계속 공개 공식 과정 관계 관계자 관련 관리 국가 국민
국제 국내 그것 그날 그대로 그동안 기간 기관 기록 기자 기준 나라 내용 내년 누구 다른 다시 다음 단체 당국
당시 대변인 대통령 대표 대상 대해 대한 도시 동안 등을 때문 뒤 마련 만큼 매우 먼저 모두 모습 모임 목적 문제
밝혀 발표 방문 방법 보도 분야 비롯 사건 사람 사실 사업 사이 사회 상태 상황 새로운 생각 생활 서로 설명 성명
세계 소식 소식통 속보 시간 시작 시민 시기 시설 실제 아니 아직 어느 어떤 언론 업무 없이 여러 역할 연구 영향
예정 오늘 오전 오후 올해 외교 외부 우리 운영 위원장 위원회 위한 위해 유지 의원 의미 의혹 이날 이들 이번
이상 이어 이유 이후 인근 인정 일부 일정 입장 자리 자신 작년 장관 전망 전문가 전체 정보 정도 정부 정부는
정책 정치 제공 제기 조사 조치 주민 주장 준비 중앙 중요 지난달 지난해 지난 지도자 지방 지속 지역 지원 진행
질문 차례 참석 참여 책임 최근 최대 추가 추진 추정 통신 통해 통일부 특별 파악 판단 평가 포함 필요 하나 하루
학생 한국 행사 현장 현재 현지 현지시간 확인 회의 회담 회견 활동 국무위원장 총비서 부장 차관 총리 국장 대사
기사 뉴스 연합뉴스 조선중앙통신 연합 조선중앙통신은
""")

# Chinese and Japanese: pieces of running text that name no subject.
COMMON_HAN: Final = word_set("""
报道 報道 報導 消息 记者 記者 表示 宣布 宣佈 指出 认为 認為 透露 称 稱 有关 有關 相关 相關 进行 進行 举行
舉行 开始 開始 已经 已經 目前 今天 今日 昨天 昨日 明天 日前 近日 此前 此次 这次 這次 之后 之後 以来 以來
当地 當地 时间 時間 当地时间 当天 當天 上午 下午 凌晨 星期 周一 周二 周三 周四 周五 周六 周日 今年 去年
明年 其中 其他 部分 一些 一个 一個 两个 他们 我们 自己 没有 沒有 可以 可能 需要 通过 通過 根据 根據 关于
關於 由于 由於 因此 但是 同时 同時 以及 并且 国家 國家 政府 总统 總統 领导 領導 领导人 領導人 主席 总理
總理 首相 部长 部長 大臣 官员 官員 发言人 發言人 代表 代表团 人员 人員 人民 国际 國際 问题 問題 情况 情況
工作 活动 活動 会议 會議 会谈 會談 合作 关系 關係 支持 地区 地區 城市 中央 通讯社 通訊社 新华社 中央社
朝中社 韩联社 韓聯社 聯合社 朝中 首次 第一 最后 最後 重要 主要 全部 多名 数千 數千 约 一名 两名 千名 人名
午前 午後 日本時間 現地 発表 明らか 伝えた 述べた 関係 関係者 通信 朝鮮中央通信 聯合ニュース 会見 参加
予定 対象 今回 同日 同国 同氏 委員 委員長 総書記 国務 国防 氏 国営 メディア
""")

# Characters of Chinese that join words and are no part of names, and signs for dates and counting.
CHINESE_JOINTS: Final = frozenset("""
的了在是和与與及对對将將等为為于於从從到由被把也都而但或其该該这這那之以有就又再并並已曾还還各每向让
讓使给給因会會说說称稱至约約者们們个個名年月日时時分第前后後内內间間期起来來可要并未不很更最所随隨
""") - {"\n"}
# What stands before a name and is none: offices and ranks. A run of capitals is split there.
OFFICES: Final = word_set("""
president vice deputy prime minister general secretary director chairman chairwoman chair chief king queen
prince princess pope leader leaders supreme comrade ambassador envoy spokesman spokeswoman spokesperson mr
mrs ms mx dr prof professor sir lord lady senator sen rep representative governor gov mayor judge justice
attorney captain capt colonel col lt lieutenant maj major gen brig adm admiral commander marshal sergeant
sgt officer detective sheriff coach manager ceo cfo founder analyst analysts foreign defence defense
interior finance respected prasident prasidentin kanzler kanzlerin ministerin machthaber staatschef herr
frau aussenminister verteidigungsminister regierungschef botschafter sprecher premierminister prasidenten
monsieur madame mme ministre premier premiere chef presidente primer ministro lider dirigente senor senora
ambassadeur embajador portavoz canciller papa rey президент президента министр премьер секретарь глава
лидер посол генерал господин председатель губернатор спикер полковник маршал вождь президенту президентом
міністр голова лідер речник
""")
MONTHS: Final = word_set("""
january february march april may june july august september october november december jan feb mar apr jun
jul aug sep sept oct nov dec januar februar marz mai juni juli oktober dezember janner janvier fevrier
mars avril juin juillet aout septembre octobre novembre decembre enero febrero marzo abril mayo junio
julio agosto septiembre octubre noviembre diciembre января февраля марта апреля мая июня июля августа
сентября октября ноября декабря січня лютого березня квітня травня червня липня серпня вересня жовтня
листопада грудня monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi
dimanche lunes martes miercoles jueves viernes sabado domingo понедельник вторник среда среду четверг
пятница пятницу суббота субботу воскресенье
""")
# Who reports is not who is reported on.
REPORTERS: Final = word_set("""
reuters ap afp dpa tass тасс interfax интерфакс ria риа rfe rferl upi efe ansa kyodo xinhua yonhap kcna
bloomberg cnn bbc nbc cbs abc fox npr nhk jiji 共同 時事 telegram twitter facebook youtube instagram рбк
укрінформ ukrinform uniurba уніан цтак апа belga pap ats apa tanjug cctv rt msnbc latestly
""")
# Offices that are also parts of names: only where a name or another office follows.
AMBIGUOUS: Final = word_set("""
general major king queen prime foreign defence defense interior finance judge vice chair pope rey papa
""")
# Never only the capital of a sentence's first word, where a name follows.
FIRST_PARTS: Final = word_set("""
north south east west northern southern eastern western central new united great san saint santa los las
el al северная северной южная южной северный южный corea puerto costa nueva nuevo black white red grand
""")

# Lower-case words within a name.
CONNECTORS: Final = word_set("""
of de del la las los du des le von van der den dem bin ibn ben al el da do dos das di y e et und für
""")
_PARTICLES = """
에서는 에게서 으로부터 이라고 이라는 에서도 까지는 부터는 으로는 으로의 에서의 에서 에게 께서 한테 으로
라고 라는 까지 부터 보다 처럼 마다 조차 밖에 이며 이고 와의 과의 에는 에도 들이 들을 들은 들의 은 는
이 가 을 를 의 에 와 과 도 만 로 께 여
"""
_ENDINGS = """
했다고 한다고 됐다고 된다고 하겠다고 했으며 했다는 한다는 했지만 하면서 하기로 하기 했다 한다 됐다 된다
하며 하고 하는 하던 되는 된 될 할 한 해 되며 되고 돼 했던 시켰다 시킨 시킬 시켜 당한 당했다 하지 하자 하다
되다
"""
PARTICLES: Final = tuple(sorted(_PARTICLES.split(), key=len, reverse=True))
ENDINGS: Final = tuple(sorted(_ENDINGS.split(), key=len, reverse=True))
