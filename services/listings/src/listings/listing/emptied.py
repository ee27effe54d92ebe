"""What is left of a text when its owner is erased: nothing that anybody wrote."""

from schemas.listing import ListingContent


def emptied(content: ListingContent) -> ListingContent:
    """Kind, category and dates stay, to be counted."""
    return ListingContent(
        kind=content.kind,
        cooperation=content.cooperation,
        title="",
        description="",
        category=content.category,
        valid_until=content.valid_until,
        language=content.language,
        visibility=content.visibility,
    )
