"""Words and parts of words that say little about why two listings fit; German and English."""

GERMAN = """
Jahr Jahresende Quartal Monat Woche Wochenende Tag Werktag Samstag Stunde Minute Sekunde Uhr Morgen
Vormittag Mittag Nachmittag Abend Nacht Frühjahr Frühling Sommer Herbst Winter Zeit Zeitpunkt Termin
Anfang Ende Beginn Dauer Frist Saison Gramm Kilogramm Kilo Tonne Liter Milliliter Meter Millimeter
Zentimeter Mikrometer Kilometer Stück Prozent Euro Cent Grad Größe Fläche Höhe Breite Länge Tiefe
Gewicht Menge Anzahl Zahl Losgröße Auflage Exemplar Packung Meldung Rückmeldung Registrierung Hand
Kreis Land Region Ort Stadt Platz Raum Haus Zentrum Einrichtung Standort Gebiet Linie Reihe Seite
Stelle Art Form Weise Fall Beispiel Frage Anfrage Angebot Gesuch Partner Firma Unternehmen Betrieb
Kunde Auftrag Lieferung Lager Bedarf Produktion Hersteller Qualität Preis Kosten Verfügung
Möglichkeit Lösung Problem Projekt Team Mensch Person Frau Mann Leute Kolleginnen Kollegen Teil Ding
Sache System Ergebnis Versuch Ablauf Austausch Erfahrung Unterstützung Hilfe Quadratmeter Kubikmeter
Gerät Anlage Mittel Nehmer Geber Zeug Wesen Norm ISO DIN fest frei neu groß klein lang kurz hoch
tief gut schnell eigen sparen halten gewiesen gewinnen machen Empfänger Absender Ankunft Rückgabe
Anbieter Vertrag Umkreis Elf Zwölf Zwanzig Dreißig Hundert Tausend Deutschland Europa Thüringen
Sachsen Brandenburg Mecklenburg Vorpommern Bayern Hessen Berlin Hamburg Bremen Saarland
Niedersachsen extern intern
"""

ENGLISH = """
annual daily weekly monthly yearly year month week day days hour minute second time size sizes
number amount piece pieces kilogram gram litre liter metre meter millimetre micron microns percent
euro degree new old small large big long short high low dry wet soft hard fine good best fast
possible one two three four five six seven eight nine ten keep send deliver use used uses make made
supply provide work study project company partner customer order price cost region place site centre
center team people person year-round offer request end start part way kind type case example
question help support result prepare prepared norm standard eleven twelve fifteen twenty thirty
forty fifty hundred thousand half dozen within without across around along between beyond back next
external internal last each every both own run running carry take taken give given find found need
want look seek sell
buy bring come go get set put hold show open opened begin began let say tell call pay paid meet
replace change add cover include fit fits kept leave left turn wait reach pick drop ask ready early
late full free suitable available existing current local regional permanent recipient sender
contract provider Germany Europe Thuringia Saxony Bavaria
"""

VAGUE = """
Klinik Kliniken Krankenhaus Krankenhäuser Praxis Praxen Patient Patientin Patientinnen Gesundheit
Medizin Mitarbeiter Mitarbeiterin Personal Beschäftigte Dienst Dienste Dienstleister Dienstleistung
Service Ausrüstung Ausstattung Bericht Berichte Muster Modell Version Serie Programm Verfahren
Prozess Prozesse Technik Technologie Methode Material Produkt Ware Artikel Anlieferung Belieferung
Abholung Pauschale Festpreis Gebühr Kapazität Anforderung Vorgabe Ziel Aufwand Arbeit Einsatz
Anwendung Nutzung Dokument Unterlagen Nachweis Information Klasse Körper Gebäude Zimmer Raum Wunsch
Eingang Wagen
Nord Süd Ost West Norden Süden Osten Westen Vier Sieben Acht Montag Dienstag Mittwoch Donnerstag
Freitag Sonntag Januar Februar März April Mai Juni Juli August September Oktober November Dezember
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March May June July
October December north south east west northern southern eastern western including unit units access
hospital hospitals clinic clinics patient patients practice practices health healthcare medical
medicine staff employee employees personnel service services equipment device devices product
products goods article report reports reporting model version series programme program procedure
process technology method material capacity requirement fee fees rate document file files class
classes information building room rooms house may somebody anybody someone everybody delivery
experience expertise clinical test tests testing solution solutions manufacturer manufacturers
manufacturing
"""
"""Each may tell something beside a word that is none of these, two of them never do."""

HEADS = "stoff stand wechsel satz zug gang lauf"
"""Of compounds that end so: Sauerstoff and Kunststoff have no more than that in common."""

MODIFIERS = """
fach fahr druck rest einzel wieder haupt gesamt spezial sicher sicherheit neben zwischen werk statt
"""
"""Of compounds that begin so: Druckknopf and Druckdifferenz have no more than that in common."""

GENERIC_WORDS = frozenset((GERMAN + ENGLISH).split())
VAGUE_WORDS = frozenset(VAGUE.split())
EMPTY_HEADS = frozenset(HEADS.split())
EMPTY_MODIFIERS = frozenset(MODIFIERS.split())

UNITS = frozenset({"mg/kg", "mg/l", "ml/min", "kwh", "m/min", "stk", "vpe"})
