"""A listing as people paste it and as spreadsheets write it: marks of lists go, doubts are told."""

from pathlib import Path

import pytest
from listing_builders import WRITTEN

from listings.categories import categories_in
from listings.csv_faults import FaultyFile
from listings.listing.forms import WrittenListing
from listings.listing.importing import listings_import
from listings.settings import DEFAULT_CATEGORIES

FILE = listings_import(
    categories_in(DEFAULT_CATEGORIES), public_url="http://exchange.test", publishes=True
)
HEAD = "external_id;organisation_external_id;kind;cooperation;title;description;category;quantity"


class TestNeedsThatWerePasted:
    @pytest.mark.parametrize(
        ("line", "need"),
        [
            ("• Handschuhe", "Handschuhe"),
            ("•\tHandschuhe", "Handschuhe"),
            ("\uf0b7 Handschuhe", "Handschuhe"),
            ("- Handschuhe", "Handschuhe"),
            ("– Handschuhe", "Handschuhe"),
            ("* Handschuhe", "Handschuhe"),
            ("  ◦  Handschuhe ", "Handschuhe"),
            ("-20 °C in der Kühlkette", "-20 °C in der Kühlkette"),
            ("2-lagige Masken - weiß", "2-lagige Masken - weiß"),
            ("1. Hilfe, 20 Personen", "1. Hilfe, 20 Personen"),
        ],
    )
    def test_lose_the_marks_of_their_list(self, line: str, need: str) -> None:
        written = WrittenListing.model_validate({**WRITTEN, "needs": f"Kittel\r\n{line}"})

        assert written.needs == ("Kittel", need)

    def test_are_none_where_only_the_mark_is_left(self) -> None:
        written = WrittenListing.model_validate({**WRITTEN, "needs": "•\n- \n\nKittel"})

        assert written.needs == ("Kittel",)


class TestNumbersOfASpreadsheet:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "listings.csv"

    def a_file(self, path: Path, *, column: str, number: str) -> Path:
        texts = (WRITTEN[name] for name in ("kind", "cooperation", "title", "description"))
        row = ";".join(("x-1", "org-1", *texts, "laboratory", number))
        head = HEAD.replace("quantity", column)
        path.write_text(f"{head}\n{row}\n", encoding="utf-8")
        return path

    @pytest.mark.parametrize("column", ["quantity", "minimum_quantity"])
    @pytest.mark.parametrize("number", ["1.000", "25.000", "100.000"])
    def test_that_mean_thousands_or_fractions_are_refused(
        self, path: Path, column: str, number: str
    ) -> None:
        """A thousand in a German one, one in an English one."""
        with pytest.raises(FaultyFile) as refused:
            FILE.read(self.a_file(path, column=column, number=number))

        (fault,) = refused.value.faults
        assert (fault.line, fault.column) == (2, column)
        assert "1000" in fault.refusal.remedy

    @pytest.mark.parametrize("number", ["1000", "2.5", "0.25", "1000.125", "12"])
    def test_that_are_clear_are_taken(self, path: Path, number: str) -> None:
        (row,) = FILE.read(self.a_file(path, column="quantity", number=number))

        assert row.value.quantity == number
