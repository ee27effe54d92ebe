from pathlib import Path

import pytest

from matching.listing_file import REQUIRED, UnreadableListingFile, read_listings
from schemas.place import ServiceArea

HEADER = ",".join(REQUIRED)
ROW = "o1,offer,Masken,FFP2,ppe,Schutz|Filter,de,Werk Nord,,,,,,"


def a_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "listings.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_row_becomes_a_listing(tmp_path: Path) -> None:
    (listing,) = read_listings(a_file(tmp_path, HEADER + ",needs", ROW + ",Karton|Lager"))

    assert (listing.ref, listing.conditions.organisation) == ("o1", "werk nord")
    assert listing.text.tags == ("Schutz", "Filter")
    assert listing.needs == ("Karton", "Lager")


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert len(read_listings(a_file(tmp_path, "\ufeff" + HEADER, ROW))) == 1


@pytest.mark.parametrize(
    "lines",
    [
        (HEADER.upper(), ROW.replace("offer", "Offer").replace(",de,", ",DE,")),
        (HEADER, ROW, " ,,,,,,,,,,,,,", "   "),
        (HEADER.replace(",", ";"), ROW.replace(",", ";")),
    ],
)
def test_what_spreadsheets_make_of_a_file_is_read(lines: tuple[str, ...], tmp_path: Path) -> None:
    (plain,) = read_listings(a_file(tmp_path, HEADER, ROW))

    assert read_listings(a_file(tmp_path, *lines)) == (plain,)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([HEADER, ROW.replace("o1", '"o\t1"')], "line 2, column ref: holds a tab"),
        ([HEADER.replace(",title", ""), ROW], "line 1, column title: is missing"),
        ([HEADER + ",colour", ROW + ",red"], "line 1, column colour: is unknown"),
        ([HEADER + ",city", ROW + ","], "line 1, column city: stands twice"),
        ([HEADER, ROW.replace("offer", "gift")], "line 2, column kind"),
        ([HEADER, ROW.replace(",de,", ",fr,")], "line 2, column language"),
        ([HEADER, ROW.replace("Masken", "")], "line 2, column title: is empty"),
        ([HEADER, ROW, ROW], "line 3, column ref: 'o1' stands on line 2 already"),
        ([HEADER, ROW + ",,"], "line 2, column valid_days"),
        ([HEADER, "o1,offer"], "line 2, column title: is missing"),
        ([HEADER, ROW.replace("FFP2", '"offen')], "no CSV"),
    ],
)
def test_an_error_names_line_and_column(lines: list[str], where: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableListingFile) as refused:
        read_listings(a_file(tmp_path, *lines))

    assert where in str(refused.value)


def test_line_numbers_count_lines_within_cells(tmp_path: Path) -> None:
    two_lines = ROW.replace("FFP2", '"erste\nzweite"')

    with pytest.raises(UnreadableListingFile, match="line 4, column kind"):
        read_listings(a_file(tmp_path, HEADER, two_lines, ROW.replace("offer", "gift")))


def test_a_cell_that_is_not_understood_is_told_and_hinders_nobody(tmp_path: Path) -> None:
    path = a_file(tmp_path, HEADER + ",service_area", ROW + ",Ostsee")

    (listing,) = read_listings(path)

    (doubt,) = listing.doubts
    assert str(doubt).startswith("line 2, column service_area: 'Ostsee' is not understood")
    assert listing.conditions.area == ServiceArea()


def test_another_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEADER}\n{ROW}\n".encode() + "Güstrow".encode("latin-1"))

    with pytest.raises(UnreadableListingFile, match=r"line 3.*UTF-8"):
        read_listings(path)
