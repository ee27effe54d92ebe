"""Names stand where people look for them: Ä beside A, ß as ss, whatever the case."""

from listings_scene import AMember, AnOrganisation

from chassis.database import Connection
from listings.organisations import queries, storage

AS_PEOPLE_READ = (
    *("apotheke Süd", "Ärztehaus", "Arztnetz", "Öko-Labor", "Orthopädie Nord"),
    *("Strasse 1", "Straße 1", "Straße 2", "Zahnwerk"),
)
OF_ONE_LENGTH = ("Maß", "Mäz", "Moor", "Müll", "Mund")


async def test_organisations_are_read_in_the_order_of_their_names(
    connection: Connection, an_organisation: AnOrganisation
) -> None:
    made = [await an_organisation(name) for name in sorted(AS_PEOPLE_READ)]

    found = await storage.organisations(connection, [each.id for each in made])

    assert tuple(each.profile.name for each in found) == AS_PEOPLE_READ


async def test_a_members_organisations_are_too(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> None:
    member = await a_member()
    for name in sorted(AS_PEOPLE_READ):
        organisation = await an_organisation(name)
        await connection.execute(
            "insert into membership (member_id, organisation_id) values ($1, $2)",
            member.id,
            organisation.id,
        )

    found = await queries.organisations_of_member(connection, member.id)

    assert tuple(each.profile.name for each in found) == AS_PEOPLE_READ


async def test_of_names_of_one_length_that_are_found_too_and_none_is_lost_to_the_limit(
    connection: Connection, an_organisation: AnOrganisation
) -> None:
    for name in sorted(OF_ONE_LENGTH):
        await an_organisation(name)

    found = await storage.organisations_named(connection, "M", limit=len(OF_ONE_LENGTH))

    assert tuple(each.profile.name for each in found) == OF_ONE_LENGTH


async def test_the_case_of_an_umlaut_is_no_hindrance(
    connection: Connection, an_organisation: AnOrganisation
) -> None:
    await an_organisation("Ärztehaus")

    [found] = await storage.organisations_named(connection, "äRZTE", limit=5)

    assert found.profile.name == "Ärztehaus"
