"""What this service says about organisations."""

from listings.organisations.organisation import Organisation
from schemas.organisation import OrganisationState


def organisation_state(organisation: Organisation) -> OrganisationState:
    profile = organisation.profile
    return OrganisationState(
        revision=organisation.revision,
        organisation_id=organisation.id,
        organisation_name=profile.name,
        kind=profile.kind,
        size_class=profile.size_class,
        industry_code=profile.industry_code,
        capabilities=profile.capabilities,
        place=profile.place,
        website=profile.website,
        allows_enquiries=profile.allows_enquiries,
        has_members=organisation.has_members,
        enquiry_email=organisation.enquiry_email,
    )
