"""Forms in many languages, and what to fill them in with: for `bench.lookalikes`.

They were written when the rule of `flows.crossposts.fillings` stood, to see what it does to forms
that it was not made with. Places, people and firms are made up. Some forms hold hardly any name or
number, or are printed in capital letters throughout: there the rule cannot tell.
"""

# ruff: noqa: E501 - a form is one text
import random
import re
from collections.abc import Callable

_SLOT = re.compile(r"\{(\w+)\}")
_FIRST = ("Ada", "Jon", "Mira", "Paul", "Sana", "Ewa", "Tom", "Ines", "Karl", "Lena", "Omar", "Rosa", "Nils", "Vera", "Hugo", "Zoe", "Ivan", "Nora", "Emil", "Dora")  # fmt: skip
_LAST = ("Holm", "Reyes", "Okafor", "Lindt", "Ito", "Kos", "Bright", "Varga", "Sund", "Marek", "Dahl", "Petrov", "Quist", "Amado", "Berg", "Falk", "Novak", "Ruiz", "Thorne", "Wills")  # fmt: skip
_TOWN = ("Oster", "Kelm", "Vanda", "Brisk", "Tolm", "Hadersund", "Quill", "Saar", "Wen", "Morrow", "Eskil", "Gant", "Lumen", "Parr", "Velten", "Hollern", "Sorn", "Ambel", "Torv", "Yster")  # fmt: skip
_FIRM = ("Alvex", "Borrin", "Cadmia", "Delphar", "Entrex", "Fjordal", "Gantry", "Helmond", "Intara", "Jorvik", "Kestrel", "Lumina")  # fmt: skip
_WORDS: dict[str, tuple[str, ...]] = {
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    "month": ("January", "March", "May", "July", "October", "December"),
    "up": ("up", "down"),
    "rose": ("rose", "fell", "climbed", "slipped"),
    "offence": ("driving under the influence", "shoplifting", "trespassing", "possession of stolen property"),
    "advice": ("call an old friend", "put your money aside", "say what you mean", "wait until the evening"),
    "mood": ("restless", "hopeful", "tired of waiting", "full of ideas"),
    "colour": ("green", "yellow", "violet", "white"),
    "filling": ("spinach", "leeks", "mushrooms", "roast pumpkin", "smoked trout"),
    "wochentag": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
    "himmel": ("sonnig", "bewölkt", "regnerisch", "neblig", "heiter"),
    "jour": ("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
    "mois": ("janvier", "mars", "mai", "juillet", "octobre"),
    "dia": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "mes": ("enero", "marzo", "mayo", "julio", "octubre"),
    "giorno": ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì"),
    "месяц": ("января", "марта", "мая", "июля", "октября"),
    "город": ("Остре", "Кельме", "Ванде", "Толме", "Сорне", "Амбеле", "Квилле"),
    "市": ("奥斯特", "凯尔姆", "万达", "托尔姆", "索恩", "安贝尔"),
    "天": ("晴", "多云", "阴有小雨", "雷阵雨"),
    "氏": ("田中一郎", "山本花子", "小林健", "森下恵", "石川守"),
    "町": ("朝霧市", "白浜町", "緑川市", "星野町"),
    "مدينة": ("واحة", "نخلة", "مرسى", "سدرة", "ربوة"),
}  # fmt: skip

FORMS: dict[str, str] = {
    "market": "The {firm} index closed at {n4} points on {weekday}, {up} {d} percent from the day before. Shares of {firm} {rose} {d} percent to ${n2}.{n2}, while {firm} {rose} {d} percent after the company said that {person} would step down. A barrel of crude for delivery in {month} traded at ${n2}.{n2}. The euro bought ${d}, and gold {rose} to ${n4} an ounce. Analysts at {firm} had expected a change of {d} percent.",
    "earnings": "{firm} on {weekday} reported profit of ${d} million in its {month} quarter. The {town}-based company said it had net income of {n2} cents per share. The results did not meet the expectations of the analysts whom {firm} Research had asked; their average estimate was for earnings of {n2} cents per share. Revenue was ${n3}.{n1} million in the period. The shares have {rose} {n2} percent since the beginning of the year, and closed at ${n2}.{n2}.",
    "earthquake": "A magnitude {d} earthquake was reported on {weekday} morning at {n1}:{n2} a.m. {n2} miles from {town}, according to the geological survey. The earthquake occurred {n2} miles from {town}, {n2} miles from {town} and {n3} miles from {town}. In the last ten days there have been {n1} earthquakes of magnitude 3.0 or greater nearby. The epicenter was at a depth of {d} miles. Did you feel this earthquake? Consider reporting what you felt to the survey.",
    "lottery": "The winning numbers in {weekday} evening's drawing of the {town} Lottery's “{town} Five” game were: {n2}, {n2}, {n2}, {n2}, {n2}, Star Ball: {n1}. The estimated jackpot was ${n3},{n3}. Nobody matched all six numbers. {n2} tickets with five right numbers won ${n4} each. The next drawing is on {weekday}, {month} {n2}, and the estimated jackpot is ${n2} million.",
    "blotter": "A {n2}-year-old {town} man was arrested on suspicion of {offence} at {n1}:{n2} p.m. on {weekday} in the {n3}00 block of {town} Avenue. Officers had been called there by a resident who reported noise. He was booked into the county jail and was held there in lieu of ${n2},000 bail. The case number is {n4}-{n4}. Anyone with information is asked to call Sergeant {last} at 555-{n4}.",
    "blotter-capitals": "A {N2}-YEAR-OLD {TOWN} MAN WAS ARRESTED ON SUSPICION OF TRESPASSING AT {n1}:{n2} P.M. ON {WEEKDAY} IN THE {n3}00 BLOCK OF {TOWN} AVENUE. OFFICERS HAD BEEN CALLED THERE BY A RESIDENT WHO REPORTED NOISE. HE WAS BOOKED INTO THE COUNTY JAIL AND WAS HELD THERE IN LIEU OF ${n2},000 BAIL.",
    "election": "With {n2} percent of the precincts counted, {person} leads {person} by {n4} votes in the race for the seat of {town}. {last} has {n2}.{n1} percent of the vote, and {last} {n2}.{n1} percent. Turnout was {n2} percent, {n1} points more than four years ago. The result becomes official on {month} {n2}, when the board of {town} County has looked at the {n3} ballots that came by mail.",
    "horoscope": "You wake up {mood} today, and those around you will notice it before you do. At work it is best to {advice}. In love nothing is decided yet: {advice}, and do not look back. Your colour of the day is {colour}, your number is {n1}. In the evening somebody thinks of you who has been {mood} for a long time.",
    "recipe": "Heat the oven to {n3} degrees. Put the flour, the salt and {n3} grams of butter in a bowl and rub them together with your fingers until they look like crumbs. Add {n2} spoons of cold water and leave the dough to rest for {n2} minutes. Meanwhile chop the {filling} and fry them for {n1} minutes. Fill the dough with the {filling}, and bake it for {n2} minutes until golden.",
    "listing": "{person} speaks about old maps on {weekday}, {month} {n2}, at {n1} p.m. in the {town} Library, {n3} {last} Street. Doors open half an hour before. Tickets cost ${n2} at the door and ${n1} in advance, and are free for members of the {last} Society. Parking is behind the house, with the entrance from {town} Road. For more information call 555-{n4} or write to the library.",
    "wetter": "Heute wird es in {town} {himmel} bei Höchstwerten von {n2} Grad und Tiefstwerten um {n1} Grad. Der Wind weht schwach bis mäßig aus Norden mit bis zu {n2} Kilometern pro Stunde. Morgen ist es in {town} {himmel}, die Temperaturen steigen auf {n2} Grad. Die Wahrscheinlichkeit für Regen liegt bei {n2} Prozent, in {town} bei {n2} Prozent.",
    "unfall": "Am {wochentag} kam es gegen {n2}.{n2} Uhr auf der {town}er Straße in {town} zu einem Verkehrsunfall, bei dem eine {n2}-jährige Frau leicht verletzt wurde. Nach Angaben der Polizei hatte ein {n2} Jahre alter Mann aus {town} beim Abbiegen die Vorfahrt missachtet. Es entstand ein Sachschaden von rund {n2}.000 Euro. Die Straße war für {n2} Minuten gesperrt. Zeugen werden gebeten, sich unter der Nummer {n4}-{n3} zu melden.",
    "match": "{town} s'est imposé {n1}-{n1} face à {town} {jour} soir devant {n4} spectateurs. {person} a ouvert le score à la {n2}e minute, avant que {person} ne marche sur les pas de son capitaine à la {n2}e minute. Avec ce succès, {town} compte désormais {n2} points et occupe la {n1}e place du classement. Lors de la prochaine journée, le {n2} {mois}, l'équipe de {last} se déplacera à {town}.",
    "sismo": "Un sismo de magnitud {d} se registró este {dia} a las {n2}:{n2} horas a {n2} kilómetros al norte de {town}, informó el servicio sismológico. El epicentro se localizó a una profundidad de {n2} kilómetros. El movimiento se sintió en {town}, {town} y {town}. Hasta el momento no se reportan daños ni personas heridas. En lo que va de {mes} se han registrado {n3} sismos en la región.",
    "borsa": "La borsa di {town} ha chiuso {giorno} a {n4} punti, con una variazione dello {d} per cento rispetto al giorno precedente. Tra i titoli principali {firm} ha guadagnato il {d} per cento, mentre {firm} ha perso il {d} per cento dopo i conti presentati da {person}. Il rendimento del titolo a dieci anni si è portato al {d} per cento. L'euro è stato scambiato a {d} dollari.",
    "курс": "Официальный курс доллара на {n2} {месяц} установлен на уровне {n2},{n2} рубля, что на {n2} копеек выше предыдущего значения. Курс евро составил {n2},{n2} рубля. Стоимость барреля нефти на торгах в {город} составляла {n2},{n2} доллара. За день на бирже было заключено {n4} сделок на сумму {n3} миллионов рублей, сообщили в пресс-службе биржи в {город}.",
    "天气": "{市}气象台今天发布的天气预报：今天白天{天}，最高气温{n2}度，夜间最低气温{n1}度，北风{n1}级。明天白天{天}，最高气温{n2}度，降水概率为百分之{n2}。{市}周边地区空气质量指数为{n2}，请市民外出时注意安全，并关注气象台发布的最新预报。{市}机场今天取消了{n2}个航班，预计明天恢复正常。",
    "訃報": "{氏}さん（元{町}議会議員）が{n1}月{n2}日、病気のため{町}の病院で死去した。{n2}歳。葬儀・告別式は{n1}月{n2}日午前{n1}時から{町}本町{n1}の{n2}の斎場で執り行われる。喪主は長女が務める。{n4}年に初当選し、{n1}期にわたって議員を務め、地域の福祉の充実に力を尽くした。",
    "طقس": "تتوقع هيئة الأرصاد أن يكون الطقس اليوم في {مدينة} معتدلا، وتبلغ درجة الحرارة العظمى {n2} درجة والصغرى {n1} درجات، وتكون الرياح شمالية بسرعة تصل إلى {n2} كيلومترا في الساعة. وتبلغ نسبة الرطوبة {n2} في المئة في {مدينة} و{n2} في المئة في {مدينة}. ومن المتوقع أن ترتفع الحرارة غدا إلى {n2} درجة، وأن يبلغ ارتفاع الموج {d} متر.",
}

FEW_FACTS = {"horoscope"}


def filled(form: str, chance: random.Random) -> str:
    """One form, filled in."""

    def number(digits: int) -> str:
        return str(chance.randrange(10 ** (digits - 1), 10**digits))

    some: dict[str, Callable[[], str]] = {
        "person": lambda: f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        "last": lambda: chance.choice(_LAST),
        "town": lambda: chance.choice(_TOWN),
        "firm": lambda: chance.choice(_FIRM),
        "d": lambda: f"{number(1)}.{number(1)}",
    }

    def fill(slot: re.Match[str]) -> str:
        name = slot[1].lower()
        if name in some:
            found = some[name]()
        else:
            digits = name[0] == "n" and name[1:].isdigit()
            found = number(int(name[1:])) if digits else chance.choice(_WORDS[name])
        return found.upper() if slot[1].isupper() else found

    return _SLOT.sub(fill, FORMS[form])
