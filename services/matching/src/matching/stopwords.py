"""Words that say nothing about what is offered or wanted; German and English in one set."""

GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch
auf aus außer bei bereits bin bis bist bitte brauchen benötigen benötigt da damit dann das dass
dasselbe dazu dein deine dem den denn der des dessen dich die dies diese diesem diesen dieser
dieses dir doch dort du durch ein eine einem einen einer eines einig einige einigem einigen
einiger einiges einmal er es etwas euch euer für gegen gern gerne gesucht gewesen hab habe haben
hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem
ins ist je jede jedem jeden jeder jedes jene jetzt kann kein keine keinem keinen keiner können
könnte man manche mein meine meinem meinen meiner mich mir mit muss musste möchte möchten müssen
nach nicht nichts noch nun nur ob oder ohne pro sehr sein seine seinem seinen seiner selbst sich
sie sind so solche soll sollen sollte sondern sonst sowie suche suchen sucht über um und uns
unser unsere unserem unseren unserer unter viel vom von vor war waren warst was weg weil weiter
welche wenn werde werden wie wieder will wir wird wirst wo wollen während würde würden zu zum zur
zwar zwischen
"""

ENGLISH = """
a about above after again all am an and any are as at be because been before being below between
both but by can could did do does doing down during each few for from further had has have having
he her here hers him his how i if in into is it its itself just looking me more most my need needs
no nor not now of off on once only or other our ours out over own per same she should so some such
than that the their them then there these they this those through to too under until up us very
want wanted was we were what when where which while who whom why will with would you your yours
"""

STOP_WORDS = frozenset((GERMAN + ENGLISH).split())


def is_stop_word(word: str) -> bool:
    return word.casefold() in STOP_WORDS or word.lower() in STOP_WORDS
