"""All pages about members, for the composition root."""

from listings.members import (
    address_pages,
    deciding_pages,
    joining_pages,
    organisation_pages,
    own_data_pages,
    role_pages,
    sign_in_pages,
    token_pages,
)

ROUTERS = (
    sign_in_pages.router,
    joining_pages.router,
    deciding_pages.router,
    organisation_pages.router,
    token_pages.router,
    own_data_pages.router,
    address_pages.router,
    role_pages.router,
)
