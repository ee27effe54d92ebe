"""What its line of a file last said of a listing, so that only the file's own changes count."""

from pydantic import BaseModel, ConfigDict


class FileRow(BaseModel):
    """A digest of the line, and those of its columns that a listing follows only as they change."""

    model_config = ConfigDict(frozen=True)

    digest: str
    valid_days: int
    needed_by_days: int | None
    visibility: str | None
