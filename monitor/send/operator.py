"""An operator's templates, as values: what stands in a folder in place of what is shipped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Templates:
    """An operator's templates, each a name and its text. `folder` is where they are, for messages."""

    sources: tuple[tuple[str, str], ...] = ()
    folder: str = ""

    def __bool__(self) -> bool:
        return bool(self.sources)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.sources)

    def text(self, name: str) -> str:
        """The text of one of them; empty where there is none of that name."""
        return dict(self.sources).get(name, "")

    def path(self, name: str) -> str:
        return f"{self.folder}/{name}" if self.folder else name


NONE = Templates()
