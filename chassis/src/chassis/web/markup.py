"""What in a text is HTML and no sentence: `<b>` is, `<minus 20 Grad, Reinheit >99 %` is not."""

import re
from html.entities import html5

# As words or signs of a formula stand behind a `<` too, these need to close or have an attribute.
_SHORT = "a|b|i|p|q|s|u|h[1-6]"
_LONG = (
    "abbr|acronym|address|applet|area|article|aside|audio|base|bdi|bdo|big|blink|blockquote|body|br"
    "|button|canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog"
    "|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame|frameset|head|header"
    "|hgroup|hr|html|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee|math|menu"
    "|meta|meter|nav|noframes|noscript|object|ol|optgroup|option|output|param|picture|pre|progress"
    "|rp|rt|ruby|samp|script|search|section|select|slot|small|source|span|strike|strong|style|sub"
    "|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|ul|var"
    "|video|wbr"
)
_MARKUP = re.compile(
    rf"</?(?:{_LONG})(?:[\s/][^<>]*)?>"
    rf"|</?(?:{_SHORT})(?:\s*/?|[\s/][^<>=]*=[^<>]*)>"
    r"|<[a-z][^<>]*[\s/]on[a-z]+\s*=|<!--|<!doctype|&#\w+;",
    re.IGNORECASE,
)
_NAMED = re.compile(r"&(\w+;)")


def is_markup(text: str) -> bool:
    """Whether a browser would make an element or another character of a part of it."""
    if _MARKUP.search(text):
        return True
    return any(name in html5 for name in _NAMED.findall(text))
