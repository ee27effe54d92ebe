"""The forms of registration and its refusal, new organisations, sign-in, own data and roles."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from chassis.web.text import PlainLine, PlainProse
from chassis.web.translation import mark
from listings.access import LONGEST_NEXT
from listings.imports import Postcode, ReachableAddress
from schemas.vocabulary import Language, OrganisationKind, Role, SizeClass


class SignInForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: EmailStr = Field(title="E-Mail-Adresse", max_length=254)
    next: str = Field(default="", max_length=LONGEST_NEXT)


class OrganisationForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    organisation_name: PlainLine = Field(
        title="Name Ihrer Organisation", min_length=2, max_length=200
    )
    organisation_kind: OrganisationKind = Field(title="Art der Organisation")
    organisation_size_class: SizeClass = Field(title="Größe")
    organisation_postcode: Postcode = Field(title="Postleitzahl")


class PersonForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: PlainLine = Field(title="Ihr Name", min_length=2, max_length=200)
    email: ReachableAddress = Field(title="E-Mail-Adresse", max_length=254)


# The fields of the base named last come first, on the page and in the list of what is wrong.
class RegistrationForm(OrganisationForm, PersonForm):
    next: str = Field(default="", max_length=LONGEST_NEXT)


class DeclineForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    reason: PlainProse = Field(default="", title=mark("Grund"), max_length=1000)


class TokenForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    label: PlainLine = Field(title="Wofür ist der Schlüssel?", min_length=2, max_length=80)


class OwnDataForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: PlainLine = Field(title="Ihr Name", min_length=2, max_length=200)
    language: Language = Field(title="Sprache unserer E-Mails")


class AddressForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: ReachableAddress = Field(title="Neue E-Mail-Adresse", max_length=254)


class GrantForm(BaseModel):
    model_config = ConfigDict(frozen=True)

    email: EmailStr = Field(title="E-Mail-Adresse", max_length=254)
    role: Literal[Role.MODERATOR, Role.BROKER, Role.ADMIN] = Field(title="Rolle")
