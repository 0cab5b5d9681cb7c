"""Words for one thing in the language of news, in the languages that are read: see monitor.match.drafting.families.

A family stands in a line by itself, below it a line a language (and those that go on, indented more). Words are
written as in term lists, folded.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """\
troops
  en troop* soldier* servicem?n sapper* combatant* paratroop* battalion* brigade* regiment* contingent*
  de soldat* truppe* streitkraft* kampfer* bataillon* brigade* kontingent*
  fr soldat* troupe* militaires combattant* bataillon* brigade* contingent*
  es soldado* tropa* militares efectivos combatiente* batallon* brigada* contingente*
  ru солдат* военн* войск* военнослужащ* бойц* сап?р* батальон* бригад* контингент*
  uk солдат* військ* бійц* боєць сапер* батальйон* бригад* контингент*
  ko 병력* 군인* 병사* 장병* 부대* 공병*
  zh 士兵 部队 部隊 军人 軍人 官兵 工兵
  ja 兵士 部隊 軍人 兵力 工兵
sent
  en deploy* dispatch* sent send* transfer*
  de entsend* entsandt* schick* verleg* stationier*
  fr envoi* envoy* deploi* deploy*
  es envio envia* despleg* desplieg*
  ru направ* отправ* переброс* размещ*
  uk направ* відправ* надісла* перекин* розмі*
  ko 파병* 파견* 배치* 보냈* 보낸* 보내*
  zh 派遣 派兵 增派 派往 部署
  ja 派遣 派兵 送った 配備
killed
  en kill* died dead death* die fatal* slain
  de getotet* tot tote* gestorben starb* todlich* todes*
  fr tue tues tuee* mort morts deces deced* meurtri*
  es muert* murio murieron mata* fallec*
  ru погиб* убит* смерт* жертв* скончал*
  uk загин* вбит* смерт* жертв* помер*
  ko 사망* 숨진* 숨졌* 전사* 희생*
  zh 死亡 身亡 遇难 遇難 丧生 喪生 阵亡 陣亡
  ja 死亡 死者 戦死 犠牲
hurt
  en wound* injur* hurt casualt*
  de verletz* verwund*
  fr bless*
  es herid* lesiona*
  ru ранен* пострада* травм*
  uk поранен* постражда* травм*
  ko 부상* 다쳤* 다친*
  zh 受伤 受傷 负伤 負傷
  ja 負傷 けが 重傷 軽傷
quake
  en earthquake* quake* tremor* aftershock* magnitude seismic epicent*
  de erdbeben* beben* nachbeben* erdstoss*
  fr seisme* tremblement* secousse* replique*
  es terremoto* sismo* seismo* temblor* replica*
  ru землетряс* толчк* магнитуд* сейсм*
  uk землетрус* поштовх* магнітуд*
  ko 지진* 여진* 규모*
  zh 地震 余震 餘震 震级
  ja 地震 余震 震度 津波
fire
  en blaze* wildfire* arson* inferno firefighter* burn*
  de brand* feuer* flamm* losch*
  fr incendi* feu pompier* flamm*
  es incendi* fuego bombero* llamas
  ru пожар* горит* загоре* огн*
  uk пожеж* горить загор*
  ko 화재* 산불* 불이*
  zh 火灾 火災 起火 大火
  ja 火災 火事 出火 山火事
storm
  en storm* hurricane* typhoon* cyclone* flood* landslide* tornado* mudslide*
  de sturm* hurrikan* taifun* flut* hochwasser* erdrutsch* uberschwemm*
  fr tempete* ouragan* typhon* cyclone* inond* crue*
  es tormenta* huracan* tifon* ciclon* inund*
  ru шторм* ураган* тайфун* циклон* наводнен* оползн*
  uk шторм* ураган* тайфун* повін* зсув*
  ko 태풍* 홍수* 폭우* 산사태*
  zh 台风 颱風 洪水 暴雨 山体滑坡
  ja 台風 洪水 豪雨 土砂崩れ
crash
  en crash* collision* collid* derail* wreck*
  de absturz* absturzt* unfall* kollision* zusammenstoss* entgleis*
  fr crash* collision* accident* deraill*
  es accidente* choque* colision* estrell* descarril*
  ru авари* катастроф* крушени* столкнов* дтп
  uk авар* катастроф* зіткнен* дтп
  ko 추락* 충돌* 사고*
  zh 坠毁 墜毀 相撞 事故 坠机
  ja 墜落 衝突 事故 脱線
blast
  en blast* explo* bomb* deton* grenade*
  de explosion* explodier* bombe* anschlag* detonat*
  fr explos* bombe* attentat*
  es explos* bomba* atentado* explot*
  ru взрыв* взорва* бомб* теракт*
  uk вибух* вибухн* бомб* теракт*
  ko 폭발* 폭탄* 테러*
  zh 爆炸 炸弹 炸彈 恐袭
  ja 爆発 爆弾 テロ
attack
  en attack* strike* shell* raid* assault* airstrike* bombard*
  de angriff* angegriff* beschuss* luftschlag* uberfall*
  fr attaque* frappe* bombard* raid* assaut*
  es ataque* ataca* bombarde* asalto* ofensiva*
  ru атак* удар* обстрел* нападен* штурм*
  uk атак* удар* обстріл* напад*
  ko 공격* 공습* 포격*
  zh 袭击 襲擊 攻击 攻擊 空袭 空襲 炮击
  ja 攻撃 襲撃 空爆 砲撃
missile
  en missile* rocket* warhead* icbm*
  de rakete* marschflugkorper* sprengkopf*
  fr missile* roquette* fusee*
  es misil* cohete*
  ru ракет* боеголов*
  uk ракет* боєголов*
  ko 미사일* 로켓* 발사체*
  zh 导弹 導彈 飞弹 飛彈 火箭
  ja ミサイル ロケット 弾頭
drone
  en drone* uav uavs
  de drohne*
  fr drone*
  es dron drones
  ru дрон* беспилотн* бпла
  uk дрон* безпілотн* бпла
  ko 드론* 무인기*
  zh 无人机 無人機
  ja 無人機 ドローン
shooting
  en shoot* shot gunm?n gunfire gunshot*
  de schuss* schoss* erschoss* schutz*
  fr fusillade* tireur* abattu*
  es tiroteo* disparo* tirador*
  ru стрельб* стреля* застрел* выстрел*
  uk стрілян* стріля* застрел* постріл*
  ko 총격* 총기*
  zh 枪击 槍擊 开枪
  ja 銃撃 発砲 乱射
murder
  en murder* homicid* manslaughter stab*
  de mord* ermord* totschlag* messer*
  fr meurtr* assassin* homicid* poignard*
  es asesin* homicid* apunal*
  ru убийств* убийц* зареза*
  uk вбивств* вбивц*
  ko 살해* 살인*
  zh 谋杀 謀殺 杀害 殺害
  ja 殺人 殺害 刺殺
arrest
  en arrest* detain* custody captur* apprehend* jail* prison*
  de festgenomm* verhaft* festnahm* inhaft* gefangn*
  fr arret* interpell* detenu* detention incarcer* prison*
  es deten* arrest* captur* prision* encarcel*
  ru арест* задерж* тюрьм* заключ*
  uk арешт* затрим* в'язниц*
  ko 체포* 구속* 구금*
  zh 逮捕 拘留 被捕 监禁
  ja 逮捕 拘束 拘留
trial
  en court* trial* sentenc* convict* verdict* charged indict* guilty lawsuit* prosecut* plead*
  de gericht* prozess* verurteil* urteil* anklag* angeklagt* klage*
  fr tribunal* proces condamn* verdict* accus* inculp* plainte*
  es tribunal* juicio* conden* sentencia* acusa* demanda*
  ru суд* приговор* обвин* прокур* вердикт*
  uk суд* вирок* звинувач* прокур*
  ko 재판* 기소* 선고* 판결*
  zh 法院 审判 判刑 起诉 起訴 判决
  ja 裁判 起訴 判決 有罪
elected
  en elect* vote* voter* ballot* poll* referendum*
  de wahl* gewahlt* abstimm* referendum*
  fr elect* elu elue scrutin* vote* referendum*
  es eleccion* electoral* vota* comicios referend*
  ru выбор* избран* голосов* референдум*
  uk вибор* обран* голосув* референдум*
  ko 선거* 투표* 당선*
  zh 选举 選舉 投票 当选 當選 公投
  ja 選挙 投票 当選
resigned
  en resign* quit* oust* sack* dismiss* fired impeach*
  de rucktritt* zuruckgetreten entlass* absetz*
  fr demission* limog* destitu*
  es dimit* dimision* renunci* destitu* cese
  ru отставк* увол* уволен* импичмент*
  uk відставк* звільн* імпічмент*
  ko 사임* 사퇴* 해임* 탄핵*
  zh 辞职 辭職 下台 解职 弹劾
  ja 辞任 辞職 解任 弾劾
named
  en appoint* nominat* successor* replace* hire* hiring
  de ernenn* ernannt* nachfolge* berufen*
  fr nomme* nomination* successeur*
  es nombra* nombro designa* sucesor*
  ru назнач* преемник*
  uk признач* наступник*
  ko 임명* 후임*
  zh 任命 接任
  ja 任命 就任 後任
protest
  en protest* demonstrat* rally rallies riot* march unrest clash*
  de protest* demonstr* krawall* kundgebung* unruhe*
  fr manifest* protest* emeute* greve*
  es protest* manifest* disturbio* huelga*
  ru протест* митинг* демонстр* беспорядк* забастов*
  uk протест* мітинг* демонстр* заворуш* страйк*
  ko 시위* 집회* 파업*
  zh 抗议 抗議 示威 游行 罢工
  ja 抗議 デモ 暴動 ストライキ
deal
  en agreement* treaty treaties pact* accord* ceasefire* truce memorandum
  de abkommen* vertrag* vereinbar* waffenstillstand* waffenruhe*
  fr accord* traite* pacte* cessez* treve*
  es acuerdo* tratado* pacto* tregua* alto
  ru соглашен* договор* перемир* меморандум*
  uk угод* договір* договор* перемир* меморандум*
  ko 협정* 조약* 합의* 휴전*
  zh 协议 協議 条约 條約 停火 停戰
  ja 協定 条約 合意 停戦
sanction
  en sanction* embargo* tariff* blacklist*
  de sanktion* embargo* zoll zolle*
  fr sanction* embargo* tarif*
  es sancion* embargo* arancel*
  ru санкц* эмбарго пошлин*
  uk санкц* ембарго мит*
  ko 제재* 관세*
  zh 制裁 关税 關稅 禁运
  ja 制裁 関税 禁輸
bought
  en acqui* merge* takeover* buyout* purchas* bid bought
  de ubernahm* ubernehm* fusion* kauf* erwerb*
  fr rachat* rachet* acqui* fusion* opa
  es adqui* compra* fusion* opa
  ru покупк* купи* слиян* приобрет* поглощ*
  uk купівл* купи* придба* злитт*
  ko 인수* 합병* 매입*
  zh 收购 收購 并购 合并
  ja 買収 合併 取得
released
  en unveil* launch* debut* introduc* releas*
  de vorgestellt* vorstell* enthull* einfuhr*
  fr devoil* lanc* present* sortie*
  es presenta* lanza* lanzamiento* revela*
  ru представ* запуст* запуск* выпуст* презент*
  uk представ* запуст* запуск* випуст*
  ko 공개* 출시* 발사*
  zh 发布 發布 推出 发射 發射
  ja 発売 発表 公開 打ち上げ
hacked
  en hack* cyber* breach* ransomware malware leak*
  de hacker* cyber* datenleck* schadsoftware gehackt*
  fr pirat* cyber* rancon* fuite*
  es hacke* ciber* filtra* pirat*
  ru хакер* кибер* взлом* утеч*
  uk хакер* кібер* злам* витік*
  ko 해킹* 해커* 유출*
  zh 黑客 駭客 网络攻击 泄露
  ja ハッカー サイバー 流出
outbreak
  en outbreak* infect* virus* epidemic* pandemic* vaccin* hospitali*
  de infekt* virus* ausbruch* epidemi* pandemi* impf*
  fr infect* virus* epidemi* pandemi* vaccin*
  es infec* virus* brote* epidemi* pandemi* vacuna*
  ru вирус* заражен* эпидеми* пандеми* вакцин*
  uk вірус* заражен* епідемі* пандемі* вакцин*
  ko 감염* 바이러스* 확진* 백신*
  zh 感染 病毒 疫情 疫苗 确诊
  ja 感染 ウイルス 流行 ワクチン
memorial
  en memorial* monument* museum* statue* cemeter* commemorat* mausole* tribute*
  de denkmal* mahnmal* museum* gedenk* friedhof* statue*
  fr memorial* monument* musee* cimetiere* commemor* statue*
  es memorial* monumento* museo* cementerio* conmemor* estatua*
  ru мемориал* памятник* монумент* музе* кладбищ*
  uk меморіал* пам'ятник* монумент* музе* кладовищ*
  ko 기념관* 추모* 기념비* 박물관* 묘지* 동상*
  zh 纪念馆 紀念館 纪念碑 紀念碑 博物馆 博物館 陵园
  ja 記念館 記念碑 博物館 慰霊 追悼 墓地
opened
  en inaugurat* groundbreak* construct* erect* unveil* ceremon*
  de einweih* eroffn* grundstein* errichte*
  fr inaugur* ceremonie* erig* construi* construction*
  es inaugur* ceremoni* construi* construye* construccion*
  ru открыт* церемони* строител* возвод* закладк*
  uk відкрит* церемоні* будівництв* зводять
  ko 착공* 준공* 개관* 건설* 건립*
  zh 奠基 落成 揭幕 动工 動工 竣工
  ja 着工 落成 除幕 竣工 起工
fallen
  en fallen hero* bereav* exploit* feats martyr* veteran*
  de gefallen* helden* hinterblieb*
  fr heros tombes hommage* proches
  es heroe* caidos homenaje* hazana*
  ru геро* павш* подвиг*
  uk геро* полегл* подвиг*
  ko 영웅* 유족* 위훈* 열사*
  zh 英雄 烈士 遗属 遺屬 功勋
  ja 英雄 遺族 戦没
prisoner
  en hostage* abduct* kidnap* ransom*
  de geisel* entfuhr* losegeld*
  fr otage* enlev* rancon*
  es rehen* secuestr* rescate*
  ru заложник* похи* похищ*
  uk заручник* викрад*
  ko 인질* 납치*
  zh 人质 人質 绑架 綁架
  ja 人質 誘拐 拉致
stolen
  en robber* robbed burglar* theft* stole* steal* heist* smuggl* pirate* hijack*
  de raub* diebstahl* gestohlen* schmugg* einbruch*
  fr vol vols vole* braqu* cambriol* pirate*
  es robo* roba* hurto* asalto* pirata*
  ru краж* ограбл* похи* контрабанд* пират*
  uk крадіж* пограб* викра* контрабанд*
  ko 절도* 강도* 해적*
  zh 盗窃 抢劫 搶劫 海盗
  ja 強盗 窃盗 海賊
escaped
  en escap* fugitiv* manhunt* flee* fled breakout*
  de flucht* gefloh* ausbruch* fahnd*
  fr evad* fuite* fugitif*
  es fuga* escap* profugo* huid*
  ru побег* сбежа* беглец*
  uk втеч* втік* утік*
  ko 탈출* 도주* 탈옥*
  zh 逃跑 越狱 逃脱
  ja 逃走 脱走 脱獄
won
  en win wins won winner* victor* defeat* beat* champion* medal* trophy title*
  de sieg* gewonn* gewann* schlug besieg* meister* medaill*
  fr victoire* gagn* vainqueur* battu* champion* medaill*
  es victoria* gana* gano vence* campeon* medalla*
  ru победи* побед* выигр* чемпион* медал*
  uk перемог* виграв* чемпіон* медал*
  ko 승리* 우승* 금메달* 메달*
  zh 夺冠 奪冠 获胜 金牌 击败
  ja 優勝 勝利 金メダル メダル
"""
