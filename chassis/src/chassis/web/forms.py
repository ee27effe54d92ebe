"""Forms: a Pydantic model is the form; what was typed is kept and each error has its words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from chassis.web.form_fields import Constraints, constraints_of, prepared, shown
from chassis.web.language import Language, language_of
from chassis.web.refusal import CONTROL_CHARACTER, MISSING, Refusal, refusal_of
from chassis.web.text import has_control_characters
from chassis.web.translation import mark

Model = TypeVar("Model", bound=BaseModel)
WHOLE_FORM = ""
CHOOSE = mark("Wählen Sie etwas aus.")

Typed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field as a template shows it."""

    name: str
    label: str
    values: tuple[str, ...]
    refusal: Refusal | None
    constraints: Constraints

    @property
    def id(self) -> str:
        return f"field-{self.name}"

    @property
    def value(self) -> str:
        return ", ".join(self.values)

    @property
    def as_choice(self) -> Self:
        """The same where one chooses: nobody is told to fill in what cannot be written into."""
        if self.refusal is None or self.refusal.remedy != MISSING.remedy:
            return self
        return replace(self, refusal=replace(self.refusal, remedy=CHOOSE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[Model]):
    """A form as typed: `value` is the valid model, or None when `refusals` say why not."""

    model: type[Model]
    language: Language
    typed: Typed
    refusals: Mapping[str, Refusal]
    value: Model | None = None

    @classmethod
    def empty(cls, request: Request, model: type[Model], **initial: object) -> Self:
        """The form before anybody typed: the model's defaults, overlaid with `initial`."""
        language = language_of(request)
        defaults = {
            name: info.get_default(call_default_factory=True)
            for name, info in model.model_fields.items()
            if not info.is_required() and not info.default_factory_takes_validated_data
        }
        values = {**defaults, **initial}
        typed = {name: shown(value, language) for name, value in values.items()}
        return cls(model=model, language=language, typed=typed, refusals={})

    @classmethod
    def filled(cls, request: Request, value: Model) -> Self:
        """The form showing an existing value, for editing."""
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return cls.empty(request, type(value), **fields)

    @classmethod
    async def read(cls, request: Request, model: type[Model]) -> Self:
        """The form as it was sent, validated."""
        sent = await request.form()
        typed = {name: _texts(sent.getlist(name)) for name in model.model_fields}
        form = cls(model=model, language=language_of(request), typed=typed, refusals={})
        return form.validated()

    @property
    def given(self) -> dict[str, object]:
        """What was typed as input for the model, well-formed or not."""
        return prepared(self.model, self.typed, self.language)

    def validated(self) -> Self:
        refusals = dict(self._unprintable())
        value: Model | None = None
        try:
            value = self.model.model_validate(self.given)
        except ValidationError as error:
            for details in error.errors():
                name = str(details["loc"][0]) if details["loc"] else WHOLE_FORM
                refusals.setdefault(name, refusal_of(details))
        return replace(self, refusals=refusals, value=None if refusals else value)

    def refused(self, name: str, detail: str, remedy: str = "", **values: object) -> Self:
        """The same form with one more refusal, for rules that only the command knows."""
        refusal = Refusal(detail=detail, remedy=remedy, values=values)
        return replace(self, refusals={**self.refusals, name: refusal}, value=None)

    def field(self, name: str) -> FormField:
        info = self.model.model_fields[name]
        return FormField(
            name=name,
            label=info.title or name,
            values=tuple(self.typed.get(name, ())),
            refusal=self.refusals.get(name),
            constraints=constraints_of(info),
        )

    def refused_fields(self) -> tuple[FormField, ...]:
        """The fields with a refusal, in the order of the form."""
        return tuple(self.field(name) for name in self.model.model_fields if name in self.refusals)

    @property
    def general_refusal(self) -> Refusal | None:
        """A refusal that concerns the form as a whole."""
        return self.refusals.get(WHOLE_FORM)

    @property
    def is_refused(self) -> bool:
        return bool(self.refusals)

    def _unprintable(self) -> Iterator[tuple[str, Refusal]]:
        for name, texts in self.typed.items():
            if any(has_control_characters(text) for text in texts):
                yield name, CONTROL_CHARACTER


def _texts(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(value.replace("\r\n", "\n").strip() for value in values if isinstance(value, str))
