"""The forms of registration, sign-in and API tokens."""

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from chassis.web.text import PlainLine
from listings.access import LONGEST_NEXT
from listings.imports import Postcode
from schemas.vocabulary import OrganisationKind, SizeClass


class SignInForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: EmailStr = Field(title="E-Mail-Adresse", max_length=254)
    next: str = Field(default="", max_length=LONGEST_NEXT)


class RegistrationForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: PlainLine = Field(title="Ihr Name", min_length=2, max_length=200)
    email: EmailStr = Field(title="E-Mail-Adresse", max_length=254)
    organisation_name: PlainLine = Field(
        title="Name Ihrer Organisation", min_length=2, max_length=200
    )
    organisation_kind: OrganisationKind = Field(title="Art der Organisation")
    organisation_size_class: SizeClass = Field(title="Größe")
    organisation_postcode: Postcode = Field(title="Postleitzahl")
    next: str = Field(default="", max_length=LONGEST_NEXT)


class TokenForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    label: PlainLine = Field(title="Wofür ist der Schlüssel?", min_length=2, max_length=80)
