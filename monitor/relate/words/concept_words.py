"""What news is about, in the words of eleven languages, a thing a paragraph; the first stands for it.

Words are cut to five letters and folded, as stories use them (see features); Chinese and Japanese ones are pairs
of characters. Languages are mixed: a stem that means another thing elsewhere is left out.
"""

from __future__ import annotations

from typing import Final

THINGS: Final = """
    dead dies died death kille kill tote toten totet getot gesto stirb morts mort meurt deces tues muere
        muert matan morre morte morto matou morti uccid uccis погиб умер умерл убит убиты загин помер
        вбито 사망 숨져 死亡 死者 死去
    injur wound hurt bless herid lesio ferid ferit ранен постр поран 부상 受伤 受傷 負傷
    war krieg guerr война войны войну війна війни війну 전쟁 战争 戰爭 戦争
    troop soldi army trupp solda armee troup tropa ejerc exerc eserc войск солда армия армии війсь армія
        군인 병력 군대 军队 軍隊 士兵 兵士
    attac angri angeg attaq ataqu ataca атака атаки атако удар удары напад атаку 공격 袭击 襲擊 攻撃 攻击
    missi rocke raket roque misil cohet misse ракет 미사일 导弹 飛彈 ミサ
    drone drohn dron droni дрон дроны беспи безпі 드론
    nucle atomi nukle atoma atomw ядерн 핵무기 核武 核兵
    cease truce waffe feuer treve tregu 휴전 停火 停戦
    talks negot verha gespr negoc pourp negoz collo перег 협상 회담 谈判 談判 会談 交渉
    summi gipfe somme cumbr cupul cimei verti самми саміт 정상회담 峰会 首脳
    vote voter wahl wahle scrut elecc votac votan eleic eleit elezi voto выбор избир вибор 선거 选举 選舉 選挙
    presi prasi прези 대통령 总统 總統 大統
    minis минис мініс 장관 部长 大臣
    gover regie gouve gobie прави уряд уряду 정부 政府
    parli lawma parla abgeo parle deput diput парла депут 국회 議会 议会
    judge trial geric richt proze tribu juge juici juez julga juiz giudi суд суда судья суду суддя 법원 재판
        法院 裁判
    polic poliz полиц поліц 경찰 警察 警方
    arres detai festg festn arret deten detie preso prend задер арест затри 체포 逮捕 被捕
    priso jail jaile gefan haft prisi carce prisa cadei prigi тюрьм вʼязн тюрма 교도소 监狱 監獄
    murde mord ermor assas asesi omici убийс вбивс 살인 谋杀 殺人
    corru bribe korru sobor subor корру взятк коруп хабар 부패 贪污 腐败 汚職
    prote demon manif проте митин 시위 抗议 抗議
    strik walko strei greve huelg sciop забас страй 파업 罢工 罷工
    sanct sankt sanci sanco sanzi санкц 제재 制裁
    resig ruckt tritt demis renun dimit dimis demit відст 사임 辞职 辭職 辞任
    earth quake erdbe beben seism tremb terre sismo земле 지진 地震
    flood hochw ubers inond inund enche alluv навод потоп повін 홍수 洪水
    fire wildf blaze brand waldb incen пожар пожеж 화재 산불 火灾 火災 山火
    storm hurri typho cyclo sturm taifu tempe ourag torme hurac tifon furac tufao uraga шторм урага
        тайфу буря 태풍 台风 颱風 台風
    heat heatw hitze chale canic calor caldo жара жары спека 폭염 高温 猛暑
    explo blast bomb bombe bombi bomba esplo взрыв бомба вибух 폭발 爆炸 爆発
    crash colli accid unfal abstu zusam choqu acide colis incid авари дтп круше аварі катас 사고 추락 事故 坠毁
    plane aircr airli flugz avion aviao aereo самол літак 비행기 항공기 飞机 飛機 航空
    railw zug zuge bahn treno tren trem поезд поїзд 열차 기차 列车 列車
    ship vesse schif navir batea barco buque navio nave судно кораб 선박 船舶
    covid coron pande virus koron корон ковид панде 코로나 新冠 疫情 コロ
    vacci impfu impfs geimp vacun vacin вакци 백신 疫苗 ワク
    infec cases infiz infek conta infet casos зараз зараж случа випад 감염 확진 感染 确诊 確診
    test tests teste posit getes testa полож тест позит 양성 阳性 陽性
    hospi krank klini hopit osped больн лікар 병원 医院 醫院 病院
    docto arzt arzte medec medic врач врачи враче 의사 医生 醫生 医師
    emerg notst notfa urgen чрезв надзв 비상사태 긴급 紧急 緊急
    ban bans banne barre prohi verbo verbi proib vieta divie запре забор 금지 禁止
    cance absag abges sagt annul отмен скасу скасо 취소 取消 中止
    postp delay versc aplaz pospo adiad adia adiam rinvi перен отлож відкл 연기 推迟 延期
    withd pulls quits ruckz zuruc retir forfa desis ritir снялс сняла откаж отказ пропу відмо знявс 철수
        기권 退出 棄権
    spect fans crowd audie zusch espec afici torci torce spett pubbl tifos зрите болел гляда уболі 관중 观众
        觀眾 観客
    athle olymp sport atlet depor espor спорт олимп 선수 選手
    team squad roste manns kader equip selec deleg nazio коман сборн збірн 대표팀 队伍 代表 チー
    coach entra trein tecni allen трене 감독 教练 教練 監督
    match game spiel матч матча 경기 比赛 比賽 試合
    win wins won victo beats defea sieg siegt gewin gagne rempo gana gano vence derro vitor ganha vitto
        vince побед обыгр 승리 우승 胜利 勝利 击败
    final финал фінал 결승 决赛 決賽 決勝
    semif halbf demi полуф півфі 준결승 準決
    recor rekor рекор 기록 记录 紀錄 記録
    medal medai medag медал 메달 奖牌 獎牌 メダ
    gold golde goldm золот 금메달 金牌 金メ
    silve silbe plata prata сереб срібл 은메달 银牌 銀牌 銀メ
    openi opens eroff ouver inaug apert abert cerim откры відкр 개막 개회 开幕 開幕 開会
    cerem feier zerem церем 개막식 仪式 儀式 式典
    flag flagb fahne drape bandi porta флаг знаме прапо 기수 旗手
    villa dorf dorfe aldea vila aldei дерев селищ 선수촌
    sched calen timet zeitp kalen horar agend orari распи кален розкл 일정 日程 赛程
    young jungs jeune joven jovem giova молод наймо 최연소 最年
    oldes altes alter veter anzia найст 최고령
    women woman fraue frau femme mujer mulhe donne donna женщи женск жінки жінок 여성 여자 女性 女子
    men manne homme hombr homen uomin мужчи мужск чолов 남성 남자 男性 男子
    child kids babie baby kinde enfan bebes bebe ninos nino hijos hijo crian filho bambi figli дети
        детей ребен ребён діти дітей 어린이 아이 儿童 兒童 子供
    mothe moms mutte meres madre lacta mae maes madri мать матер мам матір 엄마 어머니 母亲 母親
    breas nursi allai amama amame allat кормя грудн годую 모유 母乳
    schoo stude schul ecole escue alumn escol aluno scuol школа школы школе школи 학교 学校 學校
    money milli geld millo milho milio милли мільй 백만 百万
    econo wirts эконо еконо 경제 经济 經濟 経済
    price infla preci preco prezz цены цен цена ціни цін 물가 가격 物价 物價 物価
    bank banks banke banqu banco banch банк банка банки 은행 银行 銀行
    firm unter firma empre azien компа 회사 기업 公司 企業
    oil petro ol erdol нефть нефти нафта нафти 석유 石油
    gas erdga gaz газ газа газу 가스 天然
    energ power strom eletr elett энерг элект енерг елект 에너지 전력 能源 電力
    clima klima клима кліма 기후 气候 氣候 気候
    space weltr raumf espac spazi космо косми 우주 太空 宇宙
    launc lance lanza lanca lanci запус 발사 发射 發射
    satel спутн супут 위성 卫星 衛星
    onlin netz netzw rete интер інтер 인터넷 網路
    hacke cyber pirat ciber хакер 해킹 黑客 駭客
    refug migra fluch rifug бежен мигра біжен мігра 난민 难民 難民
    grenz грани кордо 국경 边境 邊境 国境
    hosta geise otage rehen refem refen ostag залож заруч 인질 人质 人質
    aid help hilfe aide ayuda ajuda aiuti помощ допом 지원 援助
    visit trip besuc viaja визит візит 방문 访问 訪問
    meeti meets met treff triff renco reuni reune encue encon incon встре зустр 만나 会见 會見
    agree deal abkom acuer pacto acord согла догов угода угоди 합의 협정 协议 協議 合意
    apolo sorry entsc excus discu descu scuse извин вибач 사과 道歉 謝罪
    scand skand escan сканд 스캔들 丑闻 醜聞
    accus alleg vorwu besch acusa обвин звину 비난 指控 非難
    gespe sperr sospe отстр дискв 정지 停职 停職
    dopin gedop dopag dopaj допин допін 도핑 禁药
    hotel hotei отель отеля готел 호텔 酒店 ホテ
    quara isola cuare aisla quare каран 격리 隔离 隔離
    birth born gebur gebor naiss nait nace nacim nasci nasce родил рожде народ 출생 出生
    weddi marri hochz heira boda casam matri свадь женил весіл 결혼 结婚 結婚
    prize award ausze преми премі нагор 수상 获奖 受賞
    film movie cinem filme kino pelic cine фильм кино фільм 영화 电影 電影 映画
    singe sange chant canta canto певец певиц співа 가수 歌手
    footb socce fussb futbo futeb calci футбо 축구 足球 サッ
    baske basqu palla баске 농구 篮球 籃球 バス
    tenni tenis тенни теніс 테니스 网球 網球
    swimm schwi natat nageu natac nadad nuoto плава плове пловц плаве 수영 游泳 競泳
    track leich 육상 田径 陸上
    gymna gimna ginas ginna гимна гімна 체조 体操 體操
    judo judok judoc дзюдо 유도 柔道
    boxin boxer boxen boxe boxeo boxea бокс боксе боксё 복싱 拳击 拳擊
    cycli radsp radfa cicli велос велог 사이클 自行
    volle volei волей 배구 排球 バレ
    handb hande andeb гандб 핸드볼 手球
    rowin rower ruder aviro remo remer remad canot гребл гребц 조정 赛艇
    surfi surfe surf серфи 서핑 冲浪
    skate скейт 스케이트보 滑板
    volun freiw benev volon волон 자원봉사 志愿 志願
    spons patro спонс 후원 赞助 贊助
"""
