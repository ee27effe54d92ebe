"""The categories of this cluster, as its YAML file lists them; slugs never change their meaning."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.place import Category


class _Texts(BaseModel):
    model_config = ConfigDict(frozen=True)

    de: str
    en: str


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True)

    slug: str
    label: _Texts
    description: _Texts


class _File(BaseModel):
    model_config = ConfigDict(frozen=True)

    categories: tuple[_Entry, ...]


_FILE = TypeAdapter(_File)


def categories_in(path: Path) -> tuple[Category, ...]:
    """The categories in the order of the file, which is the order of lists and forms."""
    return _categories(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _categories(text: str) -> tuple[Category, ...]:
    """Kept by what stands there: a start asks three times, and YAML is slow to read."""
    read = _FILE.validate_python(yaml.safe_load(text))
    return tuple(
        Category(slug=entry.slug, label_de=entry.label.de, label_en=entry.label.en)
        for entry in read.categories
    )


def category_of(categories: tuple[Category, ...], slug: str) -> Category | None:
    return next((category for category in categories if category.slug == slug), None)
