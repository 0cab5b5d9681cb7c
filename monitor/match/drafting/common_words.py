"""What news of every kind is written with, language by language, folded: words that name no subject."""

from __future__ import annotations

from typing import Final

from monitor.text import word_set

COMMON: Final = word_set("""
according account accused across acting action added addition afternoon again against agency agencies agreed
agreement ahead aimed almost along already also although always among amid amount annual another answer
appear appeared area areas around asked assistant attend attended authorities authority available away back
based basis became because become began begin behind being believe believed below best better between beyond
bilateral block both bring broad brought build building built business busy call called calls came capital
carried carry case cases cause caused center central centre century certain chair chairman challenge chance
change changes chief children cities citizens city claim claimed claims clear close closed come comes coming
comment comments commission committee common community companies company compared complete concern concerned
concerns condition conditions conference confirmed continue continued control cooperation could council
countries country county course created current currently daily dated days deal decades decided decision
declined department deputy described despite details develop developed development difficult direct director
discuss discussed district does doing domestic done down during each earlier early east eastern economic
economy effort efforts eight either eleven emphasized end ended enough entire especially even evening event
events ever every everyone evidence expect expected expert experts explained extra face facilities facility
fact failed fall families family far february federal feel felt few field fifth fifty figure final finally
find fire five followed following follows force foreign form former forum forward found four fourth free
front full further future gave general get gets getting give given giving global goal goes going good got
government great greater ground group groups growing grow guard had half hand hands happen happened hard
have head heads hear heard held help helped here high higher highest highly history hold holding home hope
hosted hour hours house however huge human hundred hundreds idea immediately impact important inches include
included includes including increase increased increasing indeed independent individual individuals industry
information initially initiative inside instead international interview into involved issue issued issues
itself january job jobs join joined joint journalists july june just keep kept key kind knew know known lack
land large largest last late later latest launch launched law lead leader leaders leadership leading least
leave led left legal less level levels life like likely line list little live lives living local location
long longer look looking lost lot made main mainly major majority make makes making manager many march mark
marked matter means measure measures media meet meeting member members men met middle might miles million
millions minister ministers ministry minute minutes moment monday money month monthly months more morning
move moved much must named names nation national nations near nearby nearly necessary need needed needs
never nevertheless new news newspaper night nine none north northern note noted nothing notice november now
number numbers occurred october offer offered office officer officers official officially officials often
once online only open opened opening operation operations opportunity opposition order orders organisation
organization original outside over overall part participants participate participated particular
particularly parties partly partner partners party passed past people percent perhaps period person personal
persons photo photos place placed places plan planned planning plans play played plus point points policies
policy political population position possible power practice present presented president press pressure
previous previously private probably problem problems process programme program project projects property
proposed provide provided provides public published purpose push put quarter question questions quickly
quite quoted raised range rather read ready real really reason reasons received recent recently record
recorded reduce region regional regions related relations relationship released remain remained remains
report reported reportedly reporter reporters reporting reports representative representatives request
required respond responded response responsible rest result results return returned right rights rise risk
road role room rose rules running said same says scale scene schedule scheduled season second secretary
section sector security seek seen senior sent september series serious served service services session set
seven several share shared short should show showed shown shows side sign significant similar simple since
single site situation six size small social society some someone something sometimes soon source sources
south southern speak speaking special specific speech spent spoke spokesman spokesperson spokeswoman staff
stage stand start started state stated statement statements states station status step still stop story
street strengthen strong strongly structure subject such sunday support supported sure system take taken
takes taking talk talks team tell tells term terms than thanked their then there therefore thing things
think third those though thought thousand thousands three through throughout thursday time times today
together told tomorrow tonight took top total toward towards town traditional try trying tuesday turn turned
twelve twenty twice type under understand unit united university unknown until upon urged used using usual
usually value various very via view views village visited voice wait want wanted warned watch website
wednesday week weekend weekly weeks well went were west western what whether announce announced announcement
announces achieve achieved achievement achieves allegedly alleged break breaks breaking broke accept
accepted access add adding affect affected allow allowed appeal arrive arrived aware bear begins born
bringing broken burn buy cannot catch celebrate check choose closely collect combined commit completed
consider considered contact contain contribute convince copy cost cover create dead-end demand demonstrate
depend describe deserve design determine discover draw drop encourage encouraged enter establish exist
existing explain express expressed expressing fear fill fight-back finish fit focus forced friend friendship
gather gratitude hit honour hoped hoping identify imagine importance improve indicate intend introduce
invite keeping lay learn learned learning lift link listen maintain manage mention mind miss mistake mix
obtain occur organize originally ought paid pass pay perform pick pointed prepare prepared prevent prove
proud pull raise reach reached realize reaffirm recall receive recognise recognize refer referred refuse
regard reject relate remind remove replace represent reveal revealed save search seem seemed seems send
separate settle shift shot sit sought spend spread stay steps stress struggle succeed suffer suggest
suggested suspect suspected talked taught teach tend thank throw touch treat treated trust turning
underscore underscores unlike vary waiting walk wanting wear win wish wonder worry alongside allies ally
attempt attention average bad beautiful big brother brothers built-up camera capable car career careful
character choice class classic clean color colour competition content correct crowd cultural culture danger
dark data date daughter death-toll debate deep degree democracy difference different digital distance door
dream easy education emergency employee employees energy environment equal error essential example excellent
exchange experience extraordinary eye eyes facebook famous fan fans farm fast father favor favorite feature
features fun fund funds game games girl girls glass gold green guest guide guy hair hall happy heart heavy
heritage highway hospital hotel hot image images index influence interest interested interesting internet
island kid kids language lesson letter letters light limit limits loss love machine magazine male female map
market markets mass material math mean meanwhile medical message messages method model modern moments mother
mouth movie music natural nature nice opinion option options page pain paper parent parents park path
pattern peace perfect performance phone picture pictures piece pieces pilot player players poor popular post
posted potential powerful president-elect price prices pride primary prior product products profile proper
quality race radio rain rare rate red regular relative remarkable remark remarks review rich ride ring river
rule safe safety sale sales sample school schools science scientist scientists screen sea seat secret self
sense shape ship shop sir sister skin sky sleep smart smile son song sons sound space sport sports spot
standard star stars stock stone store student students style success successful summer sun surface symbol
table talent target task teacher teachers technology television test tests theory tiny title topic tour
track trade traffic train training travel tree trees trend trip trouble truth unique user users variety
vehicle victory video videos volume wall wave weather wedding weight wife wind window winter wonderful word
worse yellow zone while whole whom whose wide will with within without witness woman women words work worked
working works world worst worth would write writing written wrote yard year years yesterday young your
aber alle allem allen aller alles allerdings amt andere anderen angaben angekundigt anfang anschliessend
arbeit artikel aussage ausserdem bedeutung behorde behorden beide beiden beim bekannt bereich bereits
bericht berichte berichtet berichtete beginn besonders bestatigt bestatigte betont bisher bleibt chef dabei
dadurch dafur dagegen daher damit danach dann daran darauf darunter dazu demnach denen denn deren derzeit
deshalb dessen deutlich dienstag dieser dieses diesem diesen donnerstag dort drei dritte ebenfalls einige
einmal ende entscheidung erklart erklarte erneut erst erste ersten etwa etwas folgen fordert frage frau
frauen freitag fruher fuhrung fuhrer funf ganz geben gebiet gegeben gegenuber geht gemacht gemeinsam genau
gesamt geschichte gesprach gestern gewesen gibt gilt gross grosse grossen grund gruppe gut halten haus heute
hiess hilfe hin hinter hoch hohe immer informationen insgesamt ihm ihn ihnen ihre ihrem ihren ihrer jahr
jahre jahren jahres jahrigen jede jeden jeder jedoch jemand jetzt jeweils kein keine kinder klar kommen
kommt konnte konnten kunftig kurz lage lagen lander lang lange lassen lasst laut leben leiter leitung letzte
letzten leute liegt machen macht mal man mann manner mehrere mensch menschen millionen ministerium
ministerin mitarbeiter mitglied mitglieder mitteilung mitteilte mittwoch moglich monat monate monaten montag
morgen muss mussen nacht nachdem nachricht nahe namen neben nehmen nein neue neuen neuer neues nicht nichts
noch offentlich ort paar partei platz politik polizei prasident prasidenten presse projekt prozent regierung
reise rund sache sagt sagte samstag schon schliesslich sehen sehr seien seinem seinen seiner seit seite
selbst sicherheit sieht sogar solche sollen sollte sollten sondern sonntag sowie spater sprach sprecher
staat staats staatliche staatlichen stadt stark statt stehen steht stelle stunden tag tage tagen teil teile
teilte trotz tun uhr uhrzeit umgebung ursprung verein vergangenen verschiedene vertreter viel viele vielen
vier vollig vorher vorige wahrend warum was weg wegen weiter weitere weiteren weiterhin welche welt wenig
wenige weniger wer werden wichtig wieder wirtschaft wissen woche wochen wohl wollen worden wort wurden zahl
zehn zeit zeitung ziel zudem zuletzt zunachst zuruck zusammen zustandig zwar zwei zwischen
accord affaire affaires afin agence agit ailleurs ainsi ajoute alors annee annees annonce ans appel apres
assure aucun aucune aujourd aupres autorites autour autre autres autorite avaient avait avenir avoir
beaucoup bien bout cadre cas ceci cela celle celui certains cet ceux chaque cinq communique confirme conseil
cote cours dernier derniere dernieres derniers declare depuis deputes des devait devant dimanche dire
direction directeur doit doivent donc donne droit durant effet eleve encore enfants enfin ensemble environ
equipe etaient etat etats etre faire fait faits faut femme femmes fois font forces forme gouvernement grand
grande grandes grands groupe habitants hier homme hommes heure heures ici ils indique informations
internationale jamais jeudi jour journal journaliste journalistes jours juge juin jusqu justice laquelle
lequel lieu lieux loi lors lorsque lundi mais maison majeure malgre mardi membres meme memes mercredi mettre
mieux ministere ministre ministres mis mise moins mois monde nationale nationales niveau nombre nombreux
notamment notre nous nouveau nouveaux nouvel nouvelle nouvelles occasion officiel officiels ordre parce
parmi parole parti partie partir pays peine pendant permet personne personnes petit petite peu peut peuvent
plupart plusieurs politique porte pourrait pourquoi pouvoir premier premiere presence presque pres prevu
prime prise prochain projet publique quand quatre quelque quelques quoi raison rapport regime rencontre
reste responsable responsables resultat retour rien rue samedi sans semaine semaines sera serait seront seul
seule seulement societe soir soit souvent suite sujet systeme tant temps toujours tous toute toutes travail
tres trois trop trouve vendredi vers vie ville visite voir voire vos votre vue
acuerdo ademas agencia ahora algo algunas algunos alli alta ambos ano anos ante anterior antes anuncio apoyo
aquel asegurado aseguro asi aunque autoridades ayer bajo base buena bueno cabo cada calle cambio campana
cargo casa casi caso casos causa centro cerca ciudad ciudadanos claro comunicado comunidad condiciones
conferencia confirmo considera contra cosas cuando cuatro cuenta cual cuales cualquier dado datos debe deben
debido decir declaraciones declaro defensa dejar del demas dentro derecho derechos desarrollo despues dia
dias dice dicho dicha dijo dinero dio direccion donde durante ejemplo ella ellos embargo entonces epoca
equipo esa ese esos espera estado estados estan estar estaba este estos etapa exterior familia fecha fin
forma fuente fuentes fuera fuerza fuerzas funcionario gente gobierno gran grupo grupos haber habian hace
hacer hacia hasta hecho hijos historia hombre hombres hora horas hoy igual importante incluso indico
informacion informo interior internacional investigacion jefe jornada jueves junto lado largo lider lineas
lugar lunes luego manera marco martes mayor mayoria medida medidas medio medios mejor menos mes meses
miembros mientras miercoles millones ministerio ministro ministros misma mismo momento mucha mucho muchos
mujer mujeres mundial mundo nacion nacional nada nadie ninguna ninguno nivel ninos norte nosotros nueva
nuevas nuevo nuevos numero nunca objetivo obra ocasion ocho oficial oficiales orden organizacion otra otras
otro otros pais paises papel parece parte partido pasado paso paz personas poco poder podria policia
politica politico poner porque portavoz posible presencia presenta presidente presidencia prensa presunto
primer primera primeros principal problema proceso programa proximo proyecto publica publico pueblo puede
pueden puesto punto quienes quiere realizar reciente relacion relaciones reunion resultado sabado sala salud
segun segunda segundo seguridad seis semana senalo senor ser sido siempre siete siglo sigue siguiente sino
sistema sitio situacion sociedad solo solamente sur tal tambien tanto tarde tema tener tenia tiempo tiene
tienen tipo toda todas todavia todos trabajo traves ultima ultimo ultimos unica unico unos usted varias
varios veces ver vez viaje vida viernes vista volver zona
августа адрес больше будет будут бывший было быть важно важный вашей вблизи ведомства ведомство ведущий весь
видео вместе внимание внутри вновь возможно возможность вопрос вопроса вопросы время времени всего всем всех
вскоре встреча встречи второй вчера выступил где генеральный глава главный главы год года году годов говорит
говорится город города городе государства государство готов группа группы давно данные данным даже два
дваждый две двух дела дело дней день действия делать декабря деятельность для днем довольно должен должна
должны долго другие другой других еще жизни жизнь журналистам журналистов завтра задача закон замглавы
заместитель заседание затем зато здесь знает значит известно издание именно иметь имеет имел имя иностранных
информация информации информацию информирует исключил использовать итоги каждый каждого как какие какой
канале канал кого кому конец конце конечно которая которого которое которой котором которому которую которые
который которых крупный кто лет либо лидер лидера лиц лично лишь любой людей люди мало международный
международных меры место месте месяц месяца месяцев мира мире мир министр министра министерство минувший
минут много многие может можно момент название назвал назад надо например нам нас настоящее нашей находится
начал начала начало начать него некоторые несколько нет никто ничего новая новое нового новой новости
новость новый новые новых ноября ночь нужно области область объект объекта обстановка общества общий один
одна одно одной одного около октября оказался операции операция организация основной особо особенно остается
ответ отдел отметил отмечает отношения очень очередной первая первого первой первый период письмо пишет план
планирует планируют плечом подчеркнул позже пока показал политика полностью получил получить помощь
понедельник порядка последний после последние последних постоянно почему почти поэтому появился правда
правило правительства правительство практически предложил представитель председатель президент президента
премьер прежде пресс примерно принял принять приняли причина проблема проблемы программа проект против
прошел прошла прошлого пути пять пятницу работа работы работе работу равно раз развитие разных район района
районе рамках ранее распространил рассказал расширить региона регион региональный результате решение решения
решил роль руководитель руководства рядом сам сама сами самый своей свои своем свой своего сделал сделать
сегодня сейчас секретарь семь семьи сентября силы система ситуации ситуация сказал словам слова служба совет
совета совместно согласно создание сообщает сообщил сообщила сообщили сообщило сообщения состав составе
состоялась состоялся сотрудничество специальный среди среду средств срок ссылкой ставка стал стала стали
стало станет старший статус стороны сторона сторон страна страны стране суббота субботу существует счет
считает таким таких такая такие такой там тема темы теперь территории территория территорию тоже того только
тому точно три туда тысяч тысячи уверен увеличить участие участников участники участия учетом февраля хода
ходе хорошо хотя целом цель центр центра часа часов части часть человек человека через число числе четверг
чтобы чуть экспертов эксперты этих этого этой этом эту январе января
في من على إلى الى عن أن ان إن كان كانت التي الذي الذين هذا هذه ذلك تلك بعد قبل بين حول خلال عند منذ مع كل
بعض غير لكن ولم وقد وكان وقال قال وقالت قالت إنه أنه أنها وأن وفي ومن وعلى بأن لدى حتى ثم أو لا ما لم لن وهو
وهي هو هي يوم اليوم عام العام الماضي الجاري وزير وزارة رئيس الرئيس حكومة الحكومة وكالة الأنباء أنباء بيان
مصدر مصادر رسمي الإعلام إعلام تصريح أعلن أعلنت وأضاف وأضافت أضاف ذكر ذكرت وذكرت
буде будуть було бути вже від він вона вони всіх все голова голови громадян дані даними днів допомога другий
думку жителі життя заходи зараз заступник заявив заявила землі зокрема інші інших інформації інформація каже
керівник кілька кількість країн країна країни країні між міністр міністерства міністерство міста місто місця
місце місяць може можна має мають мета міжнародний навіть нагадаємо наразі наших нових новий нова області
обласної однак організації органи особи отримав очільник парламент перед перший перша питання південь північ
підтримку повідомив повідомила повідомили повідомляє повинні пізніше представник причини про протягом раніше
регіон регіону речник рішення роботи робота року рік роки років розповів свого своєї свою свої сказав служби
словами слів спільно справ справи сторони столиці сьогодні також територія території тих тільки тут тисяч
тижня уряд уряду усіх участь цих цього цьому частина час часу червня чиновник щоб який яка яке яких якого
якій
""")
